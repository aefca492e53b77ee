"""Decide who may enter: whoever signs the body with a live key and a nonce never used before."""

import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar.openapi.spec import SecurityScheme

from cambist.dialects.btcex.browser import effect_allowed
from cambist.dialects.btcex.signing import is_signed, read_signed
from cambist.dialects.btcex.tables import CHALLENGE
from cambist.http.callers import UsageRecorder
from cambist.http.json_body import BODY_BYTES_MAX, StrictRequest
from cambist.http.limits import Limits, site_of
from cambist.http.multipart_body import MEDIA_TYPE, SentForm, read_form
from cambist.http.refusals import Fault, Refusal, RefusedError, Violation, refuse
from cambist.http.services import Services
from cambist.http.uploading import FILE
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.nonces import NONCE_MAX, NonceLog
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.secrets import SecretQueries
from cambist.ports.vault import VaultPort

KEY, NONCE, SIGNATURE, TEST = "btcex-key", "btcex-nonce", "btcex-signature", "btcex-test"
PUBLIC = "public"
"""The key of a handler's `opt`: True lets everybody in, without a signature."""
EFFECT = "effect"
"""The key of a public handler's `opt`: True turns away what only looks at links."""
TEST_CODE = "test-not-allowed"
TEST_DETAIL = "Only a signed request with a key of the sandbox can be a test."
SHA256 = "sha256"
"""The field of a form that holds its file's digest."""
FORM = "btcex-form"
"""The key in a request's state that holds its form, which can be read once only."""

SECURITY = {
    name: SecurityScheme(
        type="apiKey", name=header, security_scheme_in="header", description=description
    )
    for name, header, description in (
        ("key", KEY, "The partner's public key"),
        ("nonce", NONCE, "A decimal integer from 1 to 2^63-1 that was never used with the key"),
        ("signature", SIGNATURE, "HMAC-SHA256 of key$nonce$body with the private string, in hex"),
    )
}

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_NONCE = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NOBODY = b"the private string of a key that does not exist"


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold what a request's headers say, well formed."""

    key: str
    nonce: int
    signature: str


def claim_of(headers: Mapping[str, str]) -> Claim | None:
    """Read the three headers, None when one is missing or malformed."""
    key, nonce, signature = (headers.get(name, "") for name in (KEY, NONCE, SIGNATURE))
    formed = _KEY.fullmatch(key) and _NONCE.fullmatch(nonce) and _SIGNATURE.fullmatch(signature)
    if not formed or int(nonce) > NONCE_MAX:
        return None
    return Claim(key, int(nonce), signature)


class Signers:
    """Tell whose signed request it is, within the limits of its address and its key.

    A wrong key, a wrong signature and a malformed header are answered alike; an unknown key costs
    the same comparisons as a wrong signature.
    """

    def __init__(
        self,
        secrets: SecretQueries,
        vault: VaultPort,
        nonces: NonceLog,
        limits: Limits,
        recorder: UsageRecorder,
        now: Callable[[], datetime],
    ) -> None:
        self._secrets, self._vault, self._nonces = secrets, vault, nonces
        self._limits, self._recorder, self._now = limits, recorder, now

    def admit(self, address: str) -> None:
        """Count a request of an address.

        Raises:
            RefusedError: RATE_LIMITED.
        """
        _wait(self._limits.by_address.take(site_of(address)))

    async def identify(self, claim: Claim | None, body: Any, address: str) -> PartnerPrincipal:
        """Find the partner who signed a body.

        Raises:
            RefusedError: CREDENTIAL_INVALID, RATE_LIMITED.
            StoreUnavailableError: the database cannot be reached.
        """
        site = site_of(address)
        _wait(self._limits.failures.delay(site))
        found = None
        if claim is not None:
            found = await self._find(claim, body)
        if found is None:
            raise self._refused(site)
        return found

    async def expect(self, claim: Claim | None, address: str) -> None:
        """Turn away who has no key of ours before anything large of his is read.

        Raises:
            RefusedError: CREDENTIAL_INVALID, RATE_LIMITED.
            StoreUnavailableError: the database cannot be reached.
        """
        site = site_of(address)
        _wait(self._limits.failures.delay(site))
        if claim is None or await self._secrets.partner_with_secret(claim.key) is None:
            raise self._refused(site)

    async def spend(self, principal: PartnerPrincipal, nonce: int) -> None:
        """Use the nonce up, then count the request of the key.

        Raises:
            DomainError: NONCE_USED.
            RefusedError: RATE_LIMITED.
            StoreUnavailableError: the database cannot be reached.
        """
        if not await self._nonces.consume(principal.key_id, nonce):
            raise DomainError(ErrorCode.NONCE_USED)
        _wait(self._limits.by_key.take(principal.key_id))
        self._recorder.key_used(principal.key_id, self._now())

    def _refused(self, site: str) -> RefusedError:
        self._limits.failures.take(site)
        return refuse(Fault.CREDENTIAL_INVALID, headers={"WWW-Authenticate": CHALLENGE})

    async def _find(self, claim: Claim, body: Any) -> PartnerPrincipal | None:
        known = await self._secrets.partner_with_secret(claim.key)
        private = _NOBODY
        if known is not None:
            sealed = known[1]
            private = self._vault.open(sealed.sealed, sealed.purpose, sealed.owner)
        signed = is_signed(private, claim.key, claim.nonce, body, claim.signature)
        return known[0] if known is not None and signed else None


@dataclass(frozen=True, slots=True)
class BrokerServices(Services):
    """Hold what this dialect needs beside the kit's services."""

    signers: Signers


class BrokerRequest(StrictRequest[PartnerPrincipal]):
    """Be a request of a partner or, where the handler is public, of anybody."""

    @property
    def services(self) -> BrokerServices:
        """Give what bootstrap put in."""
        services: BrokerServices = self.app.state.services
        return services

    @property
    def is_test(self) -> bool:
        """Tell whether nothing may be kept; `enter` has checked that the key may ask for it."""
        return self.headers.get(TEST) == "1"

    @property
    def address(self) -> str:
        """Give the address the request came from."""
        client = self.scope["client"]
        return client[0] if client else ""

    @property
    def is_form(self) -> bool:
        """Tell whether the body is declared as a multipart form."""
        return self.content_type[0] == MEDIA_TYPE

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Give the body piece by piece; what is no form is held to JSON's bound as it comes in.

        Raises:
            RefusedError: BODY_TOO_LARGE.
        """
        room = BODY_BYTES_MAX
        async for piece in super().stream():
            room -= len(piece)
            if room < 0 and not self.is_form:
                raise refuse(Fault.BODY_TOO_LARGE)
            yield piece

    async def sent_form(self) -> SentForm:
        """Read the multipart form.

        Raises:
            RefusedError: REQUEST_INVALID, BODY_TOO_LARGE.
        """
        kept = self.scope["state"]
        if FORM not in kept:
            boundary = self.content_type[1].get("boundary")
            kept[FORM] = await read_form(self.stream(), boundary, FILE)
        form: SentForm = kept[FORM]
        return form


async def enter(request: BrokerRequest) -> None:
    """Let a request in: body, then key, signature, test switch, nonce, limits, in this order.

    Of a form, which may be large, the key comes first.

    Raises:
        RefusedError: JSON_INVALID, BODY_TOO_LARGE, CREDENTIAL_INVALID, RATE_LIMITED,
            test-not-allowed (400), not-a-visitor (403).
        DomainError: NONCE_USED.
        StoreUnavailableError: the database cannot be reached.
    """
    signers, opt = request.services.signers, request.route_handler.opt
    signers.admit(request.address)
    if opt.get(PUBLIC):
        _enter_freely(request, looked_at=bool(opt.get(EFFECT)))
        return
    claim = claim_of(request.headers)
    if request.is_form:
        await signers.expect(claim, request.address)
    body = await signed_body(request)
    principal = await signers.identify(claim, body, request.address)
    _check_test(request, sandbox=principal.sandbox)
    if claim is not None:
        await signers.spend(principal, claim.nonce)
    request.scope["user"] = principal


def _enter_freely(request: BrokerRequest, *, looked_at: bool) -> None:
    _check_test(request, sandbox=False)
    refusal = effect_allowed(request.method, request.headers) if looked_at else None
    if refusal is not None:
        raise RefusedError(refusal)


def _check_test(request: BrokerRequest, *, sandbox: bool) -> None:
    """Refuse a test switch that would not be obeyed: what was meant as a test must not be done."""
    switch = request.headers.get(TEST)
    if switch is not None and not (switch == "1" and sandbox):
        raise test_refused()


def test_refused() -> RefusedError:
    """Make the refusal of a test switch, to be raised."""
    violation = Violation(TEST, TEST_DETAIL, TEST_CODE)
    return RefusedError(Refusal(400, TEST_CODE, TEST_DETAIL, (violation,)))


async def signed_body(request: BrokerRequest) -> Any:
    """Give what a signature covers: the JSON body or, of a multipart form, its text fields.

    A form's file is covered by its digest, which the text field `sha256` must hold.

    Raises:
        RefusedError: JSON_INVALID, FIELD_INVALID, REQUEST_INVALID, BODY_TOO_LARGE.
    """
    if not request.is_form:
        return read_signed(await request.body())
    form = await request.sent_form()
    file = form.file
    if file is not None and hashlib.sha256(file.content).hexdigest() != form.fields.get(SHA256):
        violation = Violation(SHA256, "The file's SHA-256 in hex is expected.", "digest")
        raise refuse(Fault.FIELD_INVALID, violation)
    return dict(form.fields)


def _wait(delay_s: int) -> None:
    if delay_s:
        raise refuse(Fault.RATE_LIMITED, headers={"Retry-After": str(delay_s)})
