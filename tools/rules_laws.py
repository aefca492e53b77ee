"""Decide the laws of the design that import contracts cannot see: money, time, handlers."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TypeGuard

from tools.findings import (
    Finding,
    Rule,
    in_layers,
    layer_of,
    outside_layers,
    outside_tests,
)
from tools.rules_style import Function, functions

HANDLER_STATEMENTS = 3
HTTP_DECORATORS = frozenset({"get", "post", "put", "patch", "delete", "head", "route", "handler"})
COMMITTING = ("src/cambist/bus/bus.py", "src/cambist/adapters/db/store.py")
MIGRATING = ("src/cambist/adapters/db/migrate.py", "src/cambist/adapters/db/migrations/")
IMPURE = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "os.urandom",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.getnode",
)
CHANCE = ("random.", "secrets.")
BROAD = frozenset({"Exception", "BaseException"})

_SQL = re.compile(r"\s*(commit|rollback)\b(?!-)", re.IGNORECASE)
_SQL_CLOCK = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|gen_random_uuid)\s*\(\s*\)", re.IGNORECASE
)
_BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.Try,
    ast.TryStar,
    ast.Match,
)


def exact_money(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find floats and true division where money is counted."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="float"):
                yield Finding(path, node.lineno, "`float` where money is counted")
            case ast.Constant(value=float()):
                yield Finding(path, node.lineno, f"a float, {node.value!r}, where money is counted")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield Finding(path, node.lineno, "`/` on money: divide integers, name the rounding")


def one_commit(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find transactions that end outside the unit of work."""
    if str(path) in COMMITTING or str(path).startswith(MIGRATING):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="commit" | "rollback" as verb)):
                yield Finding(path, node.lineno, f"`{verb}` outside the unit of work")
            case ast.Constant(value=str() as text) if _SQL.match(text):
                yield Finding(path, node.lineno, "ends a transaction outside the unit of work")


def no_clock_no_chance(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find time and randomness taken instead of passed in."""
    names = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _SQL_CLOCK.search(node.value) and not _is_docstring(tree, node):
                yield Finding(path, node.lineno, "the database's clock or chance: pass it in")
        elif isinstance(node, ast.Name | ast.Attribute):
            name = resolve(node, names)
            if name in IMPURE or name.startswith(CHANCE):
                yield Finding(path, node.lineno, f"{name}: an adapter passes it in")


def no_blanket_except(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find handlers that swallow every error; one that ends in a bare `raise` only tidies up."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
            last = node.body[-1]
            if not (isinstance(last, ast.Raise) and last.exc is None):
                yield Finding(path, node.lineno, "catches everything: name the errors expected")
        elif _suppresses(node):
            yield Finding(path, node.lineno, "suppresses everything: name the errors expected")


def stdlib_only(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find imports of anything but the standard library and the house."""
    for line, name in imports(tree):
        root = name.split(".")[0]
        if root != "cambist" and root not in sys.stdlib_module_names:
            yield Finding(path, line, f"imports {name}: kernel and domain need nothing installed")


def cli_knows_bootstrap(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find imports of the command line that go past bootstrap."""
    for line, name in imports(tree):
        inside = name.split(".")
        if inside[0] == "cambist" and inside[1:2] not in (["bootstrap"], ["cli"]):
            yield Finding(path, line, f"imports {name}: the command line knows bootstrap only")


def thin_handlers(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find handlers that decide: a branch, or more than mapping in, running, mapping out."""
    if "routes" not in path.with_suffix("").parts:
        return
    for node in functions(tree):
        for inner in ast.walk(node):
            if isinstance(inner, _BRANCHES):
                kind = type(inner).__name__
                yield Finding(path, inner.lineno, f"{kind} in {node.name}: a rule is a use case")
        statements = len(node.body) - (ast.get_docstring(node) is not None)
        if _answers_requests(node) and statements > HANDLER_STATEMENTS:
            text = f"{node.name} has {statements} statements: run a command, map a view"
            yield Finding(path, node.lineno, text)


def bounded_queues(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find queues without a named bound."""
    names = imported_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        name = resolve(node.func, names)
        if re.fullmatch(r"(asyncio|queue|multiprocessing)\.\w*Queue", name) and not (
            node.args or any(keyword.arg == "maxsize" for keyword in node.keywords)
        ):
            yield Finding(path, node.lineno, f"{name} without a bound: give it a named maxsize")


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Walk the absolute names a module imports, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Map local names to what they were imported as."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def resolve(node: ast.expr, names: dict[str, str]) -> str:
    """Spell a dotted expression by its imported name; empty when it is not an imported one."""
    match node:
        case ast.Name(id=name):
            return names.get(name, "")
        case ast.Attribute(value=value, attr=attr):
            owner = resolve(value, names)
            return f"{owner}.{attr}" if owner else ""
        case _:
            return ""


def _is_docstring(tree: ast.Module, node: ast.Constant) -> bool:
    return any(isinstance(one, ast.Expr) and one.value is node for one in ast.walk(tree))


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    options = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(one, ast.Name) and one.id in BROAD for one in options)


def _suppresses(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] == "suppress"
        and any(_is_broad(argument) for argument in node.args)
    )


def _answers_requests(node: Function) -> bool:
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if ast.unparse(called).split(".")[-1] in HTTP_DECORATORS:
            return True
    return False


def _outside_workers(path: PurePosixPath) -> bool:
    return outside_tests(path) and layer_of(path) != "workers"


LAWS = (
    Rule("exact-money", in_layers("kernel", "domain", "app", "dialects"), exact_money),
    Rule("one-commit", outside_layers(), one_commit),
    Rule("no-clock-no-chance", outside_layers("adapters"), no_clock_no_chance),
    Rule("no-blanket-except", _outside_workers, no_blanket_except),
    Rule("stdlib-only", in_layers("kernel", "domain"), stdlib_only),
    Rule("cli-knows-bootstrap", in_layers("cli"), cli_knows_bootstrap),
    Rule("thin-handlers", in_layers("dialects"), thin_handlers),
    Rule("bounded-queues", outside_layers(), bounded_queues),
)
