"""Prove that no secret and no person gets into a log line, whoever writes it."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest

from cambist.adapters.logs import FIELDS, AllowList, configure_logging, count_dropped_fields

CANARIES = (
    "a1b2c3-d4e5f6-071829-3a4b5c-6d7e8f",
    "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE",
    "whsec_c2VjcmV0LWNhbmFyeQ==",
    "canary.person@example.org",
    "Bearer eyJhbGciOiJSUzUxMiJ9.e30.c2ln",
    "CZ6508000000192000145399",
)


class Captured:
    """Hold what was logged."""

    def __init__(self, allowed: AllowList, stream: io.StringIO) -> None:
        self.allowed, self._stream = allowed, stream

    @property
    def text(self) -> str:
        """Give every byte."""
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Read every line as JSON."""
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def captured() -> Iterator[Captured]:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield Captured(configure_logging("debug", stream=stream), stream)
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_listed_fields_pass_as_json_lines(captured: Captured) -> None:
    structlog.get_logger().warning("worker.failed", worker="payouts:tron", failures=3)
    (line,) = captured.lines
    assert line["event"] == "worker.failed"
    assert (line["level"], line["worker"], line["failures"]) == ("warning", "payouts:tron", 3)
    assert set(line) == {"ts", "event", "level", "worker", "failures"}
    assert captured.allowed.dropped == 0


@pytest.mark.parametrize("canary", CANARIES)
def test_an_unlisted_field_is_dropped_and_counted(captured: Captured, canary: str) -> None:
    structlog.get_logger().info("key.used", secret=canary)
    registry = CollectorRegistry()
    count_dropped_fields(registry)
    structlog.get_logger().info("key.used", body={"deep": canary})
    assert canary not in captured.text
    assert captured.allowed.dropped == 2
    assert b"cambist_log_fields_dropped_total 2.0" in generate_latest(registry)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_listed_field_takes_no_other_form(captured: Captured, name: str) -> None:
    fields = {"event": "noted"} | {name: "canary.person@example.org has 12.50 EUR"}
    structlog.get_logger().info(**fields)
    assert "canary" not in captured.text


@pytest.mark.parametrize("canary", CANARIES)
def test_an_error_is_told_by_type_and_place_only(captured: Captured, canary: str) -> None:
    try:
        raise ValueError(canary)
    except ValueError as error:
        structlog.get_logger().exception("broken")
        structlog.get_logger().error("broken", exc_info=error)
    assert canary not in captured.text
    for line in captured.lines:
        assert line["error"] == "ValueError"
        assert line["at"].startswith("operate/test_logs.py:")
        assert len(line["error_id"]) == 36


@pytest.mark.parametrize("canary", CANARIES)
def test_a_librarys_record_is_told_by_its_place(captured: Captured, canary: str) -> None:
    logger = logging.getLogger("some.library")
    logger.error("refused %s", canary)
    logger.warning(canary)
    try:
        raise KeyError(canary)
    except KeyError:
        logger.exception("no luck with %s", canary)
    assert canary not in captured.text
    assert [line["event"] for line in captured.lines] == ["library"] * 3
    assert captured.lines[0]["logger"] == "some.library"
    assert captured.lines[2]["error"] == "KeyError"


def test_a_warning_is_no_way_out(captured: Captured) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"deprecated: {CANARIES[0]}", stacklevel=1)
    assert CANARIES[0] not in captured.text


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="no such log level"):
        configure_logging("loud")
