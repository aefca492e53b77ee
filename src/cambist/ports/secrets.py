"""Say how the secret half of a key pair is found: sealed, with whom it belongs to."""

from typing import Protocol

from cambist.ports.callbacks import SealedSecret
from cambist.ports.principals import PartnerPrincipal

BTCEX_PRIVATE_PURPOSE = "btcex-private"
"""What the private string of a signing key is sealed for; the partner owns the seal."""


class SecretQueries(Protocol):
    """Find what signatures are checked with."""

    async def partner_with_secret(
        self, public_key: str
    ) -> tuple[PartnerPrincipal, SealedSecret] | None:
        """Find whom a live signing key belongs to, and its sealed private string.

        A key that is itself a secret (an API key) is never found here, nor the other way round.
        """
