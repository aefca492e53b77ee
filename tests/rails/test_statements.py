"""Prove that statements of several banks' styles are read, and that each file is what it claims."""

import importlib
import io
from datetime import date
from pathlib import Path

import pytest
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.domain.payments.rails import Flow, Method
from cambist.ports.statements import StatementLine
from tests.rails.houses import RAILS
from tests.rails.statements import Paid, build_statement, numbered

FILES = Path(__file__).parent / "files"
VERSIONS = {
    "batch_of_many": "04",
    "cz_symbols_in_creditor_reference": "02",
    "cz_symbols_in_end_to_end": "02",
    "de_split_text": "02",
    "parties_of_version_08": "08",
    "se_ocr": "02",
}
CREDIT, DEBIT = Flow.CREDIT, Flow.DEBIT


def read(name: str) -> list[StatementLine]:
    with (FILES / f"{name}.xml").open("rb") as stream:
        return list(read_statement(stream))


def found(method: Method, line: StatementLine) -> set[str]:
    told = (RAILS[method].normalize_reference(text) for text in line.references)
    return {reference for reference in told if reference}


def test_every_file_is_named() -> None:
    assert {file.stem for file in FILES.glob("*.xml")} == set(VERSIONS)


@pytest.mark.parametrize(("name", "version"), VERSIONS.items())
def test_file_is_a_statement_of_its_version(name: str, version: str) -> None:
    _conforms((FILES / f"{name}.xml").read_bytes(), version)


def test_built_statement_is_one_too() -> None:
    lines = [*numbered(3), Paid(returned=True), Paid(name=None, iban=None, text=None)]
    _conforms(build_statement(lines), "08")


def test_czech_symbols_in_the_end_to_end_reference() -> None:
    bought, paid_out, _ = read("cz_symbols_in_end_to_end")
    assert (bought.flow, bought.units, bought.currency) == (CREDIT, 1_250_000, "CZK")
    assert bought.account == "CZ6508000000192000145399"
    assert found(Method.CZ_BANK, bought) == {"6562305897"}
    assert (bought.name, bought.counter_account) == ("NOVÁ JANA", "1011038930/5500")
    assert (bought.booked_on, bought.valued_on) == (date(2026, 11, 2), date(2026, 11, 2))
    assert bought.identity.startswith("KB-000-18811001/")
    assert "Příchozí úhrada" in bought.text
    assert (paid_out.flow, paid_out.units, paid_out.is_return) == (DEBIT, 420_050, False)
    assert paid_out.end_to_end == "0192F3A6C1D27B1E8A4B5C6D7E8F9A0B"
    assert (paid_out.name, paid_out.counter_account) == ("DVOŘÁK PETR", "19-123457/0710")


def test_return_names_the_customer_even_when_we_are_still_the_payer() -> None:
    *_, returned = read("cz_symbols_in_end_to_end")
    assert (returned.flow, returned.is_return, returned.return_reason) == (CREDIT, True, "AC04")
    assert returned.end_to_end == "0192F3A6C1D27B1E8A4B5C6D7E8F9A0B"
    assert (returned.name, returned.counter_account) == ("DVOŘÁK PETR", "19-123457/0710")


def test_czech_symbols_in_the_creditor_reference() -> None:
    bought, fee = read("cz_symbols_in_creditor_reference")
    assert bought.account == "CZ6508000000192000145399"
    assert (bought.units, bought.booked_on) == (99_900, date(2026, 11, 2))
    assert found(Method.CZ_BANK, bought) == {"3124611794"}
    assert (bought.name, bought.end_to_end) == ("Dvořák Petr", None)
    assert bought.identity.startswith("20261102001/")
    assert (fee.flow, fee.units, fee.text) == (DEBIT, 3_500, "Poplatek za vedení účtu")
    assert (fee.name, fee.valued_on) == (None, None)


def test_german_text_in_pieces() -> None:
    bought, returned = read("de_split_text")
    assert (bought.units, bought.currency, bought.valued_on) == (48_050, "EUR", date(2026, 11, 1))
    assert found(Method.SEPA, bought) == {"RF740000000000000001"}
    assert bought.end_to_end == "ZV-2026-77"
    assert (bought.name, bought.counter_account) == ("Jörg Müller", "DE44500105175407324931")
    assert (returned.is_return, returned.return_reason) == (True, "AC01")
    assert returned.end_to_end == "0192F3A6C1D27B1E8A4B5C6D7E8F9A0C"


def test_swedish_ocr_and_domestic_accounts() -> None:
    (bought,) = read("se_ocr")
    assert bought.account == "6789123456789"
    assert (bought.units, bought.currency) == (250_000, "SEK")
    assert found(Method.SE_BANK, bought) == {"656230589722"}
    assert (bought.name, bought.counter_account) == ("ÅSA ÖBERG", "33000006205124")


def test_batch_becomes_a_line_a_payment_and_one_for_the_rest() -> None:
    lines = read("batch_of_many")
    assert [(line.flow, line.units) for line in lines] == [
        (CREDIT, 50_000),
        (CREDIT, 50_000),
        (CREDIT, 30_000),
        (DEBIT, 1_000),
        (CREDIT, 20_000),
    ]
    assert len({line.identity for line in lines}) == 5
    assert [found(Method.CZ_BANK, line) for line in lines] == [
        {"6562305897"},
        {"6562305897"},
        {"3124611794"},
        set(),
        {"7942309015"},
    ]
    # The one payment whose amount is in another currency is what the rest is.
    assert lines[4].name == "Petr Dvořák"
    signed = sum(line.units if line.flow is CREDIT else -line.units for line in lines)
    assert signed == 149_000


def test_version_08_has_its_parties_deeper() -> None:
    bought, reversed_ = read("parties_of_version_08")
    assert (bought.name, bought.counter_account) == (
        "Élodie Martin",
        "FR1420041010050500013M02606",
    )
    assert found(Method.SEPA, bought) == {"RF470000000000000002"}
    assert bought.identity.startswith("8a562c67-ca16-48ba-b074-65581be6f001/")
    assert (reversed_.flow, reversed_.units, reversed_.is_return) == (DEBIT, 123_456, True)


def test_what_is_not_booked_is_passed_over() -> None:
    lines = [Paid(status="PDNG"), Paid(status="INFO"), Paid(status="FUTR"), Paid(amount="0.00")]
    assert list(read_statement(io.BytesIO(build_statement(lines)))) == []


@pytest.mark.parametrize("name", VERSIONS)
def test_file_read_again_tells_the_same(name: str) -> None:
    assert read(name) == read(name)


@pytest.mark.parametrize("name", VERSIONS)
def test_file_is_read_the_same_in_drops(name: str) -> None:
    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(7)

    assert list(read_statement(Drops((FILES / f"{name}.xml").read_bytes()))) == read(name)


def _conforms(document: bytes, version: str) -> None:
    module = importlib.import_module(f"pyiso20022.camt.camt_053_001_{version}")
    parser = XmlParser(config=ParserConfig(fail_on_converter_warnings=True))
    parsed = parser.from_bytes(document, module.Document)
    assert parsed.bk_to_cstmr_stmt.stmt
