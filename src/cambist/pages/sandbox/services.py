"""Decide what the sandbox's control pages are given by bootstrap."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from cambist.app.cases.decide_case import DecideCase
from cambist.ports.bank import BankControl
from cambist.ports.bank_desk import BankDesk
from cambist.ports.chain import ChainControl, ChainPort
from cambist.ports.messages import MessageGallery
from cambist.ports.people import PeopleQueries
from cambist.ports.prices import PriceReader
from cambist.ports.queries import WorkerQueries
from cambist.ports.rails import HouseAccount
from cambist.ports.sandbox import LedgerCheck, MailBox, World
from cambist.ports.trades import DeskQueries
from cambist.ports.work import WorkQueries

SETTLE_S_MAX = 10.0
"""How long a leap of the clock waits at most for the world to follow."""


@dataclass(frozen=True, slots=True)
class SandboxServices:
    """Hold what control operations use; `public_url` is the root of everything, without a slash.

    `mined_by_clock` names the chains that mine when the clock leaps, `pairs` what can be pinned.
    `refresh` learns the core's time and runs one price round, after which this process knows the
    new prices (others within a second); `expire_due` expires what is over and returns how many
    orders it looked at. `prices` reads past every cache. `shop` is the demo integration's id.
    `accounts` are those of ours that `bank` keeps.
    """

    token: str
    public_url: str
    shop: str
    new_id: Callable[[], UUID]
    world: World
    chains: Mapping[str, ChainPort]
    controls: Mapping[str, ChainControl]
    mined_by_clock: frozenset[str]
    work: WorkQueries
    orders: WorkerQueries
    prices: PriceReader
    pairs: frozenset[str]
    refresh: Callable[[], Awaitable[None]]
    expire_due: Callable[[], Awaitable[int]]
    ledger: LedgerCheck
    mailbox: MailBox
    gallery: MessageGallery
    people: PeopleQueries
    decide: Callable[[DecideCase], Awaitable[None]]
    bank: BankControl
    accounts: Sequence[HouseAccount]
    desk: DeskQueries
    files: BankDesk
    settle_s_max: float = SETTLE_S_MAX
