"""Decide what is found: the client's own orders, customers, addresses; prices of the moment."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import unquote

from cambist.app.notices.hand_out_link import HandedLink
from cambist.dialects.cryptoexchange import answers, mapping, pricing, showing, wire
from cambist.dialects.cryptoexchange.auth import ExchangeRequest
from cambist.dialects.cryptoexchange.pricing import Priced
from cambist.dialects.cryptoexchange.tables import LINK_MAILED, LINK_MAILED_DETAIL, RAILS
from cambist.domain.market.assets import ASSETS
from cambist.domain.pricing.terms import Given, Side
from cambist.http.forms import M, read_pairs
from cambist.http.idempotency import Asked
from cambist.http.limits import seconds_of_hour
from cambist.http.refusals import Fault, Refusal, RefusedError, refuse
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, OrderId
from cambist.kernel.money import Asset
from cambist.ports.queries import AssetQueries
from cambist.ports.trades import PriceAsk, Slice, TradeView

KEPT = timedelta(seconds=5)


class KeptAssets:
    """Ask which assets are enabled at most once in KEPT; operators change it hardly ever."""

    def __init__(self, assets: AssetQueries, now: Callable[[], datetime]) -> None:
        self._assets, self._now = assets, now
        self._known: tuple[datetime, Sequence[str]] | None = None

    async def enabled_assets(self) -> Sequence[str]:
        """List the codes of assets whose chain is watched."""
        now = self._now()
        if self._known is None or abs(now - self._known[0]) > KEPT:
            self._known = (now, mapping.enabled_only(await self._assets.enabled_assets()))
        return self._known[1]


def query_as(model: type[M], request: ExchangeRequest) -> M:
    """Read the query, in which no name may occur twice.

    Raises:
        RefusedError: FIELD_INVALID.
    """
    return read_pairs(model, request.query_params.items())


async def channel_of(request: ExchangeRequest) -> IntegrationId:
    """Find the integration the client orders through.

    Raises:
        DomainError: SETTING_INVALID when the operator gave it none.
    """
    found = await request.services.trades.channel(request.client_id)
    if found is None:
        raise DomainError(ErrorCode.SETTING_INVALID)
    return found


async def own_order(request: ExchangeRequest, order_id: OrderId) -> TradeView:
    """Find an order of the client's.

    Raises:
        DomainError: NOT_FOUND; a foreign order looks like a missing one.
    """
    view = await request.services.trades.trade(request.client_id, order_id)
    if view is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return view


async def placed_order(
    request: ExchangeRequest, data: wire.PlaceOrder, key: str | None
) -> TradeView:
    """Open an order and find it.

    Raises:
        RefusedError: amount-choice.
        DomainError: what the core refused.
    """
    asked = mapping.order(data, request.client_id, await channel_of(request))
    opened = await request.run(asked, key)
    return await own_order(request, opened.order_id)


async def cancelled_order(request: ExchangeRequest, order_id: str, key: str | None) -> TradeView:
    """Cancel an order and find it.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE.
    """
    await request.run(mapping.cancel(order_id, request.client_id), key)
    return await own_order(request, mapping.order_id_of(order_id))


async def handed_link(request: ExchangeRequest, order_id: str, key: str | None) -> HandedLink:
    """Make a link to an order's page, the same one for the same key.

    Raises:
        RefusedError: link-mailed, RATE_LIMITED.
        DomainError: NOT_FOUND, INVALID_STATE.
    """
    services = request.services
    command = mapping.link(order_id, request.client_id, services.public_url, key)
    try:
        handed: HandedLink | None = await services.bus.execute(command)
    except DomainError as refusal:
        if refusal.code is not ErrorCode.LIMIT_EXCEEDED:
            raise
        wait = {"Retry-After": str(seconds_of_hour(services.now()))}
        raise refuse(Fault.RATE_LIMITED, headers=wait) from None
    if handed is None:
        raise RefusedError(Refusal(409, LINK_MAILED, LINK_MAILED_DETAIL))
    return handed


async def address_asked(request: ExchangeRequest, data: wire.CreateAddress) -> Asked:
    """Read a request for an address.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, SETTING_INVALID.
    """
    return mapping.address(data, request.client_id, await channel_of(request))


def inspected(request: ExchangeRequest, data: wire.ValidateAddress) -> answers.AddressValidation:
    """Judge an address by computation alone; no node hears of it.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED.
    """
    chain = mapping.crypto_of(data.crypto).chain or ""
    return showing.validation_out(request.services.addresses.inspect(chain, data.address))


async def own_balance(request: ExchangeRequest, address: str) -> answers.Balance:
    """Find the balance of an address given to one of the client's customers.

    Raises:
        RefusedError: FIELD_INVALID.
        DomainError: ASSET_NOT_SUPPORTED, NOT_FOUND.
    """
    crypto = mapping.crypto_of(query_as(wire.BalanceQuery, request).crypto)
    services = request.services
    held = await services.vault.held(request.client_id, crypto.code, address)
    if held is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return showing.balance_out(held, address, crypto, services.now())


async def orders_of(request: ExchangeRequest, written: str) -> Slice[TradeView]:
    """List the orders of one of the client's customers; one not known yet has none.

    `written` is the customer's id as it stands in the path, percent-encoded.

    Raises:
        RefusedError: FIELD_INVALID.
        DomainError: NOT_FOUND, ASSET_NOT_SUPPORTED, FIELD_INVALID.
    """
    customer_id = mapping.customer_of(_decoded(written))
    query = query_as(wire.OrdersQuery, request)
    trades = request.services.trades
    customer = await trades.customer(request.client_id, customer_id)
    if customer is None:
        return Slice((), None)
    return await trades.trades(request.client_id, mapping.chosen(query, customer.id), query.limit)


def _decoded(written: str) -> str:
    try:
        return unquote(written, errors="strict")
    except UnicodeDecodeError:
        raise DomainError(ErrorCode.NOT_FOUND) from None


async def rates(request: ExchangeRequest) -> answers.Rates:
    """Price what is asked for; without a `crypto` what has no price is left out.

    Raises:
        RefusedError: FIELD_INVALID, amount-choice.
        DomainError: ASSET_NOT_SUPPORTED, RATE_UNAVAILABLE, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL,
            AMOUNT_TOO_LARGE.
    """
    query = query_as(wire.RatesQuery, request)
    side, fiat = Side(query.side), mapping.fiat_of(query.fiat)
    enabled = await request.services.assets.enabled_assets()
    if query.crypto is not None:
        crypto = mapping.crypto_of(query.crypto)
        if crypto.code not in enabled:
            raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, field="crypto")
        found = [await _priced(request, crypto, fiat, side)]
        amount = _amount(query, side, crypto, fiat)
        shown = [pricing.rate_out(found[0], None if amount is None else found[0].deal(*amount))]
    else:
        if query.crypto_amount is not None:
            raise mapping.one_amount("cryptoAmount")
        found = await _all_priced(request, enabled, (fiat,), side)
        shown = [_rate(one, _amount(query, side, one.crypto, fiat)) for one in found]
    if not shown:
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    return _kept(request, found, answers.Rates(shown))


def _kept(
    request: ExchangeRequest, found: Sequence[Priced], answer: answers.Rates
) -> answers.Rates:
    """Let an answer be given again while its prices hold."""
    memory = request.services.memory
    if memory is not None:
        asked = request.scope["query_string"]
        basis = tuple((_ask(request, one.crypto, one.fiat, one.side), one.market) for one in found)
        memory.keep((request.client_id, asked), basis, answer)
    return answer


def _amount(
    query: wire.RatesQuery, side: Side, crypto: Asset, fiat: Asset
) -> tuple[Given, int] | None:
    if query.crypto_amount is None and query.fiat_amount is None:
        return None
    return mapping.amount_of(side, crypto, fiat, query.crypto_amount, query.fiat_amount)


def _rate(priced: Priced, amount: tuple[Given, int] | None) -> answers.PairRate:
    deal = None if amount is None else pricing.deal_or_none(priced, *amount)
    return pricing.rate_out(priced, deal)


async def configuration(request: ExchangeRequest) -> answers.Configuration:
    """Collect what holds for the client.

    Raises:
        DomainError: NOT_FOUND when the client was closed a moment ago.
    """
    services = request.services
    client = await services.clients.partner(request.client_id)
    if client is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    enabled = await services.assets.enabled_assets()
    fiats = [ASSETS[code] for code in RAILS]
    buys = await _all_priced(request, enabled, fiats, Side.BUY)
    rules = await services.market.limits(request.client_id, mapping.NAME)
    return pricing.configuration_out(client, enabled, buys, rules)


async def _all_priced(
    request: ExchangeRequest, enabled: Sequence[str], fiats: Sequence[Asset], side: Side
) -> list[Priced]:
    """Price every pair that has a trustworthy price."""
    found: list[Priced] = []
    for code in enabled:
        for fiat in fiats:
            try:
                found.append(await _priced(request, ASSETS[code], fiat, side))
            except DomainError as refusal:
                if refusal.code is not ErrorCode.RATE_UNAVAILABLE:
                    raise
    return found


async def _priced(request: ExchangeRequest, crypto: Asset, fiat: Asset, side: Side) -> Priced:
    found = await request.services.market.market(_ask(request, crypto, fiat, side))
    return Priced(crypto, fiat, side, found)


def _ask(request: ExchangeRequest, crypto: Asset, fiat: Asset, side: Side) -> PriceAsk:
    method = RAILS[fiat.code]
    return PriceAsk(request.client_id, mapping.NAME, side, crypto.code, fiat.code, method)
