"""Decide how staff see and decide what customers answered; personal data goes to the terminal."""

import asyncio
import getpass
import sys
from collections.abc import Sequence
from uuid import UUID

import structlog

from cambist.adapters.clock import wall_clock
from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.screening.lists import LocalLists
from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.app.customers.clear_hits import ClearHits
from cambist.app.trades.write_off import WriteOff, WrittenOff
from cambist.app.trading import CAME_BACK, UNASKED
from cambist.bootstrap.core import Core, open_core
from cambist.bootstrap.terminal import fields, lasting, moment, money, percent, plain, table
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.identity.customers import Customer
from cambist.domain.orders.states import OrderKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, OrderId
from cambist.ports.screening import Hit
from cambist.ports.trades import LostSell, Review
from cambist.settings import Settings
from cambist.workers.screening import subject_of

LIST_MAX = 200
PAYING = frozenset({"bank_account", "payer_account", "payer_name"})
"""What of an order's sealed details the reviewer compares with the name."""

WRITTEN_OFF_TOLD = {
    WrittenOff.UNDONE: "the exchange is undone: nothing is paid out, what is left goes back",
    WrittenOff.LOST: "written off: it stays in house:loss unless the crypto comes back",
}

_log = structlog.get_logger()


def staff_name() -> str:
    """Name who types, for the record."""
    return f"staff:{getpass.getuser()}"


async def list_reviews(settings: Settings) -> int:
    """Print what waits for a decision, oldest first, then customers a list may name."""
    async with open_core(settings) as core:
        now = await core.queries.now()
        reviews = await core.desk.reviews(LIST_MAX)
        flagged = await PostgresPeople(core.pool, core.privacy).flagged(LIST_MAX)
        lost = await core.desk.lost_sells(LIST_MAX)
    head = ("CASE", "KIND", "WAITS", "ORDER", "WHAT", "LISTS", "WHY")
    rows = [
        (
            str(one.case.id),
            one.case.kind.value,
            lasting(now - one.case.updated_at),
            str(one.trade.number),
            _what(one),
            _standing(one.customer),
            " ".join(one.case.reasons) or "-",
        )
        for one in reviews
    ]
    print(*(table(head, rows) if rows else ["nothing waits for a decision"]), sep="\n")
    _tell_cut(len(reviews))
    if flagged:
        print(f"\n{len(flagged)} customers a list may name:")
        listed = [(str(one.id), _standing(one), " ".join(_uncleared(one))) for one in flagged]
        print(*table(("CUSTOMER", "LISTS", "HITS"), listed), sep="\n")
        _tell_cut(len(flagged))
    if lost:
        print(f"\n{len(lost)} sells paid for whose crypto a reorganisation took:")
        missing = [_lost(one) for one in lost]
        print(*table(("ORDER", "NUMBER", "MISSING", "STATE"), missing), sep="\n")
        print("  cambist review write-off ORDER --remark 'WORDS'")
        _tell_cut(len(lost))
    return 0


def _lost(one: LostSell) -> tuple[str, ...]:
    missing = money(one.units, one.trade.crypto)
    return str(one.order.id), str(one.trade.number), missing, one.order.state.value


async def write_off(settings: Settings, order_id: UUID, remark: str) -> int:
    """Give up crypto that is gone for good."""
    if not remark:
        return _complain("say in --remark why the crypto is given up")
    async with open_core(settings) as core:
        try:
            outcome = await core.bus.execute(WriteOff(OrderId(order_id), staff_name(), remark))
        except DomainError as refusal:
            return _complain(_no_write_off(refusal, order_id))
    _log.info("review.written_off", order=str(order_id), name=staff_name())
    print(WRITTEN_OFF_TOLD[outcome])
    return 0


def _no_write_off(refusal: DomainError, order_id: UUID) -> str:
    match refusal.code:
        case ErrorCode.NOT_FOUND:
            return f"there is no order {order_id}"
        case ErrorCode.INVALID_STATE:
            return "nothing of this sell is missing, or another case must be decided first"
        case _:
            return f"refused: {refusal.code.value}"


async def show_review(settings: Settings, case_id: UUID) -> int:
    """Print everything a case rests on, and what can be decided."""
    async with open_core(settings) as core:
        review = await _found(core, case_id)
        known = _opened(core, review)
    case, customer = review.case, review.customer
    print(f"Case {case.id}: {case.kind.value}, {case.state.value} {moment(case.updated_at)}")
    print(f"  order {review.trade.number} ({review.order.state.value}): {_what(review)}")
    print(f"  customer {customer.id}: level {customer.level}, {customer.orders} orders")
    print(f"  known since {moment(customer.created_at)}, country {customer.country or 'not told'}")
    if case.reasons:
        print(f"  why: {' '.join(case.reasons)}")
    if case.remark:
        print(f"  remark: {plain(case.remark)}")
    if case.refused:
        print("  the customer refused to answer")
    if customer.key is None:
        print("The customer's data was erased.")
        return 0
    _print_told("Identity", f" ({customer.identity_state.value})", review.identity)
    _print_told("Declaration", f" ({customer.declaration_state.value})", review.declaration)
    _print_told("Contact and payment", "", known)
    _print_documents(review)
    await _print_screening(settings, review)
    if case.state is CaseState.SUBMITTED:
        _print_choices(review)
    return 0


async def accept(settings: Settings, case_id: UUID, account: str) -> int:
    """Accept a case; status 1 while lists stand in the way."""
    async with open_core(settings) as core:
        review = await _found(core, case_id)
        customer = review.customer
        if customer.is_flagged:
            hits = " ".join(_uncleared(customer))
            return _complain(
                f"a list may name this customer; look, then `cambist review clear"
                f" {customer.id} {hits}`, or reject"
            )
        if customer.identity is not None and not customer.screened_with:
            return _complain(
                "the name was not held against the lists yet; is a worker running, and do the"
                " lists read well (its log says)?"
            )
        return await _decide(core, review, Decision.ACCEPT, account=account)


async def ask_again(settings: Settings, case_id: UUID, reason: str, remark: str) -> int:
    """Give an answer back to the customer."""
    async with open_core(settings) as core:
        review = await _found(core, case_id)
        if review.case.kind is CaseKind.EDD:
            return _complain("this case is the staff's own: accept or reject it")
        return await _decide(core, review, Decision.AGAIN, reason=reason, remark=remark)


async def reject(settings: Settings, case_id: UUID, reason: str, remark: str) -> int:
    """End the order."""
    async with open_core(settings) as core:
        review = await _found(core, case_id)
        return await _decide(core, review, Decision.REJECT, reason=reason, remark=remark)


async def clear(settings: Settings, customer_id: UUID, hits: Sequence[str]) -> int:
    """Record that entries of lists are somebody else; status 1 when one is no hit of his."""
    async with open_core(settings) as core:
        people = PostgresPeople(core.pool, core.privacy)
        person = await people.person(CustomerId(customer_id))
        if person is None:
            raise DomainError(ErrorCode.NOT_FOUND, customer=str(customer_id))
        unknown = sorted(set(hits) - set(person.customer.hits))
        if unknown:
            known = " ".join(person.customer.hits) or "none"
            return _complain(
                f"no hit of this customer: {plain(' '.join(unknown))}; there is {known}"
            )
        customer = person.customer.clear(tuple(hits), person.customer.updated_at)
        await core.bus.execute(ClearHits(customer.id, tuple(dict.fromkeys(hits))))
        _log.info("review.cleared", owner=str(customer.id), name=staff_name())
    left = _uncleared(customer)
    print(f"still standing: {' '.join(left)}" if left else "no hit stands any more")
    return 0


async def _found(core: Core, case_id: UUID) -> Review:
    review = await core.desk.review(case_id)
    if review is None:
        raise DomainError(ErrorCode.NOT_FOUND, case=str(case_id))
    return review


async def _decide(
    core: Core, review: Review, decision: Decision, *, account: str = "", **words: str
) -> int:
    command = DecideCase(
        order_id=review.order.id,
        case_id=review.case.id,
        decision=decision,
        reviewer=staff_name(),
        account=account,
        told=review.customer.identity,
        **words,
    )
    await core.bus.execute(command)
    _log.info(f"review.{decision.value}", order=str(review.order.id), name=staff_name())
    after = await core.trades.trade(None, review.order.id)
    if after is not None:
        held = after.held_by
        waits = f", held by its {held.kind.value} case" if held else ""
        print(f"order {after.trade.number} is now {after.order.state.value}{waits}")
    return 0


def _what(review: Review) -> str:
    trade = review.trade
    crypto, fiat = money(trade.crypto_units, trade.crypto), money(trade.fiat_units, trade.fiat)
    buying = review.order.kind is OrderKind.BUY
    return f"buys {crypto} for {fiat}" if buying else f"sells {crypto} for {fiat}"


def _uncleared(customer: Customer) -> list[str]:
    return [hit for hit in customer.hits if hit not in customer.cleared]


def _standing(customer: Customer) -> str:
    """Tell how a customer stands against the lists."""
    standing = len(_uncleared(customer))
    if standing:
        return f"{standing} hit{'s' if standing > 1 else ''}"
    if customer.identity is None:
        return "no name told"
    return "clear" if customer.screened_with else "not yet"


def _opened(core: Core, review: Review) -> dict[str, str]:
    """Open how the customer is reached, and from and to whom this order's money goes."""
    customer = review.customer
    if customer.key is None:
        return {}
    contact = core.privacy.open(customer.key, customer.id, customer.contact)
    order = core.privacy.open(customer.key, customer.id, review.trade.sealed)
    return {**contact, **{name: text for name, text in order.items() if name in PAYING}}


def _print_told(title: str, state: str, told: dict[str, str]) -> None:
    print(f"{title}{state}:" if told else f"{title}: nothing was told")
    for line in fields(sorted(told.items())):
        print(line)


def _print_documents(review: Review) -> None:
    print("Documents:" if review.documents else "Documents: none")
    for one in review.documents:
        kib = max(1, one.size // 1024)
        print(
            f"  {one.id}  {one.kind.value}  {one.media_type}  {kib} KiB  {moment(one.created_at)}"
        )


async def _print_screening(settings: Settings, review: Review) -> None:
    """Print each hit with the list's entry as it is now."""
    customer = review.customer
    print(f"Lists: {_standing(customer)}")
    if not customer.hits:
        return
    lists = LocalLists(settings.lists, wall_clock)
    refreshed = await asyncio.to_thread(lists.refresh)
    for fault in refreshed.faults:
        print(f"  list {fault.list_name} cannot be read: {fault.file}:{fault.line} {fault.reason}")
    found = await asyncio.to_thread(lists.screen, subject_of(review.identity))
    entries = {hit.key: hit for hit in found}
    for key in customer.hits:
        verdict = "cleared" if key in customer.cleared else "stands "
        print(f"  {verdict}  {key}  {_entry(entries.get(key))}")


def _entry(hit: Hit | None) -> str:
    if hit is None:
        return "is no hit any more (the list, or what was told, has changed)"
    return f"{percent(hit.score_ppm)} alike: {plain(hit.matched_name)} ({plain(hit.program)})"


def _print_choices(review: Review) -> None:
    case, customer = review.case, review.customer
    print("Decide:")
    if customer.is_flagged:
        print(f"  cambist review clear {customer.id} {' '.join(_uncleared(customer))}")
    else:
        other = " [--account ACCOUNT]" if CAME_BACK in case.reasons else ""
        if _is_missing(review):
            print(f"  cambist review write-off {case.order_id} --remark 'WORDS'")
        other = " --account ADDRESS" if UNASKED in case.reasons else other
        print(f"  cambist review accept {case.id}{other}")
    if case.kind is not CaseKind.EDD:
        print(f"  cambist review again {case.id} --reason REASON --remark 'WORDS'")
    print(f"  cambist review reject {case.id} --reason REASON")
    for one in review.documents:
        print(f"  cambist documents show {one.id} --out FILE")


def _is_missing(review: Review) -> bool:
    """Tell whether a reorganisation took what a seller's payout is for."""
    order, trade = review.order, review.trade
    sells = order.kind is OrderKind.SELL
    return sells and trade.filled and order.confirmed < trade.crypto_units


def _tell_cut(count: int) -> None:
    if count == LIST_MAX:
        print(f"the first {LIST_MAX}; there may be more")


def _complain(what: str) -> int:
    print(f"cambist: {what}", file=sys.stderr)
    return 1
