"""Prove that an entry of many payments loses nothing and adds nothing, however many there are."""

import io
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from cambist.adapters.bank_files.amounts import amount_text
from cambist.adapters.bank_files.camt053 import read_statement
from cambist.domain.payments.rails import Flow
from cambist.ports.statements import StatementLine
from tests.rails.statements import Paid, build_statement
from tests.rails.test_identities import GROWTH_PERCENT_MAX

FEW, MANY = 1_500, 15_000

Part = tuple[int, str | None, str | None]
"""Units, direction (None: the entry's), the bank's reference (None: the entry's)."""


def batch(units: int, parts: list[Part]) -> bytes:
    """Write a statement of one credit entry with its payments."""
    details = "".join(_detail(*part) for part in parts)
    single = build_statement([Paid(amount=amount_text(units, "CZK"), bank_reference="B-1")])
    text = single.decode()
    start, end = text.index("<TxDtls>"), text.index("</NtryDtls>")
    return (text[:start] + details + text[end:]).encode()


def read(document: bytes) -> list[StatementLine]:
    return list(read_statement(io.BytesIO(document)))


def signed(line: StatementLine) -> int:
    return line.units if line.flow is Flow.CREDIT else -line.units


@given(
    st.integers(0, 10_000),
    st.lists(
        st.tuples(
            st.integers(0, 5_000),
            st.sampled_from([None, "CRDT", "DBIT"]),
            st.sampled_from([None, "B-1", "B-2"]),
        ),
        max_size=6,
    ),
)
def test_lines_of_an_entry_sum_to_what_was_booked(units: int, parts: list[Part]) -> None:
    lines = read(batch(units, parts))
    assert sum(signed(line) for line in lines) == units
    assert all(line.units > 0 for line in lines)


@given(st.lists(st.integers(1, 3), min_size=2, max_size=8))
def test_payments_of_a_batch_without_own_reference_are_all_told_apart(units: list[int]) -> None:
    lines = read(batch(sum(units), [(one, None, None) for one in units]))
    assert len(lines) == len({line.identity for line in lines}) == len(units)
    assert [line.identity for line in lines] == [
        line.identity for line in read(batch(sum(units), [(one, None, None) for one in units]))
    ]


def test_memory_stays_flat_within_one_entry() -> None:
    few, many = (_peak(count) for count in (FEW, MANY))
    assert many * 100 <= few * GROWTH_PERCENT_MAX, (few, many)


def _detail(units: int, direction: str | None, reference: str | None) -> str:
    told = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    refs = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    amount = amount_text(units, "CZK")
    return f'<TxDtls><Refs>{refs}</Refs><Amt Ccy="CZK">{amount}</Amt>{told}</TxDtls>'


def _peak(count: int) -> int:
    parts: list[Part] = [(7, None, f"REF{number:09d}") for number in range(count)]
    stream = io.BytesIO(batch(7 * count, parts))
    tracemalloc.start()
    for _ in read_statement(stream):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
