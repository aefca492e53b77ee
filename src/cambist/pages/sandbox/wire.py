"""Decide which bodies the control operations take: strict types, no unknown fields."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cambist.http.amounts import AmountText

BLOCKS_MAX = 1_000
ADVANCE_S_MAX = 366 * 86_400
TEXT_MAX = 200
TIMES_MAX = 1_000_000
SINK_NAME = r"^[a-z0-9][a-z0-9._-]{0,63}\Z"

ShortText = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]


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


class BehaveBody(_Strict):
    """Tell a sink how to answer its next requests."""

    status: Annotated[int, Field(ge=200, le=599)]
    times: Annotated[int, Field(ge=0, le=TIMES_MAX)]
