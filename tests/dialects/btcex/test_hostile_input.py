"""Show that what hostile clients send costs them a refusal and us next to nothing."""

import json
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.dialects.btcex.live import IBAN, IDENTITY, OUTSIDE, Client, Stage, mailbox
from tests.dialects.btcex.test_rehearsals import state

OWN = {"id", "url", "created_at", "updated_at", "valid_until", "email"}
"""What differs between two orders for the same."""


def wrong(answer: httpx2.Response) -> list[tuple[str, str]]:
    """List (field, code) of what is wrong."""
    assert answer.status_code == 400, answer.text
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "hex", "nonsense"])
async def test_a_part_in_a_character_set_that_cannot_be_read_is_refused(
    me: Client, charset: str
) -> None:
    part = (
        b'--x\r\ncontent-disposition: form-data; name="kind"\r\n'
        b"content-type: text/plain; charset=" + charset.encode() + b"\r\n\r\n\xff..a\r\n--x--\r\n"
    )
    headers = {**me.signer.over({}), "content-type": "multipart/form-data; boundary=x"}
    for path in ("/order/7/verify-identity", "/order/7/cancel", "/order/buy"):
        answer = await me.http.post(path, content=part, headers=headers)
        assert answer.status_code in (400, 401), answer.text


@pytest.mark.parametrize("texts", [{"kind": "x" * 70_000}, {"a": "x" * 40_000, "b": "x" * 40_000}])
async def test_texts_of_a_form_are_bounded_before_anything_is_computed_of_them(
    me: Client, texts: dict[str, str]
) -> None:
    for path in ("/order/7/verify-identity", "/order/buy"):
        files = {"file": ("x.png", b"x")}
        answer = await me.http.post(path, data=texts, files=files, headers=me.signer.over({}))
        assert answer.status_code == 413, answer.text
        assert answer.json()["type"] == "/problems/body-too-large"


async def test_a_form_has_one_file_under_its_name(me: Client) -> None:
    told = {"kind": "selfie", "sha256": "0" * 64}
    for files in (
        {"picture": ("x.png", b"\x89PNG")},
        [("file", ("x", b"x")), ("file", ("y", b"y"))],
    ):
        signed = me.signer.over(told)
        path = "/order/7/verify-identity"
        answer = await me.http.post(path, data=told, files=files, headers=signed)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/request-invalid")


async def test_thousands_of_wrong_fields_are_not_all_repeated(me: Client) -> None:
    query = "&".join(f"k{n}" for n in range(5_000))
    many = {f"k{n}": 1 for n in range(4_000)}
    assert wrong(await me.http.get(f"/price?{query}")) == [("", "too-many-fields")]
    for path in ("/order/buy", "/order/7/cancel"):
        assert len(wrong(await me.send("POST", path, many))) == 100
    twice = json.dumps(many).encode()[:-1] + b',"k7":1}'
    headers = {**me.signer.over([]), "content-type": "application/json"}
    answer = await me.http.post("/order/buy", content=twice, headers=headers)
    assert wrong(answer) == [("k7", "json-duplicate-key")]


async def test_nobody_is_identified_by_a_document_that_is_over(me: Client, stage: Stage) -> None:
    order = await me.buy()
    path = f"/order/{order['id']}/verify-identity"
    before = await state(stage)
    yesterday = (await stage.world.core.queries.now()).astimezone(UTC) - timedelta(days=1)
    for day in ("1990-01-01", yesterday.date().isoformat()):
        document = {**IDENTITY["document"], "valid_until": day}
        answer = await me.send("POST", path, {**IDENTITY, "document": document})
        assert wrong(answer) == [("document.valid_until", "document-over")]
    assert await state(stage) == before


def visit(stage: Stage, kind: str, email: str) -> str:
    """Write a link to try out an order by."""
    end = {"btc_address": OUTSIDE} if kind == "buy" else {"bank_account": IBAN}
    asked = {"affiliate": stage.mine.name, "email": email, "pennies": "200000", "dry": "1", **end}
    return f"/order/{kind}?{urlencode(asked)}"


async def test_a_dry_visit_does_not_tell_who_is_a_customer(me: Client, stage: Stage) -> None:
    known, _ = await me.known()
    for kind in ("buy", "sell"):
        shown: list[dict[str, Any]] = []
        for email in (known, mailbox()):
            answer = await me.http.get(visit(stage, kind, email))
            assert answer.status_code == 201, answer.text
            assert answer.json()["email"] == email
            shown.append({k: v for k, v in answer.json().items() if k not in OWN})
        assert shown[0] == shown[1]
