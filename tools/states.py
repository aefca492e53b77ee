"""Decide what the state diagrams show: exactly the tables the domain steps by."""

import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import cambist.domain
from cambist.kernel.statemachine import StateMachine

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "docs/states"


def machines() -> Iterator[tuple[str, StateMachine[StrEnum]]]:
    """Walk every state machine of the domain with the module it is in, by name."""
    found: dict[str, tuple[str, StateMachine[StrEnum]]] = {}
    for slice_ in pkgutil.iter_modules(cambist.domain.__path__, "cambist.domain."):
        name = f"{slice_.name}.states"
        if not slice_.ispkg or importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        for value in vars(module).values():
            if isinstance(value, StateMachine):
                other = found.setdefault(value.name, (name, value))
                if other[1] is not value:
                    raise ValueError(f"two state machines are named {value.name}")
    yield from (found[name] for name in sorted(found))


def diagram(module: str, machine: StateMachine[StrEnum]) -> str:
    """Draw one machine as a page with a Mermaid state diagram."""
    lines = [
        f"# {machine.name.replace('_', ' ').capitalize()}",
        "",
        f"Drawn from `{module}` by `make states`; change the table there, not this page.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"    [*] --> {state.value}" for state in sorted(machine.initial)),
    ]
    for state, targets in machine.transitions.items():
        lines += [f"    {state.value} --> {target.value}" for target in sorted(targets)]
    lines += [f"    {state.value} --> [*]" for state in sorted(machine.terminal)]
    return "\n".join([*lines, "```", ""])


def pages() -> dict[str, str]:
    """Map each page, relative to the checkout, to what it must hold."""
    return {
        f"{FOLDER}/{machine.name}.md": diagram(module, machine) for module, machine in machines()
    }


def stale(root: Path) -> list[str]:
    """List pages that are missing, differ, or belong to no machine any more."""
    wanted = pages()
    present = {f"{FOLDER}/{file.name}" for file in (root / FOLDER).glob("*.md")}
    wrong = {name for name in wanted if name not in present or _read(root, name) != wanted[name]}
    return sorted(wrong | (present - wanted.keys()))


def write(root: Path) -> None:
    """Write every page and remove those of machines that are gone."""
    wanted = pages()
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for name in stale(root):
        if name in wanted:
            (root / name).write_text(wanted[name], encoding="utf-8")
        else:
            (root / name).unlink()


def _read(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` print those that are not current."""
    if "--check" not in arguments:
        write(ROOT)
        return 0
    wrong = stale(ROOT)
    for name in wrong:
        print(f"{name}: not current, run `make states`")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
