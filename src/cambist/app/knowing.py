"""Steps that know a partner's customer again, or make him known."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.domain.identity.customers import EMAIL, EXTERNAL, RETENTION, Customer, customer_id
from cambist.domain.identity.states import CheckState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Client:
    """Say who orders: the partner's own id for the customer, or an e-mail; what else is known.

    `language` is the language of our letters; `address` the IP the request came from. Without
    `is_vouched` nobody signed for it: anybody may have typed it.
    """

    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "en"
    address: str | None = None
    cookie: str | None = None
    is_vouched: bool = True


async def known_or_new(
    uow: UnitOfWork,
    partner_id: PartnerId,
    external_id: str | None,
    client: Client | None,
    now: datetime,
) -> Customer:
    """Lock the partner's customer, made known when he is new.

    The partner's own id finds him, or else his e-mail.

    Raises:
        DomainError: FIELD_INVALID without either.
    """
    email = client.email if client is not None else None
    if external_id is not None:
        found_by = customer_id(partner_id, EXTERNAL, external_id)
    elif email is not None:
        found_by = customer_id(partner_id, EMAIL, uow.privacy.index(EMAIL, email.lower()))
    else:
        raise DomainError(ErrorCode.FIELD_INVALID, field="email")
    known = (await uow.customers.lock([found_by])).get(found_by)
    if known is not None:
        return _reachable(uow, known, client, now)
    fresh = _new(uow, partner_id, found_by, external_id, client or Client(), now)
    uow.customers.add(fresh)
    return fresh


def _reachable(uow: UnitOfWork, known: Customer, client: Client | None, now: datetime) -> Customer:
    """Take up an address or number of somebody we had none of; what is known stays as it is."""
    told = {} if client is None else {"email": client.email, "phone": client.phone}
    contact = uow.privacy.open(known.sealing_key, known.id, known.contact)
    missing = {name: value for name, value in told.items() if value and not contact.get(name)}
    if not missing:
        return known
    sealed = uow.privacy.seal(known.sealing_key, known.id, {**contact, **missing})
    after = replace(known, contact=sealed, updated_at=now)
    uow.customers.save(after)
    return after


def _new(
    uow: UnitOfWork,
    partner_id: PartnerId,
    found_by: CustomerId,
    external_id: str | None,
    client: Client,
    now: datetime,
) -> Customer:
    key = uow.privacy.new_key(found_by)
    contact = {"email": client.email or "", "phone": client.phone or ""}
    return Customer(
        id=found_by,
        partner_id=partner_id,
        external_id=external_id,
        key=key,
        contact=uow.privacy.seal(key, found_by, contact),
        language=client.language,
        country=None,
        identity=None,
        identity_state=CheckState.NONE,
        declaration=None,
        declaration_state=CheckState.NONE,
        phone_index=None,
        level=0,
        hits=(),
        cleared=(),
        screened_with="",
        orders=0,
        consent_version=None,
        consented_at=None,
        retain_until=now + RETENTION,
        created_at=now,
        updated_at=now,
    )
