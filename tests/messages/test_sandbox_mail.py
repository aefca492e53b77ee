"""Prove that what was sent can be read back in the sandbox, and that showing it runs nothing."""

import html
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from cambist.adapters.mail.sandbox import SandboxMail
from cambist.adapters.messages.writer import TemplateWriter
from cambist.adapters.simulators import mailbox
from cambist.adapters.simulators.mailbox import SimulatedMailBox
from cambist.adapters.sms.sandbox import SandboxSms
from cambist.domain.messaging.messages import LANGUAGES
from cambist.domain.messaging.templates import Channel, Fact, Template, channel_of
from tests.messages.made import NOW, VALUES, contents_of
from tests.sandbox.rig import Rig, open_rig

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRITER = TemplateWriter()
ANNA, BEN, PHONE = "Anna@Example.org", "ben@example.org", "+420601123456"
EVIL = "<script>alert(1)</script>\"'>"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("var")
    async with open_rig(database_url, folder, is_watched=False) as opened:
        box = SimulatedMailBox(opened.core.pool)
        mails, texts = SandboxMail(box, lambda: NOW), SandboxSms(box)
        for number, to, template in (
            (1, ANNA, Template.ORDER_CREATED),
            (2, BEN, Template.ORDER_CREATED),
            (3, ANNA, Template.CRYPTO_SENT),
        ):
            contents = contents_of(template, to, **({"amount": EVIL} if number == 3 else {}))
            await mails.send(WRITER.mail(UUID(int=number), template, "en", contents))
        contents = contents_of(Template.PHONE_CODE, PHONE)
        await texts.send(WRITER.sms(UUID(int=4), Template.PHONE_CODE, "cs", contents))
        yield opened


async def page(rig: Rig, path: str, status: int = 200) -> httpx2.Response:
    answer = await rig.stranger.get(f"{rig.services.public_url}/sandbox{path}")
    assert answer.status_code == status, answer.text
    return answer


def ids(answer: Any) -> list[int]:
    return [UUID(one["id"]).int for one in answer["items"]]


async def test_mails_are_read_back_newest_first_by_recipient(rig: Rig) -> None:
    assert ids(await rig.get("/mail")) == [3, 2, 1]
    assert ids(await rig.get("/mail?to=anna@example.org")) == [3, 1]
    assert ids(await rig.get("/mail?to=nobody@example.org")) == []


async def test_a_mail_is_read_back_whole_with_its_links(rig: Rig) -> None:
    (found,) = (await rig.get(f"/mail?to={BEN}"))["items"]
    written = WRITER.mail(
        UUID(int=2), Template.ORDER_CREATED, "en", contents_of(Template.ORDER_CREATED, BEN)
    )
    assert set(found) == {"id", "to", "subject", "text", "html", "links", "sent_at", "copies"}
    assert (found["to"], found["subject"]) == (BEN, written.subject)
    assert (found["text"], found["html"]) == (written.text, written.html)
    assert found["links"] == [VALUES[Fact.LINK]]
    assert found["copies"] == 1


@pytest.mark.parametrize("to", [PHONE, PHONE.replace("+", "%2B"), "%20420601123456"])
async def test_short_messages_are_found_however_the_plus_is_written(rig: Rig, to: str) -> None:
    (found,) = (await rig.get(f"/sms?to={to}"))["items"]
    assert (found["to"], found["subject"], found["html"]) == (PHONE, "", "")
    assert "012345" in found["text"]
    assert found["links"] == []


@pytest.mark.parametrize("path", ["/mail", "/sms"])
async def test_without_the_token_nothing_is_read(rig: Rig, path: str) -> None:
    assert (await rig.stranger.get(path)).status_code == 401


async def test_the_list_shows_what_was_sent_and_leads_to_each(rig: Rig) -> None:
    shown = (await page(rig, "/mail")).text
    for number in (1, 2, 3, 4):
        assert f"/sandbox/mail/{UUID(int=number)}" in shown
    ben = (await page(rig, f"/mail?to={BEN}")).text
    assert f"/sandbox/mail/{UUID(int=2)}" in ben
    assert f"/sandbox/mail/{UUID(int=1)}" not in ben
    nobody = (await page(rig, "/mail?to=%22%3E%3Cscript%3Ex")).text
    assert "<script" not in nobody


@pytest.mark.parametrize("number", [1, 3, 4])
async def test_a_message_is_shown_in_a_frame_that_may_do_nothing(rig: Rig, number: int) -> None:
    answer = await page(rig, f"/mail/{UUID(int=number)}")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    assert "<script" not in answer.text
    assert answer.text.count("<iframe") == answer.text.count('sandbox=""') == (number != 4)
    assert "allow-" not in answer.text
    if number != 4:
        assert f'<a href="{VALUES[Fact.LINK]}"' in answer.text


async def test_what_is_shown_in_the_frame_is_the_mail_itself(rig: Rig) -> None:
    (found,) = (await rig.get(f"/mail?to={BEN}"))["items"]
    shown = (await page(rig, f"/mail/{found['id']}")).text
    framed = shown.split('srcdoc="')[1].split('"')[0]
    assert html.unescape(framed) == found["html"]


@pytest.mark.parametrize("path", [f"/mail/{UUID(int=99)}", "/mail/x", "/mail/templates?language=x"])
async def test_what_is_not_there_is_not_found(rig: Rig, path: str) -> None:
    await page(rig, path, 404)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_template_is_shown_in_every_language(rig: Rig, language: str) -> None:
    answer = await page(rig, f"/mail/templates?language={language}")
    for template in Template:
        assert f'<h2 id="{template.value}">' in answer.text
    mails = sum(channel_of(one) is Channel.MAIL for one in Template)
    assert answer.text.count('<iframe class="mail" sandbox=""') == mails
    assert "script-src 'none'" in answer.headers["content-security-policy"]


async def test_the_oldest_messages_are_forgotten(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "_FORGET", "delete from sim.message where number <= $1 - 2")
    box = SimulatedMailBox(rig.core.pool)
    for number in range(50, 55):
        await box.put(UUID(int=number), Channel.SMS, "+10000000", "", "text", "")
    assert [one.id.int for one in await box.kept(10)] == [54, 53]
