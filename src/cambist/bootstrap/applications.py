"""Decide what each dialect and each page is given."""

import os
import time

from litestar.types import ASGIApp

from cambist.adapters.db.affiliates import PostgresAffiliates
from cambist.adapters.db.nonces import PostgresNonces
from cambist.adapters.db.queries import PostgresKeys
from cambist.adapters.db.usage import KeyUsage
from cambist.adapters.db.visit_queries import PostgresVisits
from cambist.adapters.documents.intake import ChildIntake
from cambist.adapters.documents.store_files import FileDocumentStore
from cambist.bootstrap.access import DemoAccess
from cambist.bootstrap.core import Core
from cambist.dialects import btcex, cryptoexchange, cryptopayments
from cambist.domain.partners.partners import PartnerKind
from cambist.http.callers import Callers
from cambist.http.limits import Limits, RateLimit
from cambist.http.uploading import Uploads
from cambist.pages.cases import CaseServices, case_app
from cambist.settings import Mode


def limits_of(core: Core) -> Limits:
    """Make the limits of one dialect."""
    settings = core.settings
    address, key = settings.rate_per_address, settings.rate_per_key
    by_address, by_key = RateLimit(address, 2 * address), RateLimit(key, 2 * key)
    return Limits.build(time.monotonic_ns, by_address, by_key)


def callers_of(core: Core, usage: KeyUsage, kind: PartnerKind) -> Callers:
    """Know the API keys of one kind of partner."""
    keys = PostgresKeys(core.pool, kind)
    return Callers(keys, limits_of(core), usage, core.clock.now, time.monotonic_ns)


def gateway(core: Core, usage: KeyUsage) -> ASGIApp:
    """Build the merchant gateway."""
    return cryptopayments.build(
        cryptopayments.GatewayServices(
            bus=core.bus,
            now=core.clock.now,
            new_id=core.entropy.new_id,
            public_url=core.settings.base_url,
            callers=callers_of(core, usage, PartnerKind.MERCHANT),
            queries=core.queries,
            assets=core.queries,
            rates=core.queries,
        )
    )


def exchange(core: Core, usage: KeyUsage, access: DemoAccess | None) -> ASGIApp:
    """Build the exchange for API clients; a sandbox's page makes calls with the demo key."""
    return cryptoexchange.build(
        cryptoexchange.ExchangeServices(
            bus=core.bus,
            now=core.clock.now,
            new_id=core.entropy.new_id,
            public_url=core.settings.base_url,
            callers=callers_of(core, usage, PartnerKind.API_CLIENT),
            clients=core.queries,
            trades=core.trades,
            market=core.market,
            vault=core.market,
            addresses=core.book,
            assets=core.queries,
            sandbox_key=access.client_key if access is not None else None,
        )
    )


def broker(core: Core, usage: KeyUsage, uploads: Uploads) -> ASGIApp:
    """Build the affiliates' broker."""
    nonces, now = PostgresNonces(core.pool), core.clock.now
    return btcex.build(
        btcex.BtcexServices(
            bus=core.bus,
            now=now,
            new_id=core.entropy.new_id,
            public_url=core.settings.base_url,
            signers=btcex.Signers(core.secrets, core.vault, nonces, limits_of(core), usage, now),
            affiliates=PostgresAffiliates(core.pool, time.monotonic),
            trades=core.trades,
            market=core.market,
            addresses=core.book,
            uploads=uploads,
            sandbox=core.settings.mode is Mode.SANDBOX,
        )
    )


def uploads_of(core: Core) -> Uploads:
    """Take documents in through a child that decodes, and keep them sealed."""
    intake = ChildIntake(os.environ)
    store = FileDocumentStore(core.settings.documents)
    visits = PostgresVisits(core.pool, core.privacy)
    return Uploads(core.bus, intake, store, visits, core.entropy.new_id)


def cases(core: Core, uploads: Uploads, *, is_sandbox: bool) -> ASGIApp:
    """Build the pages of orders to buy and sell."""
    return case_app(
        CaseServices(
            bus=core.bus,
            trades=core.trades,
            visits=PostgresVisits(core.pool, core.privacy),
            uploads=uploads,
            now=core.clock.now,
            new_token=core.privacy.token,
            monotonic_ns=time.monotonic_ns,
            base_url=core.settings.base_url,
            is_sandbox=is_sandbox,
        )
    )
