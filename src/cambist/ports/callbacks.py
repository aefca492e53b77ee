"""Say how workers find the callbacks that are due, fairly between integrations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from cambist.domain.webhooks.callbacks import Callback
from cambist.kernel.ids import IntegrationId

API_KEY_PURPOSE = "api-key"
CALLBACK_SECRET_PURPOSE = "callback-secret"

CONCURRENCY_MAX = 2
"""How many callbacks may be under way to one integration from one process."""


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """Hold what the vault needs to open a secret."""

    sealed: str
    purpose: str
    owner: UUID


@dataclass(frozen=True, slots=True)
class DueCallback:
    """Hold a claimed callback and what signs it, None when there is no such secret (any more).

    The vendor's form is signed with the partner's oldest active API key (a live one before one of
    the sandbox; sealed for the partner), Standard Webhooks with the integration's own secret.
    """

    callback: Callback
    secret: SealedSecret | None


class CallbackQueue(Protocol):
    """Claim due callbacks; may raise StoreUnavailableError."""

    async def claim(
        self, limit: int, running: Mapping[IntegrationId, int], lease_s: float
    ) -> Sequence[DueCallback]:
        """Claim at most `limit` due callbacks for `lease_s` seconds, integrations taking turns.

        No integration gets more than CONCURRENCY_MAX together with what is `running` for it
        here. Of one order and form a callback waits until the earlier ones are delivered or dead.
        What is not recorded before the lease ends comes up again: delivery is at least once.
        """
