"""Decide which samples count as new: numbered upwards per source, never from the future."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cambist.domain.pricing.quotes import FUTURE_SLACK_S
from cambist.domain.pricing.samples import PriceSample

WINDOW_S = 300
HISTORY_MAX = 600


class Ignored(StrEnum):
    """Name why a sample was not taken up."""

    REPLAYED = "replayed"
    BACKWARDS = "backwards"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Admission:
    """Hold what a poll brought: new samples, and those ignored with the reason."""

    accepted: tuple[PriceSample, ...]
    ignored: tuple[tuple[PriceSample, Ignored], ...]


@dataclass(slots=True)
class SampleBook:
    """Keep each source's newest sample of each pair and its last WINDOW_S seconds before it.

    What is older than the window is forgotten, so a source that once sent a wild number or an
    enormous `seq` is locked out for the window and no longer.
    """

    _series: dict[tuple[str, str], deque[PriceSample]] = field(default_factory=dict)

    def admit(self, samples: Iterable[PriceSample], now: datetime) -> Admission:
        """Take up samples in the order given; the same sample again is neither new nor wrong."""
        self._forget(now)
        accepted: list[PriceSample] = []
        ignored: list[tuple[PriceSample, Ignored]] = []
        for sample in samples:
            series = self._series.get((sample.source, sample.pair))
            newest = series[-1] if series else None
            if sample == newest:
                continue
            reason = _why_ignored(sample, newest, now)
            if reason is not None:
                ignored.append((sample, reason))
                continue
            if series is None:
                series = self._series[(sample.source, sample.pair)] = deque(maxlen=HISTORY_MAX)
            series.append(sample)
            accepted.append(sample)
        return Admission(tuple(accepted), tuple(ignored))

    def newest(self, pair: str) -> tuple[PriceSample, ...]:
        """List each source's newest sample of a pair, by source."""
        return tuple(
            series[-1] for (_, of), series in sorted(self._series.items()) if of == pair and series
        )

    def history(self, pair: str) -> tuple[PriceSample, ...]:
        """List the window's samples of a pair that came before each source's newest."""
        return tuple(
            sample
            for (_, of), series in sorted(self._series.items())
            if of == pair
            for sample in tuple(series)[:-1]
        )

    def _forget(self, now: datetime) -> None:
        oldest = now - timedelta(seconds=WINDOW_S)
        latest = now + timedelta(seconds=FUTURE_SLACK_S)
        for key in tuple(self._series):
            kept = [s for s in self._series[key] if oldest <= s.taken_at <= latest]
            if kept:
                self._series[key] = deque(kept, maxlen=HISTORY_MAX)
            else:
                del self._series[key]


def _why_ignored(sample: PriceSample, newest: PriceSample | None, now: datetime) -> Ignored | None:
    if sample.taken_at > now + timedelta(seconds=FUTURE_SLACK_S):
        return Ignored.FUTURE
    if newest is None:
        return None
    if sample.seq <= newest.seq:
        return Ignored.REPLAYED
    if sample.taken_at < newest.taken_at:
        return Ignored.BACKWARDS
    return None
