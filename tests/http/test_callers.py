"""Show that keys are remembered briefly, for bounded memory, and never longer than allowed."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import pytest

from cambist.http import callers
from cambist.http.callers import KNOWN_FOR_S, NS, Callers
from cambist.http.limits import Limits, RateLimit
from cambist.http.refusals import RefusedError
from cambist.kernel.ids import ApiKeyId, PartnerId
from cambist.ports.principals import PartnerPrincipal

MANY = RateLimit(1_000_000, 1_000_000)


class Directory:
    """Know every key that is not revoked."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()
        self.asked: list[str] = []

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        self.asked.append(secret)
        if secret in self.revoked:
            return None
        number = UUID(int=len(secret))
        return PartnerPrincipal(PartnerId(number), ApiKeyId(number), False, None)


class Recorder:
    """Count."""

    def __init__(self) -> None:
        self.used = 0

    def key_used(self, key_id: ApiKeyId, at: datetime) -> None:
        self.used += 1

    def amount_rounded(self, key_id: ApiKeyId, at: datetime) -> None:
        raise AssertionError("nothing is rounded here")


class Door:
    """Hold callers with a clock to turn."""

    def __init__(self) -> None:
        self.ns, self.directory, self.recorder = 0, Directory(), Recorder()
        limits = Limits.build(self.monotonic, MANY, MANY, MANY)
        now = datetime(2024, 1, 1, tzinfo=UTC)
        self.callers = Callers(
            cast("Any", self.directory), limits, self.recorder, lambda: now, self.monotonic
        )

    def monotonic(self) -> int:
        return self.ns

    async def knock(self, secret: str | None) -> bool:
        try:
            await self.callers.identify(secret, "192.0.2.1", "ApiKey")
        except RefusedError:
            return False
        return True


async def test_a_revoked_key_opens_no_longer_than_the_memory_of_it() -> None:
    door = Door()
    assert await door.knock("key")
    door.directory.revoked.add("key")
    door.ns = KNOWN_FOR_S * NS - 1
    assert await door.knock("key")
    door.ns += 1
    assert not await door.knock("key")
    door.directory.revoked.clear()
    assert await door.knock("key")


async def test_a_refused_key_is_not_remembered() -> None:
    door = Door()
    door.directory.revoked.add("key")
    assert not await door.knock("key")
    door.directory.revoked.clear()
    assert await door.knock("key")


@pytest.mark.parametrize("secret", [None, "", "x" * 201, "kl\xedč"[:3], "\xff"])
async def test_what_cannot_be_a_key_never_reaches_the_database(secret: str | None) -> None:
    door = Door()
    assert not await door.knock(secret)
    assert door.directory.asked == []


async def test_use_is_noted_once_for_each_look_up() -> None:
    door = Door()
    for _ in range(5):
        await door.knock("key")
    assert door.recorder.used == 1


async def test_memory_of_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "KNOWN_MAX", 3)
    door = Door()
    for secret in ("a", "b", "c", "d"):
        await door.knock(secret)
    await door.knock("d")
    await door.knock("a")
    assert door.directory.asked == ["a", "b", "c", "d", "a"]
