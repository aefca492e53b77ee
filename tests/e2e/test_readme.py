"""Decide that what README tells to type does what README says it does."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import House, running

README = Path(__file__).parents[2] / "README.md"
TIMEOUT_S = 180
SAID = (
    '"status":"completed"',
    "signature verifies: True",
    '"orderId"',
    '"pair":"LTC_EUR"',
    '"valid":true',
    "/case",
    '"status":"SENT"',
    '"status":"COMPLETED"',
    '"unconfirmed":"0.00000000"',
    '"type":"buy","satoshi":323624',
    '"sms_sent":true',
    '"reasons":["amount-differs"]',
    '"restated":false',
    "pain.001",
    '"balanced":true,"negative":[]',
)
"""What must be read on the way, in this order."""


def snippets() -> list[str]:
    """List what README tells to type, without the first: how to start the sandbox and the tests."""
    found = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found[0].startswith("make up")
    return found[1:]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[tuple[House, Path]]:
    """Run a sandbox in a folder."""
    with running(tmp_path, DATABASE_URL=database_url) as opened:
        yield opened, tmp_path


def test_what_readme_tells_to_type_does_what_it_says(house: tuple[House, Path]) -> None:
    script = "set -eo pipefail\n" + "\n".join(snippets())
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=house[1],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, (done.stdout[-2_000:], done.stderr[-2_000:])
    after = 0
    for words in SAID:
        found = done.stdout.find(words, after)
        assert found >= 0, (words, done.stdout[after:])
        after = found
    house[0].require_balance()
