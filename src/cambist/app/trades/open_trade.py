"""Open an order to buy or sell: customer, firm price, limits, checks, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.app.assessing import count, limits_of, risk_facts
from cambist.app.knowing import Client, known_or_new
from cambist.app.payouts import check_destination
from cambist.app.quoting import Wish, quote_for
from cambist.app.steps import own_integration, watched_chain
from cambist.app.trading import go_on
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.compliance.rules import reasons_for, required_checks
from cambist.domain.identity.customers import RETENTION, Customer
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Payout, Trade, number_of
from cambist.domain.payments.rails import Method
from cambist.domain.pricing.firm import FirmQuote
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId, QuoteId
from cambist.kernel.replacing import replace
from cambist.ports.uow import UnitOfWork

KINDS = {Side.BUY: OrderKind.BUY, Side.SELL: OrderKind.SELL}


@dataclass(frozen=True, slots=True)
class OpenTrade:
    """Ask for an order to buy or sell.

    With `quote_id` the price is the quote's and `given` and `units` are not looked at. A buy has a
    `destination` on the chain unless its crypto is kept; a sell has a `bank_account`.
    """

    partner_id: PartnerId
    integration_id: IntegrationId
    dialect: str
    side: Side
    crypto: str
    fiat: str
    method: str
    given: Given
    units: int
    client: Client
    payout: Payout = Payout.SEND
    destination: str | None = None
    bank_account: str | None = None
    external_id: str | None = None
    quote_id: QuoteId | None = None


@dataclass(frozen=True, slots=True)
class OpenedTrade:
    """Answer with the order's id, the number the wire may know it by, and its page's name."""

    order_id: OrderId
    number: int
    page: str


async def open_trade(command: OpenTrade, uow: UnitOfWork, now: datetime) -> OpenedTrade:
    """Fix the price, count the order against every limit, and ask for what must be checked first.

    Raises:
        DomainError: NOT_FOUND (integration, quote), ASSET_NOT_SUPPORTED, CHAIN_UNAVAILABLE,
            RATE_UNAVAILABLE, QUOTE_EXPIRED, QUOTE_USED, ADDRESS_INVALID, FIELD_INVALID,
            AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE, LIMIT_EXCEEDED.
    """
    integration = await own_integration(uow, command.integration_id, command.partner_id)
    asset = asset_of(command.crypto)
    chain = await watched_chain(uow, asset, now)
    await _check_ends(uow, command, chain.id)
    order_id = OrderId(uow.new_id())
    held = await uow.quotes.get(command.quote_id) if command.quote_id else None
    client = command.client
    found = await known_or_new(uow, command.partner_id, client.external_id, client, now)
    customer = replace(found, orders=found.orders + 1, retain_until=now + RETENTION)
    uow.customers.save(customer)
    quote = await _quote(uow, command, held, customer, order_id, now)
    rules = await uow.rules()
    limits = limits_of(rules, _wish(command, customer.level).context, customer.id)
    mine = await count(uow, limits, quote.fiat, quote.fiat_units, now)
    facts = await risk_facts(uow, rules, customer, quote.crypto, quote.crypto_units, mine, now)
    facts = replace(facts, is_vouched=client.is_vouched)
    required = required_checks(rules.risk, facts)
    if command.method == Method.BALANCE and command.side is Side.BUY:
        required = (*required, CaseKind.DEPOSIT)
    order = _order(command, integration.id, customer, quote, order_id, now)
    trade = _trade(uow, command, customer, quote, order_id, required, now)
    uow.orders.add(order)
    uow.trades.add(trade)
    order = uow.emit(order, EventName.ORDER_CREATED)
    reasons = reasons_for(required[0], rules.risk, facts) if required else ()
    await go_on(uow, order, trade, now, reasons)
    return OpenedTrade(order.id, trade.number, trade.page)


async def _check_ends(uow: UnitOfWork, command: OpenTrade, chain: str) -> None:
    """Refuse a destination or account nothing could be sent to."""
    if command.side not in KINDS:
        raise DomainError(ErrorCode.FIELD_INVALID, field="side")
    if command.side is Side.BUY and command.payout is Payout.SEND:
        await check_destination(uow, chain, command.destination or "", "address")
    if command.side is Side.SELL and command.payout is Payout.SEND:
        uow.rail(command.method).parse_account(command.bank_account or "")
    if command.fiat not in uow.rail(command.method).currencies:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=command.fiat, field="fiat")


async def _quote(
    uow: UnitOfWork,
    command: OpenTrade,
    held: FirmQuote | None,
    customer: Customer,
    order_id: OrderId,
    now: datetime,
) -> FirmQuote:
    """Use up the quote named, or price the order now."""
    if held is not None:
        used = held.use(order_id, command.partner_id, now)
        asked = (command.dialect, command.side, command.crypto, command.fiat, command.method)
        if asked != (held.dialect, held.side, held.crypto, held.fiat, held.method):
            raise DomainError(ErrorCode.FIELD_INVALID, field="quoteId")
        uow.quotes.save(used)
        return used
    wish = _wish(command, customer.level)
    used = (await quote_for(uow, wish, now)).use(order_id, command.partner_id, now)
    uow.quotes.add(used)
    return used


def _wish(command: OpenTrade, level: int) -> Wish:
    return Wish(
        partner_id=command.partner_id,
        dialect=command.dialect,
        side=command.side,
        crypto=command.crypto,
        fiat=command.fiat,
        method=command.method,
        level=level,
        given=command.given,
        units=command.units,
    )


def _order(
    command: OpenTrade,
    integration_id: IntegrationId,
    customer: Customer,
    quote: FirmQuote,
    order_id: OrderId,
    now: datetime,
) -> Order:
    return Order(
        id=order_id,
        kind=KINDS[command.side],
        state=OrderState.CREATED,
        labels=frozenset(),
        partner_id=command.partner_id,
        integration_id=integration_id,
        asset=command.crypto,
        amount=quote.crypto_units,
        fiat=command.fiat,
        rate=quote.rate,
        fee_ppm=0,
        address=command.destination if command.side is Side.BUY else None,
        source_address=None,
        parent_id=None,
        received=0,
        confirmed=0,
        fee=0,
        refunded=0,
        returned=0,
        required_confirmations=chain_of(asset_of(command.crypto)).confirmations,
        external_id=command.external_id,
        customer=command.client.external_id,
        expires_at=now + timedelta(days=1),
        created_at=now,
        updated_at=now,
        seq=0,
        customer_id=customer.id,
    )


def _trade(
    uow: UnitOfWork,
    command: OpenTrade,
    customer: Customer,
    quote: FirmQuote,
    order_id: OrderId,
    required: Sequence[CaseKind],
    now: datetime,
) -> Trade:
    number, client = number_of(order_id), command.client
    rail = uow.rail(command.method)
    details = {
        "bank_account": command.bank_account or "",
        "phone": client.phone or "",
        "address": client.address or "",
        "cookie": client.cookie or "",
    }
    return Trade(
        id=order_id,
        number=number,
        partner_id=command.partner_id,
        customer_id=customer.id,
        dialect=command.dialect,
        crypto=command.crypto,
        fiat=command.fiat,
        method=command.method,
        payout=command.payout,
        quote_id=quote.id,
        crypto_units=quote.crypto_units,
        fiat_units=quote.fiat_units,
        raw=quote.raw,
        rate=quote.rate,
        principal=quote.principal,
        commission=quote.commission,
        payment_fee=quote.payment_fee,
        network_fee=quote.network_fee,
        valid_until=quote.expires_at,
        fiat_received=0,
        filled=False,
        reference=rail.reference(number),
        required=tuple(kind.value for kind in required),
        page=uow.privacy.token(),
        sealed=uow.privacy.seal(customer.sealing_key, customer.id, details),
        created_at=now,
        counted=quote.fiat_units,
        counted_at=now,
    )
