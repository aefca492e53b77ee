"""Decide how the simulated bank tells what it has booked: camt.053.001.08, a statement an account.

It is written as banks do, so that the sandbox walks the road that real files walk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from xml.etree import ElementTree as Tree

from cambist.adapters.bank_files.amounts import amount_text

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
CODE_LENGTH = 4


@dataclass(frozen=True, slots=True)
class BankEntry:
    """Hold what the bank booked; `balance` is the account's after it, in units with a sign.

    `return_reason` is None unless the entry undoes an earlier one.
    """

    number: int
    account: str
    currency: str
    credit: bool
    units: int
    balance: int
    booked_on: date
    end_to_end: str
    reference: str
    name: str
    counter_account: str
    return_reason: str | None

    @property
    def bank_reference(self) -> str:
        """Write the name by which the bank calls this entry for ever."""
        return f"SIM{self.number:012d}"

    @property
    def signed(self) -> int:
        """Give the units with their sign."""
        return self.units if self.credit else -self.units


def write_statements(entries: Sequence[BankEntry], at: datetime) -> bytes:
    """Write entries, in the order of their numbers, as one document."""
    first, last = entries[0].number, entries[-1].number
    document = Tree.Element("Document", {"xmlns": NAMESPACE})
    root = _add(document, "BkToCstmrStmt")
    header = _add(root, "GrpHdr")
    _add(header, "MsgId", f"SIM-{first}-{last}")
    _add(header, "CreDtTm", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    by_account = sorted(entries, key=_account)
    for number, (_, group) in enumerate(groupby(by_account, key=_account), 1):
        _statement(root, f"SIM-{first}-{last}-{number}", list(group), at)
    body: bytes = Tree.tostring(document, encoding="utf-8", xml_declaration=True)
    return body


def _account(entry: BankEntry) -> tuple[str, str]:
    return entry.account, entry.currency


def _statement(root: Tree.Element, name: str, entries: Sequence[BankEntry], at: datetime) -> None:
    first, last = entries[0], entries[-1]
    statement = _add(root, "Stmt")
    _add(statement, "Id", name)
    _add(statement, "CreDtTm", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    account = _add(statement, "Acct")
    _add(_add(account, "Id"), "IBAN", first.account)
    _add(account, "Ccy", first.currency)
    _balance(statement, "OPBD", first, first.balance - first.signed)
    _balance(statement, "CLBD", last, last.balance)
    for entry in entries:
        _entry(statement, entry)


def _balance(statement: Tree.Element, code: str, entry: BankEntry, units: int) -> None:
    balance = _add(statement, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, abs(units), entry.currency)
    _add(balance, "CdtDbtInd", "DBIT" if units < 0 else "CRDT")
    _add(_add(balance, "Dt"), "Dt", entry.booked_on.isoformat())


def _entry(statement: Tree.Element, entry: BankEntry) -> None:
    written = _add(statement, "Ntry")
    direction = "CRDT" if entry.credit else "DBIT"
    _amount(written, entry.units, entry.currency)
    _add(written, "CdtDbtInd", direction)
    _add(_add(written, "Sts"), "Cd", "BOOK")
    _add(_add(written, "BookgDt"), "Dt", entry.booked_on.isoformat())
    _add(_add(written, "ValDt"), "Dt", entry.booked_on.isoformat())
    _add(written, "AcctSvcrRef", entry.bank_reference)
    domain = _add(_add(written, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    family = _add(domain, "Fmly")
    _add(family, "Cd", "RCDT" if entry.credit else "ICDT")
    _add(family, "SubFmlyCd", "RRTN" if entry.return_reason is not None else "ESCT")
    detail = _add(_add(written, "NtryDtls"), "TxDtls")
    references = _add(detail, "Refs")
    _add(references, "AcctSvcrRef", entry.bank_reference)
    _add(references, "EndToEndId", entry.end_to_end or "NOTPROVIDED")
    _amount(detail, entry.units, entry.currency)
    _add(detail, "CdtDbtInd", direction)
    _parties(detail, entry)
    if entry.reference:
        _add(_add(detail, "RmtInf"), "Ustrd", entry.reference)
    if entry.return_reason is not None:
        reason = _add(_add(detail, "RtrInf"), "Rsn")
        _add(reason, "Cd" if _is_code(entry.return_reason) else "Prtry", entry.return_reason)


def _parties(detail: Tree.Element, entry: BankEntry) -> None:
    if not entry.name and not entry.counter_account:
        return
    # A bank that returns a payment leaves its parties as they were: we are still the payer.
    paid_to_us = entry.credit and entry.return_reason is None
    side = "Dbtr" if paid_to_us else "Cdtr"
    parties = _add(detail, "RltdPties")
    if entry.name:
        _add(_add(_add(parties, side), "Pty"), "Nm", entry.name)
    if entry.counter_account:
        identified = _add(_add(parties, f"{side}Acct"), "Id")
        joined = "".join(entry.counter_account.split())
        if joined[:2].isalpha() and joined[2:4].isdigit():
            _add(identified, "IBAN", joined.upper())
        else:
            _add(_add(identified, "Othr"), "Id", entry.counter_account)


def _amount(parent: Tree.Element, units: int, currency: str) -> None:
    _add(parent, "Amt", amount_text(units, currency)).set("Ccy", currency)


def _is_code(reason: str) -> bool:
    return len(reason) == CODE_LENGTH and reason.isalnum() and reason.isupper()


def _add(parent: Tree.Element, name: str, text: str | None = None) -> Tree.Element:
    element = Tree.SubElement(parent, name)
    element.text = text
    return element
