"""Decide who calls: an API key is looked up once, then known for some seconds."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cambist.domain.partners.rules import key_hash
from cambist.http.limits import Limits, site_of
from cambist.http.refusals import Fault, RefusedError, refuse
from cambist.kernel.ids import ApiKeyId
from cambist.ports.principals import PartnerPrincipal

KNOWN_FOR_S = 5
KNOWN_MAX = 10_000
SECRET_MAX = 200
NS = 1_000_000_000


class KeyQueries(Protocol):
    """Find whom keys belong to."""

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        """Find whom a live API key belongs to, None when it opens nothing here."""


class UsageRecorder(Protocol):
    """Note what keys are used for; must return at once, whoever keeps it writes later."""

    def key_used(self, key_id: ApiKeyId, at: datetime) -> None:
        """Note that a key opened the door."""

    def amount_rounded(self, key_id: ApiKeyId, at: datetime) -> None:
        """Count one amount that lost decimals by the key's compatibility switch."""


@dataclass(frozen=True, slots=True)
class _Known:
    principal: PartnerPrincipal
    until_ns: int


class Callers:
    """Tell whose request it is, within the limits of its address and its key.

    A revoked key opens for at most KNOWN_FOR_S more.
    """

    def __init__(
        self,
        queries: KeyQueries,
        limits: Limits,
        recorder: UsageRecorder,
        now: Callable[[], datetime],
        monotonic_ns: Callable[[], int],
    ) -> None:
        self._queries, self._limits, self._recorder = queries, limits, recorder
        self._now, self._monotonic_ns = now, monotonic_ns
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    async def identify(self, secret: str | None, address: str, challenge: str) -> PartnerPrincipal:
        """Find the partner of a key; `challenge` tells a refused caller what to send.

        Raises:
            RefusedError: CREDENTIAL_INVALID, RATE_LIMITED.
        """
        recognised = self.recognise(secret, address)
        if recognised is not None:
            return recognised
        site = site_of(address)
        _admit(self._limits.by_address.take(site))
        if not secret:
            raise refuse(Fault.CREDENTIAL_INVALID, headers={"WWW-Authenticate": challenge})
        known = await self._look_up(secret, key_hash(secret), site, challenge)
        _admit(self._limits.by_key.take(known.principal.key_id))
        return known.principal

    def recognise(self, secret: str | None, address: str) -> PartnerPrincipal | None:
        """Find the partner of a key that was looked up a moment ago; ask nobody for it.

        Raises:
            RefusedError: RATE_LIMITED.
        """
        known = self._known.get(key_hash(secret)) if secret else None
        if known is None or known.until_ns <= self._monotonic_ns():
            return None
        _admit(self._limits.by_address.take(site_of(address)))
        _admit(self._limits.by_key.take(known.principal.key_id))
        return known.principal

    def note_rounding(self, principal: PartnerPrincipal) -> None:
        """Count one use of a key's rounding switch."""
        self._recorder.amount_rounded(principal.key_id, self._now())

    async def _look_up(self, secret: str, digest: bytes, site: str, challenge: str) -> _Known:
        _admit(self._limits.failures.delay(site))
        principal = None
        if len(secret) <= SECRET_MAX and secret.isascii():
            principal = await self._queries.partner_of_key(secret)
        if principal is None:
            self._known.pop(digest, None)
            self._limits.failures.take(site)
            raise refuse(Fault.CREDENTIAL_INVALID, headers={"WWW-Authenticate": challenge})
        known = _Known(principal, self._monotonic_ns() + KNOWN_FOR_S * NS)
        self._known[digest] = known
        self._known.move_to_end(digest)
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
        self._recorder.key_used(principal.key_id, self._now())
        return known


def _admit(delay_s: int) -> None:
    if delay_s:
        raise _limited(delay_s)


def _limited(delay_s: int) -> RefusedError:
    return refuse(Fault.RATE_LIMITED, headers={"Retry-After": str(delay_s)})
