"""Prove on a whole core that customers walk through their cases with nothing but the pages."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest
from PIL import Image

from cambist.adapters.db.visit_queries import PostgresVisits
from cambist.adapters.documents.store_files import FileDocumentStore
from cambist.app.cases.decide_case import Decision
from cambist.app.trades.open_trade import OpenedTrade
from cambist.bootstrap import applications
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Purpose
from cambist.domain.messaging.messages import unpack
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.terms import Side
from tests.pages.cases.answers import AML, IDENTITY
from tests.trades.checks import faults
from tests.trades.desk import LTC, OUTSIDE, Desk, open_desk
from tests.world import open_world

HOUSE = "http://127.0.0.1:8000"
OWN_FORM = {"sec-fetch-site": "same-origin"}
FUNDS = 1_000 * LTC
HOUR_S = 3_600


@dataclass
class Customer:
    """Walk through an order's pages in a browser of one's own."""

    desk: Desk
    browser: httpx2.AsyncClient
    opened: OpenedTrade
    token: str = ""

    @property
    def page(self) -> str:
        """Give the path of the order's public page."""
        return f"/order/{self.opened.page}"

    async def status(self) -> str:
        """Read what the public page says first."""
        text = (await self.browser.get(self.page, params={"lang": "en"})).text
        found = re.search(r'data-status="([a-z-]+)"', text)
        assert found is not None, text
        return found[1]

    async def look(self) -> httpx2.Response:
        """Open the page of the case."""
        answer = await self.browser.get(f"{self.page}/case", params={"lang": "en"})
        found = re.search(r'name="form" value="([0-9a-f]{64})"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    async def asked(self) -> str:
        """Read which case the page is about."""
        found = re.search(r'data-kind="([a-z]+)"', (await self.look()).text)
        assert found is not None
        return found[1]

    async def answer(self, action: str, **fields: str) -> httpx2.Response:
        """Send a form of the case, and let what follows happen."""
        await self.look()
        answer = await self.browser.post(
            f"{self.page}/case/{action}?lang=en",
            data={"form": self.token, **fields},
            headers=OWN_FORM,
        )
        await self.desk.carry()
        return answer

    async def upload(self, content: bytes, name: str) -> httpx2.Response:
        """Send a picture of a document."""
        await self.look()
        return await self.browser.post(
            f"{self.page}/case/document?lang=en",
            data={"form": self.token, "kind": "id-front"},
            files={"file": (name, content, "image/png")},
            headers=OWN_FORM,
        )

    async def link(self) -> str:
        """Read the link in the newest mail about the order; give its path."""
        core = self.desk.world.core
        rows = await core.pool.fetch(
            "select m.sealed, c.key, c.id from messages m join customers c on c.id = m.customer_id"
            " where m.order_id = $1 order by m.created_at desc, m.id desc",
            self.opened.order_id,
        )
        for sealed, key, owner in rows:
            packed = core.privacy.open(key, owner, sealed)["contents"]
            link = unpack(packed.encode()).facts.get("link")
            if link:
                return urlsplit(link).path
        raise AssertionError("no mail has a link")

    async def enter(self) -> httpx2.Response:
        """Open the newest link: look at it, press its button."""
        return await press(self.browser, await self.link())


async def press(browser: httpx2.AsyncClient, path: str) -> httpx2.Response:
    """Follow a link and press the button behind it."""
    shown = await browser.get(path)
    assert shown.status_code == 200
    token = re.search(r'name="token" value="([^"]+)"', shown.text)
    assert token is not None
    return await browser.post("/order/open", data={"token": token[1]}, headers=OWN_FORM)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for the module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("cases")


@pytest.fixture
async def desk(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """Open a core with a broker's partner of its own."""
    async with open_world(database_url, folder, base_url=HOUSE) as world:
        yield await open_desk(world)
        assert await faults(world.core.pool) == []


async def customer_of(desk: Desk, opened: OpenedTrade) -> Customer:
    """Give a customer a browser."""
    core = desk.world.core
    app = applications.cases(core, applications.uploads_of(core), is_sandbox=True)
    transport = httpx2.ASGITransport(cast(Any, app))
    return Customer(desk, httpx2.AsyncClient(transport=transport, base_url=HOUSE), opened)


def picture() -> bytes:
    """Draw a small card."""
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(drawn, "PNG")
    return drawn.getvalue()


async def test_a_buyer_walks_from_the_first_mail_to_his_coins(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", FUNDS)
    opened = await desk.order(units=10_000_000)
    jana = await customer_of(desk, opened)
    await enter_once(jana)
    await pass_identity(jana)
    await pass_declaration(jana)
    await pass_phone(jana)
    await pay_late(jana)
    assert await jana.status() == "completed"
    told = (await jana.browser.get(jana.page)).text.replace(jana.opened.page, "")
    sent = [item.payment.txid for item in (await desk.view(opened)).payments]
    assert sent
    assert all(txid is not None and txid in told for txid in sent)
    number = IDENTITY["phone"].split()
    for personal in ("Novákov", "".join(number), " ".join(number[1:]), "@example.com", "Jana"):
        assert personal not in told


async def enter_once(jana: Customer) -> None:
    """Open the link of the first mail, which then opens nothing for anybody else."""
    assert await jana.status() == "checks"
    assert (await jana.look()).status_code == 403
    first = await jana.link()
    assert (await jana.enter()).headers["location"] == f"{jana.page}/case"
    thief = (await customer_of(jana.desk, jana.opened)).browser
    assert (await press(thief, first)).status_code == 410
    assert (await thief.get(f"{jana.page}/case")).status_code == 403


async def pass_identity(jana: Customer) -> None:
    """Tell who one is, with a picture, twice, because the reviewer asks again."""
    assert await jana.asked() == "identity"
    assert (await jana.upload(b"<svg onload=alert(1)>", "card.png")).status_code == 422
    assert (await jana.upload(picture(), "card.png")).status_code == 303
    assert "Identity card, front" in (await jana.look()).text
    await check_stored(jana.desk, jana.opened)
    refused = await jana.answer("identity", **{**IDENTITY, "birth_date": "2999-01-01"})
    assert (refused.status_code, "This date lies in the future" in refused.text) == (422, True)
    assert (await jana.answer("identity", **IDENTITY)).status_code == 303
    assert "we are checking it" in (await jana.look()).text
    assert await jana.status() == "review"
    late = await jana.answer("identity", **IDENTITY)
    assert (late.status_code, "answered in the meantime" in late.text) == (409, True)
    reason = "document-unreadable"
    await jana.desk.decide(jana.opened, Decision.AGAIN, reason=reason, remark="Too <dark>")
    again = unescape((await jana.look()).text)
    assert "could not be read" in again
    assert "Too <dark>" in again
    assert (await jana.answer("identity", **IDENTITY)).status_code == 303
    await jana.desk.decide(jana.opened, Decision.ACCEPT)


async def pass_declaration(jana: Customer) -> None:
    """Declare the funds, as an order of this size asks."""
    assert await jana.asked() == "aml"
    assert (await jana.answer("aml", **{**AML, "pep": "maybe"})).status_code == 422
    assert (await jana.answer("aml", **AML)).status_code == 303
    await jana.desk.decide(jana.opened, Decision.ACCEPT)


async def pass_phone(jana: Customer) -> None:
    """Type the code in, the second time rightly."""
    assert await jana.asked() == "phone"
    assert (await jana.answer("phone-sms")).status_code == 303
    assert "number ending in 456" in (await jana.look()).text
    code = await jana.desk.code(Purpose.PHONE, jana.opened)
    wrong = await jana.answer("phone", code="000000" if code != "000000" else "111111")
    assert (wrong.status_code, "Tries left: 4" in wrong.text) == (422, True)
    assert (await jana.answer("phone-sms")).status_code == 429
    assert (await jana.answer("phone", code=code)).status_code == 303
    done = await jana.look()
    assert (done.status_code, done.headers["location"]) == (303, f"{jana.page}?lang=en")


async def pay_late(jana: Customer) -> None:
    """Pay when the price is over, and accept the new terms."""
    desk, opened = jana.desk, jana.opened
    paying = (await jana.browser.get(jana.page)).text
    view = await desk.view(opened)
    assert view.trade.reference in paying
    assert "19-2000145399/0800" in paying
    assert await jana.status() == "waiting"
    await desk.world.advance(1_000)
    assert await jana.status() == "price-over"
    await desk.transfer(view.trade.fiat_units, [f"VS{view.trade.reference}"])
    assert await jana.status() == "change"
    quote = re.search(r'name="quote" value="([0-9a-f-]{36})"', (await jana.look()).text)
    assert quote is not None
    assert (await jana.answer("change", decision="accept", quote=str(uuid4()))).status_code == 409
    taken = await jana.answer("change", decision="accept", quote=quote[1])
    assert taken.status_code == 303
    assert await desk.state(opened) is OrderState.SENDING
    await desk.world.pay_out("LTC")
    await desk.carry()


async def check_stored(desk: Desk, opened: OpenedTrade) -> None:
    """Open what was stored with the key of its owner; on disk nothing of it can be read."""
    core = desk.world.core
    visits = PostgresVisits(core.pool, core.privacy)
    (document,) = await visits.documents(opened.order_id)
    key = await visits.document_key(opened.order_id, document.id)
    content = await FileDocumentStore(core.settings.documents).get(document.id, key)
    assert content.startswith(b"\x89PNG")
    assert len(content) == document.size
    files = [path for path in core.settings.documents.rglob("*") if path.is_file()]
    assert all(b"\x89PNG\r\n" not in path.read_bytes() for path in files)


async def test_a_seller_rejects_new_terms_and_names_where_his_coins_go(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    jan = await customer_of(desk, opened)
    shown = (await jan.browser.get(jan.page)).text
    address = (await desk.view(opened)).order.address or ""
    assert f'data-copy="{address}"' in shown
    await desk.pay(opened, LTC)
    assert await jan.status() == "change"
    await jan.enter()
    quote = re.search(r'name="quote" value="([0-9a-f-]{36})"', (await jan.look()).text)
    assert quote is not None
    assert (await jan.answer("change", decision="reject", quote=quote[1])).status_code == 303
    assert await jan.status() == "where-back"
    assert await jan.asked() == "return"
    wrong = await jan.answer("return", address=OUTSIDE[:-1] + "x")
    assert (wrong.status_code, "Nothing can be sent" in wrong.text) == (422, True)
    assert OUTSIDE[:-1] + "x" in wrong.text
    assert (await jan.answer("return", address=f" {OUTSIDE} ")).status_code == 303
    assert await jan.status() == "returning"
    before = await desk.world.standing("LTC", OUTSIDE)
    await desk.world.pay_out("LTC")
    await desk.carry()
    assert await jan.status() == "returned"
    assert await desk.world.standing("LTC", OUTSIDE) == before + LTC


async def test_a_buyer_who_refuses_a_code_is_looked_at_and_may_still_cancel(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify(opened)
    jo = await customer_of(desk, opened)
    await jo.enter()
    assert await jo.asked() == "phone"
    assert (await jo.answer("phone", refused="true")).status_code == 303
    assert await desk.open_case(opened) is CaseKind.EDD
    assert "we are checking it" in (await jo.look()).text
    assert (await jo.answer("cancel")).status_code == 303
    assert (await jo.look()).headers["location"].startswith(jo.page)
    assert await jo.status() == "cancelled"


async def test_a_visit_ends_after_an_hour_and_a_new_link_begins_another(desk: Desk) -> None:
    opened = await desk.order()
    jo = await customer_of(desk, opened)
    await jo.enter()
    assert (await jo.look()).status_code == 200
    used = await jo.link()
    await desk.world.advance(HOUR_S + 1)
    assert (await jo.look()).status_code == 403
    gone = await press(jo.browser, used)
    assert gone.status_code == 410
    token = re.search(r'name="token" value="([^"]+)"', gone.text)
    assert token is not None
    sent = await jo.browser.post("/order/link", data={"token": token[1]}, headers=OWN_FORM)
    assert sent.status_code == 202
    assert (await desk.letters(opened))[-1] == "page-link"
    assert await jo.link() != used
    assert (await jo.enter()).status_code == 303
    assert (await jo.look()).status_code == 200


async def test_nobody_is_flooded_with_links(desk: Desk) -> None:
    opened = await desk.order()
    jo = await customer_of(desk, opened)
    answers = [
        await jo.browser.post(f"{jo.page}/link?lang=en", headers=OWN_FORM) for _ in range(12)
    ]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert (await desk.letters(opened)).count("page-link") <= 5


async def test_session_of_one_customer_opens_no_others_order(desk: Desk) -> None:
    mine, theirs = await desk.order(), await desk.order()
    jo = await customer_of(desk, mine)
    await jo.enter()
    await jo.look()
    other = f"/order/{theirs.page}/case"
    assert (await jo.browser.get(other)).status_code == 403
    for action in ("identity", "cancel", "phone-sms"):
        answer = await jo.browser.post(
            f"{other}/{action}", data={"form": jo.token}, headers=OWN_FORM
        )
        assert answer.status_code == 403
    assert await desk.open_case(theirs) is CaseKind.IDENTITY
