"""Show that the root hands each request to one application and runs everybody's lifespan."""

import asyncio
from typing import Any, cast

import pytest

from cambist.http.dispatch import Dispatcher, Mount


class App:
    """Note what it is asked; start and stop as told."""

    def __init__(self, name: str, log: list[str], answer: str = "complete") -> None:
        self.name, self.log, self.answer = name, log, answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            self.log.append(f"{self.name} {scope['path']}")
            return
        for word in ("startup", "shutdown"):
            message = await receive()
            assert message["type"] == f"lifespan.{word}"
            self.log.append(f"{self.name} {word}")
            await send({"type": f"lifespan.{word}.{self.answer}", "message": "no money"})


class Raiser(App):
    """Break while starting."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise ValueError("broken")


class Silent(App):
    """End without a word."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()


def mount(prefix: str, app: App, host: str | None = None, whole: bool = False) -> Mount:
    return Mount(prefix, cast("Any", app), host, whole)


async def ask(root: Dispatcher, path: str, host: str = "x") -> None:
    scope = {"type": "http", "path": path, "headers": [(b"host", host.encode())]}
    await root(cast("Any", scope), cast("Any", None), cast("Any", None))


@pytest.mark.parametrize(
    ("path", "answered"),
    [
        ("/one", "one /"),
        ("/one/", "one /"),
        ("/one/a/b", "one /a/b"),
        ("/one/one/a", "one /one/a"),
        ("/oneself/a", "rest /oneself/a"),
        ("/two/a", "two /two/a"),
        ("/", "rest /"),
        ("", "rest "),
        ("/three", "rest /three"),
    ],
)
async def test_first_segment_chooses(path: str, answered: str) -> None:
    log: list[str] = []
    mounts = [mount("/one", App("one", log)), mount("/two", App("two", log), whole=True)]
    await ask(Dispatcher(mounts, cast("Any", App("rest", log))), path)
    assert log == [answered]


async def test_host_name_chooses_first_and_keeps_the_path() -> None:
    log: list[str] = []
    mounts = [
        mount("/one", App("one", log), host="Pay.Example"),
        mount("/two", App("two", log)),
    ]
    root = Dispatcher(mounts, cast("Any", App("rest", log)))
    await ask(root, "/two/a", host="PAY.example:8443")
    await ask(root, "/two/a", host="other.example")
    assert log == ["one /two/a", "two /a"]


async def run_lifespan(root: Dispatcher) -> list[str]:
    """Start and stop, and return what the server was told."""
    told: list[str] = []
    words = iter(("lifespan.startup", "lifespan.shutdown"))

    async def receive() -> dict[str, str]:
        return {"type": next(words)}

    async def send(message: dict[str, str]) -> None:
        told.append(message["type"].removeprefix("lifespan.") + message.get("message", ""))

    scope = {"type": "lifespan"}
    await asyncio.wait_for(root(cast("Any", scope), cast("Any", receive), cast("Any", send)), 60)
    return told


async def test_every_application_starts_and_stops_once() -> None:
    log: list[str] = []
    twice = App("one", log)
    root = Dispatcher([mount("/one", twice), mount("/uno", twice)], cast("Any", App("rest", log)))
    assert await run_lifespan(root) == ["startup.complete", "shutdown.complete"]
    assert log == ["one startup", "rest startup", "rest shutdown", "one shutdown"]


@pytest.mark.parametrize(
    ("bad", "reason"), [("failed", "no money"), ("raised", "broken"), ("silent", "ended")]
)
async def test_one_that_does_not_start_stops_the_start(bad: str, reason: str) -> None:
    log: list[str] = []
    apps = {
        "failed": App("bad", log, answer="failed"),
        "raised": Raiser("bad", log),
        "silent": Silent("bad", log),
    }
    root = Dispatcher([mount("/bad", apps[bad])], cast("Any", App("rest", log)))
    (told,) = await run_lifespan(root)
    assert told.startswith("startup.failed")
    assert reason in told
    assert "rest startup" not in log
