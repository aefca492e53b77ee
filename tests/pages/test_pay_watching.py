"""Prove that listeners hear of each change once, share one look, and never outnumber the bounds."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from cambist.kernel.ids import OrderId
from cambist.pages.pay import pay_app, watching
from cambist.pages.pay.model import page_model
from cambist.pages.pay.render import Scene, Update, version_of
from cambist.pages.pay.watching import LISTENERS_PER_ORDER_MAX, Watches
from tests.pages.stage import IDS, ORDER, SHOP, FakeBus, FakeQueries, scenes, view

KEY = (SHOP, ORDER)
SILENCE_S = 3_600.0
"""Longer than any pause of the machine: only a change is heard."""


def show(scene: Scene) -> Update:
    version = version_of(scene.model)
    return Update(version, "title", scene.model.status.value, "<main></main>")


def short_lived(queries: FakeQueries, looks: int = 2, heartbeat_s: float = SILENCE_S) -> Watches:
    """Make watches whose streams are over after so many looks at the clock."""
    clock = itertools.count(0, watching.LIFETIME_S / (looks + 0.5))
    return Watches(queries, 0.001, heartbeat_s, clock.__next__)


async def told(stream: AsyncIterator[bytes]) -> Update | None:
    """Read one event; None for a heartbeat."""
    async with asyncio.timeout(60):
        event = await anext(stream)
    if event.startswith(b":"):
        return None
    kind, ident, data, *_ = event.decode().split("\n")
    update = msgspec.json.decode(data.removeprefix("data: "), type=Update)
    assert (kind, ident) == ("event: update", f"id: {update.version}")
    assert event.endswith(b"\n\n")
    return update


async def opened(watches: Watches, seen: str = "") -> AsyncIterator[bytes]:
    """Open a stream and read its first word."""
    stream = watches.listen(KEY, seen, (), show)
    assert await anext(stream) == b"retry: 2000\n\n"
    return stream


async def close(*streams: AsyncIterator[bytes]) -> None:
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]  # only generators are opened here
    await asyncio.sleep(0)


async def test_listener_hears_what_changed_and_nothing_else() -> None:
    queries = FakeQueries(view())
    watches = Watches(queries, poll_s=0.001, heartbeat_s=0.01)
    seen = version_of(page_model(view()))
    stream = await opened(watches, seen)
    assert await told(stream) is None
    queries.shown = scenes()["confirming"]
    while (update := await told(stream)) is None:
        pass
    assert update.headline == "confirming"
    assert await told(stream) is None
    await close(stream)


async def test_listener_who_saw_something_old_hears_at_once() -> None:
    watches = Watches(FakeQueries(scenes()["paid"]), poll_s=0.001, heartbeat_s=SILENCE_S)
    stream = await opened(watches, version_of(page_model(view())))
    update = await told(stream)
    assert update is not None
    assert update.headline == "paid"
    await close(stream)


async def test_time_running_out_is_told_though_nobody_wrote_it_down() -> None:
    queries = FakeQueries(view())
    watches = Watches(queries, poll_s=0.001, heartbeat_s=SILENCE_S)
    stream = await opened(watches, version_of(page_model(view())))
    assert view().view.order.expires_at is not None
    queries.shown = view(now=view().view.order.expires_at or view().now)
    update = await told(stream)
    assert update is not None
    assert update.headline == "expired"
    await close(stream)


async def test_all_who_listen_to_an_order_share_one_look() -> None:
    queries = FakeQueries(view())
    watches = Watches(queries, poll_s=3600, heartbeat_s=SILENCE_S)
    streams = [await opened(watches) for _ in range(LISTENERS_PER_ORDER_MAX)]
    updates = [await told(stream) for stream in streams]
    assert [u.headline for u in updates if u] == ["waiting"] * LISTENERS_PER_ORDER_MAX
    assert queries.asked == 1
    await close(*streams)


async def test_one_more_than_the_bound_of_an_order_is_turned_away() -> None:
    watches = Watches(FakeQueries(view()), poll_s=3600, heartbeat_s=SILENCE_S)
    streams = [await opened(watches) for _ in range(LISTENERS_PER_ORDER_MAX)]
    assert not watches.has_room(KEY)
    assert watches.has_room((SHOP, OrderId(SHOP)))
    assert [event async for event in watches.listen(KEY, "", (), show)] == []
    await close(streams.pop())
    assert watches.has_room(KEY)
    await close(*streams)


async def test_one_more_than_the_bound_of_the_process_is_turned_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "LISTENERS_MAX", 1)
    watches = Watches(FakeQueries(view()), poll_s=3600, heartbeat_s=SILENCE_S)
    stream = await opened(watches)
    assert not watches.has_room((SHOP, OrderId(SHOP)))
    await close(stream)


async def test_nobody_looks_when_nobody_listens() -> None:
    queries = FakeQueries(view())
    watches = Watches(queries, poll_s=0.001, heartbeat_s=SILENCE_S)
    stream = await opened(watches)
    await told(stream)
    await close(stream)
    assert watches.listeners == 0
    asked = queries.asked
    await asyncio.sleep(0.02)
    assert queries.asked == asked


async def test_stream_that_never_began_takes_no_place() -> None:
    watches = Watches(FakeQueries(view()))
    stream = watches.listen(KEY, "", (), show)
    await close(stream)
    assert watches.listeners == 0


async def test_stream_ends_after_its_lifetime() -> None:
    watches = short_lived(FakeQueries(view()))
    stream = await opened(watches)
    assert await told(stream) is not None
    assert [event async for event in stream] == []
    assert watches.listeners == 0


async def test_closing_sends_everybody_away_and_lets_nobody_in() -> None:
    watches = Watches(FakeQueries(view()), poll_s=3600, heartbeat_s=SILENCE_S)
    stream = await opened(watches)
    await told(stream)
    watches.close()
    assert [event async for event in stream] == []
    assert not watches.has_room(KEY)


@pytest.mark.parametrize("fault", [ConnectionError("gone"), None])
async def test_fault_or_vanished_order_ends_the_stream_quietly(fault: Exception | None) -> None:
    queries = FakeQueries(view())
    watches = Watches(queries, poll_s=0.001, heartbeat_s=SILENCE_S)
    stream = await opened(watches)
    await told(stream)
    queries.fault, queries.shown = fault, None
    assert [event async for event in stream] == []
    queries.fault, queries.shown = None, view()
    again = await opened(watches)
    assert await told(again) is not None
    await close(again)


async def test_events_are_rendered_in_the_language_of_each_listener() -> None:
    queries = FakeQueries(scenes()["paid"])
    for language, headline in (("cs", "Zaplaceno"), ("sv", "Betald")):
        app = pay_app(queries, FakeBus(queries).as_bus, None, "", short_lived(queries))
        async with AsyncTestClient(app) as client:
            answer = await client.get("/pay/events", params={**IDS, "lang": language})
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-accel-buffering"] == "no"
            assert f'"headline":"{headline}"' in answer.text


async def test_browser_that_comes_back_is_told_only_what_it_missed() -> None:
    queries = FakeQueries(view())
    watches = short_lived(queries, looks=20, heartbeat_s=0.01)
    app = pay_app(queries, FakeBus(queries).as_bus, None, "", watches)
    headers = {"last-event-id": version_of(page_model(view()))}
    async with AsyncTestClient(app) as client:
        answer = await client.get("/pay/events", params=IDS, headers=headers)
    assert answer.text.startswith("retry: 2000\n\n")
    assert "event:" not in answer.text


async def test_listener_without_a_place_is_asked_to_come_later() -> None:
    queries = FakeQueries(view())
    watches = Watches(queries)
    watches.close()
    app = pay_app(queries, FakeBus(queries).as_bus, None, "", watches)
    async with AsyncTestClient(app) as client:
        answer = await client.get("/pay/events", params=IDS)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert (await client.get("/pay/live", params=IDS)).status_code == 200
