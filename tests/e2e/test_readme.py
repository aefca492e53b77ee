"""Decide that what README tells to type does what README says it does."""

import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest

from tests.e2e.house import House, running
from tests.e2e.visitor import ANSWER_S

DIALECTS = ("/cryptopayments/api/v1", "/cryptoexchange/v1", "/btcex")
README = Path(__file__).parents[2] / "README.md"
TIMEOUT_S = 230
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder the sandbox runs in."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(database_url: str, folder: Path) -> Iterator[House]:
    """Run a sandbox."""
    with running(folder, DATABASE_URL=database_url) as opened:
        yield opened


def test_what_readme_tells_to_type_does_what_it_says(house: House, folder: Path) -> None:
    script = "set -eo pipefail\n" + "\n".join(snippets())
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=folder,
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
    house.require_balance()


def test_every_address_the_sandbox_names_leads_somewhere(house: House, folder: Path) -> None:
    said = (folder / "up.log").read_text("utf-8")
    front = httpx2.get(f"{house.root}/sandbox/", trust_env=False, timeout=ANSWER_S).text
    linked = {unescape(link) for link in re.findall(r'href="([^"]+)"', front)}
    places = {*re.findall(r"http://\S+", said), *linked}
    assert {f"{house.root}{place}/docs" for place in DIALECTS} <= places
    for place in places:
        answer = httpx2.get(
            urljoin(f"{house.root}/sandbox/", place), trust_env=False, timeout=ANSWER_S
        )
        assert answer.status_code == 200, place
