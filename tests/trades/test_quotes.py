"""Decide that a firm quote is taken once, in time, by its own partner, and can be explained."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cambist.app.trades.open_trade import OpenedTrade, OpenTrade
from cambist.app.trades.place_quote import PlacedQuote, PlaceQuote
from cambist.bootstrap.core import Core
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.explaining import explain
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import QuoteId
from tests.trades.desk import Desk, open_desk

ROUNDS = 5
TAKERS = 50
VALID_S = 900


async def quoted(desk: Desk, side: Side = Side.BUY) -> PlacedQuote:
    """Ask for a firm price of 1000 CZK, or of half a coin."""
    units = 100_000 if side is Side.BUY else 50_000_000
    wish = PlaceQuote(desk.partner, "btcex", side, "LTC", "CZK", "cz-bank", Given.FROM, units)
    placed: PlacedQuote = await desk.do(wish)
    return placed


def taking(desk: Desk, quote: PlacedQuote, client: Any, **changes: Any) -> OpenTrade:
    """Order at a quote."""
    return desk.wish(**{"units": 1, "client": client, "quote_id": quote.quote_id, **changes})


async def test_quote_is_the_orders_price(desk: Desk) -> None:
    quote = await quoted(desk)
    opened: OpenedTrade = await desk.do(taking(desk, quote, await desk.known()))
    trade = (await desk.view(opened)).trade
    assert (trade.crypto_units, trade.fiat_units) == (quote.crypto_units, quote.fiat_units)
    assert trade.valid_until == quote.expires_at
    stored = await desk.world.core.desk.quote(quote.quote_id)
    assert stored is not None
    assert stored.used_by == opened.order_id
    explained = explain(stored)
    assert explained.matches, explained.differences
    assert not explain(replace(stored, crypto_units=stored.crypto_units + 1)).matches


async def test_fifty_at_once_in_two_processes_make_one_order(desk: Desk, second: Core) -> None:
    client = await desk.known()
    buses = (desk.world.core.bus, second.bus)
    for _ in range(ROUNDS):
        command = taking(desk, await quoted(desk), client)
        answers = await asyncio.gather(
            *(buses[number % 2].execute(command) for number in range(TAKERS)),
            return_exceptions=True,
        )
        opened = [answer for answer in answers if isinstance(answer, OpenedTrade)]
        refused = [answer for answer in answers if isinstance(answer, DomainError)]
        assert (len(opened), len(refused)) == (1, TAKERS - 1), answers
        assert {refusal.code for refusal in refused} == {ErrorCode.QUOTE_USED}
        await desk.carry()
        assert await desk.counted(opened[0]) > 0
    rows = await desk.world.core.pool.fetch(
        "select count(*) from trades where partner_id = $1 group by quote_id", desk.partner
    )
    assert {row[0] for row in rows} == {1}


async def test_expired_quote_is_not_taken(desk: Desk) -> None:
    client = await desk.known()
    quote = await quoted(desk)
    await desk.world.advance(VALID_S + 1)
    with pytest.raises(DomainError) as refused:
        await desk.do(taking(desk, quote, client))
    assert refused.value.code is ErrorCode.QUOTE_EXPIRED


async def test_quote_of_another_partner_looks_like_a_missing_one(
    desk: Desk, database_url: str, folder: Path
) -> None:
    other = await open_desk(desk.world)
    quote = await quoted(other)
    client = await desk.known()
    same = taking(desk, quote, client)
    unlike = taking(desk, quote, client, fiat="EUR", method="sepa")
    missing = taking(desk, replace(quote, quote_id=QuoteId(uuid4())), client)
    for command in (same, unlike, missing):
        with pytest.raises(DomainError) as refused:
            await desk.do(command)
        assert refused.value.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    "other", [{"side": Side.SELL, "bank_account": "19-2000145399/0800"}, {"dialect": "safello"}]
)
async def test_quote_is_only_good_for_what_it_prices(desk: Desk, other: dict[str, Any]) -> None:
    quote = await quoted(desk)
    with pytest.raises(DomainError) as refused:
        await desk.do(taking(desk, quote, await desk.known(), **other))
    assert refused.value.code is ErrorCode.FIELD_INVALID
    assert refused.value.facts == {"field": "quoteId"}


async def test_refused_order_leaves_its_quote_to_be_taken(desk: Desk) -> None:
    client = await desk.known()
    quote = await quoted(desk)
    await desk.add_rules(desk.limit(per_day=99_999))
    with pytest.raises(DomainError) as refused:
        await desk.do(taking(desk, quote, client))
    assert refused.value.code is ErrorCode.LIMIT_EXCEEDED
    await desk.world.core.pool.execute(
        "delete from limit_rules where partner_id = $1", desk.partner
    )
    desk.world.core.rules.forget()
    opened: OpenedTrade = await desk.do(taking(desk, quote, client))
    assert await desk.state(opened) is OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
async def test_price_of_a_change_is_explained_too(desk: Desk, side: Side) -> None:
    opened = await desk.ready(side)
    trade = (await desk.view(opened)).trade
    if side is Side.BUY:
        await desk.transfer(70_001, [trade.reference])
    else:
        await desk.pay(opened, 70_000_001)
    await desk.change(opened, accept=True)
    stored = await desk.world.core.desk.quote((await desk.view(opened)).trade.quote_id)
    assert stored is not None
    assert stored.used_by == opened.order_id
    assert explain(stored).matches
