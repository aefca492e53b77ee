"""Decide how staff read things in a terminal: plain texts, tables, moments, money, percent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cambist.domain.market.assets import ASSETS
from cambist.kernel.money import format_units

PERCENT_SCALE = 4
"""Percent with four decimals are parts per million."""


def plain(text: str) -> str:
    """Write what a stranger told so that it cannot move the cursor or turn the line around."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows out in columns under a head."""
    lines = [list(head), *([plain(cell) for cell in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def fields(told: Sequence[tuple[str, str]], indent: str = "  ") -> list[str]:
    """Lay named values out, one a line; what says nothing is left out."""
    said = [(name.replace("_", " "), plain(value)) for name, value in told if value]
    width = max((len(name) for name, _ in said), default=0)
    return [f"{indent}{name.ljust(width)}  {value}" for name, value in said]


def moment(at: datetime) -> str:
    """Write a moment to the minute, in UTC as everything here."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def lasting(span: timedelta) -> str:
    """Write how long something has been going on, in its largest unit."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def money(units: int, code: str) -> str:
    """Write an amount with its currency."""
    return f"{format_units(units, ASSETS[code].scale)} {code}"


def percent(ppm: int) -> str:
    """Write parts per million as percent, exactly."""
    return f"{shortened(format_units(ppm, PERCENT_SCALE))} %"


def shortened(decimal: str) -> str:
    """Take the zeros off the end of a decimal."""
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal
