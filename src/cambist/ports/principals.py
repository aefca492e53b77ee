"""Say who asks: one type of principal a dialect."""

from dataclasses import dataclass
from datetime import date

from cambist.kernel.ids import ApiKeyId, PartnerId


@dataclass(frozen=True, slots=True)
class PartnerPrincipal:
    """Identify a partner by one of its API keys; `sandbox` keys may use test switches."""

    partner_id: PartnerId
    key_id: ApiKeyId
    sandbox: bool
    rounding_until: date | None
