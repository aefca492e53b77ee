"""Decide which checks an order needs: by amount, velocity, country, history and name."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from cambist.domain.compliance.cases import CaseKind


class Reason(StrEnum):
    """Name why a check is asked for; shown to customer and staff."""

    FIRST_ORDER = "first-order"
    AMOUNT = "amount"
    VELOCITY = "velocity"
    COUNTRY = "country"
    NAME_MISMATCH = "name-mismatch"
    LIST_HIT = "list-hit"
    KEPT_FUNDS = "kept-funds"


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    """Hold the operator's thresholds, in units of the reference fiat named by `fiat`.

    `identity_from` and `aml_from` are amounts of one order; `phone_from` likewise;
    `velocity_orders` orders within a day ask for a person's look.
    """

    fiat: str = "EUR"
    identity_from: int = 0
    phone_from: int = 0
    aml_from: int = 100_000
    velocity_orders: int = 10
    high_risk_countries: tuple[str, ...] = ("AF", "IR", "KP", "MM", "SY")


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """Hold what is known when an order is made; `worth` counts units of the policy's fiat.

    Without `is_vouched` whoever orders only says who he is: nobody signed for him.
    """

    worth: int
    orders_today: int
    country: str | None
    has_identity: bool
    has_declaration: bool
    has_phone: bool
    flagged: bool
    is_vouched: bool = True


def required_checks(policy: RiskPolicy, facts: RiskFacts) -> tuple[CaseKind, ...]:
    """List the checks an order must pass, in the order they are asked: identity, AML, phone, EDD.

    Source: the vendor's order of verification (btcex contract).
    """
    wanted: list[CaseKind] = []
    if facts.worth >= policy.identity_from and not facts.has_identity:
        wanted.append(CaseKind.IDENTITY)
    if facts.worth >= policy.aml_from and not facts.has_declaration:
        wanted.append(CaseKind.AML)
    if asks_for_phone(policy, facts):
        wanted.append(CaseKind.PHONE)
    if edd_reasons(policy, facts):
        wanted.append(CaseKind.EDD)
    return tuple(wanted)


def asks_for_phone(policy: RiskPolicy, facts: RiskFacts) -> bool:
    """Tell whether a code is sent; also to prove that a known person is who orders in his name."""
    if facts.has_identity and not facts.is_vouched:
        return True
    return facts.worth >= policy.phone_from and not (facts.has_phone and facts.is_vouched)


def edd_reasons(policy: RiskPolicy, facts: RiskFacts) -> tuple[Reason, ...]:
    """List why a person must look at the order before it goes on."""
    found: list[Reason] = []
    if facts.orders_today > policy.velocity_orders:
        found.append(Reason.VELOCITY)
    if facts.country is not None and is_high_risk(policy, facts.country):
        found.append(Reason.COUNTRY)
    if facts.flagged:
        found.append(Reason.LIST_HIT)
    return tuple(found)


def reasons_for(kind: CaseKind, policy: RiskPolicy, facts: RiskFacts) -> tuple[str, ...]:
    """Tell the customer (or the staff) why a check is asked for."""
    match kind:
        case CaseKind.PHONE if facts.has_phone:
            return ()
        case CaseKind.IDENTITY | CaseKind.PHONE:
            return (Reason.FIRST_ORDER.value,)
        case CaseKind.AML:
            return (Reason.AMOUNT.value,)
        case CaseKind.EDD:
            return tuple(reason.value for reason in edd_reasons(policy, facts))
        case CaseKind.DEPOSIT:
            return (Reason.KEPT_FUNDS.value,)
        case _:
            return ()


def is_high_risk(policy: RiskPolicy, country: str) -> bool:
    """Tell whether a country asks for a person's look."""
    return country in policy.high_risk_countries


def still_required(required: Collection[str], done: CaseKind) -> tuple[str, ...]:
    """Take a passed check off the list."""
    return tuple(kind for kind in required if kind != done.value)
