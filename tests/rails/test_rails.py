"""Prove what every rail promises: references found again, instructions a payer's bank can read."""

import random
from decimal import Decimal

import pytest
import segno.helpers
from stdnum import iso11649, luhn

from cambist.adapters.rails.cz_bank.spayd import spayd
from cambist.domain.payments.rails import Method
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.rails import Instructions
from tests.rails.houses import BANKED, HOUSES, RAILS

SEEDS = (1, 2, 3, 1234567890, 2**51, 2**52 - 1)
TEXTS = (
    "{}",
    " {} ",
    "{} platba za krypto",
    "payment {}, thank you",
    "order 17 / {} / 2026",
    "SVWZ+{} EREF+ABC-77",
    "nákup kryptoměny\n{}\nNovák",
    "({}).",
    "\u00a0{}\u00a0",
)
HOSTILE_LENGTH = 100_000


def _instructions(method: Method, units: int = 48_050, seed: int = 77) -> Instructions:
    house, rail = HOUSES[method], RAILS[method]
    return rail.instructions(house, units, house.currency, rail.reference(seed))


def test_every_method_has_its_rail() -> None:
    assert set(RAILS) == set(Method)
    assert all(HOUSES[method].currency in rail.currencies for method, rail in RAILS.items())


@pytest.mark.parametrize("method", BANKED)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_reference_is_found_in_what_payers_write(method: Method, text: str, seed: int) -> None:
    rail = RAILS[method]
    reference = rail.reference(seed)
    assert rail.normalize_reference(text.format(reference)) == reference


@pytest.mark.parametrize("method", BANKED)
@pytest.mark.parametrize("seed", SEEDS)
def test_reference_is_found_in_groups_and_lower_case(method: Method, seed: int) -> None:
    rail = RAILS[method]
    reference = rail.reference(seed)
    grouped = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    assert rail.normalize_reference(f"ref: {grouped.lower()}") == reference


@pytest.mark.parametrize(
    "text",
    [
        "/VS6562305897/SS/KS0308",
        "/VS/6562305897/SS//KS/0308",
        "VS:6562305897 KS:0308",
        "VS:0006562305897",
        "vs. 6562305897",
        "V.S. 6562 305 897",
        "variabilní symbol 6562305897, účet 2000145399/0800",
        "VS 6562305897 z uctu 1011038930/5500",
        "6562305897 z účtu 19-2000145399/0800",
        "0006562305897",
        "VS6562305897 SS9876543210",
        "Variabilni symbol: 6562305897",
    ],
)
def test_variable_symbol_is_found_however_it_is_called(text: str) -> None:
    assert RAILS[Method.CZ_BANK].normalize_reference(text) == "6562305897"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234567890 a 6562305897",
        "VS 123",
        "tel. 777 123 456",
        "19-2000145399/0800",
        "2000145399 / 0800",
        "65623058971",
        "656230589",
        "0123456789",
        "CZ6508000000192000145399",
    ],
)
def test_text_without_one_clear_variable_symbol_has_none(text: str) -> None:
    assert RAILS[Method.CZ_BANK].normalize_reference(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "RF74 0000 0000 0000 0001",
        "rf74-0000-0000-0000-0001",
        "SVWZ+Krypto RF740000000000000001EREF+X",
        "RFB RF74.0000.0000.0000.0001 thanks",
        "RF740000000000000001 RF740000000000000001",
    ],
)
def test_creditor_reference_is_found_however_it_is_spaced(text: str) -> None:
    assert RAILS[Method.SEPA].normalize_reference(text) == "RF740000000000000001"


@pytest.mark.parametrize(
    "text",
    [
        "RF75 0000 0000 0000 0001",
        "RF740000000000000001 RF470000000000000002",
        "RF18 5390 0754 7034",
        "0000000000000001",
    ],
)
def test_text_without_one_right_creditor_reference_has_none(text: str) -> None:
    assert RAILS[Method.SEPA].normalize_reference(text) is None


@pytest.mark.parametrize("text", ["656230589721", "656230589712", "5623058972", "OCR 1"])
def test_ocr_number_with_a_wrong_digit_is_none(text: str) -> None:
    assert RAILS[Method.SE_BANK].normalize_reference(text) is None


@pytest.mark.parametrize("method", BANKED)
def test_ten_thousand_seeds_share_no_reference(method: Method) -> None:
    chosen = random.Random(20261102)
    seeds = {chosen.randrange(1, 1 << 52) for _ in range(10_000)}
    rail = RAILS[method]
    references = {rail.reference(seed) for seed in seeds}
    assert len(references) == len(seeds) == 10_000


@pytest.mark.parametrize("method", BANKED)
def test_neighbouring_seeds_share_no_reference_and_differ_in_many_digits(method: Method) -> None:
    rail = RAILS[method]
    assert len({rail.reference(seed) for seed in range(1, 10_001)}) == 10_000
    one, other = rail.reference(1_000_000), rail.reference(1_000_001)
    assert sum(a != b for a, b in zip(one, other, strict=True)) >= 2


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("seed", [0, -1, 1 << 52])
def test_seed_out_of_range_makes_no_reference(method: Method, seed: int) -> None:
    with pytest.raises(ValueError, match="52 bits"):
        RAILS[method].reference(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_references_follow_their_standards(seed: int) -> None:
    symbol = RAILS[Method.CZ_BANK].reference(seed)
    assert len(symbol) == 10
    assert symbol.isdigit()
    assert symbol[0] != "0"
    assert iso11649.is_valid(RAILS[Method.SEPA].reference(seed))
    ocr = RAILS[Method.SE_BANK].reference(seed)
    assert luhn.is_valid(ocr)
    assert int(ocr[-2]) == len(ocr) % 10
    assert len(ocr) <= 25
    assert RAILS[Method.BALANCE].reference(seed) == ""


def test_creditor_reference_of_the_standard_has_the_check_digits_we_would_write() -> None:
    assert iso11649.validate("RF18 5390 0754 7034") == "RF18539007547034"


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    "unit", ["0", "1 ", "VS", "VS 1", "RF", "RF1 ", "R F0", "v.s. ", "/1234", "\u0660", " ", "-"]
)
def test_hostile_text_is_searched_without_fuss(method: Method, unit: str) -> None:
    hostile = unit * (HOSTILE_LENGTH // len(unit))
    assert RAILS[method].normalize_reference(hostile) is None


def test_czech_code_parses_back() -> None:
    told = _instructions(Method.CZ_BANK)
    assert told.qr_kind == "SPD"
    fields = _read_spayd(told.qr_payload)
    assert fields == {
        "ACC": "CZ6508000000192000145399+GIBACZPX",
        "AM": "480.50",
        "CC": "CZK",
        "RN": "SMENARNA S.R.O.",
        "MSG": f"VS{told.reference}",
        "X-VS": told.reference,
    }
    assert told.account == "19-2000145399/0800"
    assert segno.make_qr(told.qr_payload or "").mode == "alphanumeric"


def test_known_czech_code_is_written_the_same() -> None:
    # The code of the article on the standard: 450 CZK, symbol 1234567890.
    written = spayd("CZ2806000000000168540115", "450.00", "", "Payment for goods", "1234567890")
    assert _read_spayd(written) == _read_spayd(
        "SPD*1.0*ACC:CZ2806000000000168540115*AM:450.00*CC:CZK*MSG:PAYMENT FOR GOODS"
        "*X-VS:1234567890"
    )


def test_asterisk_in_a_name_does_not_break_the_czech_code() -> None:
    written = spayd("CZ2806000000000168540115", "1.00", "A*AM:9.99", "a*b%2Ac", "1234567890")
    assert _read_spayd(written)["AM"] == "1.00"
    assert _read_spayd(written)["RN"] == "A AM:9.99"


def test_sepa_code_is_what_another_writer_writes() -> None:
    told, house = _instructions(Method.SEPA, 48_055), HOUSES[Method.SEPA]
    other = segno.helpers.make_epc_qr(
        name=house.name,
        iban=house.iban,
        amount=Decimal("480.55"),
        reference=told.reference,
        bic=house.bic,
        encoding="utf-8",
    )
    assert told.qr_kind == "EPC"
    payload = (told.qr_payload or "").encode()
    ours = segno.make_qr(payload, error="m", boost_error=False)
    assert ours.matrix == other.matrix


def test_sepa_code_has_its_lines_in_order() -> None:
    told = _instructions(Method.SEPA)
    assert (told.qr_payload or "").split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Wechselstube Köln GmbH",
        "DE89370400440532013000", "EUR480.50", "", told.reference,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "units"), [(Method.CZ_BANK, 1_000_000_000), (Method.SEPA, 100_000_000_000)]
)
def test_amount_beyond_a_code_is_still_instructed(method: Method, units: int) -> None:
    told = _instructions(method, units)
    assert told.units == units
    assert (told.qr_payload, told.qr_kind) == (None, None)
    assert _instructions(method, units - 1).qr_payload is not None


@pytest.mark.parametrize("method", Method)
def test_rail_asks_only_for_money_it_carries(method: Method) -> None:
    rail, house = RAILS[method], HOUSES[method]
    for units, currency, code in (
        (1, "BTC", ErrorCode.ASSET_NOT_SUPPORTED),
        (0, house.currency, ErrorCode.AMOUNT_INVALID),
        (-5, house.currency, ErrorCode.AMOUNT_INVALID),
    ):
        with pytest.raises(DomainError) as caught:
            rail.instructions(house, units, currency, rail.reference(1))
        assert caught.value.code is code


def test_swedish_reference_is_the_message() -> None:
    told = _instructions(Method.SE_BANK)
    assert told.message == told.reference
    assert (told.qr_payload, told.qr_kind) == (None, None)


def test_balance_has_nothing_to_type() -> None:
    told = _instructions(Method.BALANCE)
    assert (told.account, told.iban, told.reference, told.qr_payload) == ("", None, "", None)


def _read_spayd(text: str | None) -> dict[str, str]:
    assert text is not None
    kind, version, *fields = text.split("*")
    assert (kind, version) == ("SPD", "1.0")
    pairs = [field.split(":", 1) for field in fields]
    assert len({key for key, _ in pairs}) == len(pairs)
    return {field[0]: field[1] for field in pairs}
