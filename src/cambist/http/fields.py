"""Decide how what people tell about themselves is read from the wire: strictly, without echo.

Every refusal is one constant sentence and a stable code; what was sent is never part of it.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Any

import idna
import phonenumbers
import pycountry
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError
from stdnum.cz import rc
from stdnum.exceptions import ValidationError as NumberError

EMAIL_MAX = 254
LOCAL_MAX = 64
DOMAIN_MAX = 253
PHONE_MAX = 32
NAME_MAX = 100
LINE_MAX = 200
TEXT_MAX = 2_000
AGE_MIN = 15
AGE_MAX = 120
TODAY = "today"
"""The key of a validation context that holds the day birth dates are judged by."""

_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_PHONE = re.compile(r"\+[0-9](?:[0-9 ().-]*[0-9])?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_BIRTH_NUMBER = re.compile(r"[0-9]{6}/?[0-9]{3,4}", re.ASCII)
_POSTAL_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9 -]{0,10}[A-Z0-9])?", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_CODE_LIMIT = 10**6
_COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries)
_NAME_MARKS = frozenset(" '\u2019\u02bc.-,\u00b7")
_LINES = frozenset("\n")


class FieldFault(StrEnum):
    """Name what can be wrong with a field; the code of a violation."""

    AGE_TOO_HIGH = "age-too-high"
    AGE_TOO_LOW = "age-too-low"
    BIRTH_DATE_FUTURE = "birth-date-future"
    BIRTH_NUMBER_INVALID = "birth-number-invalid"
    BIRTH_NUMBER_MISMATCH = "birth-number-mismatch"
    CODE_FORM = "code-form"
    COUNTRY_UNKNOWN = "country-unknown"
    DATE_INVALID = "date-invalid"
    EMAIL_INVALID = "email-invalid"
    FLAG_EXPECTED = "flag-expected"
    IP_ADDRESS_INVALID = "ip-address-invalid"
    NAME_INVALID = "name-invalid"
    PHONE_INVALID = "phone-invalid"
    POSTAL_CODE_INVALID = "postal-code-invalid"
    TEXT_INVALID = "text-invalid"


FAULTS: Mapping[FieldFault, str] = {
    FieldFault.AGE_TOO_HIGH: "Nobody is known to have reached this age.",
    FieldFault.AGE_TOO_LOW: f"Customers must be at least {AGE_MIN} years old.",
    FieldFault.BIRTH_DATE_FUTURE: "The date lies in the future.",
    FieldFault.BIRTH_NUMBER_INVALID: "This is no Czech birth number.",
    FieldFault.BIRTH_NUMBER_MISMATCH: "The birth number names another date than the birth date.",
    FieldFault.CODE_FORM: "A code of six digits is expected.",
    FieldFault.COUNTRY_UNKNOWN: "A country code of two capital letters is expected (ISO 3166-1).",
    FieldFault.DATE_INVALID: "A date is expected, such as 1990-12-31.",
    FieldFault.EMAIL_INVALID: "An e-mail address is expected.",
    FieldFault.FLAG_EXPECTED: "true or false is expected.",
    FieldFault.IP_ADDRESS_INVALID: "An IPv4 or IPv6 address is expected.",
    FieldFault.NAME_INVALID: "A name of letters is expected.",
    FieldFault.PHONE_INVALID: "A phone number with its country code is expected, such as +420...",
    FieldFault.POSTAL_CODE_INVALID: "A postal code is expected.",
    FieldFault.TEXT_INVALID: "The text is empty or has characters that cannot be shown.",
}


def wrong(fault: FieldFault) -> PydanticCustomError:
    """Make the error of a fault, to be raised in a validator."""
    return PydanticCustomError(fault.value, FAULTS[fault])


def _email(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not 0 < len(local) <= LOCAL_MAX or _LOCAL.fullmatch(local) is None:
        raise wrong(FieldFault.EMAIL_INVALID)
    host = _domain(domain)
    if len(local) + 1 + len(host) > EMAIL_MAX:
        raise wrong(FieldFault.EMAIL_INVALID)
    return f"{local}@{host}"


def _domain(domain: str) -> str:
    """Write a mail domain in lower-case ASCII (IDNA 2008 where it is not)."""
    try:
        lower = unicodedata.normalize("NFC", domain.lower())
        host = lower if lower.isascii() else idna.encode(lower).decode()
    except idna.IDNAError as error:
        raise wrong(FieldFault.EMAIL_INVALID) from error
    labels = host.split(".")
    fits = len(host) <= DOMAIN_MAX and all(_LABEL.fullmatch(label) for label in labels)
    if len(labels) < 2 or not fits or labels[-1].isdigit():
        raise wrong(FieldFault.EMAIL_INVALID)
    return host


def _phone(text: str) -> str:
    if _PHONE.fullmatch(text) is None:
        raise wrong(FieldFault.PHONE_INVALID)
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise wrong(FieldFault.PHONE_INVALID) from error
    if not phonenumbers.is_valid_number(number):
        raise wrong(FieldFault.PHONE_INVALID)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _country(text: str) -> str:
    if text not in _COUNTRIES:
        raise wrong(FieldFault.COUNTRY_UNKNOWN)
    return text


def _name(text: str) -> str:
    name = _squeeze(text)
    letters = [char for char in name if unicodedata.category(char)[0] == "L"]
    if not letters or any(
        unicodedata.category(char)[0] not in "LM" and char not in _NAME_MARKS for char in name
    ):
        raise wrong(FieldFault.NAME_INVALID)
    return name


def _squeeze(text: str) -> str:
    """Compose (NFC) and write every run of blanks as one; control characters stay to be found."""
    blanks = [" " if unicodedata.category(char) == "Zs" else char for char in text]
    return " ".join(
        part for part in unicodedata.normalize("NFC", "".join(blanks)).split(" ") if part
    )


def _line(text: str) -> str:
    line = _squeeze(text)
    if not line or not _is_shown(line):
        raise wrong(FieldFault.TEXT_INVALID)
    return line


def _lines(text: str) -> str:
    lines = "\n".join(_squeeze(line) for line in text.replace("\r\n", "\n").split("\n")).strip("\n")
    if not lines or not _is_shown(lines, _LINES):
        raise wrong(FieldFault.TEXT_INVALID)
    return lines


def _is_shown(text: str, besides: frozenset[str] = frozenset()) -> bool:
    """Tell whether a text holds nothing invisible: control, format, surrogate, line separators."""
    return all(
        char in besides
        or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
        for char in text
    )


def _postal_code(text: str) -> str:
    code = _squeeze(text).upper()
    if _POSTAL_CODE.fullmatch(code) is None:
        raise wrong(FieldFault.POSTAL_CODE_INVALID)
    return code


def _date(value: Any) -> date:
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise wrong(FieldFault.DATE_INVALID)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise wrong(FieldFault.DATE_INVALID) from error


def _birth_date(born: date, info: ValidationInfo) -> date:
    today = (info.context or {}).get(TODAY)
    if today is not None and (fault := birth_date_fault(born, today)) is not None:
        raise wrong(fault)
    return born


def birth_date_fault(born: date, today: date) -> FieldFault | None:
    """Tell what is wrong with a customer's birth date: to come, too young, too old."""
    if born > today:
        return FieldFault.BIRTH_DATE_FUTURE
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < AGE_MIN:
        return FieldFault.AGE_TOO_LOW
    return FieldFault.AGE_TOO_HIGH if age > AGE_MAX else None


def _birth_number(text: str) -> str:
    if _BIRTH_NUMBER.fullmatch(text) is None:
        raise wrong(FieldFault.BIRTH_NUMBER_INVALID)
    try:
        return rc.validate(text)
    except NumberError as error:
        raise wrong(FieldFault.BIRTH_NUMBER_INVALID) from error


def birth_number_agrees(number: str, born: date) -> bool:
    """Tell whether a valid Czech birth number names a birth date."""
    return rc.get_birth_date(number) == born


def _ip_address(text: str) -> str:
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError as error:
        raise wrong(FieldFault.IP_ADDRESS_INVALID) from error


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise wrong(FieldFault.FLAG_EXPECTED)
    return value


def _query_flag(value: Any) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if not isinstance(value, str) or value not in known:
        raise wrong(FieldFault.FLAG_EXPECTED)
    return known[value]


def _code(value: Any) -> str:
    """Take six digits, or the number some clients make of them, its leading zeros put back."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _CODE_LIMIT:
        return f"{value:06d}"
    if not isinstance(value, str) or _CODE.fullmatch(value) is None:
        raise wrong(FieldFault.CODE_FORM)
    return value


Email = Annotated[
    str,
    Field(
        min_length=6,
        max_length=EMAIL_MAX,
        json_schema_extra={"format": "email", "examples": ["jana@shop.example"]},
    ),
    AfterValidator(_email),
]
"""An e-mail address (the dot-atom form of RFC 5321); the domain becomes lower-case ASCII."""

Phone = Annotated[
    str,
    Field(max_length=PHONE_MAX, json_schema_extra={"examples": ["+420601123456"]}),
    AfterValidator(_phone),
]
"""A phone number that can exist, written in international form; becomes E.164."""

CountryCode = Annotated[
    str,
    Field(max_length=2, json_schema_extra={"enum": sorted(_COUNTRIES)}),
    AfterValidator(_country),
]
"""A country of ISO 3166-1 by its two capital letters."""

PersonName = Annotated[
    str,
    Field(min_length=1, max_length=NAME_MAX, json_schema_extra={"examples": ["Jana"]}),
    AfterValidator(_name),
]
"""A given or family name of letters of any script, composed (NFC), blanks squeezed."""

Line = Annotated[str, Field(min_length=1, max_length=LINE_MAX), AfterValidator(_line)]
"""One line of shown text: a street, a city, an authority."""

Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX), AfterValidator(_lines)]
"""Shown text of several lines."""

PostalCode = Annotated[
    str,
    Field(min_length=1, max_length=12, json_schema_extra={"examples": ["110 00"]}),
    AfterValidator(_postal_code),
]
"""A postal code of any country: letters, digits, blanks, hyphens."""

Day = Annotated[date, BeforeValidator(_date)]
"""A calendar day in ISO 8601."""

BirthDate = Annotated[date, BeforeValidator(_date), AfterValidator(_birth_date)]
"""A birth date; one to come or of an impossible age is refused where the context has TODAY."""

CzechBirthNumber = Annotated[
    str,
    Field(max_length=11, json_schema_extra={"examples": ["710319/2745"]}),
    AfterValidator(_birth_number),
]
"""A Czech or Slovak birth number, with or without its slash; becomes digits only."""

IpAddress = Annotated[
    str,
    Field(max_length=45, json_schema_extra={"examples": ["203.0.113.7"]}),
    AfterValidator(_ip_address),
]
"""An IPv4 or IPv6 address, in its shortest form."""

Flag = Annotated[bool, BeforeValidator(_flag)]
"""JSON's true or false; the framework's lax mode would take words and numbers."""

QueryFlag = Annotated[bool, BeforeValidator(_query_flag)]
"""A flag of a query: true, false, 1 or 0."""

OneTimeCode = Annotated[
    str, BeforeValidator(_code), Field(json_schema_extra={"pattern": "^[0-9]{6}$"})
]
"""A one-time code of six digits."""
