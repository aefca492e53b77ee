"""Decide what a broker's customer does when it is his turn, and what he must have in the end."""

from typing import Any, Protocol
from uuid import UUID

from cambist.adapters.simulators.bank import SimulatedBank
from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.app.cases.decide_change import DecideChange
from cambist.app.cases.name_return import NameReturn
from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.knowing import Client
from cambist.app.trades.open_trade import OpenedTrade, OpenTrade
from cambist.app.trades.place_quote import PlaceQuote
from cambist.app.trades.write_off import WriteOff
from cambist.bootstrap.core import Core
from cambist.bootstrap.rails import SANDBOX_ACCOUNTS
from cambist.bus.bus import Gate
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.market.assets import CHAINS
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.ids import IntegrationId
from cambist.ports.bank import IncomingTransfer
from cambist.ports.trades import TradeView
from tests.faults.cases import PAID, Case, Flow

FIAT = 100_000
PAYER = "CZ5508000000001234567899"
ACCOUNT = "19-2000145399/0800"
PERSON = (("first_name", "Jana"), ("last_name", "Nováková"))
STRANGERS = 5
OTHER_AMOUNT = 2 * PAID
EXTRA_UNITS = PAID // 2
ENDED = {Flow.RETURN: OrderState.RETURNED, Flow.WRITE_OFF: OrderState.REJECTED}


class Hands(Protocol):
    """Say what is used by customer and staff; `heard` is what this process knows is decided."""

    core: Core
    bus: Any
    heard: set[UUID]

    async def pay_together(self, asset: str, addresses: list[str]) -> None:
        """Pay addresses, once."""


async def customers_turn(desk: Hands, case: Case) -> bool:
    """Order, pay, answer: whatever is next; False when nothing is his to do.

    He does not know what an earlier self has done: every request goes under a key of its own.
    """
    opened: OpenedTrade = await _order(desk, case)
    view = await desk.core.trades.trade(None, opened.order_id)
    if view is None:
        raise AssertionError("an order that was answered for is not there")
    held = view.held_by
    match Flow(case.flow), view.order.state:
        case _, OrderState.AWAITING_PAYMENT:
            return await _pay(desk, case, view)
        case Flow.EXTRA, OrderState.COMPLETED:
            return await _pay_again(desk, view)
        case Flow.WRITE_OFF, OrderState.SENDING:
            return await _take_away(desk, view)
        case Flow.WRITE_OFF, OrderState.ON_CASE if held is not None and held.kind is CaseKind.EDD:
            return await _give_up(desk, view)
        case Flow.WRITE_OFF, OrderState.REJECTED if view.order.id not in desk.heard:
            return await _give_up(desk, view)
    command = _answer(case, view)
    if command is None:
        return False
    await desk.bus.execute(command, _gate(case, type(command).__name__))
    return True


def _gate(case: Case, what: str) -> Gate:
    return Gate(case.partner, f"test:{case.flow}", f"{case.shop}:{what}")


async def _order(desk: Hands, case: Case) -> OpenedTrade:
    """Take a firm quote and order at it."""
    buys = Flow(case.flow) is Flow.BUY
    side = Side.BUY if buys else Side.SELL
    as_agreed = Flow(case.flow) in (Flow.SELL, Flow.EXTRA, Flow.WRITE_OFF)
    units = FIAT if buys else PAID if as_agreed else OTHER_AMOUNT
    wish = PlaceQuote(case.partner_id, "btcex", side, "LTC", "CZK", "cz-bank", Given.FROM, units)
    quote = await desk.bus.execute(wish, _gate(case, "quote"))
    command = OpenTrade(
        partner_id=case.partner_id,
        integration_id=IntegrationId(UUID(case.shop)),
        dialect="btcex",
        side=side,
        crypto="LTC",
        fiat="CZK",
        method="cz-bank",
        given=Given.FROM,
        units=units,
        client=Client(email=f"{case.shop}@example.com"),
        destination=case.destination if buys else None,
        bank_account=None if buys else ACCOUNT,
        quote_id=quote.quote_id,
    )
    opened: OpenedTrade = await desk.bus.execute(command, _gate(case, "order"))
    return opened


async def _pay(desk: Hands, case: Case, view: TradeView) -> bool:
    """Pay once: by the bank, among strangers' transfers, or on the chain; False when it is done."""
    if Flow(case.flow) is not Flow.BUY:
        return await _pay_crypto(desk, view)
    texts = [f"{case.shop} {number}" for number in range(STRANGERS)]
    units = view.trade.fiat_units
    paid = [(f"VS{view.trade.reference}", units), *((text, 1_000) for text in texts)]
    query = "select reference from sim.bank_entry where reference = any($1::text[])"
    known = {row[0] for row in await desk.core.pool.fetch(query, [text for text, _ in paid])}
    bank = SimulatedBank(desk.core.pool)
    for text, amount in paid:
        if text not in known:
            told = IncomingTransfer(amount, text, "JANA NOVAKOVA", PAYER)
            await bank.transfer(SANDBOX_ACCOUNTS[0], told)
    return len(known) < len(paid)


async def _pay_crypto(desk: Hands, view: TradeView) -> bool:
    address = view.order.address or ""
    query = "select count(*) from sim.movement where address = $1"
    if await desk.core.pool.fetchval(query, address):
        return False
    await desk.pay_together("LTC", [address])
    return True


async def _pay_again(desk: Hands, view: TradeView) -> bool:
    """Pay once more, for nothing."""
    address = view.order.address or ""
    query = "select count(*) from sim.movement where address = $1"
    if await desk.core.pool.fetchval(query, address) != 1:
        return False
    await desk.core.controls["litecoin"].pay(address, "LTC", EXTRA_UNITS)
    return True


async def _take_away(desk: Hands, view: TradeView) -> bool:
    """Let a reorganisation take the payment, and another one spend its money, for good."""
    query = (
        "select t.txid from sim.movement m join sim.tx t on t.chain = m.chain and t.txid = m.txid"
        " and t.height is not null where m.address = $1"
    )
    txid = await desk.core.pool.fetchval(query, view.order.address)
    if txid is None:
        return False
    control = desk.core.controls["litecoin"]
    await control.reorg(CHAINS["litecoin"].confirmations)
    await control.replace(txid)
    return True


async def _give_up(desk: Hands, view: TradeView) -> bool:
    """Write the crypto off as staff, who say it again when they did not hear the answer."""
    await desk.bus.execute(WriteOff(view.order.id, "tester", "gone for good"))
    desk.heard.add(view.order.id)
    return True


def _answer(case: Case, view: TradeView) -> object | None:
    """Answer the case that holds the order, or decide it as the reviewer."""
    held, order_id = view.held_by, view.order.id
    if held is None:
        return None
    match held.kind, held.state:
        case CaseKind.IDENTITY, CaseState.OPEN:
            return SubmitIdentity(order_id, case.partner_id, "CZ", PERSON)
        case CaseKind.IDENTITY, CaseState.SUBMITTED:
            return DecideCase(order_id, held.id, Decision.ACCEPT, "tester")
        case CaseKind.CHANGE, _:
            return DecideChange(order_id, case.partner_id, Flow(case.flow) is Flow.CHANGE)
        case CaseKind.RETURN, _:
            return NameReturn(order_id, case.partner_id, case.destination)
        case _:
            raise AssertionError(f"nobody expects {held.kind}")


async def faults_of_trade(core: Core, case: Case) -> list[str]:
    """Say what is wrong with a trade that is over: orders, quotes, what arrived, what is left."""
    trades = await core.pool.fetch(
        "select t.id, o.state, t.crypto_units::text, t.fiat_units::text, t.quote_id"
        " from trades t join orders o on o.id = t.id where t.partner_id = $1",
        case.partner_id,
    )
    if len(trades) != 1:
        return [f"{len(trades)} orders, not 1"]
    trade, flow = trades[0], Flow(case.flow)
    ended = ENDED.get(flow, OrderState.COMPLETED)
    faults = [] if trade["state"] == ended else [f"order: {tuple(trade)}"]
    quotes = await core.pool.fetch(
        "select id, used_by from quotes where partner_id = $1 and used_by is not null",
        case.partner_id,
    )
    if flow is not Flow.CHANGE and [tuple(q) for q in quotes] != [(trade["quote_id"], trade["id"])]:
        faults.append(f"quotes used: {quotes}")
    expected = {
        Flow.BUY: ([trade["crypto_units"]], []),
        Flow.RETURN: ([str(PAID)], []),
        Flow.EXTRA: ([str(EXTRA_UNITS)], [trade["fiat_units"]]),
        Flow.WRITE_OFF: ([], []),
    }.get(flow, ([], [trade["fiat_units"]]))
    arrived = await _arrived(core, case), await _paid_out(core, trade["id"])
    if arrived != expected:
        faults.append(f"arrived {arrived}, not {expected}")
    return [*faults, *await _left(core, case), *await _letters(core, trade["id"])]


async def _arrived(core: Core, case: Case) -> list[str]:
    rows = await core.pool.fetch(
        "select m.units::text from sim.movement m join sim.tx t on t.chain = m.chain"
        " and t.txid = m.txid and t.height is not null where m.address = $1",
        case.destination,
    )
    return [row[0] for row in rows]


async def _paid_out(core: Core, order_id: UUID) -> list[str]:
    """List what the bank paid for an order, by what it was told with the payments."""
    rows = await core.pool.fetch(
        "select e.units::text from sim.bank_entry e join bank_payouts p"
        " on upper(replace(p.id::text, '-', '')) = e.end_to_end"
        " where p.order_id = $1 and not e.credit",
        order_id,
    )
    return [row[0] for row in rows]


async def _left(core: Core, case: Case) -> list[str]:
    rows = await core.pool.fetch(
        "select a.asset, a.posted::text, a.held::text from accounts a join customers c"
        " on a.owner = 'customer:' || c.id where c.partner_id = $1"
        " and (a.posted <> 0 or a.held <> 0)",
        case.partner_id,
    )
    return [f"the customer still has: {tuple(row)}" for row in rows]


async def _letters(core: Core, order_id: UUID) -> list[str]:
    """Check that every letter was written once and sent."""
    rows = await core.pool.fetch(
        "select template, count(*), count(*) filter (where state = 'sent') from messages"
        " where order_id = $1 group by template having count(*) <> 1"
        " or count(*) filter (where state = 'sent') <> 1",
        order_id,
    )
    return [f"letter (template, written, sent): {tuple(row)}" for row in rows]
