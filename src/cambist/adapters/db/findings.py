"""Decide how the findings of an examination of the books are collected and told."""

from collections import Counter
from dataclasses import dataclass

FINDINGS_MAX = 100


@dataclass(frozen=True, slots=True)
class Report:
    """Tell what was examined (`counts`), what is wrong (`findings`, cut off), the chain's head.

    `head` is the number and hash of the newest seal: kept elsewhere, it proves later that nothing
    up to it was cut off.
    """

    ok: bool
    findings: tuple[str, ...]
    counts: dict[str, int]
    head: str

    def lines(self) -> list[str]:
        """Write the report line by line."""
        width = max((len(name) for name in self.counts), default=0)
        checked = [f"{name.ljust(width)}  {count:>12,}" for name, count in self.counts.items()]
        verdict = "ok: nothing found" if self.ok else f"NOT OK: {len(self.findings)} findings"
        return [*checked, f"head of the chain: {self.head or 'none'}", *self.findings, verdict]


class Findings:
    """Collect while the books are walked through; bounded however much is wrong."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.head = ""
        self._found: list[str] = []
        self._cut = 0

    def checked(self, what: str, count: int = 1) -> None:
        """Count something looked at."""
        self.counts[what] += count

    def add(self, invariant: str, text: str) -> None:
        """Note that an invariant does not hold."""
        if len(self._found) < FINDINGS_MAX:
            self._found.append(f"{invariant}: {text}")
        else:
            self._cut += 1

    def report(self) -> Report:
        """Close the collection."""
        cut = (f"and {self._cut} more",) if self._cut else ()
        return Report(not self._found, (*self._found, *cut), dict(self.counts), self.head)
