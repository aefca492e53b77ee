"""Decide how payouts are handed to the bank: pain.001.001.09, byte for byte the same again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from xml.etree import ElementTree as Tree

from cambist.adapters.bank_files.amounts import amount_text
from cambist.adapters.bank_files.letters import NOT_PROVIDED, bank_name, bank_text, is_identifier
from cambist.domain.payments.bank import END_TO_END_MAX
from cambist.ports.payouts import PayoutFault, PayoutFileError, PayoutLine
from cambist.ports.rails import HouseAccount, PayeeAccount

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LINES_MAX = 10_000
IDENTIFIER_MAX = 35
NAME_MAX = 70
MESSAGE_MAX = 140
UNITS_MAX = 99_999_999_999
"""What one transfer may move, in hundredths: 999,999,999.99 (SEPA scheme)."""

_SEPA_CURRENCY = "EUR"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def write_batch(
    house: HouseAccount,
    batch_id: str,
    created_at: datetime,
    execution: date,
    lines: Sequence[PayoutLine],
) -> bytes:
    """Write one payment instruction of our account with a transfer a line, each booked singly.

    Euro goes as SEPA, other currencies as domestic transfers between IBANs; letters are those of
    the SEPA character set. Nothing but the arguments decides a byte.

    Raises:
        PayoutFileError: COUNT, CURRENCY, AMOUNT, DUPLICATE, IDENTIFIER.
    """
    if created_at.tzinfo is None:
        raise ValueError("a file's time needs its zone")
    _check(house, batch_id, lines)
    count = str(len(lines))
    total = amount_text(sum(line.units for line in lines), house.currency)
    document = Tree.Element("Document", {"xmlns": NAMESPACE})
    initiation = _add(document, "CstmrCdtTrfInitn")
    header = _add(initiation, "GrpHdr")
    _add(header, "MsgId", batch_id)
    _add(header, "CreDtTm", created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", total)
    _add(_add(header, "InitgPty"), "Nm", bank_name(house.name, NAME_MAX))
    instruction = _add(initiation, "PmtInf")
    _add(instruction, "PmtInfId", batch_id)
    _add(instruction, "PmtMtd", "TRF")
    # Each transfer as its own line of the statement, so that each is found again.
    _add(instruction, "BtchBookg", "false")
    _add(instruction, "NbOfTxs", count)
    _add(instruction, "CtrlSum", total)
    is_sepa = house.currency == _SEPA_CURRENCY
    if is_sepa:
        _add(_add(_add(instruction, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(instruction, "ReqdExctnDt"), "Dt", execution.isoformat())
    _debtor(instruction, house)
    _add(instruction, "ChrgBr", "SLEV" if is_sepa else "SHAR")
    for line in lines:
        _transfer(instruction, line)
    body: bytes = Tree.tostring(document, encoding="utf-8")
    return _HEAD + body + b"\n"


def _check(house: HouseAccount, batch_id: str, lines: Sequence[PayoutLine]) -> None:
    if not 0 < len(lines) <= LINES_MAX:
        raise PayoutFileError(PayoutFault.COUNT)
    if not is_identifier(batch_id, IDENTIFIER_MAX):
        raise PayoutFileError(PayoutFault.IDENTIFIER)
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.currency != house.currency:
            raise PayoutFileError(PayoutFault.CURRENCY, index)
        if not 0 < line.units <= UNITS_MAX:
            raise PayoutFileError(PayoutFault.AMOUNT, index)
        if not is_identifier(line.end_to_end, END_TO_END_MAX):
            raise PayoutFileError(PayoutFault.IDENTIFIER, index)
        if line.end_to_end in seen:
            raise PayoutFileError(PayoutFault.DUPLICATE, index)
        seen.add(line.end_to_end)


def _debtor(instruction: Tree.Element, house: HouseAccount) -> None:
    _add(_add(instruction, "Dbtr"), "Nm", bank_name(house.name, NAME_MAX))
    account = _add(instruction, "DbtrAcct")
    _add(_add(account, "Id"), "IBAN", house.iban)
    _add(account, "Ccy", house.currency)
    bank = _add(_add(instruction, "DbtrAgt"), "FinInstnId")
    if house.bic:
        _add(bank, "BICFI", house.bic)
    else:
        _add(_add(bank, "Othr"), "Id", NOT_PROVIDED)


def _transfer(instruction: Tree.Element, line: PayoutLine) -> None:
    transfer = _add(instruction, "CdtTrfTxInf")
    _add(_add(transfer, "PmtId"), "EndToEndId", line.end_to_end)
    amount = _add(_add(transfer, "Amt"), "InstdAmt", amount_text(line.units, line.currency))
    amount.set("Ccy", line.currency)
    _creditor(transfer, line.account, line.name)
    message = bank_text(line.message, MESSAGE_MAX)
    if message:
        _add(_add(transfer, "RmtInf"), "Ustrd", message)


def _creditor(transfer: Tree.Element, account: PayeeAccount, name: str) -> None:
    if account.bic is not None:
        _add(_add(_add(transfer, "CdtrAgt"), "FinInstnId"), "BICFI", account.bic)
    _add(_add(transfer, "Cdtr"), "Nm", bank_name(name, NAME_MAX))
    _add(_add(_add(transfer, "CdtrAcct"), "Id"), "IBAN", account.iban)


def _add(parent: Tree.Element, name: str, text: str | None = None) -> Tree.Element:
    element = Tree.SubElement(parent, name)
    element.text = text
    return element
