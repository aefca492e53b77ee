"""Say what rules the operator set: fees, limits, risk; one book, read as of a moment ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.domain.compliance.limits import TradeLimits
from cambist.domain.compliance.rules import RiskPolicy
from cambist.domain.pricing.schedules import Schedule, choose
from cambist.domain.pricing.terms import Side, Terms
from cambist.kernel.ids import PartnerId

CUSTOMER_SCOPE = "customer"
PARTNER_SCOPE = "partner"


@dataclass(frozen=True, slots=True)
class LimitRule:
    """Hold limits of one fiat for customers, or for a partner as a whole; None fits everybody."""

    id: UUID
    scope: str
    partner_id: PartnerId | None
    dialect: str | None
    level: int | None
    fiat: str
    per_order_min: int
    per_order_max: int | None
    per_day: int | None
    per_month: int | None

    @property
    def limits(self) -> TradeLimits:
        """Give the limits."""
        return TradeLimits(self.per_order_min, self.per_order_max, self.per_day, self.per_month)


@dataclass(frozen=True, slots=True)
class TradeContext:
    """Name what an order is made of, as far as rules differ by it."""

    partner_id: PartnerId
    dialect: str
    pair: str
    fiat: str
    side: Side
    level: int
    method: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Hold every rule of the house."""

    schedules: Sequence[Schedule]
    limits: Sequence[LimitRule]
    risk: RiskPolicy

    def terms(self, context: TradeContext, now: datetime) -> Terms:
        """Choose the terms of a trade: the most specific schedule.

        Raises:
            DomainError: RATE_UNAVAILABLE when none fits.
        """
        return choose(
            self.schedules,
            partner_id=context.partner_id,
            dialect=context.dialect,
            pair=context.pair,
            side=context.side,
            level=context.level,
            method=context.method,
            now=now,
        )

    def limit(self, scope: str, context: TradeContext) -> TradeLimits | None:
        """Choose the most specific limits of a scope, None when nothing is limited."""
        fitting = [rule for rule in self.limits if rule.scope == scope and _fits(rule, context)]
        best = max(fitting, key=_weight, default=None)
        return None if best is None else best.limits


def _fits(rule: LimitRule, context: TradeContext) -> bool:
    return (
        rule.fiat == context.fiat
        and rule.partner_id in (None, context.partner_id)
        and rule.dialect in (None, context.dialect)
        and rule.level in (None, context.level)
    )


def _weight(rule: LimitRule) -> tuple[bool, bool, bool]:
    return rule.partner_id is not None, rule.dialect is not None, rule.level is not None
