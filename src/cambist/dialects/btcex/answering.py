"""Decide what an answer to a case leads to, and what is said when it was not the right one."""

from typing import NoReturn

from cambist.app.cases.confirm_code import Tried
from cambist.app.cases.decide_change import ChangeOutcome
from cambist.dialects.btcex import answers, finding, mapping, placing, showing, wire
from cambist.dialects.btcex.desk import BtcexRequest, Done
from cambist.dialects.btcex.tables import CaseName
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.messaging.codes import Outcome
from cambist.http.forms import read_model
from cambist.http.limits import seconds_of_hour
from cambist.http.refusals import Fault, Violation, refuse
from cambist.http.uploading import FILE, Upload
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.trades import TradeView


async def identity(request: BtcexRequest, order_id: str) -> answers.Order:
    """Take in who the customer is, or a picture that shows it.

    Raises:
        RefusedError: FIELD_INVALID, JSON_INVALID, MEDIA_TYPE_UNSUPPORTED.
        DomainError: NOT_FOUND, CASE_NOT_OPEN, DOCUMENT_INVALID, LIMIT_EXCEEDED.
    """
    if request.is_form:
        return await _picture(request, order_id)
    today = request.services.now().date()
    data = read_model(wire.VerifyIdentity, await request.json(), today)
    view = await finding.own_trade(request, order_id)
    return await _answered(request, view, mapping.identity(view, request.partner_id, data))


async def _picture(request: BtcexRequest, order_id: str) -> answers.Order:
    form = await request.sent_form()
    picture = read_model(wire.Picture, form.fields)
    if form.file is None:
        raise refuse(Fault.FIELD_INVALID, Violation(FILE, "A file is expected.", "missing"))
    view, case = await finding.open_case(request, order_id, CaseName.VERIFY_IDENTITY)
    upload = Upload(
        order_id=view.order.id,
        partner_id=request.partner_id,
        case=case.kind,
        kind=DocumentKind(picture.kind),
        content=form.file.content,
        claimed_type=form.file.claimed_type,
    )
    if request.is_test:
        command = await request.services.uploads.examine(upload)
        return await _answered(request, view, command)
    await request.services.uploads.take(upload)
    return await finding.own_order(request, order_id)


async def funds(request: BtcexRequest, order_id: str, data: wire.AmlCz) -> answers.Order:
    """Take in a declaration of funds.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN.
    """
    view = await finding.own_trade(request, order_id)
    return await _answered(request, view, mapping.funds(view, request.partner_id, data))


async def code(
    request: BtcexRequest, order_id: str, name: CaseName, data: wire.CodeAnswer
) -> answers.Order:
    """Take a code, or the refusal of one; each wrong try counts.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, CODE_INVALID with what is `left`, CODE_EXPIRED,
            TOO_MANY_TRIES, INSUFFICIENT_BALANCE.
    """
    view = await finding.own_trade(request, order_id)
    done = await request.run(mapping.confirm(view, request.partner_id, name, data))
    tried: Tried = done.result
    if data.code is not None and tried.outcome is not Outcome.RIGHT:
        _refuse(tried)
    return await _shown(request, view, done)


def _refuse(tried: Tried) -> NoReturn:
    match tried.outcome:
        case Outcome.SPENT:
            raise DomainError(ErrorCode.TOO_MANY_TRIES)
        case Outcome.EXPIRED:
            raise DomainError(ErrorCode.CODE_EXPIRED, field="code")
        case _:
            raise DomainError(ErrorCode.CODE_INVALID, field="code", left=tried.tries_left)


async def send_code(request: BtcexRequest, order_id: str, name: CaseName) -> answers.SmsCase:
    """Send a code.

    Raises:
        RefusedError: RATE_LIMITED, FIELD_INVALID for a body.
        DomainError: NOT_FOUND, CASE_NOT_OPEN.
    """
    await placing.expect_nothing(request)
    view = await finding.own_trade(request, order_id)
    services = request.services
    try:
        done = await request.run(mapping.send_code(view, request.partner_id, name))
    except DomainError as refusal:
        if refusal.code is not ErrorCode.LIMIT_EXCEEDED:
            raise
        wait = refusal.facts.get("retry_after_s") or seconds_of_hour(services.now())
        raise refuse(Fault.RATE_LIMITED, headers={"Retry-After": str(wait)}) from None
    after = await placing.after(request, view, done)
    return showing.sms_out(after, name, services.now())


async def change(request: BtcexRequest, order_id: str, data: wire.Change) -> answers.ChangedOrder:
    """Take a decision about changed terms; terms that ran out meanwhile are stated anew.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, RATE_UNAVAILABLE, LIMIT_EXCEEDED.
    """
    view = await finding.own_trade(request, order_id)
    done = await request.run(mapping.change(view, request.partner_id, data))
    after = await placing.after(request, view, done)
    restated = done.result is ChangeOutcome.RESTATED
    return showing.changed_out(after, request.services.public_url, restated=restated)


async def name_return(request: BtcexRequest, order_id: str, data: wire.Return) -> answers.Order:
    """Take in where crypto goes back to.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, ADDRESS_INVALID, INVALID_STATE.
    """
    view = await finding.own_trade(request, order_id)
    return await _answered(request, view, mapping.name_return(view, request.partner_id, data))


async def _answered(request: BtcexRequest, view: TradeView, command: object) -> answers.Order:
    return await _shown(request, view, await request.run(command))


async def _shown(request: BtcexRequest, view: TradeView, done: Done) -> answers.Order:
    after = await placing.after(request, view, done)
    return showing.order_out(after, request.services.public_url)
