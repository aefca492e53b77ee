"""Prove that the house is tidy, and that each rule of style finds what it is there for."""

from pathlib import Path, PurePosixPath

import pytest

from tools.findings import Rule
from tools.rules_style import FUNCTION_LINES, MODULE_LINES
from tools.tidy import ROOT, RULES, addresses, check_python, findings

DOC = '"""Decide nothing."""\n'
DOMAIN = "src/cambist/domain/orders/pay.py"
BUS = "src/cambist/bus/lanes.py"
ADAPTER = "src/cambist/adapters/rails/bank.py"
ROUTES = "src/cambist/dialects/acme/routes/orders.py"
TEST = "tests/domain/test_pay.py"
LONG_FUNCTION = "def f() -> None:\n" + "    g()\n" * FUNCTION_LINES
HANDLER = '@get("/")\nasync def read(bus: Bus) -> View:\n    """Read."""\n'

# Sources are put together where the rule would find them in this file too.
BAD: dict[str, list[tuple[str, str]]] = {
    "module-length": [(DOMAIN, "x = 1\n" * MODULE_LINES)],
    "function-length": [(DOMAIN, LONG_FUNCTION), (TEST, f"class A:\n {LONG_FUNCTION}")],
    "module-docstring": [(DOMAIN, "x = 1\n"), (TEST, '"""no sentence"""\n')],
    "vague-names": [
        ("src/cambist/domain/utils.py", ""),
        ("src/cambist/adapters/common/x.py", ""),
        ("tests/helpers.py", ""),
    ],
    "comments": [
        (DOMAIN, "x = 1  # TO" + "DO later\n"),
        (DOMAIN, "# FIX" + "ME\n"),
        (DOMAIN, "# ---" + "--- money ---\n"),
        (DOMAIN, "x = f()  # type" + ": ignore\n"),
        (DOMAIN, "x = f()  # type" + ": ignore[arg-type]\n"),
        (DOMAIN, "x = f()  # no" + "qa: S101\n"),
        (DOMAIN, "x = f()  # no" + "qa\n"),
    ],
    "machine-paths": [
        (DOMAIN, 'x = "/wo' + 'rk/main"\n'),
        (TEST, 'x = "/home' + '/ann/x"\n'),
        (ADAPTER, 'x = "/ro' + 'ot/.config"\n'),
    ],
    "no-disabled-tests": [
        (TEST, "import pytest\n@pytest.mark.sk" + "ip\ndef test_x() -> None: ...\n"),
        (TEST, "import pytest\n@pytest.mark.sk" + "ipif(True)\ndef test_x() -> None: ...\n"),
        (TEST, "import pytest\npytest.sk" + "ip('no')\n"),
        (TEST, "import pytest\n@pytest.mark.xf" + "ail\ndef test_x() -> None: ...\n"),
    ],
    "exact-money": [
        (DOMAIN, "x = float('1')\n"),
        (DOMAIN, "x = 0.5\n"),
        (DOMAIN, "x = a / b\n"),
        (DOMAIN, "x = 4\nx /= 2\n"),
        ("src/cambist/kernel/money.py", "def f(x: float) -> int: ...\n"),
        ("src/cambist/app/orders/open_order.py", "x = a / b\n"),
        (ROUTES, "x = 1e3\n"),
    ],
    "one-commit": [
        (BUS, "async def f(t: T) -> None:\n    await t.commit()\n"),
        (ADAPTER, "connection.rollback()\n"),
        ("src/cambist/adapters/db/pool.py", "connection.execute('COMMIT')\n"),
        ("src/cambist/workers/relay.py", "connection.execute(' rollback to savepoint a')\n"),
    ],
    "no-clock-no-chance": [
        (DOMAIN, "import datetime\nx = datetime.datetime.now()\n"),
        (DOMAIN, "from datetime import datetime as dt, UTC\nx = dt.now(UTC)\n"),
        (BUS, "import time\nx = time.time()\n"),
        (BUS, "from time import time\nx = time()\n"),
        (BUS, "import uuid\nx = uuid.uuid4()\n"),
        (BUS, "from uuid import uuid4\nx = field(default_factory=uuid4)\n"),
        ("src/cambist/workers/relay.py", "import random\nx = random.random()\n"),
        ("src/cambist/bootstrap.py", "from secrets import token_hex\nx = token_hex()\n"),
        ("src/cambist/http/callers.py", "x = 'select now()'\n"),
    ],
    "no-blanket-except": [
        (DOMAIN, "try:\n    f()\nexcept Exception:\n    pass\n"),
        (ADAPTER, "try:\n    f()\nexcept:\n    pass\n"),
        (ADAPTER, "try:\n    f()\nexcept (ValueError, BaseException) as e:\n    log(e)\n"),
        ("tools/x.py", "import contextlib\nwith contextlib.suppress(Exception):\n    f()\n"),
    ],
    "stdlib-only": [
        (DOMAIN, "import msgspec\n"),
        ("src/cambist/kernel/ids.py", "from pydantic import BaseModel\n"),
    ],
    "cli-knows-bootstrap": [
        ("src/cambist/cli.py", "from cambist.adapters.db import pool\n"),
        ("src/cambist/cli.py", "import cambist.kernel.money\n"),
        ("src/cambist/cli.py", "from cambist import kernel\n"),
    ],
    "thin-handlers": [
        (ROUTES, f"{HANDLER}    if bus:\n        return 1\n    return 2\n"),
        (ROUTES, f"{HANDLER}    return 1 if bus else 2\n"),
        (ROUTES, f"{HANDLER}    a = 1\n    b = 2\n    c = 3\n    return 4\n"),
        (ROUTES, "def chosen(x: int) -> int:\n    for y in x:\n        return y\n"),
        ("src/cambist/dialects/acme/routes.py", f"{HANDLER}    while True:\n        f()\n"),
    ],
    "bounded-queues": [
        (BUS, "import asyncio\nx = asyncio.Queue()\n"),
        (BUS, "from asyncio import PriorityQueue\nx = PriorityQueue()\n"),
    ],
}

GOOD = [
    (DOMAIN, "x = 1 // 2\n"),
    (DOMAIN, "def f(now: datetime) -> None: ...\n"),
    (BUS, "async def f(clock: Clock) -> datetime:\n    return clock.now()\n"),
    (BUS, "import asyncio\nx = asyncio.Queue(maxsize=WAITING_MAX)\n"),
    (BUS, "x = 'commit-point'\n"),
    ("src/cambist/bus/bus.py", "async def f(t: T) -> None:\n    await t.commit()\n"),
    ("src/cambist/adapters/db/migrations/0001.py", "def f() -> None:\n    execute('commit')\n"),
    ("src/cambist/workers/relay.py", "import time\nx = time.monotonic() / 2\n"),
    ("src/cambist/workers/relay.py", "try:\n    f()\nexcept Exception:\n    tell()\n"),
    (ADAPTER, "try:\n    f()\nexcept BaseException:\n    close()\n    raise\n"),
    (ADAPTER, "import secrets\nx = secrets.token_hex()\n"),
    (ADAPTER, "x = f()  # type" + ": ignore[no-untyped-call]  # the library has no types\n"),
    (ROUTES, f"{HANDLER}    done = await bus.run(1)\n    return view(done)\n"),
    (TEST, "x = 0.5 / 2\n"),
    ("src/cambist/cli.py", "from cambist import bootstrap\nimport argparse\n"),
]


def by_name(name: str) -> Rule:
    """Find a rule."""
    return next(rule for rule in RULES if rule.name == name)


def test_the_house_is_tidy() -> None:
    assert [str(finding) for finding in findings(ROOT)] == []


def test_every_rule_has_a_bad_sample() -> None:
    assert sorted(BAD) == sorted(rule.name for rule in RULES)


@pytest.mark.parametrize(
    ("name", "path", "source"),
    [(name, path, source) for name, samples in BAD.items() for path, source in samples],
)
def test_a_planted_fault_is_found_by_its_rule(name: str, path: str, source: str) -> None:
    planted = source if name == "module-docstring" else DOC + source
    assert check_python(PurePosixPath(path), planted, [by_name(name)])


@pytest.mark.parametrize(("path", "source"), GOOD)
def test_what_is_allowed_is_not_found(path: str, source: str) -> None:
    assert check_python(PurePosixPath(path), DOC + source) == []


def test_a_file_that_does_not_parse_is_found() -> None:
    assert check_python(PurePosixPath(DOMAIN), "def :\n")


@pytest.mark.parametrize(
    "line", ["# from ht" + "tps://index.example/x", "--index" + "-url x", "x @ fi" + "le:x"]
)
def test_an_address_in_a_lock_is_found(line: str, tmp_path: Path) -> None:
    assert list(addresses(PurePosixPath("requirements/run.lock"), f"a==1\n{line}\n"))
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text(line)
    assert any("an address" in finding.text for finding in findings(tmp_path))
