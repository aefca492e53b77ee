"""Prove that a statement that is none is refused by name, at a line, without its content."""

import io
from contextlib import suppress
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.adapters.bank_files import records
from cambist.adapters.bank_files.camt053 import read_statement
from cambist.ports.statements import StatementError, StatementFault
from tests.rails.statements import NAMESPACE, OUR_IBAN, Paid, build_statement, numbered

SECRET = "Jana Nova 1011038930"
GOOD = build_statement([Paid(name=SECRET), Paid(amount="5.00")]).decode()


def refused(document: str | bytes) -> StatementError:
    raw = document.encode() if isinstance(document, str) else document
    with pytest.raises(StatementError) as caught:
        list(read_statement(io.BytesIO(raw)))
    error = caught.value
    assert SECRET not in str(error)
    assert SECRET not in repr(error.__cause__)
    assert error.__suppress_context__ or error.__context__ is None
    return error


def test_good_statement_is_read() -> None:
    assert len(list(read_statement(io.BytesIO(GOOD.encode())))) == 2


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (GOOD.replace("</Ntry>", "</Ntri>", 1), StatementFault.XML),
        (GOOD[: len(GOOD) // 2], StatementFault.XML),
        ("", StatementFault.XML),
        ("hello", StatementFault.XML),
        ("<a/><b/>", StatementFault.KIND),
        (GOOD + "<more/>", StatementFault.XML),
        (GOOD.replace('encoding="UTF-8"', 'encoding="hex"'), StatementFault.XML),
        (GOOD.replace('encoding="UTF-8"', 'encoding="x-none"'), StatementFault.XML),
        (GOOD.replace('encoding="UTF-8"', 'encoding="utf-7"'), StatementFault.XML),
        (GOOD.replace("camt.053.001.08", "camt.054.001.08"), StatementFault.KIND),
        (GOOD.replace("camt.053.001.08", "camt.053.001.01"), StatementFault.KIND),
        (GOOD.replace(f' xmlns="{NAMESPACE}"', ""), StatementFault.KIND),
        (GOOD.replace("Document", "Dokument"), StatementFault.KIND),
        (GOOD.replace(f"<IBAN>{OUR_IBAN}</IBAN>", "", 1), StatementFault.ACCOUNT),
        (GOOD.replace(">5.00<", ">5,00<"), StatementFault.AMOUNT),
        (GOOD.replace(">5.00<", ">-5.00<"), StatementFault.AMOUNT),
        (GOOD.replace(">5.00<", ">5.001<"), StatementFault.AMOUNT),
        (GOOD.replace(">5.00<", ">1e3<"), StatementFault.AMOUNT),
        (GOOD.replace(">5.00<", ">NaN<"), StatementFault.AMOUNT),
        (GOOD.replace(">5.00<", ">\u0665<"), StatementFault.AMOUNT),
        (GOOD.replace(">5.00<", "><"), StatementFault.AMOUNT),
        (GOOD.replace(">5.00<", f">{'9' * 50}<"), StatementFault.AMOUNT),
        (GOOD.replace('Ccy="CZK"', 'Ccy="XTS"'), StatementFault.CURRENCY),
        (GOOD.replace('Ccy="CZK"', ""), StatementFault.CURRENCY),
        (GOOD.replace("CRDT", "CREDIT"), StatementFault.DIRECTION),
        (GOOD.replace("2026-11-02", "2026-13-02"), StatementFault.DATE),
        (GOOD.replace("2026-11-02", "02.11.2026"), StatementFault.DATE),
        (GOOD.replace("<Dt>2026-11-02</Dt>", ""), StatementFault.DATE),
    ],
)
def test_what_is_no_statement_is_refused_by_name(wrong: str, fault: StatementFault) -> None:
    assert refused(wrong).fault is fault


def test_fault_tells_its_line() -> None:
    lines = build_statement(numbered(10)).decode().replace(">8.25<", ">8,25<")
    number = next(at for at, line in enumerate(lines.splitlines(), 1) if ">8,25<" in line)
    assert refused(lines).line == number


def test_lines_before_a_fault_are_told() -> None:
    broken = build_statement(numbered(1_000)).decode().replace(">900.25<", ">nine<")
    reader = read_statement(io.BytesIO(broken.encode()))
    assert len(list(islice(reader, 898))) == 898
    with pytest.raises(StatementError):
        list(reader)


@pytest.mark.parametrize(
    "subset",
    [
        f'<!DOCTYPE Document SYSTEM "{SECRET}">',
        "<!DOCTYPE Document>",
        '<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE Document [<!ENTITY x SYSTEM "secret.txt">]>',
        '<!DOCTYPE Document [<!ENTITY % p SYSTEM "more.dtd"> %p;]>',
    ],
)
def test_any_doctype_is_refused_before_it_says_anything(subset: str) -> None:
    head, body = GOOD.split("\n", 1)
    assert refused(f"{head}\n{subset}{body}").fault is StatementFault.DOCTYPE


def test_unknown_entity_is_refused() -> None:
    assert refused(GOOD.replace("Platba", "&x;")).fault is StatementFault.XML


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (GOOD.replace("<RmtInf>", "<a>" * records.DEPTH_MAX, 1), StatementFault.DEPTH),
        (GOOD.replace("Platba", "x" * (records.TEXT_LENGTH_MAX + 1)), StatementFault.SIZE),
        (
            GOOD.replace("<Ustrd>", "<Ustrd>x</Ustrd>" * records.VALUES_MAX + "<Ustrd>", 1),
            StatementFault.SIZE,
        ),
        (
            GOOD.replace(
                "<Ustrd>",
                f"<Ustrd>{'x' * records.TEXT_LENGTH_MAX}</Ustrd>"
                * (records.RECORD_LENGTH_MAX // records.TEXT_LENGTH_MAX)
                + "<Ustrd>",
                1,
            ),
            StatementFault.SIZE,
        ),
        (
            GOOD.replace(
                "<RmtInf>",
                "".join(f"<n{number}/>" for number in range(records.NAMES_MAX)) + "<RmtInf>",
                1,
            ),
            StatementFault.SIZE,
        ),
        (
            GOOD.replace("<Ntry>", f'<Ntry a="{"x" * (2 * records.TOKEN_BYTES_MAX)}">', 1),
            StatementFault.SIZE,
        ),
        (
            GOOD.replace("<Ntry>", f"<!--{'x' * (2 * records.TOKEN_BYTES_MAX)}--><Ntry>", 1),
            StatementFault.SIZE,
        ),
    ],
    ids=["depth", "text", "values", "record", "names", "attribute", "comment"],
)
def test_limits_have_names(wrong: str, fault: StatementFault) -> None:
    assert refused(wrong).fault is fault


def test_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "FILE_BYTES_MAX", 200_000)

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(size) or b" " * 1_000

    with pytest.raises(StatementError) as caught:
        list(read_statement(Endless(GOOD.encode())))
    assert caught.value.fault is StatementFault.SIZE


def test_elements_of_another_namespace_are_no_entries() -> None:
    other = GOOD.replace("<Ntry>", '<Ntry xmlns="urn:other">')
    assert list(read_statement(io.BytesIO(other.encode()))) == []


def test_entries_inside_other_parts_are_no_entries() -> None:
    start, end = GOOD.index("<Ntry>"), GOOD.index("</Stmt>")
    inside = (
        f"{GOOD[:start]}<SplmtryData><Envlp>{GOOD[start:end]}</Envlp></SplmtryData>{GOOD[end:]}"
    )
    assert list(read_statement(io.BytesIO(inside.encode()))) == []


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    refused(noise)


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=3))
def test_damaged_statement_is_read_or_refused(at: int, damage: bytes) -> None:
    raw = GOOD.encode()
    document = raw[:at] + damage + raw[at + len(damage) :]
    # Any other error fails the test.
    with suppress(StatementError):
        assert len(list(read_statement(io.BytesIO(document)))) <= 2
