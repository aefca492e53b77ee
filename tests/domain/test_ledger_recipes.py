"""Show every recipe as a table an accountant can read; what is owed is positive."""

import inspect
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.ledger import recipes
from cambist.domain.ledger.accounts import (
    AccountRef,
    custody_account,
    house_account,
    partner_account,
)
from cambist.domain.ledger.journals import Leg, Posting, posting
from cambist.kernel.ids import PartnerId

SHOP = PartnerId(UUID(int=1))
TRX = 1_000_000
DEPOSIT = custody_account("tron", "deposit", "TRX")
HOT = custody_account("tron", "hot", "TRX")
OWED = partner_account(SHOP, "TRX")
OWED_USDT = partner_account(SHOP, "USDT_TRC20")
HOT_USDT = custody_account("tron", "hot", "USDT_TRC20")


def table(booked: Posting) -> str:
    """Draw a posting: whose account, which asset, how many units."""
    rows = [
        (leg.account.owner.replace(str(SHOP), "shop"), leg.account.asset, f"{leg.units:+,}")
        for leg in booked.legs
    ]
    owner, asset, units = (max(len(row[n]) for row in rows) for n in range(3))
    lines = [f"{a.ljust(owner)}  {b.ljust(asset)}  {c.rjust(units)}" for a, b, c in rows]
    return "\n".join([booked.recipe, *lines])


TABLES = {
    "a merchant is paid 1 TRX at 0.5 %": (
        recipes.pay_in_confirmed(OWED, "tron", TRX, 5_000),
        """
pay_in_confirmed
custody:tron:deposit  TRX  -1,000,000
partner:shop          TRX    +995,000
house:fees            TRX      +5,000
""",
    ),
    "a merchant without fee is paid on the hot address": (
        recipes.pay_in_confirmed(OWED, "tron", TRX, 0, "hot"),
        """
pay_in_confirmed
custody:tron:hot  TRX  -1,000,000
partner:shop      TRX  +1,000,000
""",
    ),
    "a reorg takes a payment back from a merchant who has it": (
        recipes.pay_in_reverted(OWED, "tron", TRX, 5_000, 0),
        """
pay_in_reverted
custody:tron:deposit  TRX  +1,000,000
partner:shop          TRX    -995,000
house:fees            TRX      -5,000
""",
    ),
    "a reorg takes a payment back from a merchant who spent a part": (
        recipes.pay_in_reverted(OWED, "tron", TRX, 5_000, 400_000),
        """
pay_in_reverted
custody:tron:deposit  TRX  +1,000,000
partner:shop          TRX    -595,000
house:fees            TRX      -5,000
house:loss            TRX    -400,000
""",
    ),
    "that payment comes back": (
        recipes.pay_in_restored(OWED, "tron", TRX, 5_000, 400_000),
        """
pay_in_restored
custody:tron:deposit  TRX  -1,000,000
partner:shop          TRX    +595,000
house:fees            TRX      +5,000
house:loss            TRX    +400,000
""",
    ),
    "money that fits no order": (
        recipes.suspense_received("tron", "USDT_TRC20", 7),
        """
suspense_received
custody:tron:deposit  USDT_TRC20  -7
house:suspense        USDT_TRC20  +7
""",
    ),
    "our own money": (
        recipes.house_funded("tron", "TRX", TRX),
        """
house_funded
custody:tron:hot  TRX  -1,000,000
house:capital     TRX  +1,000,000
""",
    ),
    "a fee given back before a payment is returned whole": (
        recipes.fee_returned(OWED, 5_000),
        """
fee_returned
house:fees    TRX  -5,000
partner:shop  TRX  +5,000
""",
    ),
    "0.6 TRX sent from the hot address": (
        recipes.sent(OWED, 600_000, 3_000, ((HOT, 601_100),), ("TRX", 1_100)),
        """
sent
partner:shop        TRX  -603,000
house:fees          TRX    +3,000
custody:tron:hot    TRX  +601,100
house:network-fees  TRX    -1,100
""",
    ),
    "a token sent, its gas paid in TRX": (
        recipes.sent(OWED_USDT, 50, 1, ((HOT, 15_000), (HOT_USDT, 50)), ("TRX", 15_000)),
        """
sent
partner:shop        USDT_TRC20      -51
house:fees          USDT_TRC20       +1
custody:tron:hot    TRX         +15,000
custody:tron:hot    USDT_TRC20      +50
house:network-fees  TRX         -15,000
""",
    ),
    "a deposit swept to the hot address": (
        recipes.swept(((DEPOSIT, TRX),), (HOT, TRX - 1_100), ("TRX", 1_100)),
        """
swept
custody:tron:deposit  TRX  +1,000,000
custody:tron:hot      TRX    -998,900
house:network-fees    TRX      -1,100
""",
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_recipe_reads_as_its_table(case: str) -> None:
    booked, expected = TABLES[case]
    assert table(booked) == expected.strip()


def test_every_recipe_has_a_table() -> None:
    defined = {
        name
        for name, value in vars(recipes).items()
        if inspect.isfunction(value) and value.__module__ == recipes.__name__
    }
    assert {booked.recipe for booked, _ in TABLES.values()} == defined


def test_a_parties_account_alone_is_bounded() -> None:
    bounded = [leg.account.owner for leg in TABLES["our own money"][0].legs if leg.account.bounded]
    assert bounded == []
    assert partner_account(SHOP, "TRX").bounded
    assert TABLES["a fee given back before a payment is returned whole"][0].bounded == [
        partner_account(SHOP, "TRX")
    ]


def test_an_account_is_one_and_the_same_wherever_it_is_named() -> None:
    assert partner_account(SHOP, "TRX").id == AccountRef(f"partner:{SHOP}", "TRX").id
    assert partner_account(SHOP, "TRX").id != partner_account(SHOP, "LTC").id


@given(units=st.integers(1, 10**30), fee=st.integers(0, 10**29), loss=st.integers(0, 10**29))
def test_what_is_reverted_and_restored_leaves_nothing(units: int, fee: int, loss: int) -> None:
    arguments = (OWED, "tron", units, min(fee, units), min(loss, units - min(fee, units)))
    there = recipes.pay_in_reverted(*arguments)
    back = recipes.pay_in_restored(*arguments)
    net = {leg.account: leg.units for leg in there.legs}
    assert {leg.account: -leg.units for leg in back.legs} == net
    assert sum(net.values()) == 0


def test_legs_that_do_not_balance_are_a_fault() -> None:
    with pytest.raises(ValueError, match="do not balance"):
        posting("wrong", (Leg(HOT, 5), Leg(house_account("capital", "TRX"), -4)))
    with pytest.raises(ValueError, match="do not balance"):
        posting("two assets", (Leg(HOT, 5), Leg(HOT_USDT, -5)))
    with pytest.raises(ValueError, match="do not balance"):
        posting("nothing", ())
