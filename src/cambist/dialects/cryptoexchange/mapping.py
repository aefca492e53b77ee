"""Decide how requests become commands and choices; pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from cambist.app.customers.issue_address import IssueAddress
from cambist.app.knowing import Client
from cambist.app.notices.hand_out_link import HandOutLink
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.open_trade import OpenTrade
from cambist.app.trades.place_quote import PlaceQuote
from cambist.dialects.cryptoexchange import wire
from cambist.dialects.cryptoexchange.tables import (
    AMOUNT_CHOICE,
    AMOUNT_CHOICE_DETAIL,
    CRYPTO_CODES,
    RAILS,
    STATES,
    Status,
)
from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.terms import Given, Side
from cambist.http.amounts import AmountCodec
from cambist.http.fields import Email, Phone
from cambist.http.idempotency import Asked
from cambist.http.paging import order_at
from cambist.http.refusals import Refusal, RefusedError, Violation
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, IntegrationId, OrderId, PartnerId, QuoteId
from cambist.kernel.money import Asset
from cambist.ports.trades import TradeFilter

NAME = "cryptoexchange"

_EMAIL, _PHONE = TypeAdapter[str](Email), TypeAdapter[str](Phone)
_ID = re.compile(wire.ID_PATTERN, re.ASCII)
_CUSTOMER = re.compile(wire.CUSTOMER_PATTERN.removesuffix("$"))


def no_rounding() -> None:
    """Stand where a rounding switch would be noted: this dialect has none."""


AMOUNTS = AmountCodec(rounds=False, on_rounded=no_rounding)


def order_id_of(text: str) -> OrderId:
    """Read an order id of a path; what cannot be one is not found.

    Raises:
        DomainError: NOT_FOUND.
    """
    if not _ID.fullmatch(text):
        raise DomainError(ErrorCode.NOT_FOUND)
    return OrderId(UUID(text))


def customer_of(text: str) -> str:
    """Read a customer's id of a path; what cannot be one is not found.

    Raises:
        DomainError: NOT_FOUND.
    """
    if not _CUSTOMER.fullmatch(text):
        raise DomainError(ErrorCode.NOT_FOUND)
    return text


def crypto_of(code: str) -> Asset:
    """Find a crypto currency.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, for fiat and unknown codes alike.
    """
    if code not in CRYPTO_CODES:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, field="crypto")
    return asset_of(code)


def fiat_of(code: str) -> Asset:
    """Find a fiat currency that a rail carries.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED.
    """
    if code not in RAILS:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, field="fiat")
    return asset_of(code)


def amount_of(
    side: Side, crypto: Asset, fiat: Asset, crypto_amount: str | None, fiat_amount: str | None
) -> tuple[Given, int]:
    """Read the one amount that is given, as units and as the end of the exchange it fixes.

    Raises:
        RefusedError: amount-choice (422).
        DomainError: AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL.
    """
    if (crypto_amount is None) is (fiat_amount is None):
        raise one_amount("cryptoAmount", "fiatAmount")
    if fiat_amount is not None:
        given = Given.FROM if side is Side.BUY else Given.TO
        return given, AMOUNTS.units(fiat_amount, fiat, "fiatAmount")
    given = Given.TO if side is Side.BUY else Given.FROM
    return given, AMOUNTS.units(crypto_amount or "", crypto, "cryptoAmount")


def one_amount(*fields: str) -> RefusedError:
    """Make the refusal of no amount, or of more than one."""
    wrong = tuple(Violation(field, AMOUNT_CHOICE_DETAIL, AMOUNT_CHOICE) for field in fields)
    return RefusedError(Refusal(422, AMOUNT_CHOICE, AMOUNT_CHOICE_DETAIL, wrong))


def quote(data: wire.PlaceQuote, client_id: PartnerId) -> Asked:
    """Read a request for a firm price.

    Raises:
        RefusedError: amount-choice.
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL.
    """
    side, crypto, fiat = Side(data.side), crypto_of(data.crypto), fiat_of(data.fiat)
    given, units = amount_of(side, crypto, fiat, data.crypto_amount, data.fiat_amount)
    command = PlaceQuote(
        partner_id=client_id,
        dialect=NAME,
        side=side,
        crypto=crypto.code,
        fiat=fiat.code,
        method=RAILS[fiat.code],
        given=given,
        units=units,
    )
    return Asked(command, f"{NAME}:quote")


def order(data: wire.PlaceOrder, client_id: PartnerId, channel: IntegrationId) -> Asked:
    """Read a request for an order; without a key its `externalId` names it among a customer's.

    Raises:
        RefusedError: amount-choice.
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL, ADDRESS_INVALID,
            FIELD_INVALID.
    """
    side, crypto, fiat = Side(data.side), crypto_of(data.crypto), fiat_of(data.fiat)
    _check_ends(data, side)
    given, units = _price_of(data, side, crypto, fiat)
    command = OpenTrade(
        partner_id=client_id,
        integration_id=channel,
        dialect=NAME,
        side=side,
        crypto=crypto.code,
        fiat=fiat.code,
        method=RAILS[fiat.code],
        given=given,
        units=units,
        client=Client(
            external_id=data.customer_id,
            email=_contact(_EMAIL, data.email, "email"),
            phone=_contact(_PHONE, data.phone, "phone"),
            language=data.language,
        ),
        destination=data.address,
        bank_account=data.bank_account,
        external_id=data.external_id,
        quote_id=None if data.quote_id is None else QuoteId(UUID(data.quote_id)),
    )
    return Asked(command, f"{NAME}:order", data.customer_id, data.external_id)


def _contact(form: TypeAdapter[str], text: str | None, field: str) -> str | None:
    """Read an e-mail address or a phone number; one that cannot exist is refused."""
    if text is None:
        return None
    try:
        return form.validate_python(text)
    except ValidationError as error:
        reason = error.errors(include_input=False, include_context=False)[0]["type"]
        raise DomainError(ErrorCode.FIELD_INVALID, field=field, reason=reason) from None


def _price_of(data: wire.PlaceOrder, side: Side, crypto: Asset, fiat: Asset) -> tuple[Given, int]:
    """Read the amount, which is not there when a quote says it."""
    if data.quote_id is None:
        return amount_of(side, crypto, fiat, data.crypto_amount, data.fiat_amount)
    if data.crypto_amount is not None or data.fiat_amount is not None:
        raise one_amount("quoteId")
    return Given.FROM, 0


def _check_ends(data: wire.PlaceOrder, side: Side) -> None:
    """Require where the outcome goes, and refuse what would be left unused."""
    if side is Side.BUY and data.address is None:
        raise DomainError(ErrorCode.ADDRESS_INVALID, field="address", reason="missing")
    if side is Side.SELL and data.bank_account is None:
        raise DomainError(ErrorCode.FIELD_INVALID, field="bankAccount", reason="missing")
    if side is Side.SELL and data.address is not None:
        raise DomainError(ErrorCode.FIELD_INVALID, field="address", reason="not-for-sell")
    if side is Side.BUY and data.bank_account is not None:
        raise DomainError(ErrorCode.FIELD_INVALID, field="bankAccount", reason="not-for-buy")


def cancel(order_id: str, client_id: PartnerId) -> Asked:
    """Read a request to cancel an order.

    Raises:
        DomainError: NOT_FOUND.
    """
    return Asked(CancelTrade(order_id_of(order_id), client_id), f"{NAME}:cancel")


def link(order_id: str, client_id: PartnerId, public_url: str, key: str | None) -> HandOutLink:
    """Read a request for a link to an order's page.

    Raises:
        DomainError: NOT_FOUND.
    """
    return HandOutLink(client_id, order_id_of(order_id), public_url, key)


def address(data: wire.CreateAddress, client_id: PartnerId, channel: IntegrationId) -> Asked:
    """Read a request for a customer's address.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED.
    """
    command = IssueAddress(client_id, channel, crypto_of(data.crypto).code, data.customer_id)
    return Asked(command, f"{NAME}:address")


def chosen(query: wire.OrdersQuery, customer_id: CustomerId) -> TradeFilter:
    """Read which orders of a customer are asked for.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, FIELD_INVALID.
    """
    return TradeFilter(
        states=None if query.status is None else STATES[_status(query.status)],
        customer_id=customer_id,
        crypto=None if query.crypto is None else crypto_of(query.crypto).code,
        since=_moment(query.since, "from"),
        until=_moment(query.until, "to"),
        before=None if query.cursor is None else order_at(query.cursor),
    )


def _status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        raise DomainError(ErrorCode.FIELD_INVALID, field="status") from None


def _moment(text: str | None, field: str) -> datetime | None:
    """Read a moment; a day or hour that does not exist is refused."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DomainError(ErrorCode.FIELD_INVALID, field=field) from None


def enabled_only(codes: Sequence[str]) -> tuple[str, ...]:
    """List the crypto currencies that are enabled, in the order they are shown."""
    return tuple(code for code in CRYPTO_CODES if code in codes)
