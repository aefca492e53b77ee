"""Decide which texts a pay page needs; a language that lacks one does not type-check."""

from collections.abc import Mapping
from dataclasses import dataclass

from cambist.pages.look.words import Trouble
from cambist.pages.pay.shown import Advice, FigureKind, Notice, PageStatus, RowKind


@dataclass(frozen=True, slots=True)
class SandboxTexts:
    """Hold what only a sandbox shows; `mine_many` takes {count}."""

    strip: str
    warning: str
    title: str
    intro: str
    exact: str
    less: str
    more: str
    replace: str
    mine: str
    mine_many: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold every text of the pay page in one language.

    Braces are filled in: {shop}, {asset}, {network}, {asked}, {due}, {received}, {surplus},
    {refunded} with amounts that carry their symbol; {time}, {host}, {count}, {x} of {y}.
    """

    payment_to: str
    headlines: Mapping[PageStatus, str]
    explained: Mapping[PageStatus, str]
    waiting_any: str
    advice: Mapping[Advice, str]
    notices: Mapping[Notice, str]
    figures: Mapping[FigureKind, str]
    any_amount: str
    about: str
    on_network: str
    time_left: str
    pay_by: str
    pay_title: str
    address: str
    copy_address: str
    copy_amount: str
    copied: str
    copy_by_hand: str
    qr: str
    scan: str
    open_wallet: str
    only_this: str
    choose_legend: str
    choose_none: str
    progress: str
    rows: Mapping[RowKind, str]
    confirmations: str
    transaction: str
    earlier_hidden: str
    order: str
    order_number: str
    contact: str
    back: str
    try_again: str
    not_found: Trouble
    refused: Trouble
    test: SandboxTexts
