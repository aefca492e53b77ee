"""Decide what the house's files look like: sizes, names, docstrings, comments, reasons."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.findings import Finding, Rule, everywhere, in_tests

MODULE_LINES = 400
FUNCTION_LINES = 60
VAGUE_NAMES = frozenset(
    {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
)
DISABLED = frozenset({"skip", "skipif", "xfail", "importorskip"})

_PROMISE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_BANNER = re.compile(r"[-=#*~_+]{4,}")
_SILENCED = re.compile(r"#\s*(type:\s*ignore|noqa)\b")
_REASONED = re.compile(
    r"(type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)\W+\w+"
)
_MACHINE_PATH = re.compile(r"(?<![\w.>}*])/(work|root|home/\w+|Users/\w+)/[\w.]")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> Iterator[Function]:
    """Walk every function and method of a module."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def module_length(path: PurePosixPath, _tree: ast.Module, source: str) -> Iterator[Finding]:
    """Find modules longer than MODULE_LINES."""
    lines = len(source.splitlines())
    if lines > MODULE_LINES:
        yield Finding(path, MODULE_LINES, f"{lines} lines, more than {MODULE_LINES}: split it")


def function_length(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find functions longer than FUNCTION_LINES."""
    for node in functions(tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES:
            text = f"{node.name} has {lines} lines, more than {FUNCTION_LINES}"
            yield Finding(path, node.lineno, text)


def module_docstring(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find modules that do not say in their first line what they decide."""
    docstring = ast.get_docstring(tree)
    if not docstring or not docstring.splitlines()[0].rstrip().endswith((".", ";", ":")):
        yield Finding(path, 1, "begin with a docstring: one sentence saying what is decided here")


def vague_names(path: PurePosixPath, _tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find modules and packages whose name says nothing."""
    for part in path.parts:
        if part.removesuffix(".py") in VAGUE_NAMES:
            yield Finding(path, 1, f"`{part}` names no idea; say what is decided there")


def comments(path: PurePosixPath, _tree: ast.Module, source: str) -> Iterator[Finding]:
    """Find comments that promise, decorate, or silence a tool without a reason."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if _PROMISE.search(token.string):
            yield Finding(path, line, "a promise in a comment: do it, or write an issue")
        if _BANNER.search(token.string):
            yield Finding(path, line, "a banner: a module that needs chapters wants splitting")
        if _SILENCED.search(token.string) and not _REASONED.search(token.string):
            yield Finding(path, line, "silences a tool without its code and the reason beside it")


def machine_paths(path: PurePosixPath, _tree: ast.Module, source: str) -> Iterator[Finding]:
    """Find paths that exist on one machine only."""
    for number, line in enumerate(source.splitlines(), start=1):
        if _MACHINE_PATH.search(line):
            yield Finding(path, number, "a path of one machine")


def no_disabled_tests(path: PurePosixPath, tree: ast.Module, _source: str) -> Iterator[Finding]:
    """Find tests that are skipped or expected to fail."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in DISABLED:
            owner = ast.unparse(node.value)
            if owner in ("pytest", "pytest.mark", "unittest"):
                yield Finding(
                    path, node.lineno, f"{owner}.{node.attr}: a test runs or is not there"
                )


STYLE = (
    Rule("module-length", everywhere, module_length),
    Rule("function-length", everywhere, function_length),
    Rule("module-docstring", everywhere, module_docstring),
    Rule("vague-names", everywhere, vague_names),
    Rule("comments", everywhere, comments),
    Rule("machine-paths", everywhere, machine_paths),
    Rule("no-disabled-tests", in_tests, no_disabled_tests),
)
