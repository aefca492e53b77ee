"""Decide what each form of a case does, and what is said when it was not taken."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cambist.app.cases.confirm_code import ConfirmCode, Tried
from cambist.app.cases.decide_change import ChangeOutcome, DecideChange
from cambist.app.cases.declare_funds import DeclareFunds
from cambist.app.cases.name_return import NameReturn
from cambist.app.cases.send_code import SendCode
from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.domain.compliance.cases import Case, CaseKind
from cambist.domain.compliance.declarations import declaration_for
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.messaging.codes import Outcome
from cambist.http.multipart_body import SentFile
from cambist.http.uploading import Upload
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import QuoteId
from cambist.pages.cases.case_model import can_cancel
from cambist.pages.cases.forms import (
    BrokenFormError,
    ChangeForm,
    CodeForm,
    IdentityForm,
    ReturnForm,
    Sent,
    WrongAnswersError,
)
from cambist.pages.cases.model import is_customers
from cambist.pages.cases.services import CaseServices
from cambist.pages.cases.shown import Notice, Wrong
from cambist.ports.documents import DocumentRefusal
from cambist.ports.trades import TradeView


class Action(StrEnum):
    """Name the forms of cases, as in their paths."""

    IDENTITY = "identity"
    AML = "aml"
    PHONE = "phone"
    PHONE_SMS = "phone-sms"
    DEPOSIT = "deposit"
    DEPOSIT_SMS = "deposit-sms"
    CHANGE = "change"
    RETURN = "return"
    DOCUMENT = "document"
    CANCEL = "cancel"


KIND_OF: Mapping[Action, CaseKind | None] = {
    Action.IDENTITY: CaseKind.IDENTITY,
    Action.AML: CaseKind.AML,
    Action.PHONE: CaseKind.PHONE,
    Action.PHONE_SMS: CaseKind.PHONE,
    Action.DEPOSIT: CaseKind.DEPOSIT,
    Action.DEPOSIT_SMS: CaseKind.DEPOSIT,
    Action.CHANGE: CaseKind.CHANGE,
    Action.RETURN: CaseKind.RETURN,
    Action.DOCUMENT: None,
    Action.CANCEL: None,
}
"""The case a form answers; documents are for any, and any may be cancelled."""

WITH_DOCUMENTS = frozenset({CaseKind.IDENTITY, CaseKind.AML})

REFUSED_FILES: Mapping[DocumentRefusal, Wrong] = {
    DocumentRefusal.TOO_LARGE: Wrong.FILE_TOO_LARGE,
    DocumentRefusal.EMPTY: Wrong.FILE_MISSING,
    DocumentRefusal.TYPE_UNKNOWN: Wrong.FILE_TYPE,
    DocumentRefusal.TYPE_MISMATCH: Wrong.FILE_TYPE,
    DocumentRefusal.TOO_MANY_PIXELS: Wrong.FILE_PIXELS,
    DocumentRefusal.BROKEN: Wrong.FILE_BROKEN,
    DocumentRefusal.TOO_COMPLEX: Wrong.FILE_COMPLEX,
}

TRIED: Mapping[Outcome, Wrong] = {
    Outcome.WRONG: Wrong.CODE_WRONG,
    Outcome.SPENT: Wrong.CODE_SPENT,
    Outcome.EXPIRED: Wrong.CODE_OVER,
    Outcome.OTHER: Wrong.CODE_OVER,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Say why a form was not taken: above it, and beside its fields; `values` are kept."""

    status: int = 422
    notice: Notice | None = None
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what one form asks of which order: who sends it, what it says."""

    view: TradeView
    case: Case
    action: Action
    form: Sent
    address: str
    file: SentFile | None = None


Act = Callable[[CaseServices, Asked], Awaitable[Problem | None]]

ANSWERED = Problem(409, Notice.ANSWERED)

_REFUSALS: Mapping[ErrorCode, Problem] = {
    ErrorCode.ADDRESS_INVALID: Problem(wrong={"address": Wrong.ADDRESS}),
    ErrorCode.CASE_NOT_OPEN: ANSWERED,
    ErrorCode.CODE_EXPIRED: Problem(wrong={"code": Wrong.CODE_OVER}),
    ErrorCode.FIELD_INVALID: Problem(409, Notice.NO_PHONE),
    ErrorCode.INSUFFICIENT_BALANCE: Problem(409, Notice.BALANCE),
    ErrorCode.INVALID_STATE: Problem(409, Notice.NOT_POSSIBLE),
    ErrorCode.LIMIT_EXCEEDED: Problem(429, Notice.TOO_OFTEN),
    ErrorCode.TOO_MANY_TRIES: Problem(429, Notice.TOO_OFTEN),
    ErrorCode.CHAIN_UNAVAILABLE: Problem(503, Notice.TRY_AGAIN),
    ErrorCode.CONFLICT: Problem(503, Notice.TRY_AGAIN),
    ErrorCode.FENCED: Problem(503, Notice.TRY_AGAIN),
    ErrorCode.OVERLOADED: Problem(503, Notice.TRY_AGAIN),
    ErrorCode.RATE_UNAVAILABLE: Problem(503, Notice.TRY_AGAIN),
    ErrorCode.UNKNOWN_OUTCOME: Problem(503, Notice.TRY_AGAIN),
}

_SPECIAL: Mapping[tuple[Action, ErrorCode], Problem] = {
    (Action.DOCUMENT, ErrorCode.LIMIT_EXCEEDED): Problem(409, Notice.TOO_MANY_FILES),
    (Action.CHANGE, ErrorCode.LIMIT_EXCEEDED): Problem(409, Notice.LIMIT),
    (Action.CHANGE, ErrorCode.AMOUNT_TOO_SMALL): Problem(409, Notice.LIMIT),
    (Action.CHANGE, ErrorCode.AMOUNT_TOO_LARGE): Problem(409, Notice.LIMIT),
    # Some of what came is not final yet; soon it is.
    (Action.RETURN, ErrorCode.INVALID_STATE): Problem(409, Notice.TRY_AGAIN),
}


async def act(services: CaseServices, asked: Asked) -> Problem | None:
    """Do what a form asks; None when it was taken.

    Raises:
        BrokenFormError: no page of ours sends such a form.
        DomainError: what no form of ours can bring about.
    """
    kind = KIND_OF[asked.action]
    if kind is not None and (asked.case.kind is not kind or not is_customers(asked.case)):
        return ANSWERED
    try:
        return await _ACTS[asked.action](services, asked)
    except WrongAnswersError as wrong:
        return Problem(wrong=wrong.fields, values=asked.form.values)
    except DomainError as refusal:
        problem = _refused(asked.action, refusal)
        if problem is None:
            raise
        return Problem(problem.status, problem.notice, problem.wrong, asked.form.values)


def _refused(action: Action, refusal: DomainError) -> Problem | None:
    special = _SPECIAL.get((action, refusal.code))
    if special is not None:
        return special
    if refusal.code is ErrorCode.DOCUMENT_INVALID:
        reason = DocumentRefusal(str(refusal.facts["reason"]))
        return Problem(wrong={"file": REFUSED_FILES[reason]})
    return _REFUSALS.get(refusal.code)


async def _identity(services: CaseServices, asked: Asked) -> None:
    form = asked.form.read(IdentityForm, services.now().date())
    command = SubmitIdentity(asked.view.order.id, None, form.country, form.told)
    await services.bus.execute(command)


async def _aml(services: CaseServices, asked: Asked) -> None:
    declaration = declaration_for(services.country)
    told = asked.form.declared(declaration)
    await services.bus.execute(DeclareFunds(asked.view.order.id, None, declaration.country, told))


async def _send_code(services: CaseServices, asked: Asked) -> None:
    command = SendCode(asked.view.order.id, None, asked.case.kind, asked.address)
    await services.bus.execute(command)


async def _code(services: CaseServices, asked: Asked) -> Problem | None:
    form = asked.form.read(CodeForm)
    if form.code is None and form.refused is None:
        return Problem(wrong={"code": Wrong.REQUIRED})
    code = None if form.refused else form.code
    command = ConfirmCode(asked.view.order.id, None, asked.case.kind, code, asked.address)
    tried: Tried = await services.bus.execute(command)
    if code is None or tried.outcome is Outcome.RIGHT:
        return None
    # Whoever has just used his last try up needs a new code, not a count of none.
    is_last = tried.outcome is Outcome.WRONG and not tried.tries_left
    fault = TRIED[Outcome.SPENT if is_last else tried.outcome]
    return Problem(wrong={"code": fault}, count=tried.tries_left)


async def _change(services: CaseServices, asked: Asked) -> Problem | None:
    try:
        form = asked.form.read(ChangeForm)
    except WrongAnswersError:
        # Its fields are buttons and hidden: nothing of it can be typed.
        raise BrokenFormError from None
    accepts = form.decision == "accept"
    command = DecideChange(asked.view.order.id, None, accepts, QuoteId(form.quote))
    outcome: ChangeOutcome = await services.bus.execute(command)
    return Problem(409, Notice.RESTATED) if outcome is ChangeOutcome.RESTATED else None


async def _return(services: CaseServices, asked: Asked) -> None:
    form = asked.form.read(ReturnForm)
    await services.bus.execute(NameReturn(asked.view.order.id, None, form.address))


async def _document(services: CaseServices, asked: Asked) -> Problem | None:
    kind, file = asked.form.values.get("kind"), asked.file
    if not is_customers(asked.case) or asked.case.kind not in WITH_DOCUMENTS:
        return ANSWERED
    if set(asked.form.values) - {"kind"} or kind not in set(DocumentKind):
        raise BrokenFormError
    if file is None:
        return Problem(wrong={"file": Wrong.FILE_MISSING}, values=asked.form.values)
    await services.uploads.take(
        Upload(
            order_id=asked.view.order.id,
            partner_id=None,
            case=asked.case.kind,
            kind=DocumentKind(kind),
            content=file.content,
            claimed_type=file.claimed_type,
        )
    )
    return None


async def _cancel(services: CaseServices, asked: Asked) -> Problem | None:
    if asked.form.values:
        raise BrokenFormError
    if not can_cancel(asked.view, asked.case):
        return Problem(409, Notice.NOT_POSSIBLE)
    await services.bus.execute(CancelTrade(asked.view.order.id, None))
    return None


_ACTS: Mapping[Action, Act] = {
    Action.IDENTITY: _identity,
    Action.AML: _aml,
    Action.PHONE: _code,
    Action.PHONE_SMS: _send_code,
    Action.DEPOSIT: _code,
    Action.DEPOSIT_SMS: _send_code,
    Action.CHANGE: _change,
    Action.RETURN: _return,
    Action.DOCUMENT: _document,
    Action.CANCEL: _cancel,
}
