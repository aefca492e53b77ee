"""Prove that a price carries the samples it was made from, through guards, crosses and text."""

from datetime import UTC, datetime, timedelta

import pytest

from cambist.domain.pricing.crosses import complete
from cambist.domain.pricing.guards import GuardLimits, Verdict, decide
from cambist.domain.pricing.samples import (
    SEQ_MAX,
    PriceSample,
    parse_price,
    samples_from_json,
    samples_to_json,
)
from cambist.kernel.money import UNITS_MAX

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
LIMITS = GuardLimits()


def said(source: str, pair: str, mid: str, age_s: int = 0) -> PriceSample:
    return PriceSample(source, pair, parse_price(mid), 7, NOW - timedelta(seconds=age_s))


def judged(*samples: PriceSample) -> Verdict:
    return decide(samples[0].pair, samples, (), NOW, LIMITS)


def test_samples_set_aside_are_no_evidence() -> None:
    good = [said("a", "TRX_EUR", "0.27"), said("b", "TRX_EUR", "0.27", 3)]
    stale, wild = said("c", "TRX_EUR", "0.27", 31), said("d", "TRX_EUR", "0.5")
    verdict = judged(*good, said("e", "TRX_EUR", "0.2701"), stale, wild)
    assert {sample.source for sample in verdict.samples} == {"a", "b", "e"}
    assert verdict.quote().samples == verdict.samples
    assert {sample.source for sample in verdict.samples} == set(verdict.sources)


def test_refused_pair_keeps_no_samples() -> None:
    assert judged(said("a", "TRX_EUR", "0.27")).samples == ()


def test_cross_keeps_the_samples_of_every_leg() -> None:
    legs = [
        judged(*(said(source, pair, mid) for source in "ab")).quote()
        for pair, mid in (("TRX_EUR", "0.27"), ("EUR_CZK", "25"))
    ]
    full = complete({leg.pair: leg for leg in legs}, {"TRX_CZK"}, frozenset())
    assert full["TRX_CZK"].samples == legs[0].samples + legs[1].samples


def test_two_pinned_sources_of_one_mid_are_two_samples() -> None:
    assert len(judged(said("a", "TRX_EUR", "0.27"), said("b", "TRX_EUR", "0.27")).samples) == 2


def test_samples_are_read_back_exactly() -> None:
    late = NOW.replace(microsecond=1)
    samples = (
        said("a", "TRX_EUR", "0.27"),
        PriceSample("ccxt:kraken", "BTC_EUR", UNITS_MAX - 1, SEQ_MAX, late),
    )
    assert samples_from_json(samples_to_json(samples)) == samples
    assert samples_to_json(()) == ""
    assert samples_from_json("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "{}]",
        "null",
        '["a"]',
        '[["a","TRX_EUR",1,1]]',
        '[["a","TRX_EUR",0,1,"2026-11-01T12:00:00+00:00"]]',
        '[["a","TRX_EUR",1.0,1,"2026-11-01T12:00:00+00:00"]]',
        '[["a","TRX_EUR",NaN,1,"2026-11-01T12:00:00+00:00"]]',
        '[["a","TRX_EUR",1,1,"2026-11-01T12:00:00"]]',
        '[["a","TRX_EUR",1,1,5]]',
        '[[1,"TRX_EUR",1,1,"2026-11-01T12:00:00+00:00"]]',
    ],
)
def test_text_that_is_no_samples_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        samples_from_json(text)
