"""Decide how figures are written down: a header naming what measured, one row a line, verdicts."""

import os
import platform
import statistics
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN = "<!-- figures: begin -->"
END = "<!-- figures: end -->"
COLUMNS = ("figure", "what", "target", "median", "min to max", "met", "absolute, median")


@dataclass(frozen=True, slots=True)
class Target:
    """Bound a value; `at_least` or at most."""

    bound: float
    at_least: bool

    def is_met(self, value: float) -> bool:
        """Tell whether a value keeps the bound."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one measured line: a value a round, and what was measured to get them."""

    figure: str
    what: str
    values: Sequence[float]
    target: Target | None
    absolute: str
    unit: str = ""

    @property
    def median(self) -> float:
        """Give the middle value."""
        return statistics.median(self.values)

    def cells(self) -> tuple[str, ...]:
        """Write the row."""
        low, high = min(self.values), max(self.values)
        met = "-"
        if self.target is not None:
            met = "yes" if self.target.is_met(self.median) else "NO"
        return (
            self.figure,
            self.what,
            f"{self.target}{self.unit}" if self.target else "-",
            f"{_short(self.median)}{self.unit}",
            f"{_short(low)} to {_short(high)}",
            met,
            self.absolute,
        )


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def table(lines: Sequence[Line]) -> str:
    """Write lines as a Markdown table that also reads well in a terminal."""
    rows = [COLUMNS, *(line.cells() for line in lines)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(COLUMNS))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([written[0], rule, *written[1:]])


def header(postgres: str, quick: bool) -> str:
    """Name what the figures were measured with, and whether the machine was quiet."""
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    vendor = "the system's" if sysconfig.get_config_var("prefix") == "/usr" else "a"
    build = f"{vendor} build with {'profile-guided' if optimised else 'plain'} optimisation"
    waiting = os.getloadavg()[0]
    parts = [
        f"{platform.python_implementation()} {platform.python_version()} ({build})",
        f"PostgreSQL {postgres}, fsync on",
        f"{os.cpu_count()} cores ({_processor()})",
        f"{platform.system()} {platform.release()}",
        f"load average before {waiting:.1f}",
    ]
    if quick:
        parts.append("quick: proves that it runs, the numbers mean nothing")
    return "; ".join(parts)


def _processor() -> str:
    """Name the processor as the kernel knows it."""
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.machine()


def put_between_marks(text: str, content: str) -> str:
    """Replace what stands between the two marks.

    Raises:
        ValueError: the marks are not there, once each and in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError("the marks of the figures are gone")
    return f"{before}{BEGIN}\n{content}\n{END}{after}"
