"""Name every place where a process may die, so that the crash matrix can visit each one."""

from collections.abc import Callable
from enum import StrEnum


class Failpoint(StrEnum):
    """List the kill points; the crash matrix walks this enum, so none can be forgotten."""

    BUS_BEFORE_FLUSH = "bus.before-flush"
    BUS_BEFORE_COMMIT = "bus.before-commit"
    BUS_AFTER_COMMIT = "bus.after-commit"
    RELAY_BEFORE_MARK = "relay.before-mark"
    WATCH_BEFORE_OBSERVE = "watch.before-observe"
    WATCH_AFTER_OBSERVE = "watch.after-observe"
    WATCH_AFTER_CREDIT = "watch.after-credit"
    PAYOUT_BEFORE_ALLOT = "payout.before-allot"
    PAYOUT_BEFORE_SIGN = "payout.before-sign"
    PAYOUT_AFTER_SIGN = "payout.after-sign"
    PAYOUT_BEFORE_BROADCAST = "payout.before-broadcast"
    PAYOUT_AFTER_BROADCAST = "payout.after-broadcast"
    PAYOUT_AFTER_MARK = "payout.after-mark"
    PAYOUT_BEFORE_SETTLE = "payout.before-settle"
    PAYOUT_AFTER_SETTLE = "payout.after-settle"
    SIGNER_AFTER_LOG = "signer.after-log"
    CALLBACK_AFTER_SEND = "callback.after-send"
    MESSAGE_AFTER_SEND = "message.after-send"
    BANK_AFTER_LINE = "bank.after-line"
    EXPORT_BEFORE_STORE = "export.before-store"
    EXPORT_AFTER_STORE = "export.after-store"


_hook: Callable[[Failpoint], None] | None = None


def arm(hook: Callable[[Failpoint], None] | None) -> None:
    """Install what happens when a failpoint is passed; None disarms."""
    global _hook
    _hook = hook


def failpoint(name: Failpoint) -> None:
    """Pass a named kill point; does nothing unless armed."""
    if _hook is not None:
        _hook(name)
