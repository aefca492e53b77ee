"""Decide how the vendor's words become the core's commands and choices; pure."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

from pydantic import BaseModel

from cambist.app.cases.confirm_code import ConfirmCode
from cambist.app.cases.decide_change import DecideChange
from cambist.app.cases.declare_funds import DeclareFunds
from cambist.app.cases.name_return import NameReturn
from cambist.app.cases.send_code import SendCode
from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.knowing import Client
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.open_trade import OpenTrade
from cambist.dialects.btcex import wire
from cambist.dialects.btcex.answers import AddressValidation, AskedField
from cambist.dialects.btcex.tables import (
    CASE_KIND,
    CRYPTO,
    FIAT,
    STATES_OF_STATUS,
    CaseName,
)
from cambist.domain.compliance.declarations import cz
from cambist.domain.compliance.declarations.questions import NO, YES
from cambist.domain.orders.trades import Payout
from cambist.domain.payments.rails import Method
from cambist.domain.pricing.terms import Given, Side
from cambist.http.paging import order_at
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.ports.addresses import AddressFacts
from cambist.ports.affiliates import Affiliate
from cambist.ports.trades import TradeFilter, TradeView

NAME = "btcex"
LANGUAGE = "cs"
"""What customers are written in: the orders are Czech, and no field names another language."""

SHOWN_MAX = 128
PHONE_SHOWN = 3

_NUMBER = re.compile(wire.NUMBER_PATTERN, re.ASCII)

BuyWords = wire.Buy | wire.BuyQuery
SellWords = wire.Sell | wire.SellQuery


def moment(at: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def address_out(address: str, facts: AddressFacts) -> AddressValidation:
    """Show what is known of a text as an address; a valid one as it is to be written."""
    return AddressValidation(
        address=facts.normalized or address[:SHOWN_MAX],
        valid=facts.valid,
        type=facts.type,
        network=facts.network,
        reason=facts.reason,
    )


def phone_hint(phone: str) -> str:
    """Show the last digits of a phone number, so that its owner knows which one is meant."""
    return "*" * (len(phone) - PHONE_SHOWN) + phone[-PHONE_SHOWN:]


def asked_fields(model: type[BaseModel], above: str = "") -> list[AskedField]:
    """List what a case's answer is made of, from the model that reads it."""
    return list(_walk(model, above, is_required=True))


def _walk(model: type[BaseModel], above: str, *, is_required: bool) -> Iterator[AskedField]:
    for name, field in model.model_fields.items():
        path, needed = above + name, is_required and field.is_required()
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _walk(inner, f"{path}.", is_required=needed)
        else:
            yield AskedField(path, needed, _choices(inner))


def _choices(annotation: Any) -> list[str] | None:
    found = [value for value in get_args(annotation) if isinstance(value, str)]
    return found or None


def number_of(text: str) -> int:
    """Read an order's number of a path; what cannot be one is not found.

    Raises:
        DomainError: NOT_FOUND.
    """
    if not _NUMBER.fullmatch(text):
        raise DomainError(ErrorCode.NOT_FOUND)
    return int(text)


def amount_field(satoshi: int | None) -> str:
    """Name the field the amount was given in."""
    return "pennies" if satoshi is None else "satoshi"


def given_of(side: Side, satoshi: int | None, pennies: int | None) -> tuple[Given, int]:
    """Tell which side of the exchange is fixed, and at how many units."""
    if satoshi is not None:
        return (Given.TO if side is Side.BUY else Given.FROM), satoshi
    return (Given.FROM if side is Side.BUY else Given.TO), pennies or 0


def buy(data: BuyWords, affiliate: Affiliate, address: str | None) -> OpenTrade:
    """Read an order to buy; `address` is where the customer came from."""
    given, units = given_of(Side.BUY, data.satoshi, data.pennies)
    from_balance = data.btc_address is not None and data.deposit_phone is not None
    return OpenTrade(
        partner_id=affiliate.partner_id,
        integration_id=_channel(affiliate),
        dialect=NAME,
        side=Side.BUY,
        crypto=CRYPTO,
        fiat=FIAT,
        method=Method.BALANCE if from_balance else Method.CZ_BANK,
        given=given,
        units=units,
        client=_client(data, data.deposit_phone, address),
        payout=Payout.KEEP if data.btc_address is None else Payout.SEND,
        destination=data.btc_address,
    )


def sell(data: SellWords, affiliate: Affiliate, address: str | None) -> OpenTrade:
    """Read an order to sell; `address` is where the customer came from."""
    given, units = given_of(Side.SELL, data.satoshi, data.pennies)
    return OpenTrade(
        partner_id=affiliate.partner_id,
        integration_id=_channel(affiliate),
        dialect=NAME,
        side=Side.SELL,
        crypto=CRYPTO,
        fiat=FIAT,
        method=Method.CZ_BANK,
        given=given,
        units=units,
        client=_client(data, None, address),
        bank_account=data.bank_account,
    )


def _client(data: BuyWords | SellWords, phone: str | None, address: str | None) -> Client:
    return Client(
        email=data.email, phone=phone, language=LANGUAGE, address=address, cookie=data.cookie
    )


def _channel(affiliate: Affiliate) -> IntegrationId:
    if affiliate.channel is None:
        raise DomainError(ErrorCode.SETTING_INVALID)
    return affiliate.channel


def chosen(query: wire.OrdersQuery) -> TradeFilter:
    """Read what a list is asked for."""
    before = None if query.cursor is None else order_at(query.cursor)
    states = None if query.status is None else STATES_OF_STATUS[query.status]
    return TradeFilter(states=states, crypto=CRYPTO, before=before)


def cancel(view: TradeView, partner_id: PartnerId) -> CancelTrade:
    """Name an order to cancel."""
    return CancelTrade(view.order.id, partner_id)


def identity(view: TradeView, partner_id: PartnerId, data: wire.VerifyIdentity) -> SubmitIdentity:
    """Read what a customer tells about himself."""
    told = {
        "first_name": data.first_name,
        "last_name": data.last_name,
        "birth_date": data.birth_date.isoformat(),
        "birth_number": data.birth_number or "",
        "nationality": data.nationality,
        "street": data.address.street,
        "city": data.address.city,
        "postal_code": data.address.postal_code,
        "country": data.address.country,
        "document_kind": data.document.kind,
        "document_number": data.document.number,
        "document_valid_until": data.document.valid_until.isoformat(),
        "document_issuer": data.document.issuer,
        "phone": data.phone,
    }
    return SubmitIdentity(view.order.id, partner_id, data.address.country, _said(told))


def funds(view: TradeView, partner_id: PartnerId, data: wire.AmlCz) -> DeclareFunds:
    """Read a declaration of funds."""
    told = {
        "funds_origin": data.funds_origin,
        "funds_origin_detail": data.funds_origin_detail or "",
        "purpose": data.purpose,
        "occupation": data.occupation,
        "pep": YES if data.pep else NO,
        "tax_country": data.tax_country,
        "declaration": YES,
    }
    form = cz.DECLARATION.country
    return DeclareFunds(view.order.id, partner_id, form, _said(told))


def _said(told: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in told.items() if value)


def send_code(view: TradeView, partner_id: PartnerId, name: CaseName) -> SendCode:
    """Ask for a code; who asks is the partner's server, so the order stands for its address."""
    return SendCode(view.order.id, partner_id, CASE_KIND[name], f"order:{view.order.id}")


def confirm(
    view: TradeView, partner_id: PartnerId, name: CaseName, data: wire.CodeAnswer
) -> ConfirmCode:
    """Read a code, or the refusal of one."""
    return ConfirmCode(view.order.id, partner_id, CASE_KIND[name], data.code)


def change(view: TradeView, partner_id: PartnerId, data: wire.Change) -> DecideChange:
    """Read a decision about changed terms."""
    return DecideChange(view.order.id, partner_id, data.decision == "accept")


def name_return(view: TradeView, partner_id: PartnerId, data: wire.Return) -> NameReturn:
    """Read where crypto goes back to."""
    return NameReturn(view.order.id, partner_id, data.btc_address)
