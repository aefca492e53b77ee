"""Decide how orders come about: signed by an affiliate, or followed to by a visitor."""

from dataclasses import replace
from typing import Any

from litestar import Response

from cambist.app.trades.admit_visitor import AdmitVisitor
from cambist.app.trades.open_trade import OpenTrade
from cambist.dialects.btcex import answers, finding, mapping, rehearsing, showing, wire
from cambist.dialects.btcex.auth import signed_body
from cambist.dialects.btcex.desk import BtcexRequest, Done
from cambist.http.limits import seconds_of_hour, site_of
from cambist.http.refusals import Fault, Violation, refuse
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.affiliates import Affiliate
from cambist.ports.trades import TradeView

ORDER, CANCEL = f"{mapping.NAME}:order", f"{mapping.NAME}:cancel"
"""What an idempotency key is for."""
HTML = "text/html"
OTHER_AFFILIATE = Violation("affiliate", "This is not who signed.", "affiliate-other")


async def bought(request: BtcexRequest, data: wire.Buy, key: str | None) -> answers.Order:
    """Open an affiliate's order to buy.

    Raises:
        RefusedError: FIELD_INVALID, CREDENTIAL_INVALID.
        DomainError: what the core refused.
    """
    affiliate = await _signer(request, data)
    command = mapping.buy(data, affiliate, data.ip_address)
    return _shown(request, await _placed(request, command, data, key))


async def sold(request: BtcexRequest, data: wire.Sell, key: str | None) -> answers.Order:
    """Open an affiliate's order to sell.

    Raises:
        RefusedError: FIELD_INVALID, CREDENTIAL_INVALID.
        DomainError: what the core refused.
    """
    affiliate = await _signer(request, data)
    command = mapping.sell(data, affiliate, data.ip_address)
    return _shown(request, await _placed(request, command, data, key))


async def buy_followed(request: BtcexRequest) -> Response[Any]:
    """Open a visitor's order to buy.

    Raises:
        RefusedError: FIELD_INVALID, RATE_LIMITED.
        DomainError: what the core refused.
    """
    data = finding.query_as(wire.BuyQuery, request)
    affiliate = await finding.affiliate_named(request, data.affiliate)
    command = mapping.buy(data, affiliate, request.address or None)
    return await _followed(request, command, data)


async def sell_followed(request: BtcexRequest) -> Response[Any]:
    """Open a visitor's order to sell.

    Raises:
        RefusedError: FIELD_INVALID, RATE_LIMITED.
        DomainError: what the core refused.
    """
    data = finding.query_as(wire.SellQuery, request)
    affiliate = await finding.affiliate_named(request, data.affiliate)
    command = mapping.sell(data, affiliate, request.address or None)
    return await _followed(request, command, data)


async def _followed(
    request: BtcexRequest, command: OpenTrade, data: wire.BuyQuery | wire.SellQuery
) -> Response[Any]:
    """Answer a program with the order, and a browser with the way to its page.

    A dry visit is tried for a stranger, since no letter tells the mailbox's owner of it: nobody
    finds out in silence whether somebody is a customer, or what he may.
    """
    await _admit(request, data.email)
    stranger = str(request.services.new_id()) if data.dry else None
    client = replace(command.client, external_id=stranger, is_vouched=False)
    command = replace(command, client=client)
    view = await _placed(request, command, data, None)
    if data.dry or not wants_page(request.headers.get("accept", "")):
        return Response(_shown(request, view), status_code=201)
    page = showing.page_of(view, request.services.public_url)
    return Response(b"", status_code=303, media_type=HTML, headers={"Location": page})


def wants_page(accept: str) -> bool:
    """Tell whether whoever asks is a browser: it names HTML, programs hardly do."""
    return HTML in {part.partition(";")[0].strip().lower() for part in accept.split(",")}


async def _admit(request: BtcexRequest, email: str) -> None:
    """Count a visit before anything is done for it, a dry one too: it tells as much.

    Raises:
        RefusedError: RATE_LIMITED.
    """
    services = request.services
    try:
        await services.bus.execute(AdmitVisitor(email, site_of(request.address)))
    except DomainError as refusal:
        if refusal.code is not ErrorCode.LIMIT_EXCEEDED:
            raise
        wait = seconds_of_hour(services.now())
        raise refuse(Fault.RATE_LIMITED, headers={"Retry-After": str(wait)}) from None


async def _signer(request: BtcexRequest, data: wire.Buy | wire.Sell) -> Affiliate:
    """Find who signed, whom the body may repeat.

    Raises:
        RefusedError: FIELD_INVALID, CREDENTIAL_INVALID.
    """
    affiliate = await request.affiliate()
    if data.affiliate not in (None, affiliate.name):
        raise refuse(Fault.FIELD_INVALID, OTHER_AFFILIATE)
    return affiliate


async def _placed(
    request: BtcexRequest,
    command: OpenTrade,
    data: mapping.BuyWords | mapping.SellWords,
    key: str | None,
) -> TradeView:
    """Open an order and find it; a rehearsed one is shown as it would have been."""
    try:
        done = await request.run(command, ORDER, key, dry=data.dry)
    except DomainError as refusal:
        raise finding.at_amount(refusal, data.satoshi) from None
    view = None
    if done.dropped is not None:
        view = rehearsing.would_be(command, done.dropped)
    if view is None:
        trades = request.services.trades
        view = await trades.trade(command.partner_id, done.result.order_id)
    if view is None:
        raise DomainError(ErrorCode.UNKNOWN_OUTCOME)
    return view


def _shown(request: BtcexRequest, view: TradeView) -> answers.Order:
    return showing.order_out(view, request.services.public_url)


async def cancelled(request: BtcexRequest, order_id: str, key: str | None) -> answers.Order:
    """Cancel an order.

    Raises:
        RefusedError: FIELD_INVALID for a body.
        DomainError: NOT_FOUND, INVALID_STATE.
    """
    await expect_nothing(request)
    view = await finding.own_trade(request, order_id)
    command = mapping.cancel(view, request.partner_id)
    return _shown(request, await after(request, view, await request.run(command, CANCEL, key)))


async def after(request: BtcexRequest, view: TradeView, done: Done) -> TradeView:
    """Find an order as a command left it, or would have.

    Raises:
        DomainError: NOT_FOUND.
    """
    if done.dropped is not None:
        return rehearsing.would_become(view, done.dropped)
    return await finding.own_trade(request, str(view.trade.number))


async def expect_nothing(request: BtcexRequest) -> None:
    """Refuse a body where there is nothing to be said.

    Raises:
        RefusedError: FIELD_INVALID, JSON_INVALID.
    """
    body = await signed_body(request)
    if body:
        names = list(body) if isinstance(body, dict) else [""]
        found = (
            Violation(name[:100], "This field is not known.", "extra-forbidden") for name in names
        )
        raise refuse(Fault.FIELD_INVALID, *found)
