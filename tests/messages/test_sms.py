"""Prove that short messages reach a gateway, in time, and that no log tells to whom."""

import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import UUID

import asyncpg
import pytest

from cambist.adapters.simulators.mailbox import SimulatedMailBox
from cambist.adapters.sms.apprise import AppriseSms
from cambist.adapters.sms.sandbox import SandboxSms
from cambist.ports.messages import (
    MessageRefusedError,
    MessageUnavailableError,
    OutgoingSms,
    SmsPort,
)
from tests.messages.servers import Sink, http_sink
from tests.ports import closed_port

# Apprise loads every gateway it knows, one of which asks for a module Python is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SMS = OutgoingSms(UUID(int=5), "+420601123456", "012345 je kód: žluťoučký kůň & <b>")
PATIENCE_S = 120.0
Read = Callable[[], Awaitable[Sequence[tuple[str, str]]]]


@dataclass
class Carried:
    """Hold a carrier of short messages, and what reads (recipient, text) where they went."""

    port: SmsPort
    read: Read


@asynccontextmanager
async def by_apprise() -> AsyncIterator[Carried]:
    sink = Sink()

    async def read() -> Sequence[tuple[str, str]]:
        return [(unquote(path[1:]), json.loads(body)["message"]) for path, body in sink.requests]

    async with http_sink(sink) as port:
        carrier = AppriseSms(f"json://127.0.0.1:{port}/{{to}}", deadline_s=PATIENCE_S)
        yield Carried(carrier, read)
        await carrier.close()


@asynccontextmanager
async def by_sandbox(pool: asyncpg.Pool) -> AsyncIterator[Carried]:
    box = SimulatedMailBox(pool)

    async def read() -> Sequence[tuple[str, str]]:
        return [(one.recipient, one.text) for one in reversed(await box.kept(10))]

    yield Carried(SandboxSms(box), read)


@pytest.fixture(params=["apprise", "sandbox"])
async def carried(request: pytest.FixtureRequest, pool: asyncpg.Pool) -> AsyncIterator[Carried]:
    async with by_apprise() if request.param == "apprise" else by_sandbox(pool) as opened:
        yield opened


async def test_a_short_message_arrives_as_it_was_written(carried: Carried) -> None:
    await carried.port.send(SMS)
    assert await carried.read() == [(SMS.to, SMS.text)]


@pytest.mark.parametrize(
    "number",
    [
        "",
        "420601123456",
        "+0601123456",
        "+420 601 123 456",
        "+42060112345678901",
        "+4206",
        "+420601123456/../../x",
        "+420601123456\n",
        "+\u0664\u0662\u0660601123456",
        "+420601123456?cto=0",
    ],
)
async def test_what_is_no_number_is_refused_before_anything_is_sent(
    carried: Carried, number: str
) -> None:
    with pytest.raises(MessageRefusedError) as refusal:
        await carried.port.send(OutgoingSms(SMS.id, number, SMS.text))
    assert not number or number not in str(refusal.value)
    assert await carried.read() == []


@pytest.mark.parametrize("status", [400, 429, 500, 503])
async def test_what_a_gateway_does_not_take_is_tried_again_and_holds_nobody_up(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with http_sink(Sink(status)) as port:
        carrier = AppriseSms(f"json://127.0.0.1:{port}/{{to}}", deadline_s=PATIENCE_S)
        with pytest.raises(MessageUnavailableError) as refusal:
            await carrier.send(SMS)
        await carrier.close()
    assert not refusal.value.is_channel_down
    for said in (caplog.text, str(refusal.value)):
        assert "601123456" not in said
        assert "012345" not in said


async def test_a_gateway_that_is_not_there_is_tried_again() -> None:
    with closed_port() as port:
        carrier = AppriseSms(f"json://127.0.0.1:{port}/{{to}}", deadline_s=PATIENCE_S)
        with pytest.raises(MessageUnavailableError):
            await carrier.send(SMS)
        await carrier.close()


async def test_a_gateway_that_never_answers_is_waited_for_no_longer_than_the_deadline() -> None:
    sink = Sink(-200)
    async with http_sink(sink) as port:
        carrier = AppriseSms(f"json://127.0.0.1:{port}/{{to}}", deadline_s=0.3)
        with pytest.raises(MessageUnavailableError) as refusal:
            await carrier.send(SMS)
        await carrier.close()
    assert (refusal.value.reason, refusal.value.is_channel_down) == ("timeout", True)


async def test_an_address_apprise_knows_no_gateway_for_is_the_channels_trouble() -> None:
    carrier = AppriseSms("nosuchgateway://token/{to}")
    with pytest.raises(MessageUnavailableError) as refusal:
        await carrier.send(SMS)
    await carrier.close()
    assert (refusal.value.reason, refusal.value.is_channel_down) == ("gateway-address", True)


def test_a_gateways_address_says_where_the_number_goes() -> None:
    with pytest.raises(ValueError, match="to") as error:
        AppriseSms("twilio://sid:token@from/")
    assert "token" not in str(error.value)


def test_apprise_is_loaded_only_where_something_is_sent() -> None:
    code = "import sys, cambist.adapters.sms.apprise; print('apprise' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"
