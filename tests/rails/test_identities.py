"""Prove that no two payments share an identity and one payment keeps its own in every file."""

import io
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.ports.statements import StatementReader
from tests.rails import planted
from tests.rails.statements import Paid, build_statement, numbered

FEW, MANY = 2_000, 20_000
GROWTH_PERCENT_MAX = 140
"""What ten times the lines may cost of the memory of the few: Python's own noise, no more."""


def identities(reader: StatementReader, lines: Sequence[Paid], name: str = "A") -> list[str]:
    document = build_statement(lines, statement_id=name)
    return [line.identity for line in reader(io.BytesIO(document))]


def check_two_equal_payments_are_two(reader: StatementReader) -> None:
    found = identities(reader, [Paid(), Paid()])
    assert len(set(found)) == 2


def check_another_file_tells_the_same(reader: StatementReader) -> None:
    day, week = [Paid(), Paid(), Paid(amount="5.00")], [Paid(amount="7.00")]
    first = _amounts(reader, build_statement(day, statement_id="day"))
    again = _amounts(reader, build_statement([*week, *reversed(day)], statement_id="week"))
    assert len(first) == 3
    assert len(again) == 4
    assert first.items() <= again.items()


def check_memory_stays_flat(reader: StatementReader) -> None:
    few, many = (_peak(reader, build_statement(numbered(count))) for count in (FEW, MANY))
    assert many * 100 <= few * GROWTH_PERCENT_MAX, (few, many)


CHECKS: tuple[Callable[[StatementReader], None], ...] = (
    check_two_equal_payments_are_two,
    check_another_file_tells_the_same,
    check_memory_stays_flat,
)


@pytest.mark.parametrize("check", CHECKS)
def test_reader_keeps_its_promises(check: Callable[[StatementReader], None]) -> None:
    check(read_statement)


@pytest.mark.parametrize(
    ("reader", "check"),
    [
        (planted.by_amount_and_day, check_two_equal_payments_are_two),
        (planted.by_place, check_another_file_tells_the_same),
        (planted.all_at_once, check_memory_stays_flat),
    ],
)
def test_wrong_reader_is_caught(
    reader: StatementReader, check: Callable[[StatementReader], None]
) -> None:
    with pytest.raises(AssertionError):
        check(reader)


def test_the_banks_reference_names_a_line_whatever_else_is_told() -> None:
    one = Paid(bank_reference="REF-1")
    other = replace(one, text="Told at more length", name=None, entry_number="17")
    assert identities(read_statement, [one]) == identities(read_statement, [other])


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "1000.01"},
        {"direction": "DBIT"},
        {"booked_on": date(2026, 11, 3)},
        {"bank_reference": "REF-2"},
    ],
)
def test_reference_used_again_for_something_else_names_another_line(change: dict[str, str]) -> None:
    one = Paid(bank_reference="REF-1")
    found = identities(read_statement, [one, replace(one, **change)])  # type: ignore[arg-type]  # a table of fields
    assert len(set(found)) == 2


@pytest.mark.parametrize("word", ["NONREF", "NOTPROVIDED", "notprovided", "000000", "-"])
def test_word_for_no_reference_is_none(word: str) -> None:
    found = identities(read_statement, [Paid(bank_reference=word), Paid(bank_reference=word)])
    assert len(set(found)) == 2


def test_number_in_the_statement_is_no_name() -> None:
    today = identities(read_statement, [Paid(entry_number="1"), Paid(entry_number="2", text="b")])
    week = identities(read_statement, [Paid(entry_number="7"), Paid(entry_number="8", text="b")])
    assert today == week
    assert len(set(today)) == 2


def test_long_entry_reference_is_a_name() -> None:
    one = Paid(entry_number="2026110200001")
    assert identities(read_statement, [one]) == identities(read_statement, [replace(one, text="b")])


def test_statement_twice_in_one_file_tells_every_line_twice_under_its_name() -> None:
    single = build_statement([Paid(), Paid()]).decode()
    start, end = single.index("<Stmt>"), single.index("</BkToCstmrStmt>")
    doubled = single[:end] + single[start:end] + single[end:]
    found = [line.identity for line in read_statement(io.BytesIO(doubled.encode()))]
    assert len(found) == 4
    assert found[:2] == found[2:]


def _amounts(reader: StatementReader, document: bytes) -> dict[str, int]:
    return {line.identity: line.units for line in reader(io.BytesIO(document))}


def _peak(reader: StatementReader, document: bytes) -> int:
    stream = io.BytesIO(document)
    tracemalloc.start()
    for _ in reader(stream):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
