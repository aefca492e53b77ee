"""Decide what a customer holds: pseudonyms to find him by, sealed data, what was checked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from cambist.domain.identity.states import CHECK, CheckState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, PartnerId

_NAMESPACE = uuid5(NAMESPACE_URL, "cambist:customer")

RETENTION_YEARS = 10
RETENTION = timedelta(days=366 * RETENTION_YEARS)
"""How long data is kept after the last order (Czech Act 253/2008, section 16)."""

CONSENT_VERSION = "2026-11"

EMAIL = "email"
EXTERNAL = "external"


def customer_id(partner_id: PartnerId, kind: str, index: str) -> CustomerId:
    """Derive the id a partner's customer is known by, so that two requests make one customer.

    `kind` is EMAIL (index: the keyed hash of the address) or EXTERNAL (the partner's own id).
    """
    return CustomerId(uuid5(_NAMESPACE, f"{partner_id}/{kind}/{index}"))


@dataclass(frozen=True, slots=True)
class Customer:
    """Hold one partner's customer; what is personal stands sealed under the person's own key.

    `key` is the wrapped key, None once the person was erased. `contact` seals e-mail and phone,
    `identity` name, birth date, address and document, `declaration` the AML answers.
    `phone_index` is the keyed hash of the verified phone. `hits` are keys of list entries the name
    was found near, `cleared` those a person decided are somebody else, `screened_with` the lists'
    digest it was compared with.
    """

    id: CustomerId
    partner_id: PartnerId
    external_id: str | None
    key: str | None
    contact: str
    language: str
    country: str | None
    identity: str | None
    identity_state: CheckState
    declaration: str | None
    declaration_state: CheckState
    phone_index: str | None
    level: int
    hits: tuple[str, ...]
    cleared: tuple[str, ...]
    screened_with: str
    orders: int
    consent_version: str | None
    consented_at: datetime | None
    retain_until: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def sealing_key(self) -> str:
        """Give the wrapped key.

        Raises:
            DomainError: NOT_FOUND once the person was erased.
        """
        if self.key is None:
            raise DomainError(ErrorCode.NOT_FOUND, kind="customer")
        return self.key

    @property
    def is_flagged(self) -> bool:
        """Tell whether a list hit stands that nobody has cleared."""
        return not set(self.hits) <= set(self.cleared)

    def screened(self, hits: tuple[str, ...], digest: str, now: datetime) -> "Customer":
        """Take in what the lists say about the name."""
        return replace(self, hits=hits, screened_with=digest, updated_at=now)

    def clear(self, keys: tuple[str, ...], now: datetime) -> "Customer":
        """Record that list entries are somebody else, for this and every later screening."""
        return replace(self, cleared=tuple(sorted({*self.cleared, *keys})), updated_at=now)

    def submit_identity(self, sealed: str, country: str, now: datetime) -> "Customer":
        """Take in identity data, to be judged."""
        state = CHECK.step(self.identity_state, CheckState.SUBMITTED)
        return replace(
            self,
            identity=sealed,
            identity_state=state,
            country=country,
            consent_version=CONSENT_VERSION,
            consented_at=now,
            updated_at=now,
        )

    def with_contact(self, sealed: str, now: datetime) -> "Customer":
        """Take new contact data; a phone proved before is proved no more."""
        return replace(self, contact=sealed, phone_index=None, updated_at=now)

    def submit_declaration(self, sealed: str, now: datetime) -> "Customer":
        """Take in an AML declaration, to be judged."""
        state = CHECK.step(self.declaration_state, CheckState.SUBMITTED)
        return replace(self, declaration=sealed, declaration_state=state, updated_at=now)

    def judge_identity(self, accepted: bool, now: datetime) -> "Customer":
        """Accept or reject what was submitted; an accepted identity lifts the level to 1.

        Raises:
            DomainError: INVALID_STATE when nothing is submitted.
        """
        target = CheckState.ACCEPTED if accepted else CheckState.REJECTED
        state = CHECK.step(self.identity_state, target)
        level = max(self.level, 1) if accepted else self.level
        return replace(self, identity_state=state, level=level, updated_at=now)

    def judge_declaration(self, accepted: bool, now: datetime) -> "Customer":
        """Accept or reject the declaration; an accepted one lifts the level to 2.

        Raises:
            DomainError: INVALID_STATE when nothing is submitted.
        """
        target = CheckState.ACCEPTED if accepted else CheckState.REJECTED
        state = CHECK.step(self.declaration_state, target)
        level = max(self.level, 2) if accepted else self.level
        return replace(self, declaration_state=state, level=level, updated_at=now)

    def erase(self, now: datetime) -> "Customer":
        """Throw the key away once the law lets go of the data; the pseudonyms stay.

        Raises:
            DomainError: INVALID_STATE while the retention runs.
        """
        if now < self.retain_until:
            raise DomainError(ErrorCode.INVALID_STATE, machine="retention")
        return replace(
            self,
            key=None,
            contact="",
            identity=None,
            declaration=None,
            phone_index=None,
            external_id=None,
            updated_at=now,
        )
