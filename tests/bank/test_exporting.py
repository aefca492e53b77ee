"""Prove that a file of payouts is written once, is what banks take, and is the same ever after."""

import asyncio
import io
from dataclasses import replace
from importlib.resources import files
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as Tree

import pytest
import xmlschema

from cambist.adapters.bank_files.pain001 import write_batch
from cambist.bootstrap.banking import export_parts
from cambist.bootstrap.rails import RAILS
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import BankPayoutState, batch_id, end_to_end
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, arm
from cambist.ports.payouts import PayoutFault, PayoutFileError
from cambist.ports.rails import PayeeAccount
from cambist.workers.bank_export import Exported, export_batch
from tests.bank.steps import (
    DiedError,
    dying_at,
    house,
    payouts_of,
    sold,
)
from tests.trades.desk import Desk

SCHEMA = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
OTHER_IBAN = "CZ5508000000001234567899"


async def export(at: Desk, **changed: Any) -> Exported:
    return await export_batch(replace(export_parts(at.world.core), **changed), house(at))


def transfers(document: bytes) -> dict[str, str]:
    """Read the end-to-end ids of a file with their payees' accounts."""
    root = Tree.fromstring(document)  # noqa: S314 - a file of our own
    found = root.iterfind(".//{*}CdtTrfTxInf")
    return {
        str(one.findtext("{*}PmtId/{*}EndToEndId")): str(one.findtext("{*}CdtrAcct/{*}Id/{*}IBAN"))
        for one in found
    }


async def test_what_a_seller_gets_is_in_a_file_that_banks_take(desk: Desk) -> None:
    await export(desk)
    opened = await sold(desk)
    exported = await export(desk)
    assert exported.skipped == ()
    assert exported.batch is not None
    schema = xmlschema.XMLSchema(SCHEMA.read_text(encoding="utf-8"))
    schema.validate(io.BytesIO(exported.batch.document))
    [payout] = await payouts_of(desk, opened)
    assert transfers(exported.batch.document) == {end_to_end(payout.id): "CZ6508000000192000145399"}
    assert (payout.state, payout.batch_id) == (BankPayoutState.EXPORTED, exported.batch.id)
    assert exported.batch.id == batch_id([payout.id])
    assert await desk.state(opened) is OrderState.SENT
    assert (await export(desk)).batch is None


async def test_a_stored_file_is_found_again_byte_for_byte(desk: Desk) -> None:
    await sold(desk)
    exported = await export(desk)
    assert exported.batch is not None
    stored = export_parts(desk.world.core).files
    assert await stored.batch(exported.batch.id) == exported.batch
    assert await stored.batch(UUID(int=0)) is None
    summary = (await stored.batches(10))[0]
    assert (summary.id, summary.count, summary.units) == (
        exported.batch.id,
        1,
        exported.batch.units,
    )
    assert (summary.settled, summary.returned) == (0, 0)


async def test_an_export_that_dies_before_it_is_stored_shows_nobody_anything(desk: Desk) -> None:
    await export(desk)
    opened = await sold(desk)
    arm(dying_at(Failpoint.EXPORT_BEFORE_STORE))
    try:
        with pytest.raises(DiedError):
            await export(desk)
    finally:
        arm(None)
    [payout] = await payouts_of(desk, opened)
    assert payout.state is BankPayoutState.QUEUED
    exported = await export(desk)
    assert exported.batch is not None
    assert exported.batch.id == batch_id([payout.id])


async def test_an_export_that_dies_when_it_is_stored_can_be_had_again(desk: Desk) -> None:
    await export(desk)
    opened = await sold(desk)
    arm(dying_at(Failpoint.EXPORT_AFTER_STORE))
    try:
        with pytest.raises(DiedError):
            await export(desk)
    finally:
        arm(None)
    assert (await export(desk)).batch is None
    [payout] = await payouts_of(desk, opened)
    stored = await export_parts(desk.world.core).files.batch(batch_id([payout.id]))
    assert stored is not None
    assert set(transfers(stored.document)) == {end_to_end(payout.id)}


async def test_exports_at_once_put_each_payout_into_one_file(desk: Desk) -> None:
    await export(desk)
    payouts = [(await payouts_of(desk, await sold(desk)))[0].id for _ in range(3)]
    done = await asyncio.gather(*(export(desk) for _ in range(4)))
    batches = {one.batch.id: one.batch for one in done if one.batch is not None}
    written = [name for batch in batches.values() for name in transfers(batch.document)]
    assert sorted(written) == sorted(map(end_to_end, payouts))
    assert await desk.world.imbalance() == {}


class Narrow:
    """Be a rail that pays to no account but those of one bank."""

    def parse_account(self, text: str) -> PayeeAccount:
        """Read an account."""
        account = RAILS["cz-bank"].parse_account(text)
        if account.iban == OTHER_IBAN:
            raise DomainError(ErrorCode.FIELD_INVALID, field="bank_account", reason="country")
        return account


async def test_a_payout_that_cannot_be_paid_this_way_keeps_no_other_back(desk: Desk) -> None:
    await export(desk)
    unpayable, payable = await sold(desk, bank_account=OTHER_IBAN), await sold(desk)
    exported = await export(desk, rails={"cz-bank": Narrow()})
    assert exported.batch is not None
    assert [(one.owner, one.reason) for one in exported.skipped] == [
        (unpayable.order_id, "country")
    ]
    [paid] = await payouts_of(desk, payable)
    assert set(transfers(exported.batch.document)) == {end_to_end(paid.id)}
    [left] = await payouts_of(desk, unpayable)
    assert left.state is BankPayoutState.QUEUED


async def test_what_the_writer_refuses_is_left_out(desk: Desk) -> None:
    await export(desk)
    first, second = [(await payouts_of(desk, await sold(desk)))[0] for _ in range(2)]

    def picky(*told: Any) -> bytes:
        for index, line in enumerate(told[-1]):
            if line.end_to_end == end_to_end(first.id):
                raise PayoutFileError(PayoutFault.AMOUNT, index)
        return write_batch(*told)

    exported = await export(desk, write=picky)
    assert exported.batch is not None
    assert set(transfers(exported.batch.document)) == {end_to_end(second.id)}
    assert [(one.payout_id, one.reason) for one in exported.skipped if one.reason == "amount"] == [
        (first.id, "amount")
    ]


async def test_a_file_nobody_can_write_stores_nothing(desk: Desk) -> None:
    opened = await sold(desk)

    def broken(*told: Any) -> bytes:
        raise PayoutFileError(PayoutFault.IDENTIFIER)

    with pytest.raises(PayoutFileError):
        await export(desk, write=broken)
    assert (await payouts_of(desk, opened))[0].state is BankPayoutState.QUEUED


async def test_the_id_of_a_file_does_not_depend_on_the_order_of_its_payouts() -> None:
    ids = [UUID(int=number) for number in (3, 1, 2)]
    assert batch_id(ids) == batch_id(sorted(ids)) != batch_id(ids[:2])


class Stale:
    """Be a desk whose list of payouts never changes."""

    def __init__(self, queued: Any) -> None:
        self._queued = queued

    async def queued_payouts(self, method: str, currency: str, limit: int) -> Any:
        """List what was queued once."""
        return self._queued


class Nowhere:
    """Be a store in which no file is found."""

    async def batch(self, batch_id: UUID) -> None:
        """Find nothing."""


async def test_an_export_that_is_always_overtaken_says_so(desk: Desk) -> None:
    await sold(desk)
    stale = Stale(await desk.world.core.desk.queued_payouts("cz-bank", "CZK", 10))
    await export(desk)
    with pytest.raises(DomainError):
        await export(desk, desk=stale, files=Nowhere())
