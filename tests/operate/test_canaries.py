"""Prove by canaries that what a request carries is in no log line and no figure (H14)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, cast

import httpx2
import pytest
import structlog
from litestar.types import Receive, Scope, Send
from prometheus_client import CollectorRegistry, generate_latest

from cambist.adapters.logs import configure_logging
from cambist.adapters.meters import BusMeter, RequestMeter
from cambist.bus.bus import Gate
from cambist.http.measuring import measured
from cambist.kernel.errors import DomainError, ErrorCode
from tests.dialects.cryptopayments.gateway import BASE, DESTINATION, INTEGRATION, KEY, World

KEY_CANARY = "c4na21-c4na22-c4na23-c4na24-c4na25"
SECRET_CANARY = "whsec_c4naryc4naryc4nary"
MAIL_CANARY = "c4nary.person@example.org"
AMOUNT_CANARY = "48151.623420"
PATH_CANARY = "c4nary-in-the-path"
CANARIES = (KEY, KEY_CANARY, SECRET_CANARY, MAIL_CANARY, AMOUNT_CANARY, PATH_CANARY, DESTINATION)


class FallenBus:
    """Fail with everything it was given in the error's text."""

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Raise."""
        raise RuntimeError(f"{command!r} {gate!r} {SECRET_CANARY}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("debug", stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def requests() -> list[tuple[str, str, dict[str, str], dict[str, Any] | None]]:
    """List requests that carry canaries in headers, paths, queries and bodies."""
    order: dict[str, Any] = {
        "integrationId": INTEGRATION,
        "amount": AMOUNT_CANARY,
        "assetId": "TRX",
        "externalId": MAIL_CANARY,
        "customer": MAIL_CANARY,
    }
    sent = {**order, "destinationAddress": DESTINATION}
    good = {"X-API-Key": KEY, "Idempotency-Key": SECRET_CANARY}
    bad = {"X-API-Key": KEY_CANARY, "Authorization": f"Bearer {SECRET_CANARY}"}
    return [
        ("POST", "/order/payment", good, order),
        ("POST", "/order/payment", bad, order),
        ("POST", "/withdrawal", good, sent),
        ("POST", "/order/send", good, sent),
        ("POST", "/order/payment", good, {**order, MAIL_CANARY: SECRET_CANARY}),
        ("GET", f"/order/{PATH_CANARY}?email={MAIL_CANARY}", good, None),
        ("GET", f"/{PATH_CANARY}", bad, None),
        ("PROPFIND", f"/order/{PATH_CANARY}", good, None),
    ]


async def answers(world: World, registry: CollectorRegistry) -> list[int]:
    """Send every request and return the statuses."""
    app = measured(world.asgi, "cryptopayments", RequestMeter(registry))
    transport = httpx2.ASGITransport(cast("Any", app))
    address = f"http://gateway.example{BASE}"
    statuses = []
    async with httpx2.AsyncClient(transport=transport, base_url=address) as client:
        for method, path, headers, body in requests():
            answer = await client.request(method, path, headers=headers, json=body)
            statuses.append(answer.status_code)
    return statuses


@pytest.mark.parametrize("falls", [False, True])
async def test_canaries_reach_neither_the_log_nor_the_figures(
    log: io.StringIO, falls: bool
) -> None:
    registry = CollectorRegistry()
    world = World()
    if falls:
        object.__setattr__(world.services, "bus", FallenBus())
    statuses = await answers(world, registry)
    text, figures = log.getvalue(), generate_latest(registry).decode()
    assert [one for one in CANARIES if one in text] == []
    assert [one for one in CANARIES if one in figures] == []
    assert (500 in statuses) is falls
    assert 'operation="POST /cryptopayments/api/v1' not in figures
    assert 'dialect="cryptopayments",operation="none",status="4xx"' in figures
    if falls:
        told = [json.loads(line) for line in text.splitlines()]
        faults = [line for line in told if line["event"] == "request_failed"]
        assert faults
        assert {line["error"] for line in faults} == {"RuntimeError"}
        assert all("test_canaries.py" in line["at"] and line["error_id"] for line in faults)


async def test_requests_are_counted_by_template_and_class_of_status() -> None:
    registry = CollectorRegistry()
    await answers(World(), registry)
    labels = {
        tuple(sorted(sample.labels.items()))
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "cambist_requests_total"
    }
    assert len(labels) <= len(requests())
    operations = {dict(label)["operation"] for label in labels}
    assert "POST /api/v1/order/payment" in operations
    assert not any(PATH_CANARY in operation for operation in operations)


async def test_an_application_that_falls_is_counted_too() -> None:
    async def falling(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError

    registry = CollectorRegistry()
    app = measured(falling, "acme", RequestMeter(registry))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(cast("Any", app))) as client:
        with pytest.raises(RuntimeError):
            await client.get("http://acme.example/")
    assert registry.get_sample_value(
        "cambist_requests_total", {"dialect": "acme", "operation": "none", "status": "5xx"}
    )


def test_the_bus_is_counted_by_command_and_code() -> None:
    registry = CollectorRegistry()
    meter = BusMeter(registry)
    meter.batch(3, 17, 0.004)
    for error in (None, DomainError(ErrorCode.LIMIT_EXCEEDED), RuntimeError(MAIL_CANARY)):
        meter.answered(Gate, error)
    for outcome in ("ok", "limit-exceeded", "fault"):
        labels = {"command": "Gate", "outcome": outcome}
        assert registry.get_sample_value("cambist_commands_total", labels) == 1
    assert registry.get_sample_value("cambist_bus_waiting") == 17
    assert MAIL_CANARY not in generate_latest(registry).decode()
