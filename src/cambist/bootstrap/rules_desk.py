"""Decide how staff see and change fees and limits, and how a quote is explained to them."""

import re
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from cambist.adapters.db.rulebook import PostgresRulebook
from cambist.bootstrap.core import open_core
from cambist.bootstrap.review_desk import staff_name
from cambist.bootstrap.terminal import moment, percent, table
from cambist.domain.market.assets import CRYPTO, FIAT
from cambist.domain.pricing.explaining import explain
from cambist.domain.pricing.samples import pair_of
from cambist.domain.pricing.schedules import Schedule
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import PartnerId
from cambist.kernel.money import UNITS_MAX, Asset, format_units, parse_units
from cambist.ports.rulebook import LimitRule
from cambist.settings import Settings

PAIRS = {pair_of(crypto, fiat): (crypto, fiat) for crypto in CRYPTO for fiat in FIAT}
FIATS = {fiat.code: fiat for fiat in FIAT}
LIMIT_HEAD = ("LIMIT", "FOR", "FIAT", "LEAST", "MOST", "24 HOURS", "30 DAYS")
RISING = ("--minimum", "--maximum", "--per-day", "--per-month")
HOLDS, LATER, REPLACED = "holds since", "will hold from", "replaced; held from"

_SUFFIX = re.compile("_(ppm|units|s)$")
_log = structlog.get_logger()


async def explain_quote(settings: Settings, quote_id: UUID) -> int:
    """Print how a quote came about; status 1 when a number does not follow from its evidence."""
    async with open_core(settings) as core:
        quote = await core.desk.quote(quote_id)
    if quote is None:
        raise DomainError(ErrorCode.NOT_FOUND, quote=str(quote_id))
    explanation = explain(quote)
    print(explanation)
    return 0 if explanation.matches else 1


async def list_fees(settings: Settings, *, replaced_too: bool) -> int:
    """Print the schedules that hold and those to come, the most specific first."""
    async with open_core(settings) as core:
        now = await core.queries.now()
        schedules = await PostgresRulebook(core.pool).schedules()
    held = _holding(schedules, now)
    hidden = 0
    for one in sorted(schedules, key=_weight, reverse=True):
        standing = LATER if one.valid_from > now else HOLDS if one.id in held else REPLACED
        if standing == REPLACED and not replaced_too:
            hidden += 1
            continue
        print(f"{one.id}  {standing} {moment(one.valid_from)}", *_told(one), sep="\n")
    print("Of those that fit a trade the first holds." if schedules else "no schedules, no trades")
    if hidden:
        print(f"{hidden} replaced; --all shows them")
    return 0


async def set_fees(settings: Settings, options: Namespace) -> int:
    """Add a schedule and print it."""
    if options.pair is not None and options.pair not in PAIRS:
        return _complain(f"no such pair; there are {' '.join(sorted(PAIRS))}")
    async with open_core(settings) as core:
        now = await core.queries.now()
        begins = options.begins or now
        if begins < now:
            return _complain("--from lies in the past; what held then stays as it was")
        try:
            schedule = _schedule(options, core.entropy.new_id(), begins)
        except DomainError as refusal:
            return _complain(_fault(refusal))
        await PostgresRulebook(core.pool).add_schedule(schedule)
        _log.info("fees.set", owner=str(schedule.id), name=staff_name())
    print(f"{schedule.id}  holds from {moment(begins)}", *_told(schedule), sep="\n")
    return 0


async def remove_fees(settings: Settings, schedule_id: UUID) -> int:
    """Take a schedule out and print what it was."""
    async with open_core(settings) as core:
        removed = await PostgresRulebook(core.pool).remove_schedule(schedule_id)
        _log.info("fees.removed", owner=str(schedule_id), name=staff_name())
    print(f"{removed.id}  is removed; it was", *_told(removed), sep="\n")
    return 0


async def list_limits(settings: Settings) -> int:
    """Print every limit."""
    async with open_core(settings) as core:
        limits = await PostgresRulebook(core.pool).limits()
    rows = [_row(rule) for rule in limits]
    print(*(table(LIMIT_HEAD, rows) if rows else ["no limits"]), sep="\n")
    return 0


async def set_limit(settings: Settings, options: Namespace) -> int:
    """Set a limit and print it."""
    if options.fiat not in FIATS:
        return _complain(f"no such fiat; there are {' '.join(sorted(FIATS))}")
    async with open_core(settings) as core:
        try:
            rule = _limit(options, core.entropy.new_id())
        except DomainError as refusal:
            return _complain(_fault(refusal))
        await PostgresRulebook(core.pool).put_limit(rule)
        _log.info("limits.set", owner=str(rule.id), name=staff_name())
    print(*table(LIMIT_HEAD, [_row(rule)]), sep="\n")
    return 0


async def remove_limit(settings: Settings, rule_id: UUID) -> int:
    """Take a limit out and print what it was."""
    async with open_core(settings) as core:
        removed = await PostgresRulebook(core.pool).remove_limit(rule_id)
        _log.info("limits.removed", owner=str(rule_id), name=staff_name())
    print("removed; it was", *table(LIMIT_HEAD, [_row(removed)]), sep="\n")
    return 0


def _schedule(options: Namespace, schedule_id: UUID, begins: datetime) -> Schedule:
    """Read a schedule; the domain refuses terms out of bounds."""
    crypto, fiat = PAIRS[options.pair] if options.pair else (None, None)
    return Schedule(
        id=schedule_id,
        partner_id=PartnerId(options.partner) if options.partner else None,
        dialect=options.dialect,
        pair=options.pair,
        side=Side(options.side) if options.side else None,
        level=options.level,
        method=options.method,
        commission_ppm=options.commission,
        discount_ppm=options.discount,
        payment_fee_ppm=options.payment_fee,
        payment_fee_units=_units(options.payment_fee_fixed, fiat, "payment_fee_fixed"),
        fee_on_top=not options.fee_within,
        minimum_fee_units=_units(options.minimum_fee, fiat, "minimum_fee"),
        network_fee_units=_crypto_units(options.network_fee, crypto),
        minimum_units=_units(options.minimum, fiat, "minimum"),
        maximum_units=_most(options.maximum, fiat, "maximum"),
        rate_validity_s=options.rate_validity,
        payment_window_s=options.payment_window,
        valid_from=begins,
    )


def _limit(options: Namespace, rule_id: UUID) -> LimitRule:
    """Read a limit; what an order may be, a day and a month rise in this order.

    Raises:
        DomainError: SETTING_INVALID for one that lets nothing through, or that never bites.
    """
    fiat = FIATS[options.fiat]
    least = _units(options.minimum, fiat, "minimum")
    most = _most(options.maximum, fiat, "maximum")
    day = _most(options.per_day, fiat, "per_day")
    month = _most(options.per_month, fiat, "per_month")
    rising = [units for units in (max(least, 1), most, day, month) if units is not None]
    if rising != sorted(rising):
        raise DomainError(ErrorCode.SETTING_INVALID, field="minimum", rising=" <= ".join(RISING))
    return LimitRule(
        id=rule_id,
        scope=options.scope,
        partner_id=PartnerId(options.partner) if options.partner else None,
        dialect=options.dialect,
        level=options.level,
        fiat=fiat.code,
        per_order_min=least,
        per_order_max=most,
        per_day=day,
        per_month=month,
    )


def _units(text: str, fiat: Asset | None, field: str) -> int:
    """Read an amount of a fiat; without one, of whichever the trade is in."""
    scales = {fiat.scale} if fiat is not None else {each.scale for each in FIAT}
    if len(scales) > 1:
        raise DomainError(ErrorCode.SETTING_INVALID, field=field, needs="pair")
    try:
        units = parse_units(text, scales.pop())
    except DomainError as refusal:
        raise DomainError(refusal.code, field=field) from None
    if units >= UNITS_MAX:
        raise DomainError(ErrorCode.AMOUNT_TOO_LARGE, field=field)
    return units


def _most(text: str | None, fiat: Asset | None, field: str) -> int | None:
    return None if text is None else _units(text, fiat, field)


def _crypto_units(text: str, crypto: Asset | None) -> int:
    if crypto is None:
        if text.strip("0."):
            raise DomainError(ErrorCode.SETTING_INVALID, field="network_fee", needs="pair")
        return 0
    try:
        return parse_units(text, crypto.scale)
    except DomainError as refusal:
        raise DomainError(refusal.code, field="network_fee") from None


def _fault(refusal: DomainError) -> str:
    """Say which option is wrong and why."""
    field = str(refusal.facts.get("field", ""))
    option = "--" + _SUFFIX.sub("", field).replace("_", "-")
    if needed := refusal.facts.get("needs"):
        return f"{option} needs --{needed}, which says in which money"
    if rising := refusal.facts.get("rising"):
        return f"{rising} must hold, and what is most be above zero"
    if refusal.code is ErrorCode.AMOUNT_TOO_PRECISE:
        return f"{option} has more decimals than its money"
    return f"{option} is out of bounds"


def _holding(schedules: Sequence[Schedule], now: datetime) -> set[UUID]:
    """Find the newest schedule that has begun for each aim."""
    newest: dict[object, Schedule] = {}
    for one in sorted(schedules, key=_weight):
        if one.valid_from <= now:
            newest[one.aim] = one
    return {one.id for one in newest.values()}


def _weight(schedule: Schedule) -> tuple[object, ...]:
    """Order schedules as `choose` weighs them."""
    named = tuple(part is not None for part in schedule.aim)
    return named, schedule.valid_from, schedule.id


def _told(schedule: Schedule) -> Iterator[str]:
    """Tell a schedule in words; without a pair its amounts are in each trade's own fiat."""
    crypto, fiat = PAIRS.get(schedule.pair or "", (None, None))

    def amount(units: int) -> str:
        scale = fiat.scale if fiat is not None else FIAT[0].scale
        return f"{format_units(units, scale)} {fiat.code if fiat is not None else 'of its fiat'}"

    yield f"  for     {_aim(schedule.partner_id, schedule.dialect, *schedule.aim[2:])}"
    takes = [f"commission {percent(schedule.commission_ppm)}"]
    if schedule.discount_ppm:
        takes.append(f"{percent(schedule.discount_ppm)} of it given back")
    if schedule.minimum_fee_units:
        takes.append(f"at least {amount(schedule.minimum_fee_units)}")
    yield f"  takes   {', '.join(takes)}"
    if schedule.payment_fee_ppm or schedule.payment_fee_units:
        share, fixed = percent(schedule.payment_fee_ppm), amount(schedule.payment_fee_units)
        place = "on top" if schedule.fee_on_top else "within"
        yield f"          payment fee {share} and {fixed}, {place}"
    if schedule.network_fee_units:
        scale, code = (crypto.scale, crypto.symbol) if crypto is not None else (0, "units")
        yield f"          network fee {format_units(schedule.network_fee_units, scale)} {code}"
    most = schedule.maximum_units
    upper = "without an upper bound" if most is None else f"to {amount(most)}"
    yield f"  orders  from {amount(schedule.minimum_units)} {upper}"
    window = schedule.payment_window_s
    yield f"  times   a price holds {schedule.rate_validity_s} s, to be paid within {window} s"


def _aim(partner: PartnerId | None, dialect: str | None, *rest: object) -> str:
    """Tell whom a rule is for; what it does not name is everybody."""
    named = [f"partner {partner}"] if partner else []
    named += [f"dialect {dialect}"] if dialect else []
    for word, part in zip(("pair", "side", "level", "method"), rest, strict=False):
        named += [f"{word} {part}"] if part is not None else []
    return ", ".join(named) or "everybody"


def _row(rule: LimitRule) -> tuple[str, ...]:
    scale = FIATS[rule.fiat].scale
    bounds = (rule.per_order_min, rule.per_order_max, rule.per_day, rule.per_month)
    amounts = ["-" if units is None else format_units(units, scale) for units in bounds]
    level = "" if rule.level is None else f", level {rule.level}"
    aim = _aim(rule.partner_id, rule.dialect)
    each = "each customer" if rule.scope == "customer" else "each partner as a whole"
    return (str(rule.id), f"{each}: {aim}{level}", rule.fiat, *amounts)


def _complain(what: str) -> int:
    print(f"cambist: {what}", file=sys.stderr)
    return 1
