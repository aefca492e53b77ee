"""Decide what reviews and re-screens: which lists, which clock, whether without a person."""

import time

from cambist.adapters.clock import wall_clock
from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.screening.lists import LocalLists
from cambist.bootstrap.core import Core
from cambist.workers.reviewing import Reviewer
from cambist.workers.screening import Rescreening, Screener


class Reviewing:
    """Build what a worker reviews with; reviewer and re-screening share one set of lists."""

    def __init__(self, core: Core) -> None:
        self.lists = LocalLists(core.settings.lists, wall_clock)
        people = PostgresPeople(core.pool, core.privacy)
        self.screener = Screener(self.lists, people, core.bus, time.monotonic)
        decides = core.settings.reviews_itself
        self.reviewer = Reviewer(core.desk, self.screener, core.bus, decides=decides)
        holder = str(core.entropy.new_id())
        self.rescreening = Rescreening(self.screener, core.desk, core.bus, holder)
