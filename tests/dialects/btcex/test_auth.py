"""Show who gets in, once for each signature, and that every refusal at the door looks alike."""

import asyncio
import hashlib
from typing import Any

import httpx2
import pytest

from cambist.adapters.vault.entropy import SystemEntropy
from cambist.bootstrap.onboarding import PUBLIC_BYTES
from cambist.dialects.btcex.auth import Claim, claim_of
from cambist.dialects.btcex.signing import sign
from cambist.http.limits import Limits, RateLimit
from tests.dialects.btcex.door import (
    KEY,
    LIVE_KEY,
    LIVE_PRIVATE,
    PARTNER,
    PRIVATE,
    FakeNonces,
    LeakyNonces,
    World,
)

CHANGE = "/order/12/change"
OTHER = "/order/13/change"
ACCEPT = {"decision": "accept", "note": "a/b \u0159"}


@pytest.fixture
def world() -> World:
    return World()


def kind(response: httpx2.Response) -> tuple[int, str]:
    """Name a refusal."""
    assert response.headers["content-type"].startswith("application/problem+json")
    return response.status_code, response.json()["type"]


@pytest.mark.parametrize(
    ("nonce", "signature"),
    [
        (4835119959885924862, "cb11e4c0411ced017a6fda9df5c34cc78898685e488b2b05769acc01c9cdf5b6"),
        (4835119959885924862, "126e70930a16cfea5f6c8d8cba64aa3e13b6a12a47c7e54532a6c58298dc433f"),
        (1353154049963006992, "97da960a88c1166c6aef8820f3a36b0ee89da44fd46bb40420a944dc7e0a8af7"),
        (1353154049963006992, "36bc9ddcffbec9555e50b28803a14502ebbfbf3fabd720648ad498281f1aa888"),
    ],
)
async def test_the_published_requests_are_let_in_once(
    nonce: int, signature: str, world: World
) -> None:
    headers = {"btcex-key": KEY, "btcex-nonce": str(nonce), "btcex-signature": signature}
    first = await world.client.get("/", headers=headers)
    assert (first.status_code, first.json()["partner"]) == (200, str(PARTNER.partner_id))
    again = await world.client.get("/", headers=headers)
    assert kind(again) == (401, "/problems/nonce-used")
    assert again.headers["www-authenticate"].startswith("Btcex")


@pytest.mark.parametrize("shape", range(6))
async def test_every_shape_lets_in(shape: int, world: World) -> None:
    response = await world.ask("POST", CHANGE, ACCEPT, shape=shape)
    assert response.json()["body"] == ACCEPT
    assert (await world.ask("GET", "/", shape=shape)).status_code == 200
    sent = await world.ask("POST", "/order/12/verify-phone-sms", [], shape=shape)
    assert sent.status_code == 202
    assert world.recorder.used == [PARTNER.key_id] * 3


async def test_a_get_with_a_body_is_signed_over_it(world: World) -> None:
    with_body = world.signed(b'{"a":1}')
    refused = await world.client.request("GET", "/", headers=with_body)
    assert kind(refused) == (401, "/problems/credential-invalid")
    response = await world.client.request("GET", "/", headers=with_body, content=b'{"a":1}')
    assert response.status_code == 200
    assert (await world.client.request("DELETE", "/order/1", headers=world.signed())).is_success


async def test_a_changed_body_is_refused_and_costs_no_nonce(world: World) -> None:
    headers = {**world.signed(b'{"decision":"accept"}'), "content-type": "application/json"}
    changed = await world.client.post(CHANGE, content=b'{"decision":"reject"}', headers=headers)
    assert kind(changed) == (401, "/problems/credential-invalid")
    assert world.fake_nonces.used == set()
    meant = await world.client.post(CHANGE, content=b'{"decision":"accept"}', headers=headers)
    assert meant.status_code == 200


async def test_a_signature_that_was_used_opens_no_other_path_either(world: World) -> None:
    headers = world.signed(b"{}")
    body: dict[str, Any] = {
        "content": b"{}",
        "headers": {**headers, "content-type": "application/json"},
    }
    assert (await world.client.post(CHANGE, **body)).status_code == 200
    for path in (CHANGE, OTHER, "/order/12/verify-phone-sms"):
        assert kind(await world.client.post(path, **body)) == (401, "/problems/nonce-used")
    assert kind(await world.client.get("/", headers=headers))[0] == 401


async def test_an_unused_captured_signature_works_elsewhere_but_once(world: World) -> None:
    # The vendor's form covers neither method nor path: what was caught before it arrived can be
    # sent to another order, once; then the partner's own request is refused and tells him.
    body: dict[str, Any] = {
        "content": b'{"decision":"accept"}',
        "headers": {**world.signed(b'{"decision":"accept"}'), "content-type": "application/json"},
    }
    assert (await world.client.post(OTHER, **body)).status_code == 200
    assert kind(await world.client.post(CHANGE, **body)) == (401, "/problems/nonce-used")


async def _race(world: World) -> list[int]:
    headers = world.signed(nonce=77)
    asked = [world.client.get("/", headers=headers) for _ in range(20)]
    return sorted(response.status_code for response in await asyncio.gather(*asked))


async def test_of_twenty_with_one_nonce_one_is_let_in() -> None:
    assert await _race(World()) == [200] + [401] * 19


async def test_the_race_catches_who_looks_first_and_writes_later() -> None:
    assert (await _race(World(nonces=LeakyNonces()))).count(200) > 1


async def test_one_nonce_serves_every_key_once(world: World) -> None:
    assert (await world.ask("GET", "/", nonce=9)).status_code == 200
    live = await world.ask("GET", "/", nonce=9, key=LIVE_KEY, private=LIVE_PRIVATE)
    assert live.status_code == 200


@pytest.mark.parametrize(
    "claimed",
    [
        {"btcex-key": ""},
        {"btcex-key": "nobody0000000000"},
        {"btcex-key": KEY.upper()},
        {"btcex-key": KEY + "'--"},
        {"btcex-key": "x" * 5_000},
        {"btcex-key": LIVE_KEY},
        {"btcex-nonce": ""},
        {"btcex-nonce": "0"},
        {"btcex-nonce": "-1"},
        {"btcex-nonce": "+1"},
        {"btcex-nonce": "01"},
        {"btcex-nonce": "1.0"},
        {"btcex-nonce": "1e3"},
        {"btcex-nonce": " 2"},
        {"btcex-nonce": str(2**63)},
        {"btcex-nonce": "9" * 5_000},
        {"btcex-signature": ""},
        {"btcex-signature": "0" * 64},
        {"btcex-signature": "0" * 63},
        {"btcex-signature": sign(PRIVATE.encode(), KEY, 1, "null").upper()},
        {"btcex-signature": sign(b"another private string", KEY, 1, "null")},
    ],
)
async def test_who_does_not_sign_rightly_gets_one_answer(
    claimed: dict[str, str], world: World
) -> None:
    headers = {**world.signed(nonce=1), **claimed}
    expected = await world.client.get("/")
    if claimed == {"btcex-nonce": " 2"}:
        headers["btcex-nonce"] = "2"
    refused = await world.client.get("/", headers=headers)
    assert refused.json() == expected.json()
    assert kind(refused) == (401, "/problems/credential-invalid")
    assert refused.headers == expected.headers
    assert world.fake_nonces.used == set()


def test_every_key_we_make_is_well_formed() -> None:
    for _ in range(200):
        key = SystemEntropy().token(PUBLIC_BYTES)
        headers = {"btcex-key": key, "btcex-nonce": "1", "btcex-signature": "0" * 64}
        assert claim_of(headers) == Claim(key, 1, "0" * 64)


async def test_the_greatest_nonce_is_one(world: World) -> None:
    assert (await world.ask("GET", "/", nonce=2**63 - 1)).status_code == 200


async def test_a_malformed_body_is_refused_before_anybody_is_looked_up(world: World) -> None:
    for sent in (b"{", b'{"a":1,"a":2}', b"[1]", b"\xff"):
        headers = {**world.signed(), "content-type": "application/json"}
        refused = await world.client.post(CHANGE, content=sent, headers=headers)
        assert kind(refused) == (400, "/problems/json-invalid")
    assert world.fake_secrets.lookups == 0


async def test_a_body_that_is_no_json_is_refused_though_it_is_signed(world: World) -> None:
    headers = {**world.signed(b'{"a":1}'), "content-type": "text/plain"}
    refused = await world.client.post(CHANGE, content=b'{"a":1}', headers=headers)
    assert kind(refused) == (415, "/problems/media-type-unsupported")


async def test_a_sandbox_key_may_test_and_a_live_one_may_not(world: World) -> None:
    tested = await world.ask("GET", "/", headers={"btcex-test": "1"})
    assert (tested.status_code, tested.json()["test"]) == (200, True)
    assert not (await world.ask("GET", "/")).json()["test"]
    live = {"key": LIVE_KEY, "private": LIVE_PRIVATE}
    refused = await world.ask("GET", "/", headers={"btcex-test": "1"}, **live)
    assert kind(refused) == (400, "/problems/test-not-allowed")


@pytest.mark.parametrize("switch", ["", "0", "true", "2", "1, 1"])
async def test_a_test_switch_nobody_understands_is_refused(switch: str, world: World) -> None:
    refused = await world.ask("GET", "/", headers={"btcex-test": switch})
    assert kind(refused) == (400, "/problems/test-not-allowed")
    assert world.fake_nonces.used == set()


async def test_public_operations_need_no_signature_and_know_no_test(world: World) -> None:
    assert (await world.client.get("/price")).status_code == 200
    assert (await world.client.get("/order/buy")).status_code == 201
    for path in ("/price", "/order/buy"):
        refused = await world.client.get(path, headers={"btcex-test": "1"})
        assert kind(refused) == (400, "/problems/test-not-allowed")


async def test_what_looks_at_links_makes_no_order(world: World) -> None:
    refused = await world.client.get("/order/buy", headers={"sec-purpose": "prefetch"})
    assert kind(refused) == (403, "/problems/not-a-visitor")
    assert (await world.client.get("/price", headers={"sec-purpose": "prefetch"})).is_success
    head = await world.client.head("/order/buy")
    assert (head.status_code, head.content) == (200, b"")


async def test_a_lost_database_is_overload_and_lets_nobody_in(world: World) -> None:
    world.fake_nonces.is_lost = True
    refused = await world.ask("GET", "/")
    assert kind(refused) == (503, "/problems/overloaded")
    assert refused.headers["retry-after"] == "1"


async def test_guessing_ends_in_a_limit_before_the_database() -> None:
    limits = Limits.build(lambda: 0, failures=RateLimit(per_second=1, burst=5))
    world = World(limits)
    statuses = [(await world.ask("GET", "/", private="guess")).status_code for _ in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    assert world.fake_secrets.lookups == 5


async def test_an_address_and_a_key_ask_as_often_as_they_may() -> None:
    world = World(Limits.build(lambda: 0, by_key=RateLimit(per_second=1, burst=2)))
    statuses = [(await world.ask("GET", "/")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    world = World(Limits.build(lambda: 0, by_address=RateLimit(per_second=1, burst=2)))
    statuses = [(await world.client.get("/price")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


PICTURE = b"\x89PNG not really"
FORM = {"kind": "selfie", "sha256": hashlib.sha256(PICTURE).hexdigest()}


async def _upload(
    world: World, form: dict[str, str], picture: bytes, **signed: str
) -> httpx2.Response:
    covered = signed or form
    text = "{" + ",".join(f'"{name}":"{value}"' for name, value in covered.items()) + "}"
    headers = world.signed(text.encode())
    files = {"file": ("x.png", picture, "image/png")}
    return await world.client.post(
        "/order/12/verify-identity", data=form, files=files, headers=headers
    )


async def test_a_form_is_signed_over_its_fields_and_its_files_digest(world: World) -> None:
    accepted = (await _upload(world, FORM, PICTURE)).json()
    assert accepted == {"partner": str(PARTNER.partner_id), "test": False, "body": FORM}


async def test_another_picture_than_the_signed_one_is_refused(world: World) -> None:
    assert kind(await _upload(world, FORM, PICTURE + b"!")) == (400, "/problems/field-invalid")
    moved = {**FORM, "kind": "passport"}
    assert kind(await _upload(world, moved, PICTURE, **FORM))[0] == 401
    assert kind(await _upload(world, {"kind": "selfie"}, PICTURE))[0] == 400
    assert world.fake_nonces.used == set()


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary="],
)
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"garbage",
        b"--x\r\n\r\n\r\n--x--",
        b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n',
        b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n2\r\n--x--\r\n',
        b"--x\r\ncontent-disposition: form-data\r\n\r\n1\r\n--x--\r\n",
        b'--x\r\ncontent-disposition: form-data; name="a"\r\n'
        b"content-type: text/plain; charset=nonsense\r\n\r\n1\r\n--x--\r\n",
    ],
)
async def test_a_broken_form_is_a_refusal_and_no_failure(
    content_type: str, sent: bytes, world: World
) -> None:
    headers = {**world.signed(), "content-type": content_type}
    refused = await world.client.post("/order/12/verify-identity", content=sent, headers=headers)
    assert refused.status_code in {200, 400, 401}


def test_fakes_use_a_nonce_up() -> None:
    async def twice(log: FakeNonces) -> list[bool]:
        return [await log.consume(PARTNER.key_id, 1) for _ in range(2)]

    assert asyncio.run(twice(FakeNonces())) == [True, False]
