"""Decide what a price sample is: one source's mid of one pair, exact, positive, numbered."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import UNITS_MAX, Asset, parse_units
from cambist.kernel.rates import RATE_SCALE

ONE = 10**RATE_SCALE
SEQ_MAX = 2**63 - 1

_PAIR = re.compile(r"[A-Z0-9]{2,10}_[A-Z0-9]{2,10}", re.ASCII)
_SOURCE = re.compile(r"[a-z0-9][a-z0-9:.-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PriceSample:
    """Record what one source said: `mantissa` counts 10^-RATE_SCALE of the quote per base.

    `seq` grows with every sample of a source and pair; `taken_at` is the source's own time.

    Raises:
        DomainError: RATE_UNAVAILABLE for anything that is no price (zero, a float, no time zone).
    """

    source: str
    pair: str
    mantissa: int
    seq: int
    taken_at: datetime

    def __post_init__(self) -> None:
        sound = (
            bool(_SOURCE.fullmatch(self.source))
            and bool(_PAIR.fullmatch(self.pair))
            and type(self.mantissa) is int
            and 0 < self.mantissa < UNITS_MAX
            and type(self.seq) is int
            and 0 <= self.seq <= SEQ_MAX
            and self.taken_at.tzinfo is not None
        )
        if not sound:
            raise DomainError(ErrorCode.RATE_UNAVAILABLE)


def pair_of(base: Asset, quote: Asset) -> str:
    """Name the pair of two assets; tokens of one symbol on different chains share it."""
    return f"{base.symbol}_{quote.symbol}"


def pairs_for(bases: Iterable[Asset], quotes: Iterable[Asset]) -> frozenset[str]:
    """Name every pair of a base and a quote."""
    against = tuple(quotes)
    return frozenset(pair_of(base, quote) for base in bases for quote in against)


def symbols_of(pair: str) -> tuple[str, str]:
    """Split a pair into its base and quote symbols.

    Raises:
        DomainError: RATE_UNAVAILABLE for text that is no pair.
    """
    if not _PAIR.fullmatch(pair):
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    base, _, quote = pair.partition("_")
    return base, quote


def parse_price(text: str) -> int:
    """Read a plain decimal string as a mantissa.

    Raises:
        DomainError: RATE_UNAVAILABLE for zero and for anything but a plain decimal.
    """
    try:
        mantissa = parse_units(text, RATE_SCALE)
    except DomainError as refusal:
        raise DomainError(ErrorCode.RATE_UNAVAILABLE) from refusal
    if mantissa == 0:
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    return mantissa


def mid_of(bid: int, ask: int) -> int:
    """Take the middle of a bid and an ask mantissa.

    Raises:
        DomainError: RATE_UNAVAILABLE when the book is crossed (ask below bid) or empty.
    """
    if not 0 < bid <= ask:
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    return (bid + ask) // 2


def median(mantissas: Iterable[int]) -> int:
    """Take the median; of an even count the middle of the two in the middle, rounded down."""
    ordered = sorted(mantissas)
    if not ordered:
        raise ValueError("nothing has no median")
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) // 2


def rows_of(samples: Iterable[PriceSample]) -> list[list[str | int]]:
    """List samples as rows JSON can hold."""
    return [
        [sample.source, sample.pair, sample.mantissa, sample.seq, sample.taken_at.isoformat()]
        for sample in samples
    ]


def samples_of(rows: Any) -> tuple[PriceSample, ...]:
    """Read what `rows_of` listed; ValueError for anything else."""
    try:
        return tuple(
            PriceSample(source, pair, mantissa, seq, datetime.fromisoformat(taken_at))
            for source, pair, mantissa, seq, taken_at in rows
        )
    except (DomainError, TypeError, ValueError) as wrong:
        raise ValueError("these are no samples") from wrong


def samples_to_json(samples: Iterable[PriceSample]) -> str:
    """Write samples as canonical JSON; an empty text for none."""
    rows = rows_of(samples)
    return json.dumps(rows, separators=(",", ":")) if rows else ""


def samples_from_json(text: str) -> tuple[PriceSample, ...]:
    """Read what `samples_to_json` wrote; ValueError for anything else."""
    return samples_of(json.loads(text)) if text else ()
