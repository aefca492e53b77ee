"""Decide which bodies the control operations take: strict types, no unknown fields."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from cambist.http.amounts import AmountText

BLOCKS_MAX = 1_000
ADVANCE_S_MAX = 366 * 86_400
TEXT_MAX = 200
BANK_TEXT_MAX = 140
BANK_NAME_MAX = 70
BANK_ACCOUNT_MAX = 34
REASON_MAX = 35
REASON_USUAL = "AC04"
"""Closed account (ISO 20022 external code set)."""
TIMES_MAX = 1_000_000
CASE_REASON = r"^[a-z][a-z-]{1,39}$"
SINK_NAME = r"^[a-z0-9][a-z0-9._-]{0,63}\Z"

# What XML 1.0 cannot carry, and what would break a line.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _is_writable(text: str) -> str:
    if _UNWRITABLE.search(text):
        raise PydanticCustomError("text-invalid", "Plain letters in one line are expected")
    return text


ShortText = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
BankText = Annotated[str, Field(max_length=BANK_TEXT_MAX), AfterValidator(_is_writable)]
"""A text as it stands on a bank's statement."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PayBody(_Strict):
    """Ask for outside money; without confirmations the transaction stays in the mempool."""

    address: ShortText
    amount: AmountText
    asset: ShortText
    confirmations: Annotated[int, Field(ge=0, le=BLOCKS_MAX)] = 0


class MineBody(_Strict):
    """Ask for blocks."""

    blocks: Annotated[int, Field(ge=1, le=BLOCKS_MAX)]


class ReplaceBody(_Strict):
    """Name an unconfirmed transaction."""

    hash: ShortText


class ReorgBody(_Strict):
    """Ask for the last blocks to be orphaned."""

    depth: Annotated[int, Field(ge=1, le=BLOCKS_MAX)]


class PriceBody(_Strict):
    """Pin a mid, take a pair down, or release it (`mid` null, or `down` false)."""

    mid: AmountText | None = None
    down: bool | None = None


class AdvanceBody(_Strict):
    """Ask for the clock to leap."""

    seconds: Annotated[int, Field(ge=1, le=ADVANCE_S_MAX)]


class KycBody(_Strict):
    """Play the reviewer; `reason` is a code such as data-mismatch."""

    decision: Literal["accept", "again", "reject"]
    reason: Annotated[str, Field(pattern=CASE_REASON)] | None = None


class BehaveBody(_Strict):
    """Tell a sink how to answer its next requests."""

    status: Annotated[int, Field(ge=200, le=599)]
    times: Annotated[int, Field(ge=0, le=TIMES_MAX)]


class TransferBody(_Strict):
    """Ask for money on our account; what a payer leaves out stays empty on the statement."""

    amount: AmountText
    currency: ShortText
    reference: BankText = ""
    from_name: Annotated[BankText, Field(max_length=BANK_NAME_MAX)] = ""
    from_account: Annotated[BankText, Field(max_length=BANK_ACCOUNT_MAX)] = ""


class ReturnBody(_Strict):
    """Tell why a payment comes back: an ISO code, or words."""

    reason: Annotated[BankText, Field(min_length=1, max_length=REASON_MAX)] = REASON_USUAL
