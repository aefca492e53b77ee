"""Show what people may write about themselves and their money, and that no refusal repeats it."""

from datetime import date, timedelta
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from cambist.http import fields, money_fields
from cambist.http.fields import (
    BirthDate,
    CountryCode,
    CzechBirthNumber,
    Day,
    Email,
    Flag,
    IpAddress,
    Line,
    OneTimeCode,
    PersonName,
    Phone,
    PostalCode,
    QueryFlag,
    Text,
    birth_date_fault,
    birth_number_agrees,
)
from cambist.http.forms import read_model, read_pairs
from cambist.http.money_fields import (
    MONEY_MAX,
    BankAccount,
    Iban,
    MoneyInteger,
    QueryMoneyInteger,
)
from cambist.http.refusals import RefusedError

TODAY = date(2026, 11, 21)
KINDS: dict[str, Any] = {
    "email": Email,
    "phone": Phone,
    "country": CountryCode,
    "name": PersonName,
    "line": Line,
    "text": Text,
    "postal": PostalCode,
    "day": Day,
    "birth": BirthDate,
    "number": CzechBirthNumber,
    "flag": Flag,
    "ip": IpAddress,
    "query_flag": QueryFlag,
    "code": OneTimeCode,
    "iban": Iban,
    "account": BankAccount,
    "money": MoneyInteger,
    "query_money": QueryMoneyInteger,
}


def read(kind: str, value: Any, *, strict: bool | None = None) -> Any:
    """Read one value; the framework passes strict=False whatever a model says."""
    context = {fields.TODAY: TODAY}
    return TypeAdapter(KINDS[kind]).validate_python(value, strict=strict, context=context)


@pytest.mark.parametrize("strict", [None, True, False])
@pytest.mark.parametrize(
    ("kind", "sent", "meant"),
    [
        ("email", "Jana.Nov\u00e1"[:8] + "@Shop.EXAMPLE", "Jana.Nov@shop.example"),
        ("email", "a@b.cz", "a@b.cz"),
        ("email", "o'neil+tag@b\u00fccher.example", "o'neil+tag@xn--bcher-kva.example"),
        ("phone", "+420 601 123 456", "+420601123456"),
        ("phone", "+420601123456", "+420601123456"),
        ("phone", "+46 8 123 456 78", "+46812345678"),
        ("country", "CZ", "CZ"),
        ("name", "  Jana   Nov\u00e1kov\u00e1 ", "Jana Nov\u00e1kov\u00e1"),
        ("name", "Zoe\u0301", "Zo\u00e9"),
        ("name", "O\u2019Neil-M\u00fcller Jr.", "O\u2019Neil-M\u00fcller Jr."),
        ("name", "\u9ec4\u5929", "\u9ec4\u5929"),
        ("line", "Dlouh\u00e1 12/3", "Dlouh\u00e1 12/3"),
        ("text", "one\r\ntwo", "one\ntwo"),
        ("postal", "110 00", "110 00"),
        ("postal", "sw1a 1aa", "SW1A 1AA"),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("birth", "2011-11-21", date(2011, 11, 21)),
        ("number", "710319/2745", "7103192745"),
        ("number", "991231123", "991231123"),
        ("flag", True, True),
        ("ip", "203.0.113.7", "203.0.113.7"),
        ("ip", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("query_flag", "0", False),
        ("code", "012345", "012345"),
        ("code", 12345, "012345"),
        ("iban", "cz65 0800 0000 1920 0014 5399", "CZ6508000000192000145399"),
        ("iban", "SE4550000000058398257466", "SE4550000000058398257466"),
        ("account", "19-2000145399/0800", "CZ6508000000192000145399"),
        ("account", "2000145399/0800", "CZ7908000000002000145399"),
        ("account", "RO49AAAA1B31007593840000", "RO49AAAA1B31007593840000"),
        ("money", 1, 1),
        ("money", MONEY_MAX, MONEY_MAX),
        ("query_money", "25000", 25_000),
    ],
)
def test_what_is_right_is_read(kind: str, sent: Any, meant: Any, strict: bool | None) -> None:
    found = read(kind, sent, strict=strict)
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize("strict", [None, True, False])
@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        *(
            ("email", text)
            for text in (
                "", "a", "a@b", "@b.cz", "a@", "a b@c.cz", "a@b..cz", "a@-b.cz", "a.@b.cz",
                ".a@b.cz", "a..b@c.cz", "a@b.cz\n", "a@b.cz\r\nBcc: x@y.cz", "a@[127.0.0.1]",
                "a@1.2.3.4", '"a b"@c.cz', "a@b@c.cz", "a,b@c.cz", "<a@b.cz>", "\u00e1@b.cz",
                "a@\u200bb.cz",
                "x" * 65 + "@b.cz", "a@" + "b" * 64 + ".cz", "a@" + "b." * 130 + "cz", "a@b_c.cz",
                "a@b.cz" * 20_000,
            )
        ),
        *(
            ("phone", text)
            for text in ("", "601123456", "+", "+420", "+420601", "+999601123456", "+420601123456x",
                "+1-800-FLOWERS", "00420601123456", "+420601123456;ext=1",
                "+\u0664\u0662\u0660601123456", "+420601123456" + "0" * 30)
        ),
        *(("country", text) for text in ("", "cz", "CZE", "XX", "QQ", "\u0421Z", "C")),
        *(
            ("name", text)
            for text in ("", " ", "-", "Jan4", "<b>Jana</b>", "Jana\n", "Jana\x00", "Jana\u202e",
                "\u200b", "x" * 101, "Jana\u2028Nov\u00e1", "a@b.cz")
        ),
        *(("line", text) for text in ("", "  ", "a\nb", "a\tb", "\x1b[2J", "a\u202eb", "x" * 201)),
        *(("text", text) for text in ("", "\n", "a\x00", "x" * 2_001)),
        *(("postal", text) for text in ("", "-", "110_00", "1" * 13, "\u0661\u0661")),
        *(("day", text) for text in ("", "2023-02-29", "21.11.2026", "20261121", "2026-W47-6",
            "2026-11-21T00:00:00", "\u0662026-11-21", 0, 20_000, None, True)),
        *(
            ("birth", (TODAY + timedelta(days=days)).isoformat())
            for days in (1, 0, -365, -365 * 14, -365 * 122)
        ),
        *(("number", text) for text in ("", "710319/2746", "7103192746", "1103492745", "590312123",
            "71031927450", "710319-2745", "\u0667103192745")),
        *(("ip", value) for value in ("", "1.2.3", "1.2.3.4.5", "01.2.3.4", "::g",
            16_909_060, "x" * 50)),
        *(("flag", value) for value in ("true", "yes", 1, 0, None, "on")),
        *(("query_flag", value) for value in ("TRUE", "yes", "", True, 1)),
        *(("code", value) for value in ("", "12345", "1234567", 1_000_000, -1, True, 1.0, None,
            "\u0661\u0662\u0663\u0664\u0665\u0666", "12345\n")),
        *(("iban", text) for text in ("", "CZ6508000000192000145398", "CZ65",
            "XX6508000000192000145399", "CZ65-0800-0000-1920-0014-5399",
            "CZ\u0666508000000192000145399", "CZ" * 30)),
        *(("account", text) for text in ("", "19-2000145398/0800", "18-2000145399/0800",
            "2000145399/0000", "2000145399", "CZ6508000000192000145398", "1/1")),
        *(("money", value) for value in (0, -1, MONEY_MAX + 1, True, False, 1.0, "1",
            None, 10**400)),
        *(("query_money", value) for value in ("", "0", "-1", "+1", "01", "1.0", "1e3", " 1", "1\n",
            "\u0661", "9" * 17, "9" * 5_000, 1)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_a_code(kind: str, sent: Any, strict: bool | None) -> None:
    with pytest.raises(ValidationError) as refused:
        read(kind, sent, strict=strict)
    assert all(error["type"] for error in refused.value.errors())


def test_a_czech_iban_carries_the_accounts_own_check_digits() -> None:
    # Right by ISO 7064, wrong by the weights of the Czech central bank.
    with pytest.raises(ValidationError):
        read("iban", "CZ9208000000192000145398")


def test_age_is_counted_by_birthdays() -> None:
    assert birth_date_fault(date(2011, 11, 21), TODAY) is None
    assert birth_date_fault(date(2011, 11, 22), TODAY) == "age-too-low"
    assert birth_date_fault(TODAY, TODAY) == "age-too-low"
    assert birth_date_fault(TODAY + timedelta(days=1), TODAY) == "birth-date-future"
    assert birth_date_fault(date(1905, 11, 22), TODAY) is None
    assert birth_date_fault(date(1905, 11, 21), TODAY) == "age-too-high"
    assert birth_date_fault(date(2008, 2, 29), date(2023, 2, 28)) == "age-too-low"


def test_a_birth_number_names_its_birth_date() -> None:
    assert birth_number_agrees("7103192745", date(1971, 3, 19))
    assert not birth_number_agrees("7103192745", date(1971, 3, 20))
    assert birth_number_agrees("991231123", date(1899, 12, 31))


class Person(BaseModel):
    """Be a form."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    email: Email
    name: PersonName
    birth_date: BirthDate
    phone: Phone | None = None
    amount: MoneyInteger | None = None
    note: Annotated[str, Field(max_length=5)] | None = None


SECRET = "Hunter2"


def refusal_of(values: dict[str, Any]) -> RefusedError:
    """Read a person who cannot be."""
    with pytest.raises(RefusedError) as refused:
        read_model(Person, values, TODAY)
    return refused.value


def test_every_wrong_field_is_named_at_once_and_nothing_is_repeated() -> None:
    refused = refusal_of(
        {
            "email": f"{SECRET}@",
            "name": f"<{SECRET}>",
            "birth_date": f"{SECRET}",
            "phone": f"+{SECRET}",
            "amount": SECRET,
            "note": SECRET,
            "extra": SECRET,
        }
    )
    violations = {v.path: v.code for v in refused.refusal.violations}
    assert violations == {
        "email": "email-invalid",
        "name": "name-invalid",
        "birth_date": "date-invalid",
        "phone": "phone-invalid",
        "amount": "integer-expected",
        "note": "string-too-long",
        "extra": "extra-forbidden",
    }
    assert SECRET not in str(refused.refusal)
    assert refused.__cause__ is None
    assert refused.__context__ is None


@given(
    st.dictionaries(
        st.sampled_from(["email", "name", "birth_date", "phone", "amount", "note"]),
        st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()),
    )
)
def test_any_values_become_a_person_or_a_refusal(values: dict[str, Any]) -> None:
    try:
        read_model(Person, values, TODAY)
    except RefusedError as refused:
        told = refused.refusal
    else:
        return
    assert told.status == 400
    assert all(v.path and v.code for v in told.violations)


@given(st.text(max_size=60))
def test_what_was_read_reads_the_same_again(text: str) -> None:
    for kind in ("email", "phone", "name", "line", "text", "postal", "iban", "account"):
        try:
            once = read(kind, text)
        except ValidationError:
            continue
        assert read(kind, once) == once


def test_a_name_that_occurs_twice_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        read_pairs(Person, [("email", "a@b.cz"), ("email", "b@b.cz")])
    assert [(v.path, v.code) for v in refused.value.refusal.violations] == [("email", "repeated")]


def test_tables_of_sentences_are_total() -> None:
    assert set(fields.FAULTS) == set(fields.FieldFault)
    assert set(money_fields.FAULTS) == set(money_fields.AccountFault)
