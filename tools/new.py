"""Decide how a new dialect, chain or rail is begun: skeleton files, never over existing ones."""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import skeletons

ROOT = Path(__file__).resolve().parent.parent
KINDS: Mapping[str, Callable[[str], dict[str, str]]] = {
    "dialect": skeletons.dialect,
    "chain": skeletons.chain,
    "rail": skeletons.rail,
}
USAGE = "usage: python -m tools.new dialect|chain|rail NAME"

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def create(root: Path, kind: str, name: str) -> list[Path]:
    """Write the skeleton below `root` and return its files.

    Raises:
        ValueError: the kind or the name is none.
        FileExistsError: a file of that name is there already.
    """
    if kind not in KINDS or not _NAME.fullmatch(name):
        raise ValueError(USAGE)
    files = {root / path: text for path, text in KINDS[kind](name).items()}
    present = [str(path) for path in files if path.exists()]
    if present:
        raise FileExistsError(f"already there: {', '.join(present)}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def main(arguments: list[str]) -> int:
    """Create what the arguments name and say what comes next."""
    try:
        kind, name = arguments
        files = create(ROOT, kind, name)
    except (ValueError, FileExistsError) as error:
        print(error if isinstance(error, FileExistsError) else USAGE, file=sys.stderr)
        return 1
    for path in files:
        print(path.relative_to(ROOT))
    print(f"next: docs/recipes/add-a-{kind}.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
