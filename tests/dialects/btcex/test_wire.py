"""Show what bodies and queries are taken, and that each wrong field is named by itself."""

from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from cambist.dialects.btcex import wire
from cambist.http.forms import read_model, read_pairs
from cambist.http.refusals import RefusedError
from tests.dialects.btcex.live import AML

TODAY = date(2026, 11, 21)
PHONE = "+420601123456"
ACCOUNT = "19-2000145399/0800"
BUY = {"satoshi": 100_000, "email": "jana@shop.example", "btc_address": wire.ADDRESS_EXAMPLE}
SELL = {"pennies": 250_000, "email": "jana@shop.example", "bank_account": ACCOUNT}
IDENTITY = {
    "first_name": "Jana",
    "last_name": "Nov\u00e1kov\u00e1",
    "birth_date": "1971-03-19",
    "birth_number": "710319/2745",
    "nationality": "CZ",
    "address": {
        "street": "Dlouh\u00e1 1",
        "city": "Praha",
        "postal_code": "110 00",
        "country": "CZ",
    },
    "document": {
        "kind": "id-card",
        "number": "123456789",
        "valid_until": "2030-01-01",
        "issuer": "Magistr\u00e1t",
    },
    "phone": PHONE,
}


def wrong(model: type[BaseModel], values: dict[str, Any]) -> dict[str, str]:
    """Read values that cannot be and name what is wrong."""
    with pytest.raises(RefusedError) as refused:
        read_model(model, values, TODAY)
    return {v.path: v.code for v in refused.value.refusal.violations}


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (wire.Buy, BUY),
        (
            wire.Buy,
            {**BUY, "satoshi": None, "pennies": 1, "dry": True, "ip_address": "203.0.113.7"},
        ),
        (wire.Buy, {"satoshi": 1, "email": "a@b.cz", "deposit_phone": PHONE, "cookie": "x1"}),
        (wire.Buy, {**BUY, "deposit_phone": PHONE}),
        (wire.Buy, {**BUY, "bank_account": "not looked at"}),
        (wire.Sell, SELL),
        (wire.Sell, {**SELL, "btc_address": "not looked at", "affiliate": "shop.example"}),
        (wire.VerifyIdentity, IDENTITY),
        (wire.VerifyIdentity, {**IDENTITY, "birth_number": None}),
        (wire.AmlCz, AML),
        (wire.AmlCz, {**AML, "funds_origin": "other", "funds_origin_detail": "a prize"}),
        (wire.CodeAnswer, {"code": "012345"}),
        (wire.CodeAnswer, {"refused": True}),
        (wire.Change, {"decision": "accept"}),
        (wire.Return, {"btc_address": wire.ADDRESS_EXAMPLE}),
        (wire.Picture, {"kind": "selfie", "sha256": "0" * 64}),
        (wire.OrdersQuery, {}),
    ],
)
def test_right_bodies_are_taken(model: type[BaseModel], values: dict[str, Any]) -> None:
    assert isinstance(read_model(model, values, TODAY), model)


@pytest.mark.parametrize(
    ("model", "values", "faults"),
    [
        (wire.Buy, {**BUY, "pennies": 1}, {"pennies": "amount-either"}),
        (wire.Buy, {**BUY, "satoshi": None}, {"pennies": "amount-either"}),
        (wire.Buy, {**BUY, "satoshi": "1"}, {"satoshi": "integer-expected"}),
        (wire.Buy, {**BUY, "satoshi": 1.0}, {"satoshi": "integer-expected"}),
        (wire.Buy, {**BUY, "satoshi": True}, {"satoshi": "integer-expected"}),
        (wire.Buy, {**BUY, "btc_address": None}, {"deposit_phone": "destination-missing"}),
        (wire.Buy, {**BUY, "btc_address": "a b"}, {"btc_address": "string-pattern-mismatch"}),
        (wire.Buy, {**BUY, "dry": "true"}, {"dry": "flag-expected"}),
        (wire.Buy, {**BUY, "price": 1}, {"price": "extra-forbidden"}),
        (wire.Buy, {**BUY, "ip_address": 1}, {"ip_address": "string-type"}),
        (
            wire.Buy,
            {},
            {
                "pennies": "amount-either",
                "deposit_phone": "destination-missing",
                "email": "missing",
            },
        ),
        (wire.Sell, {**SELL, "bank_account": "19-2000145398/0800"},
         {"bank_account": "bank-account-invalid"}),
        (wire.Sell, {"pennies": 1, "email": "a@b.cz"}, {"bank_account": "missing"}),
        (wire.VerifyIdentity, {**IDENTITY, "birth_date": "2026-11-22"},
         {"birth_date": "birth-date-future"}),
        (wire.VerifyIdentity, {**IDENTITY, "birth_date": "1971-03-20"},
         {"birth_number": "birth-number-mismatch"}),
        (wire.VerifyIdentity, {**IDENTITY, "address": {}},
         {f"address.{name}": "missing" for name in ("street", "city", "postal_code", "country")}),
        (wire.VerifyIdentity, {**IDENTITY, "nationality": "Czechia"},
         {"nationality": "string-too-long"}),
        (wire.AmlCz, {**AML, "declaration": False}, {"declaration": "declaration-missing"}),
        (wire.AmlCz, {**AML, "pep": "no"}, {"pep": "flag-expected"}),
        (wire.AmlCz, {**AML, "funds_origin": "other"}, {"funds_origin_detail": "detail-missing"}),
        (wire.CodeAnswer, {}, {"refused": "answer-either"}),
        (wire.CodeAnswer, {"refused": False}, {"refused": "literal-error"}),
        (wire.CodeAnswer, {"refused": True, "code": "123456"}, {"refused": "answer-either"}),
        (wire.CodeAnswer, {"code": "12345"}, {"code": "code-form"}),
        (wire.Change, {"decision": "maybe"}, {"decision": "literal-error"}),
        (wire.Return, {"btc_address": "a b"}, {"btc_address": "string-pattern-mismatch"}),
        (wire.OrdersQuery, {"status": "DONE"}, {"status": "enum"}),
        (wire.OrdersQuery, {"limit": "101"}, {"limit": "string-pattern-mismatch"}),
        (wire.OrdersQuery, {"limit": "0"}, {"limit": "string-pattern-mismatch"}),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named(
    model: type[BaseModel], values: dict[str, Any], faults: dict[str, str]
) -> None:
    assert wrong(model, values) == faults


def test_queries_are_read_from_text() -> None:
    pairs = [("type", "buy"), ("satoshi", "100000")]
    assert read_pairs(wire.PriceQuery, pairs).satoshi == 100_000
    bought = read_pairs(
        wire.BuyQuery,
        [
            ("affiliate", "shop.example"),
            ("pennies", "250000"),
            ("email", "a@B.cz"),
            ("btc_address", wire.ADDRESS_EXAMPLE),
            ("bank_account", ""),
            ("dry", "1"),
        ],
    )
    assert (bought.email, bought.dry, bought.pennies) == ("a@b.cz", True, 250_000)
    sold = read_pairs(
        wire.SellQuery,
        [("affiliate", "x"), ("satoshi", "1"), ("email", "a@b.cz"), ("bank_account", ACCOUNT)],
    )
    assert sold.bank_account == "CZ6508000000192000145399"
    listed = read_pairs(wire.OrdersQuery, [("status", "COMPLETED"), ("limit", "100")])
    assert (listed.status, listed.quantity) == ("COMPLETED", 100)


def test_nothing_that_was_sent_stands_in_an_error() -> None:
    with pytest.raises(RefusedError) as refused:
        read_model(wire.VerifyIdentity, {**IDENTITY, "first_name": "Hunter2", "phone": "Hunter2"})
    assert "Hunter2" not in repr(refused.value.refusal)


def test_a_schema_of_exactly_one_amount_says_so() -> None:
    branches = wire.Sell.model_json_schema()["oneOf"]
    assert [branch["required"] for branch in branches] == [["satoshi"], ["pennies"]]
