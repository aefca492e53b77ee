"""Decide which texts an order's pages need; a language that lacks one does not type-check."""

from collections.abc import Mapping
from dataclasses import dataclass

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.compliance.declarations.questions import (
    FundsOrigin,
    QuestionName,
    TradePurpose,
)
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.payments.rails import Method
from cambist.pages.cases.shown import (
    IdKind,
    Notice,
    PageStatus,
    Side,
    StepKind,
    StepState,
    Why,
    Wrong,
)
from cambist.pages.look.words import Trouble


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold every text of the status page and of the pages about links, in one language.

    Braces are filled in: {pays} and {gets} with their symbols, {asset}, {network}, {number},
    {time}, {case}, {count}, {x} of {y}, {price} of one {coin}. `explained_selling` replaces what
    sellers are told differently.
    """

    order: str
    sides: Mapping[Side, str]
    headlines: Mapping[PageStatus, str]
    explained: Mapping[PageStatus, str]
    explained_selling: Mapping[PageStatus, str]
    you_pay: str
    you_get: str
    rate: str
    price: str
    price_left: str
    price_until: str
    pay_by: str
    pay_title: str
    to_account: str
    holder: str
    references: Mapping[Method, str]
    amount: str
    find_by: str
    qr_bank: str
    scan_bank: str
    address: str
    only_this: str
    qr_coins: str
    scan_coins: str
    open_wallet: str
    copy: str
    copied: str
    copy_by_hand: str
    progress: str
    steps: Mapping[StepKind, str]
    step_states: Mapping[StepState, str]
    transactions: str
    incoming: str
    outgoing: str
    confirmations: str
    earlier_hidden: str
    cases: Mapping[CaseKind, str]
    waits_for: str
    link_intro: str
    link_elsewhere: str
    send_link: str
    go_on: str
    created: str
    back: str
    opening: Trouble
    open: str
    linked: Trouble
    locked: Trouble
    gone: Trouble
    too_often: Trouble
    too_large: Trouble
    not_found: Trouble
    refused: Trouble
    test_strip: str
    test_warning: str


@dataclass(frozen=True, slots=True)
class FormTexts:
    """Hold every text of the forms of cases, in one language.

    Braces are filled in: {time}, {count} of tries, {end} of a phone number, {amount}, {network}.
    """

    titles: Mapping[CaseKind, str]
    intros: Mapping[CaseKind, str]
    review: Trouble
    why_title: str
    why: Mapping[Why, str]
    remark: str
    check_answers: str
    optional: str
    choose: str
    submit: str
    yes: str
    no: str
    fields: Mapping[str, str]
    hints: Mapping[str, str]
    groups: Mapping[str, str]
    consent: str
    id_kinds: Mapping[IdKind, str]
    documents_title: str
    documents_intro: str
    documents_sent: str
    document_kind: str
    document_file: str
    upload: str
    document_kinds: Mapping[DocumentKind, str]
    questions: Mapping[QuestionName, str]
    question_hints: Mapping[QuestionName, str]
    origins: Mapping[FundsOrigin, str]
    purposes: Mapping[TradePurpose, str]
    send_code: str
    send_again: str
    goes_to: str
    code_sent: str
    tries_left: str
    code: str
    confirm: str
    refuse: Mapping[CaseKind, str]
    refuse_hint: Mapping[CaseKind, str]
    late: str
    differs: str
    old_terms: str
    new_terms: str
    valid_until: str
    accept: str
    reject: str
    reject_hint: str
    goes_back: str
    return_address: str
    return_warning: str
    return_submit: str
    cancel: str
    cancel_hint: str
    cancel_submit: str
    wrong: Mapping[Wrong, str]
    notices: Mapping[Notice, str]
