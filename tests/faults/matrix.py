"""Decide how a kill is tried: die at the point, start afresh, go on to the end, look closely."""

import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

from cambist.kernel.failpoints import Failpoint
from tests.faults.cases import Case, Flow
from tests.faults.receiver import Receiver
from tests.faults.zygote import End, Zygote

SIGNING = (Flow.WITHDRAWAL, Flow.REFUND, Flow.SEND, Flow.BUY, Flow.RETURN, Flow.EXTRA)
SOCKET_WAIT_S = 0.01
SOCKET_WAITS_MAX = 12_000
CASES_AT_ONCE = 30


class Matrix:
    """Hold one database with its signer, and try kills on fresh cases."""

    def __init__(self, zygote: Zygote, receiver: Receiver, url: str, folder: Path) -> None:
        self._zygote, self._receiver = zygote, receiver
        self._place = {"url": url, "folder": str(folder)}
        self._socket = folder / "signer.sock"
        self._cases: dict[Flow, list[Case]] = {flow: [] for flow in Flow}
        self._visits: dict[Flow, dict[tuple[str, str], str]] = {}
        self._signer = 0

    def close(self) -> None:
        """End the signer."""
        if self._signer:
            self.stop_signer()

    def visits(self, flow: Flow) -> dict[tuple[str, str], str]:
        """Follow a flow undisturbed and list where it can be killed.

        Maps each point, with the command under way, to `point:n` of the first such passing.
        """
        if flow not in self._visits:
            end = self.follow(self.case(flow))
            assert end.status == 0, end.left
            passed: Counter[str] = Counter()
            first: dict[tuple[str, str], str] = {}
            for point, command in end.left["visits"]:
                passed[point] += 1
                first.setdefault((point, command), f"{point}:{passed[point]}")
            self._visits[flow] = first
        return self._visits[flow]

    def every_place(self, point: Failpoint) -> list[tuple[Flow, str]]:
        """List every different place of a point: each flow and each command in it."""
        return [
            (flow, place)
            for flow in Flow
            for (name, _), place in self.visits(flow).items()
            if name == point.value
        ]

    def places(self, point: Failpoint) -> list[tuple[Flow, str]]:
        """List a point once for each flow; around commits once for each command of any flow.

        Nothing is durable before a commit, so one point before it stands for the other.
        """
        if point not in (Failpoint.BUS_BEFORE_COMMIT, Failpoint.BUS_AFTER_COMMIT):
            once: dict[Flow, str] = {}
            for flow, place in self.every_place(point):
                once.setdefault(flow, place)
            return list(once.items())
        chosen: list[tuple[Flow, str]] = []
        commands = {command for flow in Flow for name, command in self.visits(flow)}
        for command in sorted(commands - {""}):
            visiting = [flow for flow in Flow if (point.value, command) in self.visits(flow)]
            load = Counter(flow for flow, _ in chosen)
            for flow in sorted(visiting, key=lambda flow: load[flow])[:1]:
                chosen.append((flow, self.visits(flow)[point.value, command]))
        return chosen

    def case(self, flow: Flow) -> Case:
        """Take a fresh case."""
        if not self._cases[flow]:
            self._found()
        return self._cases[flow].pop()

    def faults(self, flow: Flow, *fatal: str, variant: str = "") -> list[str]:
        """Die at each of the points in turn, go on undisturbed, and say what is wrong then.

        The first point must be reached; a later one may lie behind what was left to do.
        """
        case = self.case(flow)
        for number, point in enumerate(fatal):
            end = self.follow(case, point, variant)
            if number == 0 and not end.was_killed:
                return [f"did not die at {point}: {end}"]
            if not end.was_killed:
                assert end.status == 0, end.left
        return self.finish(case, variant)

    def finish(self, case: Case, variant: str = "") -> list[str]:
        """Take a case to its end undisturbed and say what is wrong, here and at the merchant's."""
        end = self.follow(case, variant=variant)
        if end.status:
            return [str(end.left)]
        return [*end.left["faults"], *self._receiver.missing(end.left["callbacks"])]

    def audit(self) -> list[str]:
        """Prove the books of all cases together."""
        end = self._run("audit")
        assert end.status == 0, end.left
        faults: list[str] = end.left
        return faults

    def follow(self, case: Case, fatal: str = "", variant: str = "") -> End:
        """Take a case to its end, or to where it dies."""
        return self._run("follow", case=vars(case), fatal=fatal, variant=variant)

    def start_signer(self, fatal: str = "") -> None:
        """Start a signer and wait until it listens."""
        self._socket.unlink(missing_ok=True)
        self._signer = self._zygote.start("sign", fatal=fatal, **self._place)
        for _ in range(SOCKET_WAITS_MAX):
            if self._socket.exists():
                return
            time.sleep(SOCKET_WAIT_S)
        raise AssertionError("the signer does not listen")

    def stop_signer(self) -> End:
        """Tell the signer to stop and wait for its end."""
        os.kill(self._signer, signal.SIGTERM)
        return self.signer_ended()

    def signer_ended(self) -> End:
        """Wait for a signer that is dying."""
        end = self._zygote.wait(self._signer)
        self._signer = 0
        return end

    def _found(self) -> None:
        wanted = [flow.value for flow in Flow for _ in range(CASES_AT_ONCE)]
        end = self._run("found", wanted=wanted)
        assert end.status == 0, end.left
        for fields in end.left:
            case = Case(**fields)
            self._cases[Flow(case.flow)].append(case)
        if not self._signer:
            self.start_signer()

    def _run(self, act: str, **job: Any) -> End:
        return self._zygote.run(act, receiver=self._receiver.origin, **job, **self._place)
