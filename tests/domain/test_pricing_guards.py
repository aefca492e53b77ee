"""Prove that a price in doubt is no price, and that the proof notices guards that are missing."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pytest

from cambist.domain.pricing.bands import LIVE_BANDS
from cambist.domain.pricing.book import HISTORY_MAX, WINDOW_S, Admission, Ignored, SampleBook
from cambist.domain.pricing.guards import GuardLimits, Reason, Verdict, decide
from cambist.domain.pricing.samples import ONE, SEQ_MAX, PriceSample, median
from cambist.kernel.errors import DomainError, ErrorCode
from tests.domain.pricing_faults import (
    FAULTS,
    INVERSE,
    MID,
    PAIR,
    TENFOLD,
    Fault,
    Round,
    at,
    engine,
    said,
    steady,
    violations,
)

LIMITS = GuardLimits()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_feed_never_yields_a_wrong_price(fault: Fault) -> None:
    assert engine(LIMITS)(fault.rounds).price == fault.price


class CredulousBook(SampleBook):
    """Planted: takes every sample up, whatever its number or time."""

    def admit(self, samples: Iterable[PriceSample], now: datetime) -> Admission:
        taken = tuple(samples)
        for sample in taken:
            fresh = replace(sample, seq=SEQ_MAX)
            self._series.setdefault((sample.source, sample.pair), deque()).append(fresh)
        return Admission(taken, ())


def mean_of_all(
    pair: str,
    newest: Iterable[PriceSample],
    history: Iterable[PriceSample],
    now: datetime,
    limits: GuardLimits,
) -> Verdict:
    """Planted: averages whatever is there instead of asking for agreement."""
    taken = tuple(newest)
    if len(taken) < limits.min_sources:
        return Verdict(pair, None, Reason.TOO_FEW_SOURCES)
    mean = sum(sample.mantissa for sample in taken) // len(taken)
    return Verdict(pair, mean, Reason.PRICED, ("a",), now)


PLANTED = {
    "no age check": engine(replace(LIMITS, max_age_s=10**6)),
    "no jump check": engine(replace(LIMITS, max_jump_ppm=None)),
    "no spread check": engine(replace(LIMITS, max_spread_ppm=10**9)),
    "single source accepted": engine(replace(LIMITS, min_sources=1)),
    "no bands": engine(replace(LIMITS, bands={})),
    "no look at seq and time": engine(LIMITS, book=CredulousBook),
    "mean of all": engine(LIMITS, judge=mean_of_all),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_wrong_guard_is_caught(name: str) -> None:
    assert violations(PLANTED[name])


def test_real_guard_has_no_violation() -> None:
    assert violations(engine(LIMITS)) == []


def reason_of(*rounds: Round, limits: GuardLimits = LIMITS) -> Reason:
    return engine(limits)(rounds).reason


def test_refusal_names_the_gravest_doubt() -> None:
    before = steady("a", "b")
    for mantissa, reason in ((TENFOLD, Reason.JUMPED), (INVERSE, Reason.INVERTED)):
        last = (at(20), (said("a", mantissa, 20), said("b", MID, 20)))
        assert reason_of(*before, last) is reason
    for mantissa, reason in ((MID * 1000, Reason.IMPLAUSIBLE), (INVERSE, Reason.INVERTED)):
        assert reason_of(*steady("a", "b", until_s=1, mid=mantissa)) is reason
    assert reason_of(*before, (at(60), ())) is Reason.STALE
    assert reason_of((at(0), ())) is Reason.NO_SAMPLE
    assert reason_of((at(0), (said("a", MID, 0),))) is Reason.TOO_FEW_SOURCES


def test_inversion_is_told_from_a_jump_without_a_band() -> None:
    limits = replace(LIMITS, bands={})
    last = (at(20), (said("a", INVERSE, 20), said("b", INVERSE, 20)))
    assert reason_of(*steady("a", "b"), last, limits=limits) is Reason.INVERTED


def test_verdict_names_who_was_set_aside_and_dates_by_the_oldest_used() -> None:
    rounds = (
        *steady("a", "b", "c"),
        (at(20), (said("a", TENFOLD, 20), said("b", MID, 20), said("c", MID, 19))),
    )
    verdict = engine(LIMITS)(rounds)
    assert verdict.sources == ("b", "c")
    assert verdict.rejected == (("a", Reason.JUMPED),)
    assert verdict.taken_at == at(19)
    assert verdict.quote().mantissa == MID


def test_refused_verdict_makes_no_quote() -> None:
    with pytest.raises(DomainError) as refused:
        Verdict(PAIR, None, Reason.STALE).quote()
    assert refused.value.code is ErrorCode.RATE_UNAVAILABLE


def test_real_jump_is_accepted_once_it_has_lasted_half_the_window() -> None:
    raised = MID * 5 // 4
    jump = tuple(
        (at(s), tuple(said(source, raised, s) for source in ("a", "b")))
        for s in range(300, 300 + 170, 2)
    )
    before = steady("a", "b", until_s=300)
    prices = [engine(LIMITS)(before + jump[: count + 1]).price for count in (0, 60, 84)]
    assert prices == [None, None, raised]


def test_chatty_source_does_not_outvote_the_window() -> None:
    chatty = [said("a", MID * 2, s) for s in range(100)]
    history = [*chatty, *(said(source, MID, 1) for source in ("b", "c"))]
    newest = [said(source, MID, 100) for source in ("a", "b", "c")]
    verdict = decide(PAIR, newest, history, at(100), LIMITS)
    assert verdict.price == MID


def test_samples_of_another_pair_are_not_counted() -> None:
    other = PriceSample("b", "BTC_EUR", MID, 1, at(0))
    verdict = decide(PAIR, [said("a", MID, 0), other], [], at(0), LIMITS)
    assert verdict.price is None


def test_one_fixed_source_is_enough_when_the_operator_says_so() -> None:
    verdict = decide(PAIR, [said("a", MID, 0)], [], at(0), replace(LIMITS, min_sources=1))
    assert verdict.price == MID


@pytest.mark.parametrize(
    "wrong", [{"min_sources": 0}, {"max_age_s": 0}, {"max_jump_ppm": 0}, {"max_spread_ppm": -1}]
)
def test_limit_that_guards_nothing_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="limit"):
        GuardLimits(**wrong)  # type: ignore[arg-type]  # the keys are right, the values are not


def test_book_tells_why_it_ignored_and_is_silent_about_repeats() -> None:
    book = SampleBook()
    first = said("a", MID, 10)
    assert book.admit([first], at(10)).accepted == (first,)
    again = book.admit([first], at(11))
    assert again == Admission((), ())
    told = book.admit(
        [said("a", MID, 11, seq=1), said("a", MID, 9, seq=50), said("a", MID, 99)], at(12)
    )
    assert [reason for _, reason in told.ignored] == [
        Ignored.REPLAYED,
        Ignored.BACKWARDS,
        Ignored.FUTURE,
    ]


def test_enormous_seq_locks_a_source_out_for_the_window_only() -> None:
    book = SampleBook()
    book.admit([said("a", MID, 0, seq=SEQ_MAX)], at(0))
    assert book.admit([said("a", MID, 10)], at(10)).accepted == ()
    later = WINDOW_S + 1
    assert book.admit([said("a", MID, later)], at(later)).accepted


def test_book_forgets_a_future_that_was_undone() -> None:
    book = SampleBook()
    book.admit([said("a", MID, 9000)], at(9000))
    assert book.admit([said("a", MID, 5)], at(5)).accepted


def test_book_is_bounded() -> None:
    book = SampleBook()
    for number in range(HISTORY_MAX + 100):
        book.admit([said("a", MID, 1, seq=number)], at(2))
    assert len(book.history(PAIR)) == HISTORY_MAX - 1


def test_no_band_away_from_one_holds_the_inverse_of_its_own_price() -> None:
    near_one = {"EUR_USD", "USDT_USD", "USDT_EUR", "USDC_USD", "USDC_EUR", "TRX_EUR", "TRX_USD"}
    for pair, band in LIVE_BANDS.items():
        middle = median((band.low, band.high))
        assert band.holds(middle)
        if pair not in near_one:
            assert not band.holds_inverse(middle), pair
            assert band.low > ONE, pair
