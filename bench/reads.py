"""Decide how a read is measured: its answers against a bare answer of the same JSON."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

import httpx2

from bench import bare
from bench.children import Child, child, part
from bench.house import HOST, House, free_port, listening
from bench.load import Order, question
from bench.orders_http import only
from bench.report import Line, Target
from bench.stand import Stand, interleave

CONNECTIONS = 64
WARM_UP_S = 1.0


@dataclass(frozen=True, slots=True)
class Read:
    """Name a read: its paths take turns, all answered to one key (none: public)."""

    paths: tuple[str, ...]
    api_key: str = ""


async def measure_reads(
    house: House, stand: Stand, name: str, target: Target, reads: Mapping[str, Read]
) -> list[Line]:
    """Measure each read on one api process, against bare answers of what its first path says."""
    lines: list[Line] = []
    async with child("bench.load") as load, house.api(1) as api:
        for what, read in reads.items():
            content = await _content(f"http://{HOST}:{api.port}{read.paths[0]}", read.api_key)
            async with _bare(house, content) as bare_port:
                pair = _Pair(load, stand.effort.seconds)

                async def reading(read: Read = read, pair: _Pair = pair) -> float:
                    return await pair.get(api.port, read)

                async def yardstick(port: int = bare_port, pair: _Pair = pair) -> float:
                    return await pair.get(port, Read((bare.PATH,)))

                await pair.warm_up(api.port, read)
                await pair.warm_up(bare_port, Read((bare.PATH,)))
                measured = await interleave(yardstick, {what: reading}, stand.effort.rounds)
            rounds = measured[what]
            rate, bare_rate = median(r.value for r in rounds), median(r.yardstick for r in rounds)
            absolute = f"{rate:.0f} reads/s to {bare_rate:.0f}/s, {len(content)} bytes"
            lines.append(Line(name, what, [r.ratio for r in rounds], target, absolute))
    return lines


class _Pair:
    """Load a read and its yardstick alike."""

    def __init__(self, load: Child, seconds: float) -> None:
        self._load, self._seconds = load, seconds

    async def get(self, port: int, read: Read) -> float:
        """Read for the time of a round; returns how many answers a second came."""
        return await self._get(port, read, self._seconds)

    async def warm_up(self, port: int, read: Read) -> None:
        """Read for a moment."""
        await self._get(port, read, WARM_UP_S)

    async def _get(self, port: int, read: Read, seconds: float) -> float:
        asked = Order(port, CONNECTIONS, seconds, read.paths, read.api_key)
        answer = await self._load.ask(question(asked))
        only(answer, httpx2.codes.OK)
        return float(answer["rate"])


async def _content(url: str, api_key: str) -> bytes:
    headers = {"X-API-Key": api_key} if api_key else {}
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(url, headers=headers)
        return answer.raise_for_status().content


@asynccontextmanager
async def _bare(house: House, content: bytes) -> AsyncIterator[int]:
    port = free_port()
    log, given = house.folder / f"bare-{port}.log", house.folder / f"bare-{port}.json"
    given.write_text(json.dumps(json.loads(content)), encoding="utf-8")
    async with part(("bench.bare", str(port), str(given)), {}, log) as process:
        await listening(port, 1, [process], log)
        yield port
