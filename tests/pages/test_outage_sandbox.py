"""Prove that the sandbox's pages say it when the database is gone, and its operations too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cambist.pages.look.languages import LANGUAGES
from cambist.pages.look.words import WORDS
from tests.sandbox.rig import Rig, open_rig

MESSAGE = "0195a1d2-7777-7abc-9def-0123456789ab"


@pytest.fixture
async def rig(database_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """Open a sandbox whose database goes away, as it does for every connection at once."""
    async with open_rig(database_url, tmp_path, is_watched=False) as opened:
        opened.core.pool.terminate()
        yield opened


async def test_pages_without_database_say_so_in_the_visitors_language(rig: Rig) -> None:
    for path in ("/", "/mail", f"/mail/{MESSAGE}"):
        for language in LANGUAGES:
            address = f"{rig.services.public_url}/sandbox{path}"
            answer = await rig.stranger.get(address, params={"lang": language})
            assert answer.status_code == 503, path
            assert answer.headers["retry-after"] == "5"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert "style-src 'self'" in answer.headers["content-security-policy"]
            assert f'<html lang="{language}">' in answer.text
            assert WORDS[language].unavailable.text in answer.text
            assert '"/sandbox/static/frame.css?v=' in answer.text
            assert f'id="onward" href="?lang={language}"' in answer.text


async def test_who_looked_for_somebodys_mail_looks_for_it_again(rig: Rig) -> None:
    address = f"{rig.services.public_url}/sandbox/mail"
    answer = await rig.stranger.get(address, params={"to": "a+b@c.example"})
    assert 'id="onward" href="?to=a%2Bb%40c.example"' in answer.text


async def test_operations_without_database_answer_as_every_operation(rig: Rig) -> None:
    for path in ("/sink/shop/received", f"/orders/{MESSAGE}", "/mail", "/bank/payouts"):
        answer = await rig.client.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["content-type"] == "application/problem+json"
