"""Staff set fees and limits in their own words; what makes no sense is refused and named."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from cambist.adapters.db.rulebook import PostgresRulebook
from cambist.domain.pricing.schedules import Schedule
from cambist.domain.pricing.terms import Side
from cambist.ports.rulebook import CUSTOMER_SCOPE, TradeContext
from tests.review.rig import ReviewedDesk
from tests.review.typing_staff import Staff

EVERYTHING = (
    *("--dialect", "btcex", "--pair", "LTC_CZK", "--side", "buy", "--level", "1"),
    *("--method", "cz-bank", "--commission", "3.5", "--discount", "10", "--payment-fee", "1.25"),
    *("--payment-fee-fixed", "5", "--fee-within", "--minimum-fee", "20"),
    *("--network-fee", "0.0005", "--minimum", "100", "--maximum", "50000"),
    *("--rate-validity", "600", "--payment-window", "3600"),
)


async def schedule(desk: ReviewedDesk, text: str) -> Schedule:
    schedules = await PostgresRulebook(desk.world.core.pool).schedules()
    (found,) = (one for one in schedules if one.id == UUID(text[:36]))
    return found


async def commission(desk: ReviewedDesk, **changes: Any) -> int:
    asked: dict[str, Any] = {
        "partner_id": desk.partner,
        "dialect": "btcex",
        "pair": "LTC_CZK",
        "fiat": "CZK",
        "side": Side.BUY,
        "level": 0,
        "method": "cz-bank",
    }
    core = desk.world.core
    core.rules.forget()
    book = await core.rules.book(core.pool)
    terms = book.terms(TradeContext(**{**asked, **changes}), await core.queries.now())
    return terms.commission_ppm


async def test_every_term_is_stored_exactly(desk: ReviewedDesk, staff: Staff) -> None:
    typed = await staff.types("fees", "set", *EVERYTHING)
    stored = await schedule(desk, typed.out)
    assert (stored.aim, stored.fee_on_top) == (
        (None, "btcex", "LTC_CZK", Side.BUY, 1, "cz-bank"),
        False,
    )
    assert (stored.commission_ppm, stored.discount_ppm) == (35_000, 100_000)
    assert (stored.payment_fee_ppm, stored.payment_fee_units) == (12_500, 500)
    assert (stored.minimum_fee_units, stored.network_fee_units) == (2_000, 50_000)
    assert (stored.minimum_units, stored.maximum_units) == (10_000, 5_000_000)
    assert (stored.rate_validity_s, stored.payment_window_s) == (600, 3_600)
    assert typed.lines[1:] == [
        "  for     dialect btcex, pair LTC_CZK, side buy, level 1, method cz-bank",
        "  takes   commission 3.5 %, 10 % of it given back, at least 20.00 CZK",
        "          payment fee 1.25 % and 5.00 CZK, within",
        "          network fee 0.00050000 LTC",
        "  orders  from 100.00 CZK to 50000.00 CZK",
        "  times   a price holds 600 s, to be paid within 3600 s",
    ]
    assert [line["event"] for line in typed.logged] == ["fees.set"]


async def test_a_new_schedule_replaces_the_one_before_which_stays_on_record(
    desk: ReviewedDesk, staff: Staff
) -> None:
    aim = ("--partner", desk.partner)
    before = await staff.types("fees", "set", *aim, "--commission", "2")
    assert await commission(desk) == 20_000
    after = await staff.types("fees", "set", *aim, "--commission", "0.0001")
    assert await commission(desk) == 1
    listed = await staff.types("fees", "list")
    assert listed.line(after.out.split()[0]).split()[1:3] == ["holds", "since"]
    assert before.out.split()[0] not in listed.out
    everything = await staff.types("fees", "list", "--all")
    assert "replaced; held from" in everything.line(before.out.split()[0])
    removed = await staff.types("fees", "remove", after.out.split()[0])
    assert "commission 0.0001 %" in removed.out
    assert await commission(desk) == 20_000
    await staff.types("fees", "remove", after.out.split()[0], status=1)


async def test_a_schedule_to_come_does_not_hold_yet(desk: ReviewedDesk, staff: Staff) -> None:
    now = await desk.world.core.queries.now()
    begins = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    words = ("--partner", desk.partner, "--commission", "1", "--from", begins)
    typed = await staff.types("fees", "set", *words)
    assert await commission(desk) == 50_000
    listed = await staff.types("fees", "list")
    assert "will hold from" in listed.line(typed.out.split()[0])
    await staff.types("fees", "remove", typed.out.split()[0])


WRONG_FEES: Sequence[tuple[tuple[str, ...], int, str]] = [
    (("--commission", "3,5"), 2, "argument --commission: a percentage such as 3.5"),
    (("--commission", "1.00001"), 2, "argument --commission: a percentage such as 3.5"),
    (("--commission", "-1"), 2, "argument --commission"),
    (("--commission", "100"), 1, "--commission is out of bounds"),
    (("--commission", "1", "--discount", "101"), 1, "--discount is out of bounds"),
    (("--commission", "1", "--minimum", "1.001"), 1, "--minimum has more decimals"),
    (("--commission", "1", "--minimum", "1e3"), 2, "argument --minimum"),
    (("--commission", "1", "--minimum", "9", "--maximum", "8"), 1, "--maximum is out of"),
    (("--commission", "1", "--network-fee", "0.1"), 1, "--network-fee needs --pair"),
    (("--commission", "1", "--pair", "LTC_XYZ"), 1, "no such pair; there are"),
    (("--commission", "1", "--dialect", "btcx"), 2, "argument --dialect"),
    (("--commission", "1", "--rate-validity", "0"), 2, "argument --rate-validity"),
    (("--commission", "1", "--from", "2020-01-01"), 1, "lies in the past"),
    (("--commission", "1", "--partner", str(uuid4())), 1, "refused: not-found partner"),
    ((), 2, "--commission"),
]


async def test_fees_that_make_no_sense_are_refused_and_named(
    desk: ReviewedDesk, staff: Staff
) -> None:
    before = await PostgresRulebook(desk.world.core.pool).schedules()
    for words, status, said in WRONG_FEES:
        refused = await staff.types("fees", "set", *words, status=status)
        assert said in refused.err, words
    assert await PostgresRulebook(desk.world.core.pool).schedules() == before


async def test_a_limit_takes_the_place_of_the_one_for_the_same_trades(
    desk: ReviewedDesk, staff: Staff
) -> None:
    aim = ("--partner", desk.partner, "--fiat", "CZK")
    await staff.types("limits", "set", *aim, "--maximum", "500")
    await staff.types("limits", "set", *aim, "--level", "1", "--maximum", "900")
    words = ("--minimum", "100", "--maximum", "50000", "--per-day", "100000")
    typed = await staff.types("limits", "set", *aim, *words)
    rules = await PostgresRulebook(desk.world.core.pool).limits()
    mine = [rule for rule in rules if rule.partner_id == desk.partner and rule.level is None]
    ((least, most, day, month),) = [
        (rule.per_order_min, rule.per_order_max, rule.per_day, rule.per_month) for rule in mine
    ]
    assert (least, most, day, month) == (10_000, 5_000_000, 10_000_000, None)
    assert mine[0].scope == CUSTOMER_SCOPE
    assert typed.lines[1].split()[-5:] == ["CZK", "100.00", "50000.00", "100000.00", "-"]
    listed = await staff.types("limits", "list")
    assert f"each customer: partner {desk.partner}, level 1" in listed.out
    removed = await staff.types("limits", "remove", mine[0].id)
    assert removed.lines[0] == "removed; it was"
    await staff.types("limits", "remove", mine[0].id, status=1)


WRONG_LIMITS: Sequence[tuple[tuple[str, ...], int, str]] = [
    (("--fiat", "LTC"), 1, "no such fiat; there are"),
    (("--fiat", "CZK", "--maximum", "0"), 1, "must hold, and what is most be above zero"),
    (("--fiat", "CZK", "--minimum", "9", "--maximum", "8"), 1, "--minimum <= --maximum"),
    (("--fiat", "CZK", "--maximum", "9", "--per-day", "8"), 1, "<= --per-day"),
    (("--fiat", "CZK", "--per-day", "9", "--per-month", "8"), 1, "<= --per-month"),
    (("--fiat", "CZK", "--maximum", "0.001"), 1, "--maximum has more decimals"),
    (("--fiat", "CZK", "--scope", "house"), 2, "argument --scope"),
    (("--maximum", "5"), 2, "--fiat"),
]


async def test_limits_that_make_no_sense_are_refused_and_named(
    staff: Staff,
) -> None:
    for words, status, said in WRONG_LIMITS:
        refused = await staff.types("limits", "set", *words, status=status)
        assert said in refused.err, words


async def test_a_quote_is_explained_and_a_changed_one_noticed(
    desk: ReviewedDesk, staff: Staff
) -> None:
    quote = (await desk.view(await desk.order())).trade.quote_id
    explained = await staff.types("quote", "explain", quote)
    assert explained.lines[-1] == "Every number matches."
    statement = "update quotes set commission = commission + 1 where id = $1"
    await desk.world.core.pool.execute(statement, quote)
    changed = await staff.types("quote", "explain", quote, status=1)
    assert "DIFFERS: commission" in changed.out
    await staff.types("quote", "explain", uuid4(), status=1)
