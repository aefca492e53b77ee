"""Decide what is gathered when a person asks what we hold about him."""

from collections.abc import Mapping
from typing import Any

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.db.pool import Pool
from cambist.app.banking_steps import SEAL_PURPOSE
from cambist.app.writing import CONTENTS
from cambist.domain.compliance.cases import STAFF_ONLY
from cambist.domain.identity.customers import Customer
from cambist.domain.market.assets import ASSETS
from cambist.domain.messaging.messages import unpack
from cambist.domain.messaging.templates import Fact
from cambist.kernel.ids import CustomerId
from cambist.kernel.money import format_units
from cambist.ports.privacy import Privacy
from cambist.ports.store import Kind

ROWS_MAX = 10_000
SECRETS = frozenset({Fact.LINK.value, Fact.CODE.value})
"""What a letter held that still opens something."""

Told = dict[str, object]

_MINE = "customer_id = $1"
_OF_MY_ORDERS = "order_id in (select id from trades where customer_id = $1)"


class PostgresDisclosure:
    """Gather one person's data, opened. Not in it: what lists say, and cases of the staff alone.

    Telling either to the person is forbidden (Czech Act 253/2008, section 38).
    """

    def __init__(self, pool: Pool, privacy: Privacy) -> None:
        self._pool, self._privacy = pool, privacy

    async def gather(self, customer_id: CustomerId) -> Told | None:
        """Gather everything, None for an unknown customer; at most ROWS_MAX rows of a kind.

        Raises:
            SealBrokenError, SealKeyUnknownError: data cannot be opened.
        """
        person = await PostgresPeople(self._pool, self._privacy).person(customer_id)
        if person is None:
            return None
        customer = person.customer
        staff_only = {kind.value for kind in STAFF_ONLY}
        cases = [
            one for one in await self._all(Kind.CASE, _MINE, customer) if one.kind not in staff_only
        ]
        return {
            "customer": _customer(customer),
            "contact": person.contact,
            "identity": person.identity,
            "declaration": person.declaration,
            "documents": [
                _document(one) for one in await self._all(Kind.DOCUMENT, _MINE, customer)
            ],
            "orders": await self._orders(customer),
            "cases": [_case(one) for one in cases],
            "payments": [
                _payment(one)
                for one in await self._all(Kind.PAYMENT, f"{_MINE} or {_OF_MY_ORDERS}", customer)
            ],
            "bank_transfers_in": [
                self._line(one) for one in await self._all(Kind.BANK_LINE, _OF_MY_ORDERS, customer)
            ],
            "bank_transfers_out": [
                self._payout(customer, one)
                for one in await self._all(Kind.BANK_PAYOUT, _MINE, customer)
            ],
            "messages": [
                self._message(customer, one)
                for one in await self._all(Kind.MESSAGE, _MINE, customer)
            ],
        }

    async def _all(self, kind: Kind, where: str, customer: Customer) -> list[Any]:
        mapper = MAPPERS[kind]
        query = f"{mapper.select} where {where} order by id limit {ROWS_MAX}"
        return [mapper.read(row) for row in await self._pool.fetch(query, customer.id)]

    async def _orders(self, customer: Customer) -> list[Told]:
        trades = {one.id: one for one in await self._all(Kind.TRADE, _MINE, customer)}
        orders = await self._all(Kind.ORDER, _MINE, customer)
        return [self._order(customer, one, trades.get(one.id)) for one in orders]

    def _order(self, customer: Customer, order: Any, trade: Any) -> Told:
        told: Told = {
            "id": str(order.id),
            "kind": order.kind.value,
            "state": order.state.value,
            "address": order.address,
            "made_at": order.created_at.isoformat(),
            "your_id": order.external_id,
        }
        if trade is None:
            return told
        return told | {
            "number": trade.number,
            "through": trade.dialect,
            "crypto": _amount(trade.crypto_units, trade.crypto),
            "fiat": _amount(trade.fiat_units, trade.fiat),
            "method": trade.method,
            "details": self._open(customer, trade.sealed),
        }

    def _line(self, line: Any) -> Told:
        return {
            "booked_on": line.booked_on.isoformat(),
            "amount": _amount(line.units, line.currency),
            "in": line.credit,
            **self._privacy.open_own(SEAL_PURPOSE, line.id, line.sealed),
        }

    def _payout(self, customer: Customer, payout: Any) -> Told:
        return {
            "at": payout.created_at.isoformat(),
            "amount": _amount(payout.units, payout.currency),
            "state": payout.state.value,
            **self._open(customer, payout.sealed),
        }

    def _message(self, customer: Customer, message: Any) -> Told:
        told: Told = {
            "at": message.created_at.isoformat(),
            "channel": message.channel.value,
            "letter": message.template.value,
            "state": message.state.value,
        }
        packed = self._open(customer, message.sealed).get(CONTENTS)
        if packed is None:
            return told
        contents = unpack(packed.encode())
        facts = {name: text for name, text in contents.facts.items() if name not in SECRETS}
        return told | {"to": contents.recipient, "told": facts}

    def _open(self, customer: Customer, sealed: str) -> Mapping[str, str]:
        if customer.key is None:
            return {}
        return self._privacy.open(customer.key, customer.id, sealed)


def _customer(customer: Customer) -> Told:
    consented = customer.consented_at
    return {
        "id": str(customer.id),
        "partner": str(customer.partner_id),
        "known_to_the_partner_as": customer.external_id,
        "language": customer.language,
        "country": customer.country,
        "level": customer.level,
        "orders": customer.orders,
        "identity": customer.identity_state.value,
        "declaration": customer.declaration_state.value,
        "phone_is_proved": customer.phone_index is not None,
        "consent": customer.consent_version,
        "consented_at": None if consented is None else consented.isoformat(),
        "kept_until": customer.retain_until.isoformat(),
        "known_since": customer.created_at.isoformat(),
        "was_erased": customer.key is None,
    }


def _document(document: Any) -> Told:
    return {
        "id": str(document.id),
        "kind": document.kind.value,
        "media_type": document.media_type,
        "bytes": document.size,
        "uploaded_at": document.created_at.isoformat(),
    }


def _case(case: Any) -> Told:
    return {
        "order": str(case.order_id),
        "kind": case.kind.value,
        "state": case.state.value,
        "reasons": list(case.reasons),
        "remark": case.remark,
        "opened_at": case.opened_at.isoformat(),
    }


def _payment(payment: Any) -> Told:
    return {
        "order": str(payment.order_id),
        "direction": payment.direction.value,
        "amount": _amount(payment.units, payment.asset),
        "hash": payment.txid,
        "address": payment.address,
        "from": payment.sender,
        "at": payment.created_at.isoformat(),
    }


def _amount(units: int, code: str) -> str:
    return f"{format_units(units, ASSETS[code].scale)} {code}"
