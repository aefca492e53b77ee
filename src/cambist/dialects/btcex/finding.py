"""Decide what is found: the affiliate's own orders and their open cases, prices of the moment."""

from uuid import UUID

from cambist.dialects.btcex import answers, mapping, showing, wire
from cambist.dialects.btcex.desk import BtcexRequest
from cambist.dialects.btcex.remembering import question_of
from cambist.dialects.btcex.tables import CASE_KIND, CRYPTO, FIAT, CaseName
from cambist.domain.compliance.cases import Case, CaseState
from cambist.domain.market.assets import ASSETS
from cambist.domain.payments.rails import Method
from cambist.domain.pricing.deals import Deal, price
from cambist.domain.pricing.terms import Side
from cambist.http.forms import M, read_pairs
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import PartnerId
from cambist.kernel.rates import Rate
from cambist.ports.affiliates import Affiliate
from cambist.ports.trades import MarketTerms, PriceAsk, Slice, TradeView

NOBODY = PartnerId(UUID(int=0))
"""Whose price is told when no affiliate is named: the house's general one."""
CHAIN = ASSETS[CRYPTO].chain or ""
OUT_OF_BOUNDS = frozenset({ErrorCode.AMOUNT_TOO_LARGE, ErrorCode.AMOUNT_TOO_SMALL})


def query_as(model: type[M], request: BtcexRequest) -> M:
    """Read the query, in which no name may occur twice.

    Raises:
        RefusedError: FIELD_INVALID.
    """
    return read_pairs(model, request.query_params.items())


async def partner(request: BtcexRequest) -> answers.Partner:
    """Tell who signed.

    Raises:
        RefusedError: CREDENTIAL_INVALID.
    """
    affiliate = await request.affiliate()
    return answers.Partner(affiliate.name, affiliate.name, request.is_test)


async def affiliate_named(request: BtcexRequest, name: str | None) -> Affiliate:
    """Find the affiliate a visitor names, or the only one there is when he names none.

    Raises:
        DomainError: FIELD_INVALID.
        StoreUnavailableError: the database cannot be reached.
    """
    affiliates = request.services.affiliates
    found = await affiliates.only() if name is None else await affiliates.named(name)
    if found is None:
        reason = "affiliate-missing" if name is None else "affiliate-unknown"
        raise DomainError(ErrorCode.FIELD_INVALID, field="affiliate", reason=reason)
    return found


async def priced(request: BtcexRequest) -> answers.Price:
    """Price what is asked for, without making it firm; what is read comes from memory mostly.

    Raises:
        RefusedError: FIELD_INVALID.
        DomainError: FIELD_INVALID, RATE_UNAVAILABLE, AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE.
    """
    query = query_as(wire.PriceQuery, request)
    partner_id = NOBODY
    if query.affiliate is not None:
        partner_id = (await affiliate_named(request, query.affiliate)).partner_id
    side = Side(query.type)
    ask = PriceAsk(partner_id, mapping.NAME, side, CRYPTO, FIAT, Method.CZ_BANK)
    found = await request.services.market.market(ask)
    try:
        deal = _deal(side, found, query)
    except DomainError as refusal:
        raise at_amount(refusal, query.satoshi) from None
    answer = showing.price_out(deal, query.affiliate, found.valid_until)
    memory = request.services.memory
    if memory is not None and query.affiliate is None:
        memory.keep(question_of(request.scope["query_string"]), ((ask, found),), answer)
    return answer


def _deal(side: Side, found: MarketTerms, query: wire.PriceQuery) -> Deal:
    raw = Rate(ASSETS[CRYPTO], ASSETS[FIAT], found.raw)
    return price(side, raw, found.terms, *mapping.given_of(side, query.satoshi, query.pennies))


def at_amount(refusal: DomainError, satoshi: int | None) -> DomainError:
    """Let a refused amount point at the field it was given in."""
    if refusal.code not in OUT_OF_BOUNDS or "field" in refusal.facts:
        return refusal
    return DomainError(refusal.code, field=mapping.amount_field(satoshi), **refusal.facts)


def validated(request: BtcexRequest, address: str) -> answers.AddressValidation:
    """Judge an address by computation alone."""
    return mapping.address_out(address, request.services.addresses.inspect(CHAIN, address))


async def own_trade(request: BtcexRequest, order_id: str) -> TradeView:
    """Find an order of the affiliate's.

    Raises:
        DomainError: NOT_FOUND; a foreign order looks like a missing one.
    """
    number = mapping.number_of(order_id)
    view = await request.services.trades.trade_by_number(request.partner_id, number)
    if view is None or (view.trade.crypto, view.trade.fiat) != (CRYPTO, FIAT):
        raise DomainError(ErrorCode.NOT_FOUND)
    return view


async def own_order(request: BtcexRequest, order_id: str) -> answers.Order:
    """Show an order of the affiliate's.

    Raises:
        DomainError: NOT_FOUND.
    """
    return showing.order_out(await own_trade(request, order_id), request.services.public_url)


async def own_orders(request: BtcexRequest) -> answers.Orders:
    """List the affiliate's orders.

    Raises:
        RefusedError: FIELD_INVALID.
    """
    query = query_as(wire.OrdersQuery, request)
    trades = request.services.trades
    found: Slice[TradeView] = await trades.trades(
        request.partner_id, mapping.chosen(query), query.quantity
    )
    return showing.orders_out(found, request.services.public_url)


async def open_case(request: BtcexRequest, order_id: str, name: CaseName) -> tuple[TradeView, Case]:
    """Find the case of a path, when it is the one the customer is to answer.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN naming the one that is.
    """
    view, kind = await own_trade(request, order_id), CASE_KIND[name]
    held = view.held_by
    if held is not None and held.state is not CaseState.OPEN:
        held = None
    if held is None or held.kind is not kind:
        named = "" if held is None else held.kind.value
        raise DomainError(ErrorCode.CASE_NOT_OPEN, case=kind.value, open=named)
    return view, held
