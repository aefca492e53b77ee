"""Decide what operators' tools are answered: liveness, readiness, figures; no secret, no person."""

import asyncio
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.types import Message, Scope
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from cambist.pages.look.headers import BASE
from cambist.pages.operate.gauges import HouseGauges
from cambist.pages.operate.readiness import Check, Readiness, Report
from cambist.ports.health import HealthReader
from cambist.ports.store import StoreUnavailableError

PREFIXES = ("/health", "/metrics")
"""The first path segments this application answers for; it expects whole paths."""

NOT_READY = 503
_READ = (HttpMethod.GET, HttpMethod.HEAD)

AnyRequest = Request[Any, Any, State]


class Figures:
    """Gather the figures of the moment, one gathering at a time."""

    def __init__(
        self, readiness: Readiness, reader: HealthReader, registry: CollectorRegistry
    ) -> None:
        self._readiness, self._reader, self._registry = readiness, reader, registry
        self._gauges = HouseGauges(registry, readiness)
        self._gathering = asyncio.Lock()

    async def text(self) -> bytes:
        """Write every figure in Prometheus' text format, the process's own without a database."""
        async with self._gathering:
            report = await self._readiness.look()
            self._gauges.show_report(report)
            if report.vitals is not None:
                await self._count()
            return generate_latest(self._registry)

    async def _count(self) -> None:
        try:
            self._gauges.show_backlog(await self._reader.backlog())
        except StoreUnavailableError:
            return


@route("/health/live", http_method=_READ, sync_to_thread=False)
def live() -> Response[bytes]:
    """Answer that this process answers; says nothing of anybody else."""
    return Response(b'{"live":true}', media_type=MediaType.JSON)


@route("/health/ready", http_method=_READ)
async def ready(request: AnyRequest) -> Response[bytes]:
    """Answer whether everything works, and what does not since when."""
    report = await request.app.state["readiness"].look()
    status = 200 if report.ready else NOT_READY
    return Response(
        msgspec.json.encode(_shown(report)), status_code=status, media_type=MediaType.JSON
    )


@route("/metrics", http_method=_READ)
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Answer the figures."""
    text = await request.app.state["figures"].text()
    return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})


def operate_app(
    readiness: Readiness, reader: HealthReader, registry: CollectorRegistry
) -> Litestar:
    """Make the application of health and figures.

    `registry` holds what the process counts itself; the house's gauges are added to it, so one
    registry serves one application.
    """
    return Litestar(
        route_handlers=[live, ready, metrics],
        before_send=[_secured],
        logging_config=None,
        openapi_config=None,
        state=State(
            {"readiness": readiness, "figures": Figures(readiness, reader, registry)},
        ),
    )


def _shown(report: Report) -> dict[str, object]:
    return {"ready": report.ready, "checks": [_shown_check(check) for check in report.checks]}


def _shown_check(check: Check) -> dict[str, object]:
    if check.what is None:
        return {"name": check.name, "ready": True}
    return {"name": check.name, "ready": False, "what": check.what, "since": check.since}


async def _secured(message: Message, _scope: Scope) -> None:
    if message["type"] == "http.response.start":
        own = list(message["headers"])
        names = {name.lower() for name, _ in own}
        added = [(name.encode(), value.encode()) for name, value in BASE.items()]
        message["headers"] = [*own, *(pair for pair in added if pair[0] not in names)]
