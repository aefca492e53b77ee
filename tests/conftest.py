"""Decide what the tests share: one server a run, one migrated template, a fresh database each."""

import asyncio
import importlib.util
import inspect
import itertools
import os
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import hypothesis
import pytest

from cambist.adapters.db.embedded import EmbeddedPostgres
from cambist.adapters.db.embedded_processes import clear_leftovers

TEMPLATE = "cambist_template"
PREFIX = "cambist-tests-"
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "120",
}
CLUSTER = pytest.StashKey["Cluster"]()

T = TypeVar("T")
_numbers = itertools.count(1)

hypothesis.settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    max_examples=60,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "campaign", deadline=None, max_examples=3000, database=None, print_blob=True
)
hypothesis.settings.load_profile("default")


class Cluster:
    """Keep the run's server and its template database, both made when first needed."""

    def __init__(self) -> None:
        _sweep_dead_runs()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.folder.chmod(0o711)
        self.server = EmbeddedPostgres(self.folder / "postgres", settings=SETTINGS)
        self.url = self.server.start()
        try:
            _run(_execute(self.url, f"create database {TEMPLATE}"))
            _migrate(_with_database(self.url, TEMPLATE))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the server and remove everything it kept."""
        self.server.stop()
        shutil.rmtree(self.folder)


def _sweep_dead_runs() -> None:
    """Remove what a killed run left: its number is in the folder's name."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        # A run that ends at this moment takes its folder away itself.
        with suppress(FileNotFoundError):
            if folder.stat().st_uid == os.geteuid() and not Path("/proc", owner).exists():
                clear_leftovers(folder / "postgres" / "data")
                shutil.rmtree(folder, ignore_errors=True)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Await in a thread of its own, so that no event loop of a test is touched."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _migrate(url: str) -> None:
    if importlib.util.find_spec("cambist.adapters.db.migrate") is None:
        return
    upgrade = importlib.import_module("cambist.adapters.db.migrate").upgrade
    if inspect.iscoroutinefunction(upgrade):
        _run(upgrade(url))
    else:
        upgrade(url)


def _with_database(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


def _fresh_database(url: str, worker: str, template: str) -> Iterator[str]:
    name = f"test_{worker}_{next(_numbers)}"
    _run(_execute(url, f"create database {name} template {template}"))
    yield _with_database(url, name)
    _run(_execute(url, f"drop database {name} with (force)"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give each parallel worker the one server, which the controller owns."""
    if CLUSTER not in node.config.stash:
        node.config.stash[CLUSTER] = Cluster()
    node.workerinput["cluster_url"] = node.config.stash[CLUSTER].url


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server with the process that owns it."""
    if CLUSTER in config.stash:
        config.stash[CLUSTER].close()
        del config.stash[CLUSTER]


@pytest.fixture(scope="session")
def cluster_url(request: pytest.FixtureRequest) -> str:
    """Give the administrator's URL of the run's server."""
    given: str | None = getattr(request.config, "workerinput", {}).get("cluster_url")
    if given is not None:
        return given
    if CLUSTER not in request.config.stash:
        request.config.stash[CLUSTER] = Cluster()
    return request.config.stash[CLUSTER].url


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """Name this process among parallel ones."""
    name: str = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return name


@pytest.fixture(scope="module")
def database_url(cluster_url: str, worker_name: str) -> Iterator[str]:
    """Give a migrated database that belongs to one test module; an asyncpg URL."""
    yield from _fresh_database(cluster_url, worker_name, TEMPLATE)


@pytest.fixture
def fresh_database_url(cluster_url: str, worker_name: str) -> Iterator[str]:
    """Give a migrated database that belongs to one test; an asyncpg URL."""
    yield from _fresh_database(cluster_url, worker_name, TEMPLATE)


@pytest.fixture
def empty_database_url(cluster_url: str, worker_name: str) -> Iterator[str]:
    """Give an empty database that belongs to one test; an asyncpg URL."""
    yield from _fresh_database(cluster_url, worker_name, "template0")
