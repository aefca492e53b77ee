"""Show how a customer nobody can write to comes to his order's page, and who does not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.customers.erase_customer import EraseCustomer
from cambist.app.notices.open_page import OpenPage
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.identity.customers import RETENTION
from cambist.domain.identity.links import LINK_LIFETIME
from cambist.domain.messaging.budgets import LINKS_PER_ORDER_HOUR
from cambist.http.limits import seconds_of_hour
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from tests.dialects.cryptoexchange.live import PUBLIC_URL, Stage, buy, open_stage
from tests.trades.desk import PERSON

LINK = f"{PUBLIC_URL}/order/open/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for the module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("links")


@pytest.fixture
async def stage(database_url: str, folder: Path) -> AsyncIterator[Stage]:
    """Open the stage on the module's database."""
    async with open_stage(database_url, folder) as opened:
        yield opened


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx2.AsyncClient]:
    """Talk to the exchange as the caller."""
    async with stage.client() as opened:
        yield opened


async def unmailed(client: httpx2.AsyncClient) -> str:
    """Order for somebody new who has no mailbox; name the order."""
    answer = await client.post("/orders", json=buy(customerId=f"new {uuid4()}"))
    assert (answer.status_code, answer.json()["status"]) == (201, "AWAITING_VERIFICATION")
    return str(answer.json()["id"])


async def test_a_customer_without_mailbox_answers_with_the_link_his_client_hands_him(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    order = await unmailed(client)
    answer = await client.post(f"/orders/{order}/link")
    assert answer.status_code == 201, answer.text
    link = answer.json()
    assert link.keys() == {"url", "expiresAt"}
    assert link["url"].startswith(LINK)
    until = datetime.fromisoformat(link["expiresAt"])
    left = until - stage.world.core.clock.now().astimezone(UTC)
    assert LINK_LIFETIME * 0.99 < left <= LINK_LIFETIME
    desk, session = stage.mine.desk, f"session of {order}"
    token = link["url"].removeprefix(LINK)
    await desk.do(OpenPage(token, session))
    with pytest.raises(DomainError) as refused:
        await desk.do(OpenPage(token, "another"))
    assert refused.value.code is ErrorCode.LINK_INVALID
    view = await stage.world.core.trades.trade_of_session(session)
    assert view is not None
    assert (str(view.order.id), f"{PUBLIC_URL}/order/{view.trade.page}") == (
        order,
        (await client.get(f"/orders/{order}")).json()["url"],
    )
    await desk.do(SubmitIdentity(view.order.id, None, "CZ", tuple(sorted(PERSON.items()))))
    cases = (await desk.view(view.order.id)).cases
    assert [(one.kind, one.state) for one in cases] == [(CaseKind.IDENTITY, CaseState.SUBMITTED)]


async def test_links_of_those_who_have_a_mailbox_go_there_alone(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    answer = await client.post(f"/orders/{stage.mine.order}/link")
    assert (answer.status_code, answer.json()["code"]) == (409, "link-mailed")
    order = await unmailed(client)
    customer = (await client.get(f"/orders/{order}")).json()["customerId"]
    told = buy(customerId=customer, email="late@shop.example")
    assert (await client.post("/orders", json=told)).status_code == 201
    answer = await client.post(f"/orders/{order}/link")
    assert (answer.status_code, answer.json()["code"]) == (409, "link-mailed")


async def test_another_clients_order_has_no_link_nor_a_missing_one(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    missing = await client.post(f"/orders/{uuid4()}/link")
    foreign = await client.post(f"/orders/{stage.theirs.order}/link")
    assert missing.status_code == foreign.status_code == 404
    same = {"type", "title", "status", "detail", "code"}
    assert {name: missing.json()[name] for name in same} == {
        name: foreign.json()[name] for name in same
    }
    assert missing.headers == foreign.headers


async def test_a_key_names_one_link_of_its_order_and_no_secret_is_kept(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    order, other = await unmailed(client), await unmailed(client)
    headers = {"Idempotency-Key": "again"}
    first, again = [
        (await client.post(f"/orders/{order}/link", headers=headers)).json() for _ in range(2)
    ]
    assert first == again
    more = [
        (await client.post(f"/orders/{order}/link")).json(),
        (await client.post(f"/orders/{order}/link")).json(),
        (await client.post(f"/orders/{other}/link", headers=headers)).json(),
    ]
    tokens = {link["url"][len(LINK) :] for link in (first, *more)}
    assert len(tokens) == 4
    pool = stage.world.core.pool
    for table in ("page_links", "idempotency", "outbox", "messages"):
        for token in tokens:
            written = [f"%{token}%", f"%{token.encode().hex()}%"]
            query = f"select count(*) from {table} t where t::text like any($1::text[])"
            assert await pool.fetchval(query, written) == 0, table


async def test_links_of_an_order_have_a_budget(stage: Stage, client: httpx2.AsyncClient) -> None:
    order = await unmailed(client)
    await stage.world.advance(seconds_of_hour(stage.world.core.clock.now()))
    for _ in range(LINKS_PER_ORDER_HOUR):
        assert (await client.post(f"/orders/{order}/link")).status_code == 201
    refused = await client.post(f"/orders/{order}/link")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    wait = int(refused.headers["retry-after"])
    assert 0 < wait <= 3_600
    await stage.world.advance(wait)
    assert (await client.post(f"/orders/{order}/link")).status_code == 201


async def test_an_erased_customer_has_no_links(stage: Stage, client: httpx2.AsyncClient) -> None:
    order = await unmailed(client)
    view = await stage.mine.desk.view(OrderId(UUID(order)))
    assert (await client.post(f"/orders/{order}/cancel")).status_code == 200
    await stage.world.advance(int(RETENTION.total_seconds()) + 1)
    await stage.mine.desk.do(EraseCustomer(view.trade.customer_id))
    answer = await client.post(f"/orders/{order}/link")
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid-state")
