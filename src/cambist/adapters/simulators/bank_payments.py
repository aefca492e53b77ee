"""Decide what the simulated bank takes for a file of payments: pain.001 as we write it, whole."""

from dataclasses import dataclass
from xml.etree import ElementTree as Tree

from cambist.adapters.bank_files.amounts import read_amount
from cambist.kernel.errors import DomainError
from cambist.ports.bank import PaymentFileRefusedError

_INITIATION = "{*}CstmrCdtTrfInitn"


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """Hold one transfer the bank is to make."""

    end_to_end: str
    currency: str
    units: int
    name: str
    account: str
    message: str


@dataclass(frozen=True, slots=True)
class PaymentOrders:
    """Hold a file's transfers and the account of ours they are made from."""

    message_id: str
    account: str
    payments: tuple[PaymentOrder, ...]


def read_payments(document: bytes) -> PaymentOrders:
    """Read a file; what its control sums do not confirm is refused as a whole.

    Raises:
        PaymentFileRefusedError.
    """
    try:
        root = Tree.fromstring(document)  # noqa: S314 - a file our own worker has written
    except Tree.ParseError:
        raise PaymentFileRefusedError("xml") from None
    header = root.find(f"{_INITIATION}/{{*}}GrpHdr")
    instructions = root.findall(f"{_INITIATION}/{{*}}PmtInf")
    if header is None or len(instructions) != 1:
        raise PaymentFileRefusedError("structure")
    instruction = instructions[0]
    payments = tuple(_payment(one) for one in instruction.findall("{*}CdtTrfTxInf"))
    account = _text(instruction, "{*}DbtrAcct/{*}Id/{*}IBAN")
    if _text(header, "{*}NbOfTxs") != str(len(payments)) or not payments:
        raise PaymentFileRefusedError("count")
    total = _units(_text(header, "{*}CtrlSum"), payments[0].currency)
    if total != sum(payment.units for payment in payments):
        raise PaymentFileRefusedError("sum")
    return PaymentOrders(_text(header, "{*}MsgId"), account, payments)


def _payment(transfer: Tree.Element) -> PaymentOrder:
    amount = transfer.find("{*}Amt/{*}InstdAmt")
    if amount is None:
        raise PaymentFileRefusedError("amount")
    currency = amount.get("Ccy", "")
    return PaymentOrder(
        end_to_end=_text(transfer, "{*}PmtId/{*}EndToEndId"),
        currency=currency,
        units=_units(amount.text or "", currency),
        name=_text(transfer, "{*}Cdtr/{*}Nm"),
        account=_text(transfer, "{*}CdtrAcct/{*}Id/{*}IBAN"),
        message=transfer.findtext("{*}RmtInf/{*}Ustrd") or "",
    )


def _units(text: str, currency: str) -> int:
    try:
        return read_amount(text, currency)
    except DomainError:
        raise PaymentFileRefusedError("amount") from None


def _text(parent: Tree.Element, path: str) -> str:
    found = parent.findtext(path)
    if not found:
        raise PaymentFileRefusedError("structure")
    return found
