"""Decide what one finding of the doctor is, and how findings are printed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO


class Verdict(StrEnum):
    """Say how bad a finding is; only a failure makes the doctor's exit status 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """Hold one finding: what was looked at, what was found, what to do next if anything."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


def well(name: str, found: str) -> Check:
    """Make a finding that needs nothing."""
    return Check(name, Verdict.OK, found)


def doubt(name: str, found: str, advice: str) -> Check:
    """Make a finding somebody should look at."""
    return Check(name, Verdict.WARN, found, advice)


def fault(name: str, found: str, advice: str) -> Check:
    """Make a finding that must be put right."""
    return Check(name, Verdict.FAIL, found, advice)


def report(checks: Sequence[Check], out: TextIO | None = None) -> int:
    """Print findings, each with what to do next; return the exit status."""
    stream = out or sys.stdout
    width = max((len(check.name) for check in checks), default=0)
    for check in checks:
        print(f"{check.verdict.value:<4}  {check.name:<{width}}  {check.found}", file=stream)
        if check.advice:
            print(f"{'':<4}  {'':<{width}}  -> {check.advice}", file=stream)
    counts = {verdict: sum(c.verdict is verdict for c in checks) for verdict in Verdict}
    print(", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict), file=stream)
    return 1 if counts[Verdict.FAIL] else 0
