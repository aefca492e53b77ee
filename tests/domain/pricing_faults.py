"""The fault feed (H18, prices): what sources may do, and the only acceptable outcome of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cambist.domain.pricing.book import SampleBook
from cambist.domain.pricing.guards import GuardLimits, Verdict, decide
from cambist.domain.pricing.samples import ONE, PriceSample, parse_price

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
PAIR = "TRX_EUR"
MID = parse_price("0.27")
TENFOLD = MID * 10
INVERSE = ONE * ONE // MID
ROUND_S = 2

Round = tuple[datetime, tuple[PriceSample, ...]]
Engine = Callable[[Sequence[Round]], Verdict]


@dataclass(frozen=True)
class Fault:
    """Hold what the sources did, round by round, and the mid that may follow (None: none)."""

    name: str
    rounds: tuple[Round, ...]
    price: int | None


def at(seconds: int) -> datetime:
    """Tell the moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def said(source: str, mantissa: int, seconds: int, *, seq: int | None = None) -> PriceSample:
    """Make a sample taken at a second, numbered by it unless told otherwise."""
    return PriceSample(source, PAIR, mantissa, seconds + 1 if seq is None else seq, at(seconds))


def steady(*sources: str, until_s: int = 20, mid: int = MID) -> tuple[Round, ...]:
    """Let sources agree on a mid for some rounds."""
    return tuple(
        (at(second), tuple(said(source, mid, second) for source in sources))
        for second in range(0, until_s, ROUND_S)
    )


def quiet(second: int) -> Round:
    """Let a round pass in which nobody answers."""
    return (at(second), ())


def engine(
    limits: GuardLimits,
    book: Callable[[], SampleBook] = SampleBook,
    judge: Callable[..., Verdict] = decide,
) -> Engine:
    """Build what runs rounds the way the worker does and returns the last verdict."""

    def run(rounds: Sequence[Round]) -> Verdict:
        kept = book()
        verdict = None
        for now, samples in rounds:
            kept.admit(samples, now)
            verdict = judge(PAIR, kept.newest(PAIR), kept.history(PAIR), now, limits)
        assert verdict is not None
        return verdict

    return run


def _then(before: tuple[Round, ...], *after: Round) -> tuple[Round, ...]:
    return before + after


_TWO, _THREE = steady("a", "b"), steady("a", "b", "c")
_UP = parse_price("0.28")

FAULTS = (
    Fault("healthy", _TWO, MID),
    Fault("quiet for exactly the age allowed", _then(_TWO, quiet(48)), MID),
    Fault("all down", _then(_TWO, quiet(49)), None),
    Fault(
        "one of two down",
        _then(_TWO, *((at(s), (said("a", MID, s),)) for s in range(20, 52, ROUND_S))),
        None,
    ),
    Fault(
        "one of three down",
        _then(
            _THREE,
            *((at(s), (said("a", MID, s), said("c", MID, s))) for s in range(20, 52, ROUND_S)),
        ),
        MID,
    ),
    Fault("only one source ever", steady("a"), None),
    Fault(
        "old seq with a fresh time",
        _then(_TWO, (at(20), (said("a", _UP, 20, seq=3), said("b", _UP, 20, seq=3)))),
        MID,
    ),
    Fault(
        "same seq with another price",
        _then(_TWO, (at(20), (said("a", _UP, 20, seq=19), said("b", _UP, 20, seq=19)))),
        MID,
    ),
    Fault(
        "recorded samples replayed while the sources are down",
        _then(_TWO, *((at(s), _TWO[-1][1]) for s in range(20, 52, ROUND_S))),
        None,
    ),
    Fault(
        "future time",
        _then(
            _TWO,
            (at(20), (said("a", _UP, 3600), said("b", _UP, 3600))),
        ),
        MID,
    ),
    Fault(
        "future time used as a shield against age",
        _then(
            _TWO,
            (at(20), (said("a", MID, 60), said("b", MID, 60))),
            quiet(62),
        ),
        None,
    ),
    Fault(
        "time running backwards",
        _then(
            _TWO,
            (at(20), (said("a", _UP, 4, seq=99), said("b", _UP, 4, seq=99))),
        ),
        MID,
    ),
    Fault(
        "numbers that grow on a time that stands",
        _then(_TWO, (at(50), (said("a", MID, 18, seq=90), said("b", MID, 18, seq=90)))),
        None,
    ),
    Fault(
        "tenfold from one of two",
        _then(_TWO, (at(20), (said("a", TENFOLD, 20), said("b", MID, 20)))),
        None,
    ),
    Fault(
        "tenfold from both",
        _then(_TWO, (at(20), (said("a", TENFOLD, 20), said("b", TENFOLD, 20)))),
        None,
    ),
    Fault(
        "a tenth from both",
        _then(_TWO, (at(20), (said("a", MID // 10, 20), said("b", MID // 10, 20)))),
        None,
    ),
    Fault(
        "a plausible leap of both",
        _then(_TWO, (at(20), (said("a", MID * 3 // 2, 20), said("b", MID * 3 // 2, 20)))),
        None,
    ),
    Fault(
        "tenfold from one of three",
        _then(
            _THREE,
            (at(20), (said("a", TENFOLD, 20), said("b", MID, 20), said("c", MID, 20))),
        ),
        MID,
    ),
    Fault(
        "one of three lies from the beginning",
        ((at(0), (said("a", _UP * 2, 0), said("b", MID, 0), said("c", MID, 0))),),
        MID,
    ),
    Fault(
        "two against two",
        ((at(0), tuple(said(s, m, 0) for s, m in zip("abcd", (MID, MID, _UP, _UP), strict=True))),),
        None,
    ),
    Fault(
        "inverse from one of two",
        _then(_TWO, (at(20), (said("a", INVERSE, 20), said("b", MID, 20)))),
        None,
    ),
    Fault(
        "inverse from both",
        _then(_TWO, (at(20), (said("a", INVERSE, 20), said("b", INVERSE, 20)))),
        None,
    ),
    Fault("inverse from both on a cold start", steady("a", "b", mid=INVERSE), None),
    Fault(
        "sources too far apart",
        _then(_TWO, (at(20), (said("a", MID, 20), said("b", MID * 1018 // 1000, 20)))),
        None,
    ),
    Fault(
        "sources a little apart",
        _then(_TWO, (at(20), (said("a", MID, 20), said("b", MID + MID // 500, 20)))),
        MID + MID // 1000,
    ),
    Fault(
        "one source counted twice",
        ((at(0), (said("a", MID, 0),)), (at(2), (said("a", MID, 2), said("a", MID, 3)))),
        None,
    ),
    Fault(
        "a market that really moves",
        tuple(
            (at(s), tuple(said(source, MID + MID * s // 1000, s) for source in ("a", "b")))
            for s in range(0, 61, ROUND_S)
        ),
        MID + MID * 60 // 1000,
    ),
)


def violations(run: Engine) -> list[str]:
    """Name every fault a version answers wrongly."""
    return [fault.name for fault in FAULTS if run(fault.rounds).price != fault.price]
