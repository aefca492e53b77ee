"""Decide which fiat rails the house knows, and which of its accounts a payer is told."""

from collections.abc import Mapping, Sequence

from cambist.adapters.rails import balance, cz_bank, se_bank, sepa
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.rails import Method
from cambist.ports.rails import HouseAccount, Instructions, Rail

RAILS: Mapping[str, Rail] = {
    rail.RAIL.method.value: rail.RAIL for rail in (balance, cz_bank, se_bank, sepa)
}

SANDBOX_ACCOUNTS = (
    HouseAccount(
        method=Method.CZ_BANK,
        currency="CZK",
        number="19-2000145399/0800",
        iban="CZ6508000000192000145399",
        bic="GIBACZPX",
        name="Cambist Sandbox",
    ),
    HouseAccount(
        method=Method.SEPA,
        currency="EUR",
        number="DE89370400440532013000",
        iban="DE89370400440532013000",
        bic="COBADEFF",
        name="Cambist Sandbox",
    ),
    HouseAccount(
        method=Method.SE_BANK,
        currency="SEK",
        number="SE4550000000058398257466",
        iban="SE4550000000058398257466",
        bic="ESSESESS",
        name="Cambist Sandbox",
    ),
)
"""Accounts from the standards' own examples; nobody is paid there."""


class PayingIn:
    """Tell a buyer how to pay: to which account of ours, under which reference."""

    def __init__(self, accounts: Sequence[HouseAccount]) -> None:
        self._accounts = {(account.method, account.currency): account for account in accounts}

    def __call__(self, trade: Trade, units: int) -> Instructions | None:
        """Write the instructions; None without an account for the rail and currency."""
        account = self._accounts.get((Method(trade.method), trade.fiat))
        if account is None or not trade.reference:
            return None
        rail = RAILS[trade.method]
        return rail.instructions(account, units, trade.fiat, trade.reference)

    @property
    def accounts(self) -> Sequence[HouseAccount]:
        """List our accounts."""
        return tuple(self._accounts.values())
