"""Decide what a partner, an integration and an API key hold."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cambist.domain.partners.states import IntegrationStatus, PartnerStatus
from cambist.kernel.ids import ApiKeyId, IntegrationId, PartnerId


class PartnerKind(StrEnum):
    """Name what a partner is to us."""

    MERCHANT = "merchant"
    AFFILIATE = "affiliate"
    API_CLIENT = "api-client"
    PLATFORM = "platform"
    OAUTH_CLIENT = "oauth-client"


class KeyMode(StrEnum):
    """Tell which world a key opens; test switches belong to sandbox keys only."""

    SANDBOX = "sandbox"
    LIVE = "live"


class UnderPolicy(StrEnum):
    """Name what happens with an order's money when too little came in time."""

    KEEP = "keep"
    REFUND = "refund"


class OverPolicy(StrEnum):
    """Name what happens with the money beyond what was asked for."""

    KEEP = "keep"
    REFUND = "refund"


class LatePolicy(StrEnum):
    """Name what happens with money that comes after the order's lifetime."""

    COMPLETE = "complete"
    KEEP = "keep"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Partner:
    """Hold one partner; credentials and integrations refer to it."""

    id: PartnerId
    kind: PartnerKind
    name: str
    status: PartnerStatus

    @property
    def is_active(self) -> bool:
        """Tell whether the partner may act."""
        return self.status is PartnerStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Integration:
    """Hold one shop of a partner: where it is told, what it pays, how odd payments end.

    `callback_statuses` are event names, empty for none; `fee_ppm` (of money in), `payout_fee_ppm`
    and `under_tolerance_ppm` are parts per million; the fiat limits count the smallest units of
    `fiat` and are for one order.
    """

    id: IntegrationId
    partner_id: PartnerId
    name: str
    url: str
    status: IntegrationStatus
    fee_ppm: int
    payout_fee_ppm: int = 0
    callback_url: str | None = None
    callback_secret_sealed: str | None = None
    callback_statuses: frozenset[str] = frozenset()
    standard_webhooks: bool = False
    embed_origins: tuple[str, ...] = ()
    fiat: str = "EUR"
    order_lifetime_s: int = 1_200
    under_tolerance_ppm: int = 0
    under_policy: UnderPolicy = UnderPolicy.KEEP
    over_policy: OverPolicy = OverPolicy.KEEP
    late_policy: LatePolicy = LatePolicy.KEEP
    min_fiat_units: int | None = None
    max_fiat_units: int | None = None
    max_open_orders: int = 100_000

    @property
    def is_active(self) -> bool:
        """Tell whether the integration takes new orders."""
        return self.status is IntegrationStatus.ACTIVE

    def wants(self, event_name: str) -> bool:
        """Tell whether an event is called back."""
        return self.callback_url is not None and event_name in self.callback_statuses


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Hold a key without its secret: a hash to find it by, a seal to sign callbacks with.

    Until the day `rounding_until` (inclusive) the key rounds surplus decimals as the vendor does.
    """

    id: ApiKeyId
    partner_id: PartnerId
    prefix: str
    key_hash: bytes
    sealed: str
    mode: KeyMode
    created_at: datetime
    revoked_at: datetime | None = None
    rounding_until: date | None = None

    @property
    def is_revoked(self) -> bool:
        """Tell whether the key opens nothing any more."""
        return self.revoked_at is not None

    def rounds(self, today: date) -> bool:
        """Tell whether amounts with surplus decimals are rounded instead of refused."""
        return self.rounding_until is not None and today <= self.rounding_until
