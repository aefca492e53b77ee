"""Decide where prices come from: exchanges in live mode, seeded simulations in the sandbox."""

import os

from cambist.adapters.feeds.ccxt_process import CcxtFeed
from cambist.adapters.feeds.simulated import SimulatedFeed
from cambist.adapters.simulators.price_store import TakenDown
from cambist.bootstrap.core import Core
from cambist.domain.pricing.guards import GuardLimits
from cambist.ports.feed import FeedPort
from cambist.settings import Mode
from cambist.workers.prices import WANTED_PAIRS, PriceWorker

SANDBOX_FEEDS = ("alpha", "beta")
SANDBOX_LIMITS = GuardLimits(max_jump_ppm=None, bands={})
"""A sandbox's prices are set by hand, so leaps and odd values are meant."""


def price_worker(core: Core) -> PriceWorker:
    """Build the price worker of the mode set."""
    settings, now = core.settings, core.clock.now
    feeds: list[FeedPort] = []
    if settings.exchanges:
        pairs = WANTED_PAIRS
        feeds.append(CcxtFeed("ccxt", settings.exchanges, pairs, now, os.environ))
    if settings.mode is Mode.LIVE:
        limits = GuardLimits(min_sources=settings.price_sources_min)
        return PriceWorker(feeds, core.prices, now, limits)
    for name in SANDBOX_FEEDS:
        feeds.append(SimulatedFeed(name, now, core.world.overrides, WANTED_PAIRS))
    store = TakenDown(core.prices, core.world)
    return PriceWorker(feeds, store, now, SANDBOX_LIMITS)
