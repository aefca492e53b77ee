"""The decoder's process can read its input, compute and answer, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_is_possible_after_the_lock_down(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tests.documents.probe", str(tmp_path))
    with (tmp_path / "errors").open("wb") as errors:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, check=True)
    assert json.loads(done.stdout) == {"worked": [], "root": False}
    assert not (tmp_path / "written").exists()
