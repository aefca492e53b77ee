"""Decide how fiat and exchanges are booked; with `recipes` the only way to a posting."""

from dataclasses import dataclass

from cambist.domain.ledger.accounts import AccountRef, house_account
from cambist.domain.ledger.journals import Leg, Posting, posting


@dataclass(frozen=True, slots=True)
class Exchange:
    """Hold an exchange to book: units of crypto and fiat, as the trade's terms have them."""

    crypto_units: int
    network_fee: int
    principal: int
    commission: int
    payment_fee: int


def fiat_received(rail: AccountRef, party: AccountRef, units: int) -> Posting:
    """Book fiat that came in and is whose."""
    return posting("fiat_received", (Leg(rail, -units), Leg(party, units)))


def fiat_unmatched(rail: AccountRef, units: int) -> Posting:
    """Book fiat that came in and fits no order."""
    return posting(
        "fiat_unmatched", (Leg(rail, -units), Leg(house_account("suspense", rail.asset), units))
    )


def fiat_assigned(party: AccountRef, units: int) -> Posting:
    """Book fiat out of suspense to the party a person found."""
    return posting(
        "fiat_assigned", (Leg(house_account("suspense", party.asset), -units), Leg(party, units))
    )


def fiat_going_back(asset: str, units: int) -> Posting:
    """Book fiat out of suspense into a payout to where it came from."""
    legs = (
        Leg(house_account("suspense", asset), -units),
        Leg(house_account("returning", asset), units),
    )
    return posting("fiat_going_back", legs)


def fiat_gone_back(rail: AccountRef, units: int) -> Posting:
    """Book fiat the bank has paid back to where it came from."""
    return posting(
        "fiat_gone_back", (Leg(house_account("returning", rail.asset), -units), Leg(rail, units))
    )


def fiat_own_in(asset: str, units: int) -> Posting:
    """Book fiat of our own out of suspense: interest, or money put in."""
    legs = (
        Leg(house_account("suspense", asset), -units),
        Leg(house_account("capital", asset), units),
    )
    return posting("fiat_own_in", legs)


def fiat_own_out(asset: str, units: int) -> Posting:
    """Book fiat of our own that left unexplained: a fee of the bank, or money taken out."""
    return fiat_own_in(asset, units).reversed("fiat_own_out")


def fiat_unexplained(rail: AccountRef, units: int) -> Posting:
    """Book fiat that left our account without a payout of ours."""
    return fiat_unmatched(rail, units).reversed("fiat_unexplained")


def fiat_paid_out(rail: AccountRef, party: AccountRef, units: int) -> Posting:
    """Book a payout the bank has made."""
    return posting("fiat_paid_out", (Leg(party, -units), Leg(rail, units)))


def payout_returned(rail: AccountRef, party: AccountRef, units: int) -> Posting:
    """Book a payout the bank sent back: the party has its money again."""
    return fiat_paid_out(rail, party, units).reversed("payout_returned")


def loss_recovered(party: AccountRef, units: int) -> Posting:
    """Book what a party has again against the loss a reorganisation made the house take."""
    return posting(
        "loss_recovered", (Leg(party, -units), Leg(house_account("loss", party.asset), units))
    )


def bought(fiat: AccountRef, crypto: AccountRef, exchange: Exchange) -> Posting:
    """Book the fill of a buy: two linked legs through inventory, spread and fees their own."""
    total = exchange.principal + exchange.commission + exchange.payment_fee
    gross = exchange.crypto_units + exchange.network_fee
    return posting(
        "bought",
        (
            Leg(fiat, -total),
            Leg(house_account("inventory", fiat.asset), exchange.principal),
            Leg(house_account("spread", fiat.asset), exchange.commission),
            Leg(house_account("fees", fiat.asset), exchange.payment_fee),
            Leg(house_account("inventory", crypto.asset), -gross),
            Leg(crypto, exchange.crypto_units),
            Leg(house_account("fees", crypto.asset), exchange.network_fee),
        ),
    )


def sold(fiat: AccountRef, crypto: AccountRef, exchange: Exchange) -> Posting:
    """Book the fill of a sell: the mirror of a buy, what is kept taken from the proceeds."""
    proceeds = exchange.principal - exchange.commission - exchange.payment_fee
    return posting(
        "sold",
        (
            Leg(crypto, -exchange.crypto_units),
            Leg(house_account("inventory", crypto.asset), exchange.crypto_units),
            Leg(house_account("inventory", fiat.asset), -exchange.principal),
            Leg(house_account("spread", fiat.asset), exchange.commission),
            Leg(house_account("fees", fiat.asset), exchange.payment_fee),
            Leg(fiat, proceeds),
        ),
    )
