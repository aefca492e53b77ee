"""Decide the mid of a pair from what its sources say, or refuse: in doubt no price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cambist.domain.pricing.bands import LIVE_BANDS, Band
from cambist.domain.pricing.book import WINDOW_S
from cambist.domain.pricing.quotes import FUTURE_SLACK_S, MAX_AGE_S, PriceQuote
from cambist.domain.pricing.samples import ONE, PriceSample, median
from cambist.kernel.errors import DomainError, ErrorCode

PPM = 1_000_000


class Reason(StrEnum):
    """Name the outcome for a pair, or why one source's sample was set aside."""

    PRICED = "priced"
    NO_SAMPLE = "no-sample"
    STALE = "stale"
    FUTURE = "future"
    IMPLAUSIBLE = "implausible"
    INVERTED = "inverted"
    JUMPED = "jumped"
    DISAGREE = "disagree"
    TOO_FEW_SOURCES = "too-few-sources"


# When too few sources remain, the pair is refused for the gravest thing said against one.
_GRAVITY = (Reason.INVERTED, Reason.JUMPED, Reason.IMPLAUSIBLE, Reason.FUTURE, Reason.STALE)


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """Set how much doubt is too much; ppm are parts per million of the reference price.

    `max_jump_ppm` None takes the jump guard off, for a sandbox whose prices are set by hand.
    Source of the defaults: T32 (two sources, 30 s, spread, jump against the 5 minute median).
    """

    min_sources: int = 2
    max_age_s: int = MAX_AGE_S
    max_spread_ppm: int = 10_000
    max_jump_ppm: int | None = 100_000
    bands: Mapping[str, Band] = field(default_factory=lambda: LIVE_BANDS)

    def __post_init__(self) -> None:
        jump = 1 if self.max_jump_ppm is None else self.max_jump_ppm
        if min(self.min_sources, self.max_age_s, jump) < 1 or self.max_spread_ppm < 0:
            raise ValueError("a limit that nothing can pass or everything passes")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Tell the mid of a pair and who agreed on it, or why there is none (price None).

    `taken_at` is the oldest sample used, `samples` are all that were used; `rejected` names
    sources set aside and why.
    """

    pair: str
    price: int | None
    reason: Reason
    sources: tuple[str, ...] = ()
    taken_at: datetime | None = None
    rejected: tuple[tuple[str, Reason], ...] = ()
    samples: tuple[PriceSample, ...] = ()

    def quote(self) -> PriceQuote:
        """Turn the verdict into a quote.

        Raises:
            DomainError: RATE_UNAVAILABLE when the pair was refused.
        """
        if self.price is None or self.taken_at is None:
            raise DomainError(ErrorCode.RATE_UNAVAILABLE)
        return PriceQuote(self.pair, self.price, self.taken_at, self.sources, self.samples)


def decide(
    pair: str,
    newest: Iterable[PriceSample],
    history: Iterable[PriceSample],
    now: datetime,
    limits: GuardLimits,
) -> Verdict:
    """Judge the newest sample of each source against the others and the last five minutes.

    A source that is stale, implausible, inverted or has jumped is set aside; the rest must be
    at least `min_sources`, a majority must agree within the spread, and their median is the mid.
    """
    latest = _latest_by_source(pair, newest)
    if not latest:
        return Verdict(pair, None, Reason.NO_SAMPLE)
    reference = None if limits.max_jump_ppm is None else _reference(pair, history, now)
    doubts = [(sample, _doubt(sample, reference, now, limits)) for sample in latest]
    live = [sample for sample, doubt in doubts if doubt is None]
    rejected = tuple((sample.source, doubt) for sample, doubt in doubts if doubt is not None)
    if len(live) < limits.min_sources:
        found = {doubt for _, doubt in rejected}
        gravest = next((doubt for doubt in _GRAVITY if doubt in found), Reason.TOO_FEW_SOURCES)
        return Verdict(pair, None, gravest, rejected=rejected)
    agreed = _agreeing(live, limits)
    outliers = tuple((s.source, Reason.DISAGREE) for s in live if s not in agreed)
    if not agreed:
        return Verdict(pair, None, Reason.DISAGREE, rejected=rejected + outliers)
    return Verdict(
        pair,
        median(sample.mantissa for sample in agreed),
        Reason.PRICED,
        tuple(sorted(sample.source for sample in agreed)),
        min(sample.taken_at for sample in agreed),
        rejected + outliers,
        tuple(agreed),
    )


def _latest_by_source(pair: str, samples: Iterable[PriceSample]) -> list[PriceSample]:
    latest: dict[str, PriceSample] = {}
    for sample in samples:
        known = latest.get(sample.source)
        if sample.pair == pair and (known is None or sample.seq > known.seq):
            latest[sample.source] = sample
    return [latest[source] for source in sorted(latest)]


def _reference(pair: str, history: Iterable[PriceSample], now: datetime) -> int | None:
    """Take the median of each source over the window, then the median of the sources.

    One vote a source: who samples more often does not weigh more.
    """
    by_source: dict[str, list[int]] = {}
    for sample in history:
        if sample.pair == pair and now - sample.taken_at <= timedelta(seconds=WINDOW_S):
            by_source.setdefault(sample.source, []).append(sample.mantissa)
    if not by_source:
        return None
    return median(median(mantissas) for mantissas in by_source.values())


def _doubt(
    sample: PriceSample, reference: int | None, now: datetime, limits: GuardLimits
) -> Reason | None:
    if sample.taken_at > now + timedelta(seconds=FUTURE_SLACK_S):
        return Reason.FUTURE
    if now - sample.taken_at > timedelta(seconds=limits.max_age_s):
        return Reason.STALE
    jump = limits.max_jump_ppm
    if (
        reference is not None
        and jump is not None
        and not _is_within(sample.mantissa, reference, jump)
    ):
        inverse = ONE * ONE // sample.mantissa
        return Reason.INVERTED if _is_within(inverse, reference, jump) else Reason.JUMPED
    band = limits.bands.get(sample.pair)
    if band is None or band.holds(sample.mantissa):
        return None
    return Reason.INVERTED if band.holds_inverse(sample.mantissa) else Reason.IMPLAUSIBLE


def _agreeing(live: Sequence[PriceSample], limits: GuardLimits) -> list[PriceSample]:
    """Keep the samples near the median when they are enough, a majority and near each other."""
    middle = median(sample.mantissa for sample in live)
    near = [s for s in live if _is_within(s.mantissa, middle, limits.max_spread_ppm)]
    if len(near) < limits.min_sources or len(near) * 2 <= len(live):
        return []
    low, high = min(s.mantissa for s in near), max(s.mantissa for s in near)
    return near if _is_within(high, low, limits.max_spread_ppm) else []


def _is_within(mantissa: int, reference: int, ppm: int) -> bool:
    return abs(mantissa - reference) * PPM <= reference * ppm
