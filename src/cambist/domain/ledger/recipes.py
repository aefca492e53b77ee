"""Decide how each business fact is booked; the only way to a posting.

A party's balance is what we owe it (positive); what we hold for it stands as the negative mirror
in the custody account of the place that holds it.
"""

from cambist.domain.ledger.accounts import AccountRef, custody_account, house_account
from cambist.domain.ledger.journals import Leg, Posting, posting


def pay_in_confirmed(
    party: AccountRef, chain: str, units: int, fee: int, place: str = "deposit"
) -> Posting:
    """Book a confirmed payment: the party gets the units less our fee."""
    asset = party.asset
    return posting(
        "pay_in_confirmed",
        (
            Leg(custody_account(chain, place, asset), -units),
            Leg(party, units - fee),
            Leg(house_account("fees", asset), fee),
        ),
    )


def pay_in_reverted(party: AccountRef, chain: str, units: int, fee: int, loss: int) -> Posting:
    """Book a reorg of a credited payment; `loss` is the part the party no longer has."""
    asset = party.asset
    return posting(
        "pay_in_reverted",
        (
            Leg(custody_account(chain, "deposit", asset), units),
            Leg(party, -(units - fee - loss)),
            Leg(house_account("fees", asset), -fee),
            Leg(house_account("loss", asset), -loss),
        ),
    )


def pay_in_restored(party: AccountRef, chain: str, units: int, fee: int, loss: int) -> Posting:
    """Book a payment that came back after a reorg; the loss taken then is made good first."""
    return pay_in_reverted(party, chain, units, fee, loss).reversed("pay_in_restored")


def suspense_received(chain: str, asset: str, units: int) -> Posting:
    """Book money that fits no order."""
    return posting(
        "suspense_received",
        (
            Leg(custody_account(chain, "deposit", asset), -units),
            Leg(house_account("suspense", asset), units),
        ),
    )


def house_funded(chain: str, asset: str, units: int) -> Posting:
    """Book our own money arriving on a hot address."""
    return posting(
        "house_funded",
        (
            Leg(custody_account(chain, "hot", asset), -units),
            Leg(house_account("capital", asset), units),
        ),
    )


def fee_returned(party: AccountRef, fee: int) -> Posting:
    """Give a service fee back, before policy returns a payment whole to its payer."""
    return posting(
        "fee_returned",
        (
            Leg(house_account("fees", party.asset), -fee),
            Leg(party, fee),
        ),
    )


def sent(
    party: AccountRef,
    units: int,
    fee: int,
    spent: tuple[tuple[AccountRef, int], ...],
    network_fee: tuple[str, int],
) -> Posting:
    """Book a settled withdrawal, refund or send.

    `spent` lists by how much each custody place shrank, in its own asset (what the destination
    got and what the network took); `network_fee` is (coin, units), our expense.
    """
    coin, network_units = network_fee
    return posting(
        "sent",
        (
            Leg(party, -(units + fee)),
            Leg(house_account("fees", party.asset), fee),
            *(Leg(place, taken) for place, taken in spent),
            Leg(house_account("network-fees", coin), -network_units),
        ),
    )


def swept(
    spent: tuple[tuple[AccountRef, int], ...],
    received: tuple[AccountRef, int],
    network_fee: tuple[str, int],
) -> Posting:
    """Book a settled sweep: deposit places shrink, the hot one grows, the network takes its fee."""
    coin, network_units = network_fee
    place, units = received
    return posting(
        "swept",
        (
            *(Leg(source, taken) for source, taken in spent),
            Leg(place, -units),
            Leg(house_account("network-fees", coin), -network_units),
        ),
    )
