"""Decide how a process dies at a named failpoint: at once, as from SIGKILL."""

import os
import signal

from cambist.kernel.failpoints import Failpoint, arm


def arm_kill(setting: str) -> None:
    """Kill this process at the failpoint named, at its nth passing (`name` or `name:n`).

    Raises:
        ValueError: no such failpoint.
    """
    name, _, count = setting.partition(":")
    fatal = Failpoint(name)
    left = int(count or "1")

    def pass_by(reached: Failpoint) -> None:
        nonlocal left
        if reached is fatal:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    arm(pass_by)
