"""Show that a link makes an order for a person who follows it, and for nothing that looks at it."""

from urllib.parse import urlencode

import httpx2
import pytest

from cambist.domain.messaging.budgets import VISITS_PER_ADDRESS_HOUR, VISITS_PER_TARGET_DAY
from tests.dialects.btcex.live import IBAN, OUTSIDE, Client, Stage, mailbox

BROWSER = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
LOOKERS: dict[str, dict[str, str]] = {
    "image": {"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors", "accept": "image/avif"},
    "image of an old browser": {"accept": "image/png,image/*;q=0.8"},
    "frame": {**BROWSER, "sec-fetch-dest": "iframe"},
    "prefetch": {**BROWSER, "sec-purpose": "prefetch;prerender"},
    "old prefetch": {"purpose": "prefetch"},
    "chat preview": {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    "mail scanner": {"user-agent": "Mozilla/5.0 (compatible; Mimecast URL Protect)"},
    "crawler": {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://google.com/bot)"},
}


@pytest.fixture(autouse=True)
async def fresh(stage: Stage, me: Client) -> None:
    """Let nobody have visited yet, every letter be written, and no window end meanwhile."""
    await me.desk.carry()
    await stage.world.begin_hour()
    await stage.world.core.pool.execute("update budgets set used = 0")


def link(stage: Stage, kind: str = "buy", **changes: str) -> str:
    """Write a link to order by."""
    end = {"btc_address": OUTSIDE} if kind == "buy" else {"bank_account": IBAN}
    asked = {"affiliate": stage.mine.name, "email": mailbox(), "pennies": "200000", **end}
    return f"/order/{kind}?{urlencode({**asked, **changes})}"


async def kept(stage: Stage) -> list[int]:
    """Count what an order leaves behind."""
    tables = ("orders", "messages", "addresses", "customers", "budgets")
    return [await stage.world.core.pool.fetchval(f"select count(*) from {one}") for one in tables]


@pytest.mark.parametrize("kind", ["buy", "sell"])
async def test_a_program_gets_the_order_and_a_browser_its_page(
    me: Client, stage: Stage, kind: str
) -> None:
    answer = await me.http.get(link(stage, kind))
    assert answer.status_code == 201
    order = answer.json()
    assert (order["type"], order["open_case"]) == (kind, "verify-identity")
    assert await me.show(order) == order
    await me.desk.carry()
    letters = await me.desk.letters(await me.opened(order))
    assert letters == ["order-created", "case-identity"]
    page = await me.http.get(link(stage, kind), headers=BROWSER)
    assert (page.status_code, page.content) == (303, b"")
    assert page.headers["location"].startswith("https://pay.example/order/")
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("kind", ["buy", "sell"])
async def test_a_visitor_in_a_known_name_must_have_the_phone_too(
    me: Client, stage: Stage, kind: str
) -> None:
    email, _ = await me.known()
    answer = await me.http.get(link(stage, kind, email=email))
    assert (answer.status_code, answer.json()["open_case"]) == (201, "verify-phone")


@pytest.mark.parametrize("looker", LOOKERS)
async def test_what_looks_at_links_makes_no_order_and_no_mail(
    me: Client, stage: Stage, looker: str
) -> None:
    before = await kept(stage)
    for kind in ("buy", "sell"):
        answer = await me.http.get(link(stage, kind), headers=LOOKERS[looker])
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-a-visitor")
    await me.desk.carry()
    assert await kept(stage) == before


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE"])
async def test_no_other_method_makes_an_order(me: Client, stage: Stage, method: str) -> None:
    before = await kept(stage)
    answer = await me.http.request(method, link(stage))
    assert answer.status_code in (401, 405)
    await me.desk.carry()
    assert await kept(stage) == before


async def test_a_dry_visit_keeps_nothing_but_its_count(me: Client, stage: Stage) -> None:
    before = await kept(stage)
    for accept in ({}, BROWSER):
        answer = await me.http.get(link(stage, dry="1"), headers=accept)
        assert (answer.status_code, answer.headers["btcex-test"]) == (201, "1")
    after = await kept(stage)
    assert after[:-1] == before[:-1]
    assert after[-1] > before[-1]


def refusals(answer: httpx2.Response) -> list[tuple[str, str]]:
    """List the wrong fields."""
    assert answer.status_code == 400, answer.text
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


async def test_a_visitor_names_an_affiliate_there_is(me: Client, stage: Stage) -> None:
    unknown = await me.http.get(link(stage, affiliate="nobody.example"))
    assert refusals(unknown) == [("affiliate", "affiliate-unknown")]
    missing = await me.http.get(link(stage).replace("affiliate=", "cookie="))
    assert refusals(missing) == [("affiliate", "affiliate-missing")]
    pool = stage.world.core.pool
    await pool.execute("update partners set status = 'suspended' where id = $1", stage.mine.partner)
    async with stage.client() as later:
        gone = await later.http.get(link(stage))
        assert refusals(gone) == [("affiliate", "affiliate-unknown")]
        others = "update partners set status = $1 where kind = 'affiliate' and id <> $2"
        await pool.execute(others, "suspended", stage.mine.partner)
    await pool.execute("update partners set status = 'active' where id = $1", stage.mine.partner)
    async with stage.client() as only:
        order = (await only.http.get(link(stage).replace("affiliate=", "cookie="))).json()
        assert (await only.show(order))["id"] == order["id"]
    await pool.execute(others, "active", stage.mine.partner)


async def test_a_mailbox_is_written_to_a_few_times_a_day(me: Client, stage: Stage) -> None:
    email = mailbox()
    statuses = [
        (await me.http.get(link(stage, email=form))).status_code
        for form in [email, email.upper()] * VISITS_PER_TARGET_DAY
    ]
    assert statuses == [201] * VISITS_PER_TARGET_DAY + [429] * VISITS_PER_TARGET_DAY
    limited = await me.http.get(link(stage, email=email))
    assert limited.json()["type"] == "/problems/rate-limited"
    assert 0 < int(limited.headers["retry-after"]) <= 3_600
    assert (await me.http.get(link(stage))).status_code == 201


async def test_an_address_orders_a_bounded_number_of_times(me: Client, stage: Stage) -> None:
    asked = [await me.http.get(link(stage)) for _ in range(VISITS_PER_ADDRESS_HOUR + 2)]
    statuses = [answer.status_code for answer in asked]
    assert statuses == [201] * VISITS_PER_ADDRESS_HOUR + [429] * 2


async def test_a_signature_is_not_asked_for_and_a_test_switch_not_taken(
    me: Client, stage: Stage
) -> None:
    before = await kept(stage)
    tested = await me.http.get(link(stage), headers={"btcex-test": "1"})
    assert (tested.status_code, tested.json()["type"]) == (400, "/problems/test-not-allowed")
    assert await kept(stage) == before
