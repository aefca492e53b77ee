"""Decide how a camt.053 file for tests is made: one entry a payment, of any number of payments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from xml.sax.saxutils import escape

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
OUR_IBAN = "CZ6508000000192000145399"


@dataclass(frozen=True)
class Paid:
    """Hold one payment of a statement; `bank_reference` is None when the bank gives none."""

    amount: str = "1000.00"
    currency: str = "CZK"
    direction: str = "CRDT"
    booked_on: date = date(2026, 11, 2)
    bank_reference: str | None = None
    entry_number: str | None = None
    end_to_end: str | None = None
    text: str | None = "Platba"
    name: str | None = "Jana Nová"
    iban: str | None = "CZ9455000000001011038930"
    status: str = "BOOK"
    returned: bool = False


def numbered(count: int, with_references: bool = True) -> Iterator[Paid]:
    """Make payments that all differ, as the generator of big files."""
    for number in range(1, count + 1):
        paid = Paid(amount=f"{number % 90_000 + 1}.25", end_to_end=f"/VS{1_000_000_000 + number}")
        yield replace(paid, bank_reference=f"REF{number:012d}" if with_references else None)


def entry(paid: Paid) -> str:
    """Write one entry."""
    party = "Dbtr" if paid.direction == "CRDT" else "Cdtr"
    parts = [
        _element("NtryRef", paid.entry_number),
        f'<Amt Ccy="{paid.currency}">{paid.amount}</Amt>',
        f"<CdtDbtInd>{paid.direction}</CdtDbtInd>",
        f"<Sts><Cd>{paid.status}</Cd></Sts>",
        f"<BookgDt><Dt>{paid.booked_on.isoformat()}</Dt></BookgDt>",
        f"<ValDt><Dt>{paid.booked_on.isoformat()}</Dt></ValDt>",
        _element("AcctSvcrRef", paid.bank_reference),
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn>"
        "</BkTxCd><NtryDtls><TxDtls>",
        f"<Refs>{_element('EndToEndId', paid.end_to_end or 'NOTPROVIDED')}</Refs>",
        f'<Amt Ccy="{paid.currency}">{paid.amount}</Amt>',
        f"<CdtDbtInd>{paid.direction}</CdtDbtInd>",
        "<RltdPties>",
        f"<{party}><Pty>{_element('Nm', paid.name)}</Pty></{party}>" if paid.name else "",
        f"<{party}Acct><Id><IBAN>{paid.iban}</IBAN></Id></{party}Acct>" if paid.iban else "",
        "</RltdPties>",
        f"<RmtInf>{_element('Ustrd', paid.text)}</RmtInf>" if paid.text else "",
        "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if paid.returned else "",
        "</TxDtls></NtryDtls>",
    ]
    return f"<Ntry>{''.join(parts)}</Ntry>\n"


def build_statement(
    lines: Iterable[Paid], account: str = OUR_IBAN, statement_id: str = "2026-211"
) -> bytes:
    """Write a whole statement file."""
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{escape(statement_id)}</MsgId><CreDtTm>2026-11-03T01:00:00</CreDtTm>"
        f"</GrpHdr><Stmt><Id>{escape(statement_id)}</Id><Acct><Id><IBAN>{account}</IBAN></Id>"
        "</Acct><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>"
        '<Amt Ccy="CZK">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-02</Dt></Dt></Bal>\n'
    )
    tail = "</Stmt></BkToCstmrStmt></Document>\n"
    return "".join([head, *(entry(line) for line in lines), tail]).encode()


def _element(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{escape(text)}</{name}>"
