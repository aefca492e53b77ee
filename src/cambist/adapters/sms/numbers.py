"""Decide what a number is to which a short message may be sent."""

import re

from cambist.ports.messages import MessageRefusedError

# Source: ITU-T E.164, at most 15 digits; no country code begins with 0.
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


def require_number(to: str) -> None:
    """Refuse what is no number of E.164 with its plus.

    Raises:
        MessageRefusedError.
    """
    if not _E164.fullmatch(to):
        raise MessageRefusedError("number")
