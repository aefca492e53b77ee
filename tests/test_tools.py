"""Prove what the tools promise: current diagrams, skeletons that pass, contracts that bite."""

import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tools import states
from tools.new import KINDS, create, main
from tools.tidy import ROOT, check_python

FORBIDDEN: dict[str, str] = {
    "kernel/planted.py": "import cambist.domain.orders.states\nimport os\n",
    "domain/orders/planted.py": "import cambist.domain.custody.states\nimport msgspec\n",
    "app/orders/planted_one.py": "import sqlalchemy\n",
    "app/orders/planted_two.py": "import cambist.app.orders.planted_one\n",
    "dialects/__init__.py": "",
    "dialects/one/__init__.py": "import asyncpg\n",
    "dialects/two/__init__.py": "import cambist.dialects.one\n",
    "pages/__init__.py": "",
    "pages/one/__init__.py": "",
    "pages/two/__init__.py": "import cambist.pages.one\n",
    "adapters/chains/planted_one.py": "import cambist.adapters.db.tables\n",
    "adapters/chains/planted_two.py": "import cambist.adapters.chains.planted_one\n",
    "adapters/chains/__init__.py": "",
    "adapters/rails/__init__.py": "",
    "adapters/rails/planted_one.py": "",
    "adapters/signing/planted.py": "import httpx2\n",
    "adapters/rails/planted_two.py": "import cambist.adapters.rails.planted_one\n",
    "planted_layer.py": "",
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts over the package as it is below a folder."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(
        [*command, "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_contracts_hold() -> None:
    done = lint_imports(ROOT / "src")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_import_contract_is_broken_by_a_planted_import(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "cambist", tmp_path / "cambist")
    for name, source in FORBIDDEN.items():
        planted = tmp_path / "cambist" / name
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text(source)
    done = lint_imports(tmp_path)
    assert "Contracts: 0 kept" in done.stdout, done.stdout + done.stderr


def test_a_changed_missing_or_left_over_diagram_is_stale(tmp_path: Path) -> None:
    states.write(tmp_path)
    assert states.stale(tmp_path) == []
    first, second, *_ = sorted(states.pages())
    (tmp_path / first).write_text("changed")
    (tmp_path / second).unlink()
    left_over = f"{states.FOLDER}/zz_gone.md"
    (tmp_path / left_over).write_text("gone")
    assert states.stale(tmp_path) == [first, second, left_over]
    states.write(tmp_path)
    assert states.stale(tmp_path) == []


def test_a_diagram_shows_every_transition() -> None:
    for module, machine in states.machines():
        drawn = states.diagram(module, machine)
        for state, targets in machine.transitions.items():
            assert all(f"{state.value} --> {target.value}" in drawn for target in targets)


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_passes_every_rule_and_check(kind: str, tmp_path: Path) -> None:
    files = create(tmp_path, kind, "new_coin")
    for file in files:
        if file.suffix == ".py":
            path = PurePosixPath(file.relative_to(tmp_path).as_posix())
            assert check_python(path, file.read_text()) == []
    ruff = [str(Path(sys.executable).parent / "ruff"), "format", "--no-cache", "--check"]
    config = ["--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*ruff, *config, str(tmp_path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_tests_of_skeletons_pass(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src" / "cambist", tmp_path / "src" / "cambist")
    create(tmp_path, "dialect", "sampled")
    create(tmp_path, "chain", "samplecoin")
    create(tmp_path, "rail", "samplebank")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--asyncio-mode=auto"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_a_skeleton_never_overwrites(tmp_path: Path) -> None:
    create(tmp_path, "chain", "samplecoin")
    with pytest.raises(FileExistsError):
        create(tmp_path, "chain", "samplecoin")


@pytest.mark.parametrize("arguments", [[], ["chain"], ["planet", "x"], ["chain", "../x"]])
def test_a_wrong_kind_or_name_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert "usage" in capsys.readouterr().err
