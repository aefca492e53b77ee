"""Prove that a firm quote is used once, in time, by its partner, and can be priced again."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.crosses import derive
from cambist.domain.pricing.deals import price
from cambist.domain.pricing.evidence import FORMULA, Evidence
from cambist.domain.pricing.explaining import NUMBERS, explain
from cambist.domain.pricing.firm import FirmQuote, issue
from cambist.domain.pricing.guards import GuardLimits, decide
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import PriceSample, parse_price
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId, QuoteId
from cambist.kernel.money import Asset
from tests.pricing.laws import TERMS

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
PARTNER, STRANGER = PartnerId(UUID(int=1)), PartnerId(UUID(int=2))
ORDER = OrderId(UUID(int=3))
BTC, EUR, CZK = asset_of("BTC"), asset_of("EUR"), asset_of("CZK")
OWN_TERMS = Terms(
    15_000,
    discount_ppm=100_000,
    payment_fee_ppm=9_900,
    payment_fee_units=30,
    network_fee_units=1_500,
    minimum_fee_units=100,
)


def guarded(pair: str, *mids: str) -> PriceQuote:
    """Let the guards make a mid of what sources say, one each, a second apart."""
    samples = [
        PriceSample(f"source-{n}", pair, parse_price(mid), 40 + n, NOW - timedelta(seconds=n))
        for n, mid in enumerate(mids)
    ]
    return decide(pair, samples, (), NOW, GuardLimits()).quote()


DIRECT = guarded("BTC_EUR", "60000", "60000.5", "60100")
PINNED = guarded("BTC_EUR", "60000", "60000")
CROSS = derive(
    "BTC_CZK",
    {quote.pair: quote for quote in (DIRECT, guarded("EUR_CZK", "24.9", "25.123456789"))},
)
INVERTED = derive(
    "BTC_CZK",
    {
        quote.pair: quote
        for quote in (
            guarded("BTC_USD", "61000", "61001"),
            guarded("EUR_USD", "1.17", "1.171"),
            guarded("EUR_CZK", "24.9", "25"),
        )
    },
)


def made(
    priced: PriceQuote = DIRECT,
    terms: Terms = OWN_TERMS,
    side: Side = Side.BUY,
    fixed: Given = Given.FROM,
    units: int = 250_000,
) -> FirmQuote:
    """Issue a quote the way the broker does."""
    fiat: Asset = EUR if priced.pair.endswith("EUR") else CZK
    deal = price(side, priced.rate(BTC, fiat), terms, fixed, units)
    return issue(
        QuoteId(UUID(int=4)),
        PARTNER,
        "btcex",
        "sepa",
        deal,
        Evidence.of(priced, terms, deal),
        expires_at=NOW + timedelta(seconds=900),
        now=NOW,
    )


def test_quote_is_used_once_by_the_order_that_took_it() -> None:
    used = made().use(ORDER, PARTNER, NOW)
    assert used.used_by == ORDER
    with pytest.raises(DomainError) as refused:
        used.use(OrderId(UUID(int=9)), PARTNER, NOW)
    assert refused.value.code is ErrorCode.QUOTE_USED


@pytest.mark.parametrize(
    ("partner", "age_s", "code"),
    [
        (STRANGER, 0, ErrorCode.NOT_FOUND),
        (STRANGER, 901, ErrorCode.NOT_FOUND),
        (PARTNER, 900, ErrorCode.QUOTE_EXPIRED),
        (PARTNER, 901, ErrorCode.QUOTE_EXPIRED),
    ],
)
def test_quote_is_not_used_by_strangers_or_too_late(
    partner: PartnerId, age_s: int, code: ErrorCode
) -> None:
    with pytest.raises(DomainError) as refused:
        made().use(ORDER, partner, NOW + timedelta(seconds=age_s))
    assert refused.value.code is code
    assert refused.value.facts == {}


def test_quote_is_good_until_the_last_moment() -> None:
    last = NOW + timedelta(seconds=900) - timedelta(microseconds=1)
    assert made().use(ORDER, PARTNER, last).used_by == ORDER


def test_stranger_is_not_told_that_a_quote_was_used() -> None:
    with pytest.raises(DomainError) as refused:
        made().use(ORDER, PARTNER, NOW).use(ORDER, STRANGER, NOW)
    assert refused.value.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize("lasts_s", [0, -1, 901])
def test_quote_holds_as_long_as_its_terms_say(lasts_s: int) -> None:
    deal = price(Side.BUY, DIRECT.rate(BTC, EUR), OWN_TERMS, Given.FROM, 250_000)
    evidence = Evidence.of(DIRECT, OWN_TERMS, deal)
    until = NOW + timedelta(seconds=lasts_s)
    with pytest.raises(ValueError, match="as long as its terms"):
        issue(QuoteId(ORDER), PARTNER, "a", "b", deal, evidence, expires_at=until, now=NOW)


def test_evidence_of_another_deal_is_not_taken() -> None:
    deal = price(Side.BUY, DIRECT.rate(BTC, EUR), OWN_TERMS, Given.FROM, 250_000)
    other = price(Side.BUY, DIRECT.rate(BTC, EUR), OWN_TERMS, Given.FROM, 250_001)
    evidence = Evidence.of(DIRECT, OWN_TERMS, other)
    with pytest.raises(ValueError, match="another deal"):
        issue(QuoteId(ORDER), PARTNER, "a", "b", deal, evidence, expires_at=NOW, now=NOW)
    with pytest.raises(ValueError, match="another price"):
        Evidence.of(guarded("BTC_EUR", "60001", "60001"), OWN_TERMS, deal)


@pytest.mark.parametrize("priced", [DIRECT, PINNED, CROSS, INVERTED])
@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize("fixed", Given)
def test_every_quote_is_explained_from_its_evidence(
    priced: PriceQuote, side: Side, fixed: Given
) -> None:
    found = explain(made(priced, side=side, fixed=fixed))
    assert found.differences == ()
    assert found.matches
    assert found.lines[-1] == "Every number matches."


@given(TERMS, st.sampled_from((Side.BUY, Side.SELL)), st.sampled_from(Given))
def test_any_terms_are_explained(terms: Terms, side: Side, fixed: Given) -> None:
    assert explain(made(CROSS, terms, side, fixed, 10**8)).matches


BILL = """\
Quote 00000000-0000-0000-0000-000000000004: buy BTC against CZK, made 2026-11-01T12:00:00+00:00
BTC_EUR: source-0 said 60000 at 2026-11-01T12:00:00+00:00
BTC_EUR: source-1 said 60000.5 at 2026-11-01T11:59:59+00:00
BTC_EUR: source-2 said 60100 at 2026-11-01T11:59:58+00:00
BTC_EUR: 60000.5 is the middle of 3
EUR_CZK: source-0 said 24.9 at 2026-11-01T12:00:00+00:00
EUR_CZK: source-1 said 25.123456789 at 2026-11-01T11:59:59+00:00
EUR_CZK: 25.0117283945 is the middle of 2
BTC_CZK: 1500716.20953419725 is the raw price, of BTC_EUR and EUR_CZK
Terms: commission 1.35 %, which is 1.5 % with 10 % of it given back, at least 1.00 CZK, \
payment fee 0.99 % of the net amount, on top, and 0.30 CZK, network fee 0.00001500 BTC
Given: 2500.00 CZK
rate: 1520975.878362908912875 CZK for one BTC
crypto: 0.0016273733194121249860454... rounded down to 0.00162737 BTC
principal: 2442.2255194052486696455949445... rounded down to 2442.22 CZK
payment fee: 24.8044360827804733141895237... rounded up to 24.81 CZK
2442.22 principal + 32.97 commission + 24.81 payment fee = 2500.00 CZK
The customer receives 0.00161237 BTC, the network 0.00001500 BTC
Every number matches."""


def test_explanation_reads_like_a_bill() -> None:
    assert str(explain(made(CROSS))) == BILL


def test_explanation_of_a_sell_says_what_is_given() -> None:
    lines = explain(made(side=Side.SELL, fixed=Given.TO)).lines
    assert "crypto: 0.042659722218145225542617... rounded up to 0.04265973 BTC" in lines
    assert "2559.61 principal - 34.56 commission - 25.05 payment fee = 2500.00 EUR" in lines
    assert lines[-2] == "The customer gives 0.04265973 BTC"


Spoiling = Callable[[FirmQuote], FirmQuote]


def _evidence(**changes: Any) -> Spoiling:
    """Change what the evidence says, in its JSON."""

    def spoil(quote: FirmQuote) -> FirmQuote:
        told = json.loads(quote.evidence) | changes
        text = json.dumps(told, sort_keys=True, separators=(",", ":"))
        return replace(quote, evidence=text)

    return spoil


def _terms(**changes: Any) -> Spoiling:
    def spoil(quote: FirmQuote) -> FirmQuote:
        return _evidence(terms=json.loads(quote.evidence)["terms"] | changes)(quote)

    return spoil


def _samples(change: Callable[[list[list[Any]]], object]) -> Spoiling:
    def spoil(quote: FirmQuote) -> FirmQuote:
        rows = json.loads(quote.evidence)["samples"]
        change(rows)
        return _evidence(samples=rows)(quote)

    return spoil


def _moved(quote: FirmQuote) -> FirmQuote:
    """Move the samples and the mid together, so that the evidence is at one with itself."""
    rows = json.loads(quote.evidence)["samples"]
    for row in rows:
        row[2] += 10**15
    return _evidence(samples=rows, mantissa=quote.raw + 10**15)(quote)


def _one_more(name: str) -> Spoiling:
    return lambda quote: replace(quote, **{name: getattr(quote, name) + 1})


SPOILED: dict[str, Spoiling] = {
    **{f"{name} is one more": _one_more(name) for name in NUMBERS},
    "the other side": lambda quote: replace(quote, side=Side.SELL),
    "the other amount given": lambda quote: replace(quote, given=Given.TO),
    "another crypto": lambda quote: replace(quote, crypto="LTC"),
    "another fiat": lambda quote: replace(quote, fiat="USD"),
    "a longer life": lambda quote: replace(
        quote, expires_at=quote.expires_at + timedelta(seconds=1)
    ),
    "a lower commission": _terms(commission_ppm=14_000),
    "a discount": _terms(discount_ppm=0),
    "a longer validity and a negative fee": _terms(payment_fee_units=-1),
    "unknown terms": _terms(surprise=1),
    "another amount": _evidence(units=250_001),
    "another mid": _evidence(mantissa=parse_price("60000.4")),
    "another moment": _evidence(taken_at=NOW.isoformat()),
    "another formula": _evidence(formula=FORMULA + 1),
    "another scale": _evidence(fiat_scale=3),
    "a scale of the wrong kind": _evidence(crypto_scale="8"),
    "an enormous scale": _evidence(crypto_scale=10**6),
    "a swap": _evidence(side="swap"),
    "another pair": _evidence(pair="BTC_USD"),
    "no samples": _evidence(samples=[]),
    "one sample less": _samples(lambda rows: rows.pop()),
    "a sample moved": _samples(lambda rows: rows[1].__setitem__(2, parse_price("60001"))),
    "a sample twice": _samples(lambda rows: rows.append(rows[1])),
    "a sample of zero": _samples(lambda rows: rows[0].__setitem__(2, 0)),
    "a sample of a fraction": _samples(lambda rows: rows[0].__setitem__(2, 1.5)),
    "all samples and the mid moved": _moved,
    "no evidence": lambda quote: replace(quote, evidence=""),
    "evidence of another shape": lambda quote: replace(quote, evidence="[]"),
    "evidence without a bottom": lambda quote: replace(quote, evidence="[" * 200_000),
    "evidence of a number without an end": lambda quote: replace(quote, evidence="9" * 20_000),
    "evidence with a blank more": lambda quote: replace(quote, evidence=quote.evidence + " "),
}


@pytest.mark.parametrize("name", SPOILED)
def test_tampered_quote_is_noticed(name: str) -> None:
    found = explain(SPOILED[name](made()))
    assert not found.matches
    assert found.differences
    assert found.lines[-1] == f"DIFFERS: {found.differences[-1]}"


def test_difference_is_named_with_both_numbers() -> None:
    quote = made()
    found = explain(replace(quote, commission=quote.commission - 1, principal=quote.principal + 1))
    assert found.differences == (
        f"principal: the quote says {quote.principal + 1}, its evidence {quote.principal}",
        f"commission: the quote says {quote.commission - 1}, its evidence {quote.commission}",
    )


@pytest.mark.parametrize("priced", [DIRECT, CROSS])
def test_evidence_is_read_back_exactly(priced: PriceQuote) -> None:
    deal_terms = replace(OWN_TERMS, maximum_units=10**30)
    text = made(priced, deal_terms).evidence
    found = Evidence.from_json(text)
    assert found.samples == priced.samples
    assert found.terms == deal_terms
    assert found.to_json() == text


def test_explaining_compares_every_number_of_a_quote() -> None:
    numbers = {field.name for field in fields(FirmQuote) if field.type in ("int", int)}
    assert numbers == set(NUMBERS)
