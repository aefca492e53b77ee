"""Decide the steps bank tests share: orders brought to waiting, files imported, books looked at."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.app.trades.open_trade import OpenedTrade
from cambist.bootstrap.rails import RAILS
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import BankPayout
from cambist.domain.pricing.terms import Side
from cambist.kernel.failpoints import Failpoint
from cambist.ports.rails import HouseAccount
from cambist.workers.bank import ImportReport, import_statement
from tests.rails.statements import Paid, build_statement
from tests.trades.desk import Desk


class DiedError(BaseException):
    """Stand for a death in the middle."""


def dying_at(point: Failpoint, visit: int = 1) -> Any:
    """Make a hook that dies at a point's so many-th visit."""
    left = visit

    def hook(name: Failpoint) -> None:
        nonlocal left
        if name is point:
            left -= 1
            if left == 0:
                raise DiedError

    return hook


def house(desk: Desk, currency: str = "CZK") -> HouseAccount:
    """Find our account of a currency."""
    accounts = desk.world.core.paying_in.accounts
    return next(account for account in accounts if account.currency == currency)


async def bought(desk: Desk, **changes: Any) -> OpenedTrade:
    """Open a buy that waits for its money."""
    return await desk.ready(Side.BUY, **changes)


async def sold(desk: Desk, **changes: Any) -> OpenedTrade:
    """Open a sell, send its crypto, and let it be filled: its payout is queued."""
    opened = await desk.ready(Side.SELL, **changes)
    await desk.pay(opened, (await desk.view(opened)).trade.crypto_units)
    assert await desk.state(opened) is OrderState.SENDING
    return opened


async def paying(desk: Desk, opened: OpenedTrade, **changes: Any) -> Paid:
    """Make the statement's line of a buyer who pays what he should."""
    trade = (await desk.view(opened)).trade
    amount = f"{trade.fiat_units // 100}.{trade.fiat_units % 100:02d}"
    told: dict[str, Any] = {
        "amount": amount,
        "end_to_end": f"/VS{trade.reference}",
        "name": "JANA NOVAKOVA",
        "booked_on": await desk.today(),
        "bank_reference": f"REF-{trade.id}",
    }
    return Paid(**{**told, **changes})


async def book(
    desk: Desk, lines: Iterable[Paid] | bytes, accounts: Sequence[HouseAccount] | None = None
) -> ImportReport:
    """Import a statement's lines, or a whole file."""
    core = desk.world.core
    document = lines if isinstance(lines, bytes) else build_statement(lines)
    report = await import_statement(
        core.bus,
        read_statement(io.BytesIO(document)),
        core.paying_in.accounts if accounts is None else accounts,
        RAILS,
        pause_s=0.0,
    )
    await desk.carry()
    return report


async def payouts_of(desk: Desk, opened: OpenedTrade) -> Sequence[BankPayout]:
    """List an order's payouts over the bank."""
    return (await desk.view(opened)).payouts


async def booked_lines(desk: Desk) -> int:
    """Count the lines in the books."""
    return int(await desk.world.core.pool.fetchval("select count(*) from bank_lines"))


async def on_rail(desk: Desk, method: str = "cz-bank", currency: str = "CZK") -> int:
    """Sum what our account at the bank holds by the books; negative is what we have there."""
    return await desk.world.balance(f"rail:{method}", currency)
