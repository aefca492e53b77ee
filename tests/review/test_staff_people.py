"""A person gets all we hold about him, is erased when the law lets go; documents are handed out."""

import json
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from cambist.adapters.documents.store_files import FileDocumentStore
from cambist.app.customers.attach_document import AttachDocument
from cambist.app.trades.open_trade import OpenedTrade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.customers import RETENTION
from cambist.domain.identity.documents import DocumentKind
from tests.review.rig import LISTED, ReviewedDesk
from tests.review.typing_staff import Staff

PICTURE = b"\xff\xd8 made clean"


async def upload(desk: ReviewedDesk, opened: OpenedTrade) -> UUID:
    core, document = desk.world.core, uuid4()
    attach = AttachDocument(
        order_id=opened.order_id,
        partner_id=desk.partner,
        document_id=document,
        case=CaseKind.IDENTITY,
        kind=DocumentKind.SELFIE,
        media_type="image/jpeg",
        size=len(PICTURE),
        sha256="0" * 64,
    )
    await desk.do(attach)
    customer = await desk.customer(opened)
    key = core.privacy.document_key(customer.sealing_key, customer.id, document)
    await FileDocumentStore(core.settings.documents, 0).put(document, PICTURE, key)
    return document


async def test_a_person_gets_all_we_hold_but_what_lists_say(
    desk: ReviewedDesk, staff: Staff
) -> None:
    opened = await desk.order()
    document = await upload(desk, opened)
    await desk.tell_as(opened, LISTED)
    customer = await desk.customer(opened)
    typed = await staff.types("customer", "export", customer.id)
    told = json.loads(typed.out)
    assert told["identity"]["last_name"] == "Sidorov"
    assert told["contact"]["email"].endswith("@example.com")
    assert told["customer"]["id"] == str(customer.id)
    assert [one["id"] for one in told["documents"]] == [str(document)]
    (order,) = told["orders"]
    assert (order["crypto"], order["fiat"]) == ("0.47619047 LTC", "1000.00 CZK")
    assert [case["kind"] for case in told["cases"]] == ["identity"]
    letters = [one["letter"] for one in told["messages"]]
    assert letters == ["order-created", "case-identity"]
    assert "ofac-sdn" not in typed.out
    assert "/order/open/" not in typed.out
    assert "Sidorov" not in typed.err
    await staff.types("customer", "export", uuid4(), status=1)


async def test_a_person_is_erased_only_after_the_law_lets_go(
    desk: ReviewedDesk, staff: Staff
) -> None:
    opened = await desk.order()
    document = await upload(desk, opened)
    await desk.tell_as(opened, "Jana Wait")
    customer, case = await desk.customer(opened), await desk.case(opened)
    kept = await staff.types("customer", "erase", customer.id, status=1)
    assert f"kept until {customer.retain_until:%Y-%m-%d}" in kept.err
    over: datetime = customer.retain_until - 2 * RETENTION
    statement = "update customers set retain_until = $2 where id = $1"
    await desk.world.core.pool.execute(statement, customer.id, over)
    erased = await staff.types("customer", "erase", customer.id)
    assert erased.out.startswith("erased; 1 documents deleted")
    assert (await desk.customer(opened)).key is None
    folder: Path = desk.world.core.settings.documents
    assert not [one for one in folder.rglob("*") if one.name == str(document)]
    again = await staff.types("customer", "erase", customer.id)
    assert [line["event"] for line in again.logged] == []
    shown = await staff.types("review", "show", case.id)
    assert shown.lines[-1] == "The customer's data was erased."
    told = json.loads((await staff.types("customer", "export", customer.id)).out)
    assert told["customer"]["was_erased"]
    assert (told["identity"], told["contact"]) == ({}, {})
    gone = await staff.types("documents", "show", document, "--out", folder / "x", status=1)
    assert "was erased" in gone.err
    await staff.types("customer", "erase", uuid4(), status=1)


async def test_a_document_is_written_to_a_new_private_file(
    desk: ReviewedDesk, staff: Staff, tmp_path: Path
) -> None:
    document = await upload(desk, await desk.order())
    out = tmp_path / "selfie.jpg"
    typed = await staff.types("documents", "show", document, "--out", out)
    assert out.read_bytes() == PICTURE
    assert os.stat(out).st_mode & 0o777 == 0o600
    assert typed.lines[0] == f"{out}: selfie, image/jpeg, {len(PICTURE)} bytes"
    assert [line["event"] for line in typed.logged] == ["document.shown"]
    out.write_bytes(b"mine")
    await staff.types("documents", "show", document, "--out", out, status=1)
    assert out.read_bytes() == b"mine"
    await staff.types("documents", "show", uuid4(), "--out", tmp_path / "no", status=1)
