"""Write to a customer about what happened to his order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cambist.app.writing import contact_of, identity_of, new_link, write
from cambist.domain.compliance.cases import Case, CaseKind
from cambist.domain.market.assets import asset_of
from cambist.domain.messaging.messages import Contents
from cambist.domain.messaging.templates import FACTS, Fact, Template, reasons_fact
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind
from cambist.domain.orders.trades import Trade
from cambist.kernel.ids import OrderId
from cambist.kernel.money import format_units
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class WriteNotice:
    """Name an order and the letter; `base_url` is where its link leads, `reasons` are codes."""

    order_id: OrderId
    template: Template
    base_url: str
    reasons: tuple[str, ...] = ()


async def write_notice(command: WriteNotice, uow: UnitOfWork, now: datetime) -> bool:
    """Queue the letter with a fresh link; return False when there is nobody to write to."""
    order = await uow.orders.peek(command.order_id)
    trade = await uow.trades.peek(command.order_id)
    if order is None or trade is None:
        return False
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None or customer.key is None:
        return False
    recipient = contact_of(uow.privacy, customer).get("email", "")
    partner = await uow.partners.peek(order.partner_id)
    if not recipient or partner is None:
        return False
    link = new_link(uow, order.id, customer, command.base_url, now)
    first_name = identity_of(uow.privacy, customer).get("first_name", "")
    cases = await uow.cases.where("order_id", order.id)
    known = _facts(order, trade, command.template, _back(order, cases))
    known |= {
        Fact.FIRST_NAME: first_name,
        Fact.LINK: link,
        Fact.REASONS: reasons_fact(command.reasons),
    }
    facts = {fact.value: known[fact] for fact in FACTS[command.template]}
    write(uow, customer, command.template, Contents(recipient, facts, partner.name), order.id, now)
    return True


def _back(order: Order, cases: Sequence[Case]) -> int:
    """Tell how much of a sell's crypto goes back, or what came for it when nobody was asked."""
    asked = [case for case in cases if case.kind is CaseKind.RETURN]
    newest = max(asked, key=lambda case: (case.opened_at, case.id), default=None)
    stated = None if newest is None else newest.units
    return order.confirmed if stated is None else stated


def _facts(order: Order, trade: Trade, template: Template, back: int) -> dict[Fact, str]:
    """Tell what there is to tell, as no language writes it; amounts with their currency."""
    crypto = _money(trade.crypto_units, trade.crypto)
    fiat = _money(trade.fiat_units, trade.fiat)
    buying = order.kind is OrderKind.BUY
    pays, gets = (fiat, crypto) if buying else (crypto, fiat)
    received = (
        _money(trade.fiat_received, trade.fiat) if buying else _money(order.confirmed, trade.crypto)
    )
    returned = received if buying else _money(back, trade.crypto)
    amounts: Mapping[Template, str] = {
        Template.CASE_RETURN: returned,
        Template.CRYPTO_SENT: crypto if buying else returned,
        Template.ORDER_RETURNED: returned,
        Template.PAYOUT_SENT: fiat,
    }
    return {
        Fact.ORDER: str(trade.number),
        Fact.PAYS: pays,
        Fact.GETS: gets,
        Fact.AMOUNT: amounts.get(template, received),
        Fact.VALID_UNTIL: trade.valid_until.astimezone(UTC).isoformat(),
    }


def _money(units: int, code: str) -> str:
    asset = asset_of(code)
    return f"{format_units(units, asset.scale)} {asset.symbol}"
