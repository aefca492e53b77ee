"""Decide what stands behind the sandbox's control pages in an api process."""

from collections.abc import Mapping

from cambist.adapters.db.books import quick_check
from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.db.pool import Pool
from cambist.adapters.feeds.fixed import DEMO_MIDS
from cambist.adapters.messages.gallery import SampleGallery
from cambist.adapters.messages.writer import TemplateWriter
from cambist.adapters.simulators.bank import SimulatedBank
from cambist.adapters.simulators.mailbox import SimulatedMailBox
from cambist.bootstrap.access import DemoAccess
from cambist.bootstrap.banking import bank_desk
from cambist.bootstrap.core import Core
from cambist.pages.sandbox import SandboxServices
from cambist.settings import NodeKind
from cambist.workers.clockwork import Clockwork
from cambist.workers.prices import WANTED_PAIRS, PriceWorker


class Books:
    """Implement LedgerCheck on a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def quick_check(self) -> Mapping[str, object]:
        """Sum the ledger in one snapshot."""
        return await quick_check(self._pool)


def sandbox_services(core: Core, access: DemoAccess, prices: PriceWorker) -> SandboxServices:
    """Gather what the control pages need; `prices` is this process's own price worker."""
    nodes = core.settings.chains
    simulated = {chain for chain in core.controls if nodes[chain].kind is NodeKind.SIMULATED}

    async def refresh() -> None:
        await core.clock.refresh()
        await prices.run_round()
        core.quotes.forget()

    return SandboxServices(
        token=access.token,
        public_url=core.settings.base_url,
        shop=access.integration_id,
        new_id=core.entropy.new_id,
        world=core.world,
        chains=core.chains,
        controls=core.controls,
        mined_by_clock=frozenset(simulated),
        work=core.work,
        orders=core.queries,
        prices=core.prices,
        pairs=WANTED_PAIRS | frozenset(DEMO_MIDS),
        refresh=refresh,
        expire_due=Clockwork(core.bus, core.work).run_once,
        ledger=Books(core.pool),
        mailbox=SimulatedMailBox(core.pool),
        gallery=SampleGallery(TemplateWriter()),
        people=PostgresPeople(core.pool, core.privacy),
        decide=core.bus.execute,
        bank=SimulatedBank(core.pool),
        accounts=core.paying_in.accounts,
        desk=core.desk,
        files=bank_desk(core),
    )
