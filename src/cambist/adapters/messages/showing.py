"""Decide how a language writes the amounts and moments of a message: as on the order's page."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from babel.dates import format_date, format_time

from cambist.domain.messaging.figures import figure

LOCALES: Mapping[str, str] = {"en": "en_GB"}
"""Whose way of writing dates a language takes, where its own name does not say; as on pages."""

_SUM = re.compile(r"([0-9]+(?:\.[0-9]+)?) ([A-Z0-9]{2,12})", re.ASCII)


def sum_text(told: str, language: str) -> str:
    """Write an exact amount with its symbol; what is none is shown as it was told."""
    found = _SUM.fullmatch(told)
    return told if found is None else f"{figure(found[1], language)} {found[2]}"


def moment_text(told: str, language: str) -> str:
    """Write a moment of ISO 8601 in UTC, to the minute; what is none is shown as it was told."""
    try:
        at = datetime.fromisoformat(told).astimezone(UTC)
    except ValueError:
        return told
    locale = LOCALES.get(language, language)
    return f"{format_date(at, 'medium', locale)}, {format_time(at, 'short', locale=locale)} UTC"
