"""Steps that hold an order against limits and risk: count it, uncount it, say what it asks for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.compliance.limits import DAY, TradeLimits, Turnover, subject
from cambist.domain.compliance.rules import RiskFacts, edd_reasons, reasons_for
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.states import CheckState
from cambist.domain.market.assets import asset_of
from cambist.domain.orders.trades import Trade
from cambist.kernel.ids import CustomerId, PartnerId
from cambist.kernel.money import Money
from cambist.kernel.rates import Rounding
from cambist.ports.rulebook import CUSTOMER_SCOPE, PARTNER_SCOPE, Rulebook, TradeContext
from cambist.ports.uow import UnitOfWork

UNLIMITED = TradeLimits(0, None, None, None)


def limits_of(
    rules: Rulebook, context: TradeContext, customer_id: CustomerId
) -> dict[str, TradeLimits]:
    """List whose turnover an order counts for: the customer's, the partner's where it has limits.

    The customer's comes first.
    """
    found = {_mine(customer_id, context.fiat): rules.limit(CUSTOMER_SCOPE, context) or UNLIMITED}
    partners = rules.limit(PARTNER_SCOPE, context)
    if partners is not None:
        found[_partners(context.partner_id, context.fiat)] = partners
    return found


async def count(
    uow: UnitOfWork, limits: Mapping[str, TradeLimits], fiat: str, units: int, now: datetime
) -> Turnover:
    """Count a new order against every limit; return the customer's turnover.

    Raises:
        DomainError: AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE, LIMIT_EXCEEDED.
    """
    for limit in limits.values():
        limit.check_order(units, fiat)
    counted = await _add(uow, limits, units, now)
    return counted[0]


async def lock_turnovers(uow: UnitOfWork, trade: Trade) -> None:
    """Lock what an order may count for; before the order itself."""
    await uow.turnovers.lock(_names(trade))


async def recount(
    uow: UnitOfWork,
    trade: Trade,
    limits: Mapping[str, TradeLimits],
    units: int,
    now: datetime,
) -> Trade:
    """Count a trade for another amount than before, as of now; its turnovers are locked already.

    Raises:
        DomainError: AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE, LIMIT_EXCEEDED.
    """
    for limit in limits.values():
        limit.check_order(units, trade.fiat)
    freed = await uncount(uow, trade, now)
    await _add(uow, limits, units, now)
    return replace(freed, counted=units, counted_at=now)


async def uncount(uow: UnitOfWork, trade: Trade, now: datetime) -> Trade:
    """Give back the room a trade takes up, if it does; its turnovers are locked already."""
    if not trade.counted:
        return trade
    for turnover in (await uow.turnovers.lock(_names(trade))).values():
        uow.turnovers.save(turnover.take_back(trade.counted, trade.counted_at, now))
    return replace(trade, counted=0)


def unlimited(trade: Trade) -> dict[str, TradeLimits]:
    """Give the limits of what must be counted although nobody can refuse it any more."""
    return {_mine(trade.customer_id, trade.fiat): UNLIMITED}


async def risk_facts(
    uow: UnitOfWork,
    rules: Rulebook,
    customer: Customer,
    crypto: str,
    crypto_units: int,
    turnover: Turnover,
    now: datetime,
) -> RiskFacts:
    """Gather what decides which checks an amount of crypto asks for.

    Raises:
        DomainError: RATE_UNAVAILABLE.
    """
    asset = asset_of(crypto)
    rate = await uow.rate(asset, asset_of(rules.risk.fiat))
    worth = rate.convert(Money(crypto_units, asset), Rounding.UP).units
    return _facts(customer, worth, turnover.orders_within(DAY, now))


async def why(
    uow: UnitOfWork, customer: Customer, fiat: str, kind: CaseKind, now: datetime
) -> tuple[str, ...]:
    """Tell why a check is asked for, by what is known of the customer now."""
    mine = await uow.turnovers.peek(_mine(customer.id, fiat))
    orders = 0 if mine is None else mine.orders_within(DAY, now)
    return reasons_for(kind, (await uow.rules()).risk, _facts(customer, 0, orders))


async def needs_a_look(uow: UnitOfWork, customer: Customer, now: datetime) -> bool:
    """Tell whether what a customer has told asks for a person's look: his country, a list hit."""
    return bool(edd_reasons((await uow.rules()).risk, _facts(customer, 0, 0)))


def _facts(customer: Customer, worth: int, orders_today: int) -> RiskFacts:
    return RiskFacts(
        worth=worth,
        orders_today=orders_today,
        country=customer.country,
        has_identity=customer.identity_state is CheckState.ACCEPTED,
        has_declaration=customer.declaration_state is CheckState.ACCEPTED,
        has_phone=customer.phone_index is not None,
        flagged=customer.is_flagged,
    )


def _mine(customer_id: CustomerId, fiat: str) -> str:
    return subject("customer", customer_id, fiat)


def _partners(partner_id: PartnerId, fiat: str) -> str:
    return subject("partner", partner_id, fiat)


def _names(trade: Trade) -> list[str]:
    return sorted([_mine(trade.customer_id, trade.fiat), _partners(trade.partner_id, trade.fiat)])


async def _add(
    uow: UnitOfWork, limits: Mapping[str, TradeLimits], units: int, now: datetime
) -> list[Turnover]:
    known = await uow.turnovers.lock(sorted(limits))
    counted = [
        (known.get(name) or Turnover(name, ())).add(units, limit, now)
        for name, limit in limits.items()
    ]
    for turnover in counted:
        if turnover.subject in known:
            uow.turnovers.save(turnover)
        else:
            uow.turnovers.add(turnover)
    return counted
