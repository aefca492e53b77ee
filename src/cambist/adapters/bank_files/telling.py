"""Decide what a statement's line tells of the other side: name, account, texts, return."""

import re
from dataclasses import dataclass

from cambist.adapters.bank_files.identities import says_something
from cambist.adapters.bank_files.records import Record
from cambist.domain.payments.rails import Flow

REFERENCES_MAX = 100
TEXT_MAX = 2_000

# Reversal because a transfer came back, or was called back (ISO 20022 external code sets).
_RETURNS = frozenset({"RRTN", "RPCR"})
_CODED = re.compile(r"EREF\+ ?(.+?) ?(?=[A-Z]{4}\+|$)")
_BANK_CODE = re.compile(r"[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """Hold what a line tells beside amount and day."""

    references: tuple[str, ...]
    end_to_end: str | None
    name: str | None
    counter_account: str | None
    is_return: bool
    return_reason: str | None
    text: str


def tell(own_account: str, flow: Flow, entry: Record, details: tuple[Record, ...]) -> Told:
    """Gather what an entry and its payments tell; more than one payment has no other side."""
    free = [text for detail in details for text in detail.all("RmtInf/Ustrd")]
    run_together = "".join(free)
    only = details[0] if len(details) == 1 else Record()
    end_to_end = says_something(only.first("Refs/EndToEndId")) or _coded(run_together)
    name, counter_account = _other_side(own_account, flow, only)
    entered = entry.all("AddtlNtryInf")
    additional = [text for detail in details for text in detail.all("AddtlTxInf")]
    structured = [text for detail in details for text in _structured(detail)]
    names = [end_to_end, says_something(only.first("Refs/InstrId"))]
    references = [*names, *structured, *free, run_together, *additional, *entered]
    return Told(
        references=tuple(dict.fromkeys(one for one in references if one))[:REFERENCES_MAX],
        end_to_end=end_to_end,
        name=name,
        counter_account=counter_account,
        is_return=any(tells_return(detail) for detail in details),
        return_reason=only.first("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        text=" ".join([*free, *additional, *entered])[:TEXT_MAX],
    )


def _structured(detail: Record) -> list[str]:
    paths = ("CdtrRefInf/Ref", "RfrdDocInf/Nb", "AddtlRmtInf")
    return [text for path in paths for text in detail.all(f"RmtInf/Strd/{path}")]


def _coded(run_together: str) -> str | None:
    # German banks write the payer's own reference into the text: EREF+...SVWZ+...
    found = _CODED.search(run_together)
    return says_something(found[1]) if found else None


def tells_return(record: Record) -> bool:
    """Tell whether an entry or a payment says of itself that it came back."""
    returned = record.first("BkTxCd/Domn/Fmly/SubFmlyCd") in _RETURNS
    return returned or record.has("RtrInf")


def _other_side(own_account: str, flow: Flow, detail: Record) -> tuple[str | None, str | None]:
    # In a return some banks leave the parties as they were, so the side that is us is left out.
    sides = ("Dbtr", "Cdtr") if flow is Flow.CREDIT else ("Cdtr", "Dbtr")
    for side in sides:
        account = _account(detail, side)
        name = detail.first(f"RltdPties/{side}/Pty/Nm", f"RltdPties/{side}/Nm")
        if account != own_account and (account or name):
            return name, account
    return None, None


def _account(detail: Record, side: str) -> str | None:
    party, agent = f"RltdPties/{side}Acct/Id", f"RltdAgts/{side}Agt/FinInstnId"
    iban = detail.first(f"{party}/IBAN")
    if iban is not None:
        return "".join(iban.split())
    number = detail.first(f"{party}/Othr/Id")
    code = detail.first(f"{agent}/Othr/Id", f"{agent}/ClrSysMmbId/MmbId")
    # Czech banks write the bank's code beside the number it belongs to.
    if number and code and "/" not in number and _BANK_CODE.fullmatch(code):
        return f"{number}/{code}"
    return number
