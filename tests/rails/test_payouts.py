"""Prove that files of payouts are what banks take, and the same bytes whenever written again."""

import importlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
import xmlschema
from xsdata.formats.dataclass.parsers import XmlParser

from cambist.adapters.bank_files.letters import bank_text
from cambist.adapters.bank_files.pain001 import LINES_MAX, UNITS_MAX, write_batch
from cambist.domain.payments.rails import Method
from cambist.ports.payouts import PayoutFault, PayoutFileError, PayoutLine
from tests.rails.houses import BANKED, HOUSES, RAILS

CREATED = datetime(2026, 11, 3, 9, 30, 15, 123456, tzinfo=UTC)
EXECUTION = date(2026, 11, 4)
BATCH = "0192F3A6C1D27B1E8A4B5C6D7E8F9A0B"
ACCOUNTS = {
    Method.CZ_BANK: "19-2000145399/0800",
    Method.SEPA: "FR1420041010050500013M02606",
    Method.SE_BANK: "3300 000620-5124",
}
NAMES = (
    "Jiří Dvořák",
    "Анна Жукова",
    "Γεώργιος Παπαδόπουλος",
    "李小龙",
    "A & B <s.r.o.>",
    "x" * 200,
    "/Slash//Name/",
    "Åsa\u0000\u001fÖberg\n",
)


def lines_of(method: Method, count: int = 3) -> list[PayoutLine]:
    account = RAILS[method].parse_account(ACCOUNTS[method])
    currency = HOUSES[method].currency
    return [
        PayoutLine(
            f"E{number:031d}", 100_005 + number, currency, account, name, f"Výplata {number}"
        )
        for number, name in zip(range(count), NAMES * count, strict=False)
    ]


def write(method: Method, lines: list[PayoutLine]) -> bytes:
    return write_batch(HOUSES[method], BATCH, CREATED, EXECUTION, lines)


def parse(document: bytes) -> Any:
    module = importlib.import_module("pyiso20022.pain.pain_001_001_09")
    return XmlParser().from_bytes(document, module.Document).cstmr_cdt_trf_initn


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    path = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return xmlschema.XMLSchema(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("method", BANKED)
def test_file_follows_the_schema(method: Method, schema: xmlschema.XMLSchema) -> None:
    for lines in (lines_of(method, 1), lines_of(method, len(NAMES))):
        schema.validate(write(method, lines).decode())


def test_schema_refuses_what_is_wrong(schema: xmlschema.XMLSchema) -> None:
    wrong = write(Method.SEPA, lines_of(Method.SEPA)).decode()
    for old, new in (("SLEV", "NONE"), ("TRF", "TRX"), ("BICFI", "BIC")):
        changed = wrong.replace(old, new)
        assert changed != wrong
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            schema.validate(changed)


@pytest.mark.parametrize("method", BANKED)
def test_file_parses_back_to_what_was_to_be_paid(method: Method) -> None:
    house, lines = HOUSES[method], lines_of(method)
    told = parse(write(method, lines))
    header, (instruction,) = told.grp_hdr, told.pmt_inf
    total = Decimal(sum(line.units for line in lines)) / 100
    for part in (header, instruction):
        assert (part.nb_of_txs, part.ctrl_sum) == (str(len(lines)), total)
    assert header.msg_id == instruction.pmt_inf_id == BATCH
    assert str(header.cre_dt_tm) == "2026-11-03T09:30:15Z"
    assert str(instruction.reqd_exctn_dt.dt) == "2026-11-04"
    assert instruction.dbtr_acct.id.iban == house.iban
    assert instruction.dbtr_agt.fin_instn_id.bicfi == house.bic
    for line, transfer in zip(lines, instruction.cdt_trf_tx_inf, strict=True):
        assert transfer.pmt_id.end_to_end_id == line.end_to_end
        assert transfer.amt.instd_amt.value == Decimal(line.units) / 100
        assert transfer.amt.instd_amt.ccy == line.currency
        assert transfer.cdtr_acct.id.iban == line.account.iban
        assert transfer.rmt_inf.ustrd == [line.message.replace("ý", "y")]


def test_euro_goes_as_sepa_and_other_money_does_not() -> None:
    for method in BANKED:
        (instruction,) = parse(write(method, lines_of(method))).pmt_inf
        services = (
            [level.cd for level in instruction.pmt_tp_inf.svc_lvl]
            if (instruction.pmt_tp_inf)
            else []
        )
        assert services == (["SEPA"] if method is Method.SEPA else [])
        assert instruction.btch_bookg is False


@pytest.mark.parametrize("method", BANKED)
def test_same_arguments_give_the_same_bytes(method: Method) -> None:
    assert write(method, lines_of(method)) == write(method, lines_of(method))
    elsewhere = CREATED.astimezone(timezone(timedelta(hours=9)))
    again = write_batch(HOUSES[method], BATCH, elsewhere, EXECUTION, lines_of(method))
    assert again == write(method, lines_of(method))


def test_names_are_written_in_letters_every_bank_has() -> None:
    told = parse(write(Method.SEPA, lines_of(Method.SEPA, len(NAMES))))
    names = [transfer.cdtr.nm for transfer in told.pmt_inf[0].cdt_trf_tx_inf]
    assert names == [
        "Jiri Dvorak",
        "Anna Zhukova",
        "Georgios Papadopoulos",
        "NOTPROVIDED",
        "A B s.r.o.",
        "x" * 70,
        "Slash/Name",
        "Asa Oberg",
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("ŘEHOŘ ŽIŽKA", "REHOR ZIZKA"),
        ("Straße 5", "Strasse 5"),
        ("Nováková-Černá", "Novakova-Cerna"),
        ("O'Brien", "O'Brien"),
        ("a" * 69 + " b", "a" * 69),
        ("Łukasz Ørsted", "Lukasz Orsted"),
    ],
)
def test_text_is_transliterated(text: str, written: str) -> None:
    assert bank_text(text, 70) == written


def test_account_without_known_bank_needs_no_bic() -> None:
    line = lines_of(Method.SEPA, 1)[0]
    line = replace(line, account=replace(line.account, bic=None))
    house = replace(HOUSES[Method.SEPA], bic="")
    document = write_batch(house, BATCH, CREATED, EXECUTION, [line])
    (instruction,) = parse(document).pmt_inf
    assert instruction.cdt_trf_tx_inf[0].cdtr_agt is None
    assert instruction.dbtr_agt.fin_instn_id.othr.id == "NOTPROVIDED"


def test_message_may_be_empty(schema: xmlschema.XMLSchema) -> None:
    line = replace(lines_of(Method.SEPA, 1)[0], message="好")
    document = write(Method.SEPA, [line])
    schema.validate(document.decode())
    assert parse(document).pmt_inf[0].cdt_trf_tx_inf[0].rmt_inf is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"units": 0}, PayoutFault.AMOUNT),
        ({"units": -1}, PayoutFault.AMOUNT),
        ({"units": UNITS_MAX + 1}, PayoutFault.AMOUNT),
        ({"currency": "CZK"}, PayoutFault.CURRENCY),
        ({"end_to_end": ""}, PayoutFault.IDENTIFIER),
        ({"end_to_end": "x" * 36}, PayoutFault.IDENTIFIER),
        ({"end_to_end": "a//b"}, PayoutFault.IDENTIFIER),
        ({"end_to_end": "/a"}, PayoutFault.IDENTIFIER),
        ({"end_to_end": "ž"}, PayoutFault.IDENTIFIER),
        ({"end_to_end": f"E{0:031d}"}, PayoutFault.DUPLICATE),
    ],
)
def test_transfer_no_bank_takes_is_refused(change: dict[str, Any], fault: PayoutFault) -> None:
    lines = lines_of(Method.SEPA)
    lines[2] = replace(lines[2], **change)
    with pytest.raises(PayoutFileError) as caught:
        write(Method.SEPA, lines)
    assert (caught.value.fault, caught.value.index) == (fault, 2)


def test_file_holds_at_least_one_transfer_and_not_too_many() -> None:
    line = lines_of(Method.SEPA, 1)[0]
    for lines in ([], [line] * (LINES_MAX + 1)):
        with pytest.raises(PayoutFileError) as caught:
            write(Method.SEPA, lines)
        assert (caught.value.fault, caught.value.index) == (PayoutFault.COUNT, None)


def test_name_of_a_batch_is_an_identifier() -> None:
    with pytest.raises(PayoutFileError) as caught:
        write_batch(HOUSES[Method.SEPA], "a b//", CREATED, EXECUTION, lines_of(Method.SEPA))
    assert caught.value.fault is PayoutFault.IDENTIFIER


def test_time_without_zone_is_refused() -> None:
    local = CREATED.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        write_batch(HOUSES[Method.SEPA], BATCH, local, EXECUTION, lines_of(Method.SEPA))
