"""Decide what knocks at the door in tests: two keys, a client that signs, small routes."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import msgspec
from litestar import delete, get, head, post

from cambist.adapters.vault.sealing import AesGcmVault
from cambist.dialects.btcex import tables
from cambist.dialects.btcex.auth import (
    EFFECT,
    PUBLIC,
    SECURITY,
    BrokerRequest,
    BrokerServices,
    Signers,
    enter,
)
from cambist.dialects.btcex.signing import read_signed, shapes, sign
from cambist.http.dialect import Dialect, build_application
from cambist.http.limits import Limits
from cambist.kernel.ids import ApiKeyId, PartnerId
from cambist.ports.callbacks import SealedSecret
from cambist.ports.nonces import NonceLog
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.secrets import BTCEX_PRIVATE_PURPOSE, SecretQueries
from cambist.ports.store import StoreUnavailableError

KEY, PRIVATE = "syoihuudkjqc3882", "z2z77e0pl8rhtn9w"
LIVE_KEY, LIVE_PRIVATE = "livekey000000001", "live-private-string"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
PARTNER = PartnerPrincipal(
    PartnerId(UUID(int=1)), ApiKeyId(UUID(int=11)), sandbox=True, rounding_until=None
)
LIVE = replace(PARTNER, key_id=ApiKeyId(UUID(int=12)), sandbox=False)


class Done(msgspec.Struct):
    """Tell what a route was let in with."""

    partner: str
    test: bool
    body: Any = None


class FakeNonces:
    """Use nonces up in memory; others may run between looking and writing."""

    def __init__(self) -> None:
        self.used: set[tuple[ApiKeyId, int]] = set()
        self.is_lost = False

    async def consume(self, key_id: ApiKeyId, nonce: int) -> bool:
        await asyncio.sleep(0)
        if self.is_lost:
            raise StoreUnavailableError
        if (key_id, nonce) in self.used:
            return False
        self.used.add((key_id, nonce))
        return True


class LeakyNonces(FakeNonces):
    """Look first and write later: the wrong implementation a race must catch."""

    async def consume(self, key_id: ApiKeyId, nonce: int) -> bool:
        is_new = (key_id, nonce) not in self.used
        await asyncio.sleep(0)
        self.used.add((key_id, nonce))
        return is_new


class FakeSecrets:
    """Know two keys."""

    def __init__(self, vault: AesGcmVault) -> None:
        self.lookups = 0
        self._known = {
            key: (principal, _sealed(vault, private, principal))
            for key, private, principal in ((KEY, PRIVATE, PARTNER), (LIVE_KEY, LIVE_PRIVATE, LIVE))
        }

    async def partner_with_secret(
        self, public_key: str
    ) -> tuple[PartnerPrincipal, SealedSecret] | None:
        self.lookups += 1
        return self._known.get(public_key)


def _sealed(vault: AesGcmVault, private: str, principal: PartnerPrincipal) -> SealedSecret:
    sealed = vault.seal(private.encode(), BTCEX_PRIVATE_PURPOSE, principal.partner_id)
    return SealedSecret(sealed, BTCEX_PRIVATE_PURPOSE, principal.partner_id)


class NoBus:
    """Be a bus nobody asks."""

    async def execute(self, command: object, gate: object = None) -> Any:
        raise AssertionError


@dataclass
class Recorder:
    """Note what keys were used."""

    used: list[ApiKeyId] = field(default_factory=list)

    def key_used(self, key_id: ApiKeyId, at: datetime) -> None:
        self.used.append(key_id)

    def amount_rounded(self, key_id: ApiKeyId, at: datetime) -> None:
        raise AssertionError


@get("/")
async def who_am_i(request: BrokerRequest) -> Done:
    """Answer whom the door let in."""
    return Done(str(request.user.partner_id), request.is_test)


@post("/order/{number:int}/change", status_code=200)
async def change(request: BrokerRequest) -> Done:
    """Answer what body was let in."""
    return Done(str(request.user.partner_id), request.is_test, await request.json())


@post("/order/{number:int}/verify-identity", status_code=200)
async def verify_identity(request: BrokerRequest) -> Done:
    """Answer the form's fields that were let in."""
    form = await request.sent_form()
    return Done(str(request.user.partner_id), request.is_test, dict(form.fields))


@post("/order/{number:int}/verify-phone-sms", status_code=202)
async def send_code(request: BrokerRequest) -> Done:
    """Answer without looking at a body."""
    return Done(str(request.user.partner_id), request.is_test)


@delete("/order/{number:int}", status_code=200)
async def drop(request: BrokerRequest) -> Done:
    """Answer."""
    return Done(str(request.user.partner_id), request.is_test)


@get("/price", opt={PUBLIC: True})
async def price() -> Done:
    """Answer anybody."""
    return Done("anybody", False)


@get("/order/buy", opt={PUBLIC: True, EFFECT: True}, status_code=201)
async def follow() -> Done:
    """Make an order for a visitor."""
    return Done("visitor", False)


@head("/order/buy", opt={PUBLIC: True})
async def look() -> None:
    """Answer without effect."""


HANDLERS = (who_am_i, change, verify_identity, send_code, drop, price, follow, look)
DIALECT = Dialect(
    name="btcex",
    prefix="/btcex",
    base="/",
    title="btcex",
    version="1",
    description="",
    handlers=HANDLERS,
    request_class=BrokerRequest,
    door=enter,
    refuse=tables.refuse,
    envelope=tables.PROBLEMS.envelope,
    security=SECURITY,
)


class World:
    """Hold a door with everything behind it."""

    def __init__(
        self,
        limits: Limits | None = None,
        nonces: NonceLog | None = None,
        secrets: SecretQueries | None = None,
        vault: AesGcmVault | None = None,
    ) -> None:
        self.vault = vault or AesGcmVault({"k": os.urandom(32)}, "k")
        self.fake_secrets = FakeSecrets(self.vault)
        self.fake_nonces = FakeNonces()
        self.recorder = Recorder()
        signers = Signers(
            secrets or self.fake_secrets,
            self.vault,
            nonces or self.fake_nonces,
            limits or Limits.build(lambda: 0),
            self.recorder,
            lambda: NOW,
        )
        services = BrokerServices(
            NoBus(), lambda: NOW, lambda: UUID(int=7), "https://broker.example", signers
        )
        application: Any = build_application(DIALECT, services)
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(application), base_url="http://broker.example"
        )
        self._nonce = 0

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **signing: Any,
    ) -> httpx2.Response:
        """Send a signed request; `headers` come over the signed ones."""
        sent = b"" if body is None else json.dumps(body).encode()
        signed = self.signed(sent, **signing)
        if sent:
            signed["content-type"] = "application/json"
        signed.update(headers or {})
        return await self.client.request(method, path, content=sent, headers=signed)

    def signed(
        self,
        sent: bytes = b"",
        *,
        nonce: int | None = None,
        shape: int = 0,
        key: str = KEY,
        private: str = PRIVATE,
    ) -> dict[str, str]:
        """Write the headers that sign a body, with a nonce of its own unless one is given."""
        if nonce is None:
            self._nonce += 1
            nonce = self._nonce
        text = shapes(read_signed(sent))[shape]
        signature = sign(private.encode(), key, nonce, text)
        return {"btcex-key": key, "btcex-nonce": str(nonce), "btcex-signature": signature}
