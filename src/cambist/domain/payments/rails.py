"""Decide which fiat rails there are, and which way money flows on them."""

from enum import StrEnum


class Method(StrEnum):
    """Name a fiat rail; BALANCE is money kept with us."""

    CZ_BANK = "cz-bank"
    SEPA = "sepa"
    SE_BANK = "se-bank"
    BALANCE = "balance"


class Flow(StrEnum):
    """Tell whether a statement's line brought money in or took it out."""

    CREDIT = "credit"
    DEBIT = "debit"
