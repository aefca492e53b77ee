"""Decide what a member of the staff can type about cases, prices, limits and people."""

import argparse
import asyncio
import re
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cambist.bootstrap.terminal import PERCENT_SCALE
from cambist.domain.compliance.cases import REMARK_LENGTH_MAX
from cambist.domain.messaging.templates import Reason
from cambist.domain.payments.rails import Method
from cambist.domain.pricing.terms import PAYMENT_WINDOW_MAX_S, RATE_VALIDITY_MAX_S, Side
from cambist.kernel.errors import DomainError
from cambist.kernel.money import parse_units
from cambist.ports.rulebook import CUSTOMER_SCOPE, PARTNER_SCOPE
from cambist.ports.vault import SealBrokenError, SealKeyUnknownError
from cambist.settings import Settings

Work = Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, int]]
Located = Callable[[Settings], Settings]

_REASON = re.compile(r"[a-z][a-z-]{1,39}", re.ASCII)
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,20})(\.[0-9]{1,18})?", re.ASCII)


class Verbs:
    """Add commands that work in the database which `located` finds."""

    def __init__(self, parsers: Any, located: Located) -> None:
        self._parsers, self._located = parsers, located

    def group(self, name: str, text: str) -> "Verbs":
        """Add a word that others follow."""
        group = self._parsers.add_parser(name, help=text, description=text)
        return Verbs(group.add_subparsers(required=True, metavar="COMMAND"), self._located)

    def add(self, name: str, work: Work, text: str) -> argparse.ArgumentParser:
        """Add a command."""

        def command(options: argparse.Namespace, settings: Settings) -> int:
            from cambist.adapters.logs import configure_logging

            configure_logging(settings.log_level)
            try:
                return asyncio.run(work(options, self._located(settings)))
            except (SealBrokenError, SealKeyUnknownError) as sealed:
                print(f"cambist: sealed data cannot be opened: {sealed}", file=sys.stderr)
                return 1

        parser: argparse.ArgumentParser = self._parsers.add_parser(
            name, help=text, description=text
        )
        parser.set_defaults(command=command)
        return parser


def add_staff_verbs(parsers: Any, located: Located) -> None:
    """Add everything staff type."""
    verbs = Verbs(parsers, located)
    _review_verbs(verbs.group("review", "what customers answered, and whom the lists may name"))
    _fee_verbs(verbs.group("fees", "what we take, and from whom"))
    _limit_verbs(verbs.group("limits", "how much may be traded"))
    quote = verbs.group("quote", "firm prices")
    quote.add("explain", _explain, "price a quote again from its evidence").add_argument(
        "quote", type=UUID
    )
    customer = verbs.group("customer", "one person's data")
    erase = customer.add("erase", _erase, "throw the key of a person's data away, for good")
    erase.add_argument("customer", type=UUID)
    export = customer.add("export", _export, "write all we hold about a person, as JSON, for him")
    export.add_argument("customer", type=UUID)
    documents = verbs.group("documents", "what customers uploaded")
    show = documents.add("show", _document, "write a document's content to a new file")
    show.add_argument("document", type=UUID)
    show.add_argument("--out", type=Path, required=True, help="the file to make")


def _review_verbs(review: Verbs) -> None:
    review.add("list", _reviews, "what waits for a decision, and customers a list may name")
    review.add("show", _review, "all a case rests on").add_argument("case", type=UUID)
    accept = review.add("accept", _accept, "let the order go on")
    accept.add_argument("case", type=UUID)
    accept.add_argument(
        "--account",
        default="",
        help="another bank account for a payout that came back, or the address for crypto",
    )
    again = review.add("again", _again, "give the answer back to the customer")
    again.add_argument("case", type=UUID)
    again.add_argument("--reason", choices=[reason.value for reason in Reason], required=True)
    again.add_argument("--remark", type=_remark, required=True, help="words to the customer")
    reject = review.add("reject", _reject, "end the order; what was paid goes back")
    reject.add_argument("case", type=UUID)
    reject.add_argument("--reason", type=_reason, required=True, help="a word such as other")
    reject.add_argument("--remark", type=_remark, default="", help="words for the record")
    lost = review.add("write-off", _write_off, "give up crypto a reorganisation took from a sell")
    lost.add_argument("order", type=UUID)
    lost.add_argument("--remark", type=_remark, required=True, help="words for the record")
    clear = review.add("clear", _clear, "record that entries of lists are somebody else")
    clear.add_argument("customer", type=UUID)
    clear.add_argument("hits", nargs="+", metavar="HIT", help="such as eu:13")


def _fee_verbs(fees: Verbs) -> None:
    listed = fees.add("list", _fees, "the schedules that hold and those to come")
    listed.add_argument("--all", action="store_true", help="those that were replaced, too")
    put = fees.add("set", _set_fees, "add a schedule; it replaces the one for the same trades")
    _aim(put)
    put.add_argument("--pair", help="such as LTC_CZK")
    put.add_argument("--side", choices=[side.value for side in Side])
    put.add_argument("--method", choices=[method.value for method in Method])
    put.add_argument("--commission", type=_percent, required=True, metavar="PERCENT")
    put.add_argument("--discount", type=_percent, default=0, metavar="PERCENT")
    put.add_argument("--payment-fee", type=_percent, default=0, metavar="PERCENT")
    put.add_argument("--payment-fee-fixed", type=_amount, default="0", metavar="AMOUNT")
    put.add_argument("--fee-within", action="store_true", help="in the amount, not on top of it")
    put.add_argument("--minimum-fee", type=_amount, default="0", metavar="AMOUNT")
    put.add_argument(
        "--network-fee", type=_amount, default="0", metavar="AMOUNT", help="in crypto; needs --pair"
    )
    put.add_argument("--minimum", type=_amount, default="0", metavar="AMOUNT")
    put.add_argument("--maximum", type=_amount, metavar="AMOUNT")
    put.add_argument("--rate-validity", type=_seconds(RATE_VALIDITY_MAX_S), default=900)
    put.add_argument("--payment-window", type=_seconds(PAYMENT_WINDOW_MAX_S), default=172_800)
    put.add_argument("--from", dest="begins", type=_moment, help="UTC; now unless told")
    remove = fees.add("remove", _remove_fees, "take a schedule out")
    remove.add_argument("schedule", type=UUID)


def _limit_verbs(limits: Verbs) -> None:
    limits.add("list", _limits, "every limit")
    put = limits.add("set", _set_limit, "set a limit in the place of the one for the same trades")
    put.add_argument("--scope", choices=(CUSTOMER_SCOPE, PARTNER_SCOPE), default=CUSTOMER_SCOPE)
    _aim(put)
    put.add_argument("--fiat", required=True)
    put.add_argument("--minimum", type=_amount, default="0", metavar="AMOUNT", help="of an order")
    put.add_argument("--maximum", type=_amount, metavar="AMOUNT", help="of an order")
    put.add_argument("--per-day", type=_amount, metavar="AMOUNT", help="in any 24 hours")
    put.add_argument("--per-month", type=_amount, metavar="AMOUNT", help="in any 30 days")
    remove = limits.add("remove", _remove_limit, "take a limit out")
    remove.add_argument("limit", type=UUID)


def _aim(parser: argparse.ArgumentParser) -> None:
    """Ask for whom; what is not said is everybody."""
    from pkgutil import iter_modules

    from cambist import dialects

    names = sorted(module.name for module in iter_modules(dialects.__path__))
    parser.add_argument("--partner", type=UUID)
    parser.add_argument("--dialect", choices=names)
    parser.add_argument("--level", type=int, choices=range(10), metavar="0-9")


def _percent(text: str) -> int:
    try:
        return parse_units(text, PERCENT_SCALE)
    except DomainError:
        raise argparse.ArgumentTypeError(
            f"a percentage such as 3.5 is expected, with {PERCENT_SCALE} decimals at most"
        ) from None


def _amount(text: str) -> str:
    if not _DECIMAL.fullmatch(text):
        raise argparse.ArgumentTypeError("an amount such as 100.50 is expected")
    return text


def _seconds(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= most):
            raise argparse.ArgumentTypeError(f"seconds from 1 to {most} are expected")
        return int(text)

    return read


def _moment(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a moment such as 2027-01-31T12:00 is expected") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _reason(text: str) -> str:
    if not _REASON.fullmatch(text):
        raise argparse.ArgumentTypeError("a word of small letters such as data-mismatch")
    return text


def _remark(text: str) -> str:
    if len(text) > REMARK_LENGTH_MAX:
        raise argparse.ArgumentTypeError(f"{REMARK_LENGTH_MAX} characters at most")
    return text


async def _reviews(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.review_desk import list_reviews

    return await list_reviews(settings)


async def _review(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.review_desk import show_review

    return await show_review(settings, options.case)


async def _accept(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.review_desk import accept

    return await accept(settings, options.case, options.account)


async def _again(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.review_desk import ask_again

    return await ask_again(settings, options.case, options.reason, options.remark)


async def _reject(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.review_desk import reject

    return await reject(settings, options.case, options.reason, options.remark)


async def _write_off(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.review_desk import write_off

    return await write_off(settings, options.order, options.remark)


async def _clear(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.review_desk import clear

    return await clear(settings, options.customer, options.hits)


async def _fees(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.rules_desk import list_fees

    return await list_fees(settings, replaced_too=options.all)


async def _set_fees(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.rules_desk import set_fees

    return await set_fees(settings, options)


async def _remove_fees(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.rules_desk import remove_fees

    return await remove_fees(settings, options.schedule)


async def _limits(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.rules_desk import list_limits

    return await list_limits(settings)


async def _set_limit(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.rules_desk import set_limit

    return await set_limit(settings, options)


async def _remove_limit(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.rules_desk import remove_limit

    return await remove_limit(settings, options.limit)


async def _explain(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.rules_desk import explain_quote

    return await explain_quote(settings, options.quote)


async def _erase(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.people_desk import erase

    return await erase(settings, options.customer)


async def _export(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.people_desk import export

    return await export(settings, options.customer)


async def _document(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.people_desk import show_document

    return await show_document(settings, options.document, options.out)
