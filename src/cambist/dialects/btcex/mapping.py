"""Decide how the core's values and the vendor's become each other; pure both ways."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

from pydantic import BaseModel

from cambist.dialects.btcex.answers import AddressValidation, AskedField
from cambist.ports.addresses import AddressFacts

SHOWN_MAX = 128
PHONE_SHOWN = 3


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
