"""Steps that write to a customer: a link that opens his order once, a message under his key."""

from datetime import datetime

from cambist.domain.identity.customers import Customer
from cambist.domain.identity.links import LINK_LIFETIME, PageLink
from cambist.domain.messaging.messages import Contents, compose, pack
from cambist.domain.messaging.templates import Template
from cambist.kernel.ids import OrderId
from cambist.ports.privacy import Privacy
from cambist.ports.uow import UnitOfWork

LINK_PURPOSE = "page-link"
SESSION_PURPOSE = "page-session"
CONTENTS = "contents"
LINK_PATH = "/order/open/"


def new_link(
    uow: UnitOfWork,
    order_id: OrderId,
    customer: Customer,
    base_url: str,
    now: datetime,
    token: str | None = None,
) -> str:
    """Make a link that opens an order's page once, by a fresh token unless one is named."""
    token = token or uow.privacy.token()
    uow.links.add(
        PageLink(
            token_hash=uow.privacy.index(LINK_PURPOSE, token),
            order_id=order_id,
            customer_id=customer.id,
            expires_at=now + LINK_LIFETIME,
            used_at=None,
            session_hash=None,
            session_until=None,
            created_at=now,
        )
    )
    return link_url(base_url, token)


def link_url(base_url: str, token: str) -> str:
    """Write the address a token opens."""
    return f"{base_url}{LINK_PATH}{token}"


def write(
    uow: UnitOfWork,
    customer: Customer,
    template: Template,
    contents: Contents,
    order_id: OrderId,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Queue a message, its contents sealed under the customer's key."""
    packed = pack(template, contents).decode("ascii")
    sealed = uow.privacy.seal(customer.sealing_key, customer.id, {CONTENTS: packed})
    message = compose(
        uow.new_id(),
        template,
        customer.language,
        customer.id,
        sealed,
        now,
        order_id=order_id,
        expires_at=expires_at,
    )
    uow.messages.add(message)


def contact_of(privacy: Privacy, customer: Customer) -> dict[str, str]:
    """Open a customer's e-mail and phone."""
    return privacy.open(customer.sealing_key, customer.id, customer.contact)


def identity_of(privacy: Privacy, customer: Customer) -> dict[str, str]:
    """Open what a customer told about himself; empty while he told nothing."""
    return privacy.open(customer.sealing_key, customer.id, customer.identity or "")
