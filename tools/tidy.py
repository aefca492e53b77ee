"""Decide whether the house is tidy: run every rule of style over every file and print findings."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tools import states
from tools.findings import Finding, Rule
from tools.rules_laws import LAWS
from tools.rules_style import STYLE, machine_paths

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "tools", "bench")
LOCKS = ("requirements/*.lock", "package-lock.json", "pyproject.toml", ".npmrc")
TEXTS = ("*.md", "docs/**/*.md", "Makefile", ".ci/run", "pyproject.toml", "requirements/*")
RULES: tuple[Rule, ...] = (*STYLE, *LAWS)

_ADDRESS = re.compile(r"https?://(?!json-schema\.org)|\bfile:|--(extra-)?index-url|--find-links")


def check_python(path: PurePosixPath, source: str, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Apply the rules that hold for a path to its source; a file that does not parse is one."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [Finding(path, error.lineno or 1, f"does not parse: {error.msg}")]
    found: list[Finding] = []
    for rule in rules:
        if rule.holds_for(path):
            found += rule.check(path, tree, source)
    return found


def addresses(path: PurePosixPath, source: str) -> Iterator[Finding]:
    """Find addresses of an index or a file in what decides where packages come from."""
    for number, line in enumerate(source.splitlines(), start=1):
        if _ADDRESS.search(line):
            yield Finding(path, number, "an address: locks hold names, versions and hashes only")


def findings(root: Path) -> Iterator[Finding]:
    """Walk all findings of a checkout."""
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            path = PurePosixPath(file.relative_to(root).as_posix())
            yield from check_python(path, file.read_text(encoding="utf-8"))
    for path, source in _texts(root, LOCKS):
        yield from addresses(path, source)
    for path, source in _texts(root, TEXTS):
        yield from machine_paths(path, ast.Module([], []), source)
    for name in states.stale(root):
        yield Finding(PurePosixPath(name), 1, "not what the state tables say: run `make states`")


def _texts(root: Path, patterns: Iterable[str]) -> Iterator[tuple[PurePosixPath, str]]:
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            if file.is_file():
                path = PurePosixPath(file.relative_to(root).as_posix())
                yield path, file.read_text(encoding="utf-8")


def main() -> int:
    """Print what is found; 1 when there is anything."""
    found = list(findings(ROOT))
    for finding in found:
        print(finding)
    print(f"tidy: {len(found)} findings, {len(RULES)} rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
