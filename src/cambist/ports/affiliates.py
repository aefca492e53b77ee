"""Say how affiliates are found by whoever names them: their name is their public code."""

from dataclasses import dataclass
from typing import Protocol

from cambist.kernel.ids import IntegrationId, PartnerId


@dataclass(frozen=True, slots=True)
class Affiliate:
    """Hold an active affiliate; `channel` is the one integration orders go through, if any."""

    partner_id: PartnerId
    name: str
    channel: IntegrationId | None


class AffiliateQueries(Protocol):
    """Find affiliates, as of a moment ago; partners of other kinds are not found."""

    async def named(self, name: str) -> Affiliate | None:
        """Find the affiliate of a name, None when there is none or more than one.

        Raises:
            StoreUnavailableError: the database cannot be reached.
        """

    async def only(self) -> Affiliate | None:
        """Find the operator's one affiliate, None when there is none or more than one.

        Raises:
            StoreUnavailableError: the database cannot be reached.
        """

    async def of(self, partner_id: PartnerId) -> Affiliate | None:
        """Find an affiliate by its id, however new it is.

        Raises:
            StoreUnavailableError: the database cannot be reached.
        """
