"""Decide what a new dialect, chain or rail begins as: files that pass and refuse politely."""

import ast
from pathlib import Path

import cambist.ports
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import ErrorCode
from cambist.kernel.events import EventName

PORTS = Path(cambist.ports.__file__).parent
STATUS_OF = {
    ErrorCode.CREDENTIAL_INVALID: 401,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.IDEMPOTENCY_CONFLICT: 409,
    ErrorCode.INVALID_STATE: 409,
    ErrorCode.OVERLOADED: 503,
    ErrorCode.CHAIN_UNAVAILABLE: 503,
    ErrorCode.RATE_UNAVAILABLE: 503,
}
STATUS_ELSE = 400
LINE = 100


def dialect(name: str) -> dict[str, str]:
    """Give the files of a new dialect: manifest, wire, mapping, total tables, quirks, a test."""
    home = f"src/cambist/dialects/{name}"
    tests = f"tests/dialects/{name}"
    return {
        f"{home}/__init__.py": _MANIFEST.format(name=name),
        f"{home}/wire.py": f'"""Decide the field names {name} has on the wire."""\n',
        f"{home}/mapping.py": _MAPPING.format(name=name),
        f"{home}/tables.py": _tables(name),
        f"{home}/auth.py": f'"""Decide whose request it is when it comes through {name}."""\n',
        f"{home}/webhooks.py": f'"""Decide what callbacks of {name} say and are signed by."""\n',
        f"{home}/routes/__init__.py": f'"""Decide which paths {name} answers."""\n',
        f"{home}/QUIRKS.md": _QUIRKS.format(name=name),
        f"{tests}/__init__.py": f'"""Prove that {name} speaks its vendor\'s wire."""\n',
        f"{tests}/test_tables.py": _TABLES_TEST.format(name=name),
    }


def chain(name: str) -> dict[str, str]:
    """Give the files of a new chain of a new family: an adapter that says it is not connected."""
    refusal = f'ChainUnavailableError("{name} is not connected")'
    methods, used = _methods("chain.py", "ChainPort", refusal)
    names = ", ".join(sorted({*used, "ChainUnavailableError"}))
    adapter = _CHAIN.format(name=name, camel=_camel(name), names=names, methods=methods)
    return {
        f"src/cambist/adapters/chains/{name}.py": adapter,
        f"tests/chains/test_{name}.py": _CHAIN_TEST.format(name=name, camel=_camel(name)),
    }


def rail(name: str) -> dict[str, str]:
    """Give the files of a new rail: a folder whose rail says that it carries nothing yet."""
    refusal = f'DomainError(ErrorCode.ASSET_NOT_SUPPORTED, rail="{name}")'
    methods, used = _methods("rails.py", "Rail", refusal)
    names = ", ".join(sorted(used))
    home = f"src/cambist/adapters/rails/{name}"
    return {
        f"{home}/__init__.py": _RAIL_FOLDER.format(name=name),
        f"{home}/rail.py": _RAIL.format(
            name=name, camel=_camel(name), names=names, methods=methods
        ),
        f"tests/rails/test_{name}.py": _RAIL_TEST.format(name=name),
    }


def _methods(file: str, protocol: str, refusal: str) -> tuple[str, set[str]]:
    """Write every method of a port as one that raises, and name what of its module they need."""
    tree = ast.parse((PORTS / file).read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    lines: list[str] = []
    used: set[str] = set()
    for method in classes[protocol].body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        used |= {node.id for node in ast.walk(method) if isinstance(node, ast.Name)}
        head = ast.unparse(method).splitlines()[: len(method.decorator_list) + 1]
        promise = (ast.get_docstring(method) or method.name).splitlines()[0]
        lines += ["", *(_wrapped(f"    {line}") for line in head)]
        lines += [f'        """{promise}"""', f"        raise {refusal}"]
    return "\n".join([*lines, ""]), used & classes.keys()


def _wrapped(signature: str) -> str:
    """Break a signature that is too long as the formatter would."""
    if len(signature) <= LINE:
        return signature
    start, _, rest = signature.partition("(")
    arguments, _, end = rest.rpartition(")")
    return f"{start}(\n        {arguments}\n    ){end}"


def _tables(name: str) -> str:
    statuses = {code: STATUS_OF.get(code, STATUS_ELSE) for code in ErrorCode}
    errors = [f"    ErrorCode.{code.name}: {status}," for code, status in statuses.items()]
    states = [f'    OrderState.{state.name}: "{state.value}",' for state in OrderState]
    events = [f'    EventName.{event.name}: "{event.value}",' for event in EventName]
    return _TABLES.format(
        name=name, errors="\n".join(errors), states="\n".join(states), events="\n".join(events)
    )


def _camel(name: str) -> str:
    return name.replace("_", " ").title().replace(" ", "")


_MANIFEST = '''"""Decide how {name} is mounted: its name, prefix and title."""

NAME = "{name}"
PREFIX = "/{name}"
TITLE = "{name}"
'''

_MAPPING = '''"""Decide how {name}'s words become ours and ours become its; pure, both ways."""

from cambist.dialects.{name}.tables import STATE_WORDS
from cambist.domain.orders.states import OrderState


def state_word(state: OrderState) -> str:
    """Say an order's state in {name}'s word."""
    return STATE_WORDS[state]
'''

_TABLES = '''"""Decide {name}'s word for every refusal, state and event; each table is total."""

from collections.abc import Mapping

from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import ErrorCode
from cambist.kernel.events import EventName

STATUSES: Mapping[ErrorCode, int] = {{
{errors}
}}

STATE_WORDS: Mapping[OrderState, str] = {{
{states}
}}

EVENT_WORDS: Mapping[EventName, str] = {{
{events}
}}
'''

_QUIRKS = """# Quirks of {name}

Each oddity of the wire, where it comes from, and the test that pins it.

| oddity | source | test |
|---|---|---|
"""

_TABLES_TEST = '''"""Prove that {name} has a word for everything the core can say."""

from cambist.dialects.{name}.mapping import state_word
from cambist.dialects.{name}.tables import EVENT_WORDS, STATUSES
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import ErrorCode
from cambist.kernel.events import EventName


def test_tables_are_total() -> None:
    assert set(STATUSES) == set(ErrorCode)
    assert set(EVENT_WORDS) == set(EventName)
    assert all(state_word(state) for state in OrderState)
'''

_CHAIN = '''"""Decide how {name} is spoken to: one chain behind the chain port."""

from cambist.ports.chain import {names}


class {camel}Chain:
    """Implement the ChainPort for {name}."""
{methods}'''

_CHAIN_TEST = '''"""Prove what {name} does before it is connected."""

import pytest

from cambist.adapters.chains.{name} import {camel}Chain
from cambist.ports.chain import ChainUnavailableError


async def test_a_chain_that_is_not_connected_says_so() -> None:
    with pytest.raises(ChainUnavailableError):
        await {camel}Chain().tip()
'''

_RAIL_FOLDER = '''"""{name}: one way for fiat money to come and go."""

from cambist.adapters.rails.{name}.rail import RAIL

__all__ = ["RAIL"]
'''

_RAIL = '''"""Decide how a payment by {name} is asked for and found again."""

from cambist.domain.payments.rails import Method
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.rails import {names}


class {camel}Rail:
    """Speak the forms of {name}."""
{methods}

RAIL = {camel}Rail()
'''

_RAIL_TEST = '''"""Prove what {name} says before it carries anything."""

import pytest

from cambist.adapters.rails.{name} import RAIL
from cambist.kernel.errors import DomainError
from cambist.ports.rails import Rail


def test_a_rail_that_carries_nothing_says_so() -> None:
    rail: Rail = RAIL
    with pytest.raises(DomainError):
        rail.parse_account("DE89370400440532013000")
'''
