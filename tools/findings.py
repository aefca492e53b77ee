"""Decide what a rule of style is: a name, where it holds, and a search for what breaks it."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

PACKAGE = ("src", "cambist")


@dataclass(frozen=True, slots=True)
class Finding:
    """Point at one place that breaks a rule; `line` counts from 1."""

    path: PurePosixPath
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


Check = Callable[[PurePosixPath, ast.Module, str], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Bind a search to the paths it holds for; paths are relative to the checkout."""

    name: str
    holds_for: Callable[[PurePosixPath], bool]
    check: Check


def everywhere(path: PurePosixPath) -> bool:
    """Hold for every Python file of the house."""
    return bool(path.parts)


def in_tests(path: PurePosixPath) -> bool:
    """Hold for tests."""
    return path.parts[0] == "tests"


def outside_tests(path: PurePosixPath) -> bool:
    """Hold for what is shipped and for the tools."""
    return path.parts[0] != "tests"


def layer_of(path: PurePosixPath) -> str:
    """Name the layer a file of the package is in; empty for files outside the package."""
    if path.parts[:2] != PACKAGE or len(path.parts) < len(PACKAGE) + 1:
        return ""
    return path.parts[2].removesuffix(".py")


def in_layers(*layers: str) -> Callable[[PurePosixPath], bool]:
    """Hold for the named layers of the package."""
    return lambda path: layer_of(path) in layers


def outside_layers(*layers: str) -> Callable[[PurePosixPath], bool]:
    """Hold for every layer of the package but the named ones."""
    return lambda path: layer_of(path) not in ("", *layers)
