"""Steps use cases share: load what judging an order needs, bring an order up to date."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from cambist.domain.market.assets import Chain, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.pay_in import Excess, PayInPolicy, Receipts, assess, event_between
from cambist.domain.partners.partners import Integration
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.states import Direction, PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.kernel.money import Asset
from cambist.ports.rows import Counter
from cambist.ports.uow import UnitOfWork

CHAIN_SILENCE = timedelta(seconds=120)


async def own_integration(
    uow: UnitOfWork, integration_id: IntegrationId, partner_id: PartnerId
) -> Integration:
    """Load an active integration of the caller's own; a foreign one looks missing.

    Raises:
        DomainError: NOT_FOUND.
    """
    integration = await uow.integrations.peek(integration_id)
    if integration is None or integration.partner_id != partner_id:
        raise DomainError(ErrorCode.NOT_FOUND, field="integrationId")
    if integration.status is not IntegrationStatus.ACTIVE:
        raise DomainError(ErrorCode.NOT_FOUND, field="integrationId")
    return integration


async def terms_of(uow: UnitOfWork, order: Order) -> Integration:
    """Load the integration an order was made for; there is always one."""
    integration = await uow.integrations.peek(order.integration_id)
    if integration is None:
        raise LookupError("an order without integration")
    return integration


async def watched_chain(uow: UnitOfWork, asset: Asset, now: datetime) -> Chain:
    """Name the asset's chain when its watcher is awake, so that a payment would be noticed.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED when the chain is not enabled, CHAIN_UNAVAILABLE when it
            has not been heard of for CHAIN_SILENCE.
    """
    chain = chain_of(asset)
    cursor = await uow.cursors.peek(chain.id)
    if cursor is None:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=asset.code)
    if now - cursor.seen_at > CHAIN_SILENCE:
        raise DomainError(ErrorCode.CHAIN_UNAVAILABLE, chain=chain.id)
    return chain


async def next_numbers(uow: UnitOfWork, partners: Iterable[PartnerId]) -> dict[PartnerId, int]:
    """Allot one payment number for each partner listed, and return each one's first."""
    wanted = list(partners)
    counters = await uow.counters.lock(sorted(set(wanted)))
    first: dict[PartnerId, int] = {}
    for partner in dict.fromkeys(wanted):
        known = counters.get(partner)
        counter = known or Counter(partner, 0)
        first[partner] = counter.payments + 1
        after = Counter(partner, counter.payments + wanted.count(partner))
        if known is None:
            uow.counters.add(after)
        else:
            uow.counters.save(after)
    return first


def policy_of(integration: Integration) -> PayInPolicy:
    """Read a merchant's choices on under-, over- and late payment."""
    return PayInPolicy(
        integration.under_tolerance_ppm,
        Excess(integration.under_policy.value),
        Excess(integration.over_policy.value),
        Excess(integration.late_policy.value),
    )


def receipts_of(order: Order, payments: Iterable[Payment]) -> Receipts:
    """Pick the payments that count for an order: incoming, of its asset, still on the chain."""
    counted = [p for p in payments if p.direction is Direction.IN and p.matched]
    return Receipts(
        seen=[p for p in counted if p.state is not PaymentState.DROPPED],
        confirmed=[p for p in counted if p.state is PaymentState.CONFIRMED],
    )


def reassess(
    uow: UnitOfWork,
    order: Order,
    integration: Integration,
    payments: Iterable[Payment],
    now: datetime,
) -> Order:
    """Bring an incoming order up to date with its payments and record what that means."""
    after = assess(order, policy_of(integration), receipts_of(order, payments), now)
    event = event_between(order, after)
    if event is not None:
        return uow.emit(after, event, state=after.state.value)
    if after != order:
        uow.orders.save(after)
    return after


async def payments_of(uow: UnitOfWork, order_id: UUID) -> list[Payment]:
    """Load an order's payments; the caller holds the order's lock."""
    return await uow.payments.where("order_id", order_id)
