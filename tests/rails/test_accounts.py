"""Prove which texts are bank accounts on which rail."""

import pytest

from cambist.domain.payments.rails import Method
from cambist.kernel.errors import DomainError, ErrorCode
from tests.rails.houses import HOUSES, RAILS

GOOD = [
    (Method.CZ_BANK, "19-2000145399/0800", "19-2000145399/0800", "CZ6508000000192000145399"),
    (Method.CZ_BANK, " 000019-2000145399 / 0800", "19-2000145399/0800", "CZ6508000000192000145399"),
    (Method.CZ_BANK, "cz65 0800 0000 1920 0014 5399", "19-2000145399/0800", None),
    (Method.CZ_BANK, "IBAN: CZ6508000000192000145399", "19-2000145399/0800", None),
    (Method.CZ_BANK, "34278-0727558021/0100", "34278-727558021/0100", None),
    (Method.SEPA, "DE89 3704 0044 0532 0130 00", "DE89370400440532013000", None),
    (Method.SEPA, "NL91ABNA0417164300", "NL91ABNA0417164300", None),
    (Method.SEPA, "cz6508000000192000145399", "CZ6508000000192000145399", None),
    (Method.SE_BANK, "SE45 5000 0000 0583 9825 7466", "SE4550000000058398257466", None),
    (Method.SE_BANK, "6789 123 456 789", "6789-123456789", "SE7160000000000123456789"),
    (Method.SE_BANK, "8424-4,983 189 224-6", "84244-9831892246", "SE7680000842449831892246"),
    (Method.SE_BANK, "8129-9,043 386 711-6", "81299-0433867116", "SE4280000812990433867116"),
    (Method.SE_BANK, "3300 000620-5124", "3300-0006205124", "SE3130000000000006205124"),
    (Method.SE_BANK, "97891111113", "9789-1111113", None),
]

BAD = [
    (Method.CZ_BANK, "19-2000145398/0800", "check-digits"),
    (Method.CZ_BANK, "18-2000145399/0800", "check-digits"),
    (Method.CZ_BANK, "CZ6508000000192000145398", "check-digits"),
    # The digits of the IBAN are right, those of the account inside are not.
    (Method.CZ_BANK, "CZ3808000000192000145398", "check-digits"),
    (Method.CZ_BANK, "19-2000145399/9999", "bank"),
    (Method.CZ_BANK, "0000000000/0800", "format"),
    (Method.CZ_BANK, "0000000001/0800", "format"),
    (Method.CZ_BANK, "19-2000145399", "format"),
    (Method.CZ_BANK, "SK3112000000198742637541", "country"),
    (Method.CZ_BANK, "DE89370400440532013000", "country"),
    (Method.SEPA, "DE88370400440532013000", "check-digits"),
    (Method.SEPA, "DE8937040044053201300", "format"),
    (Method.SEPA, "BR1800360305000010009795493C1", "country"),
    (Method.SEPA, "XX1234567890", "country"),
    (Method.SEPA, "19-2000145399/0800", "format"),
    (Method.SE_BANK, "6789123456788", "check-digits"),
    (Method.SE_BANK, "8424-1,983 189 224-6", "check-digits"),
    (Method.SE_BANK, "9789 1111112", "check-digits"),
    (Method.SE_BANK, "9789 111111", "format"),
    (Method.SE_BANK, "2950 1234567", "iban"),
    (Method.SE_BANK, "5000 0000000", "check-digits"),
    (Method.SE_BANK, "NO9386011117947", "country"),
    (Method.BALANCE, "CZ6508000000192000145399", "format"),
    *(
        (method, text, "format")
        for method in Method
        for text in ("", " ", "/", "hello", "\uff23\uff3a65")
    ),
]


@pytest.mark.parametrize(("method", "text", "number", "iban"), GOOD)
def test_account_is_written_one_way(
    method: Method, text: str, number: str, iban: str | None
) -> None:
    account = RAILS[method].parse_account(text)
    assert (account.method, account.number) == (method, number)
    assert iban is None or account.iban == iban
    assert RAILS[method].parse_account(account.iban).iban == account.iban
    assert RAILS[method].parse_account(account.number) == account


@pytest.mark.parametrize(("method", "text", "reason"), BAD)
def test_bad_account_is_refused_with_its_reason(method: Method, text: str, reason: str) -> None:
    with pytest.raises(DomainError) as caught:
        RAILS[method].parse_account(text)
    assert caught.value.code is ErrorCode.FIELD_INVALID
    assert caught.value.facts == {"field": "bank_account", "reason": reason}


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("unit", ["1", "CZ", "0-", "A", "\u0660", "\x00", "é", " ", "19-"])
def test_hostile_account_is_refused_unread(method: Method, unit: str) -> None:
    with pytest.raises(DomainError) as caught:
        RAILS[method].parse_account(unit * 100_000)
    assert caught.value.facts == {"field": "bank_account", "reason": "format"}


@pytest.mark.parametrize("method", [method for method in Method if method is not Method.BALANCE])
def test_any_one_wrong_digit_of_our_own_iban_is_seen(method: Method) -> None:
    iban = HOUSES[method].iban
    for at in range(4, len(iban)):
        wrong = f"{iban[:at]}{(int(iban[at]) + 1) % 10}{iban[at + 1 :]}"
        with pytest.raises(DomainError):
            RAILS[method].parse_account(wrong)


def test_banks_are_named_by_their_bic() -> None:
    account = RAILS[Method.CZ_BANK].parse_account("19-2000145399/0800")
    assert account.bic == "GIBACZPX"
    assert RAILS[Method.SE_BANK].parse_account("6789 123456789").bic == "HANDSESS"
