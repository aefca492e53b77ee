"""Decide what may be logged: listed fields of listed forms; an error's type and place, no text."""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import PurePath
from types import TracebackType
from typing import Any, TextIO
from uuid import UUID

import msgspec
import structlog
from prometheus_client import CollectorRegistry, Counter

from cambist.adapters.vault.entropy import SystemEntropy

FRAMES_MAX = 6

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:/-]{0,79}", re.ASCII)
_ERRORS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:; -]{0,299}", re.ASCII)
_PLACE = re.compile(r"[\w./-]{1,120}:[0-9]{1,6}( < [\w./-]{1,120}:[0-9]{1,6}){0,5}", re.ASCII)
_TEMPLATE = re.compile(r"(/([a-z0-9._-]{1,60}|\{[a-z_]{1,40}(:[a-z]{1,10})?\}))*/?", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def _matches(form: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


FIELDS: Mapping[str, Callable[[object], bool]] = {
    "at": _matches(_PLACE),
    "callback": _matches(_UUID),
    "chain": _matches(_WORD),
    "code": _matches(_WORD),
    "error": _matches(_ERRORS),
    "error_id": _matches(_UUID),
    "event": _matches(_WORD),
    "failures": _is_number,
    "level": _matches(_WORD),
    "logger": _matches(_WORD),
    "message": _matches(_UUID),
    "method": _matches(_WORD),
    "ms": _is_number,
    "name": _matches(_WORD),
    "order": _matches(_UUID),
    "outbox_id": _is_number,
    "owner": _matches(_UUID),
    "path": _matches(_TEMPLATE),
    "status": _is_number,
    "ts": _matches(_MOMENT),
    "worker": _matches(_WORD),
}
"""Every field that may be logged, with the form its value must have."""

UNREADABLE = "unreadable"


class AllowList:
    """Let listed fields pass, drop and count the others; no field is ever shortened to fit."""

    def __init__(self) -> None:
        self.dropped = 0
        self._counter: Counter | None = None

    def count_in(self, registry: CollectorRegistry) -> None:
        """Show from now on how many fields were dropped."""
        name, text = "cambist_log_fields_dropped", "Fields of log lines that may not be logged"
        self._counter = Counter(name, text, registry=registry)
        self._counter.inc(self.dropped)

    def __call__(
        self, _logger: object, _method: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Keep what may be logged (structlog's signature of a processor)."""
        kept = {name: value for name, value in entry.items() if _may_pass(name, value)}
        lost = len(entry) - len(kept)
        if lost:
            self.dropped += lost
            if self._counter is not None:
                self._counter.inc(lost)
        kept.setdefault("event", UNREADABLE)
        return kept


class ErrorsByPlace:
    """Replace an exception by its type, the places it passed, and an id to find it again by."""

    def __init__(self, new_id: Callable[[], UUID]) -> None:
        self._new_id = new_id

    def __call__(
        self, _logger: object, _method: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Take `exc_info` and `stack_info` out (structlog's signature of a processor)."""
        entry.pop("stack_info", None)
        error = _exception(entry.pop("exc_info", None))
        if error is not None:
            entry["error"] = type(error).__name__
            entry["at"] = places(error.__traceback__)
            entry.setdefault("error_id", str(self._new_id()))
        return entry


class ForeignRecords(logging.Handler):
    """Tell of libraries' log records: who, where, how bad; never their text, which holds data."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        logger = structlog.get_logger()
        place = f"{PurePath(record.pathname).name}:{record.lineno}"
        fields = {"logger": record.name, "at": place, "exc_info": record.exc_info}
        logger.log(record.levelno, "library", **fields)


def configure_logging(
    level: str,
    new_id: Callable[[], UUID] | None = None,
    *,
    stream: TextIO | None = None,
) -> AllowList:
    """Make every log of this process JSON lines of listed fields, on standard error by default.

    `level` is debug, info, warning or error. Libraries speak from warning on.

    Raises:
        ValueError: no such level.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"no such log level: {level}")
    allowed = AllowList()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
            ErrorsByPlace(new_id or SystemEntropy().new_id),
            allowed,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[ForeignRecords()], level=max(number, logging.WARNING), force=True)
    logging.captureWarnings(True)
    return allowed


def count_dropped_fields(registry: CollectorRegistry) -> None:
    """Show on a registry what this process's log drops, when its log is configured."""
    for processor in structlog.get_config()["processors"]:
        if isinstance(processor, AllowList):
            processor.count_in(registry)


def places(traceback: TracebackType | None) -> str:
    """Name the last places an error passed, the innermost first: `module.py:12 < other.py:7`."""
    found: list[str] = []
    while traceback is not None:
        name = PurePath(traceback.tb_frame.f_code.co_filename)
        found.append(f"{name.parent.name}/{name.name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return " < ".join(reversed(found[-FRAMES_MAX:]))


def _may_pass(name: str, value: object) -> bool:
    form = FIELDS.get(name)
    return form is not None and form(value)


def _exception(given: object) -> BaseException | None:
    match given:
        case BaseException():
            return given
        case (_, BaseException() as error, _):
            return error
        case True:
            return sys.exc_info()[1]
        case _:
            return None


def _render(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> str:
    return msgspec.json.encode(entry).decode()
