"""Decide what a fresh sandbox holds: two merchants, their keys, funded chains, told orders."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from uuid import UUID

from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.keys import SEED_FILE, SIGNER_LOG
from cambist.adapters.signing.client import SignerClient
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import OnceLog
from cambist.adapters.signing.rules import SigningPolicy
from cambist.adapters.signing.signer import Signer
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.adapters.simulators.core_regtest import RegtestControl
from cambist.adapters.simulators.world import SimulatedWorld
from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.register_partner import RegisterPartner
from cambist.app.partners.revoke_key import RevokeKey
from cambist.bootstrap.access import DemoAccess, read_access, write_access
from cambist.bootstrap.brokers import (
    AFFILIATE,
    CLIENT,
    OTHER_AFFILIATE,
    OTHER_CLIENT,
    keep_api_key,
    keep_signing_key,
    seat,
    seed_terms,
)
from cambist.bootstrap.core import Core, open_core
from cambist.bootstrap.onboarding import issue_secret
from cambist.bootstrap.story import Story
from cambist.bus.bus import Gate
from cambist.dialects.cryptopayments import STATUS_EVENTS
from cambist.domain.partners.partners import Integration, KeyMode, PartnerKind
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.webhooks.signatures import SECRET_BYTES, standard_secret
from cambist.kernel.ids import ApiKeyId, IntegrationId, PartnerId
from cambist.ports.callbacks import CALLBACK_SECRET_PURPOSE
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.signer import SignedTransfer, SignerPort, SpendIntent
from cambist.settings import Settings

FEE_PPM = 5_000
TOKEN_BYTES = 32
SINK = "demo"
SEEDED = "seeded"
DEMO, OTHER = "demo", "other"
NAMES = {DEMO: "Demo Shop", OTHER: "Other Shop"}


class InProcessSigner:
    """Sign before there is a signer process: same keys, same rules, same log."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    async def sign(self, intent: SpendIntent) -> SignedTransfer:
        """Sign an intent, or return the bytes logged for its id."""
        return self._signer.sign(intent)


async def seed_sandbox(settings: Settings) -> bool:
    """Make simulators, demo data and `sandbox.json` where missing; True when there was nothing.

    The database is migrated already; the url's user owns it.
    """
    owner = await open_pool(settings.database_url, size=2, role=None)
    try:
        await SimulatedChain.install(owner)
        await SimulatedWorld.install(owner)
    finally:
        await close_pool(owner)
    async with open_core(settings) as core:
        was_empty = await core.world.fact(SEEDED) is None
        async with open_signer(settings) as signer:
            write_access(settings, await seed(core, signer, read_access(settings)))
    return was_empty


async def seed(core: Core, signer: SignerPort, known: DemoAccess | None = None) -> DemoAccess:
    """Bring the demo data into being, each piece once, and return what opens the doors.

    What `known` opened before it goes on opening; a key nobody remembers is revoked and replaced.
    """
    demo, shop = await _merchant(core, DEMO)
    other, _ = await _merchant(core, OTHER)
    await seed_terms(core)
    affiliates = [await seat(core, at) for at in (AFFILIATE, OTHER_AFFILIATE)]
    clients = [await seat(core, at) for at in (CLIENT, OTHER_CLIENT)]
    if await core.world.fact(SEEDED) is None:
        for control in core.controls.values():
            if isinstance(control, RegtestControl):
                await control.prepare()
        await Story(core, signer, demo, await _integration(core, demo, shop)).tell()
        await core.world.note(SEEDED, "yes")
    return DemoAccess(
        base_url=core.settings.base_url,
        token=known.token if known else core.entropy.token(TOKEN_BYTES),
        api_key=await _key(core, DEMO, demo, known.api_key if known else None),
        integration_id=str(shop),
        other_api_key=await _key(core, OTHER, other, known.other_api_key if known else None),
        affiliate=await keep_signing_key(
            core, AFFILIATE, affiliates[0], known.affiliate if known else None
        ),
        other_affiliate=await keep_signing_key(
            core, OTHER_AFFILIATE, affiliates[1], known.other_affiliate if known else None
        ),
        client_key=await keep_api_key(
            core, CLIENT, clients[0], known.client_key if known else None
        ),
        other_client_key=await keep_api_key(
            core, OTHER_CLIENT, clients[1], known.other_client_key if known else None
        ),
    )


@asynccontextmanager
async def open_signer(settings: Settings) -> AsyncIterator[SignerPort]:
    """Sign in this process, or ask the signer process when it runs and owns the log already."""
    with ExitStack() as stack:
        try:
            log = OnceLog(settings.keys_dir / SIGNER_LOG)
        except BlockingIOError:
            yield SignerClient(settings.signer_socket)
            return
        stack.callback(log.close)
        setups = [node.setup(chain) for chain, node in settings.chains.items()]
        keystore = await asyncio.to_thread(KeyStore.load, settings.keys_dir / SEED_FILE, setups)
        yield InProcessSigner(Signer(keystore, log, SigningPolicy()))


async def _merchant(core: Core, slug: str) -> tuple[PartnerId, IntegrationId]:
    """Find or make a merchant with its one integration, which calls back where we are now."""
    partner = await core.world.fact(f"{slug}.partner")
    if partner is None:
        register = RegisterPartner(PartnerKind.MERCHANT, NAMES[slug])
        partner = str(await core.bus.execute(register, Gate("sandbox", "seed", slug)))
        await core.world.note(f"{slug}.partner", partner)
    shop = await core.world.fact(f"{slug}.integration")
    if shop is None:
        shop = str(core.entropy.new_id())
        await core.world.note(f"{slug}.integration", shop)
    owner, integration_id = PartnerId(UUID(partner)), IntegrationId(UUID(shop))
    base_url = core.settings.base_url
    before = await core.world.fact(f"{slug}.base_url")
    if before is None:
        await core.bus.execute(PutIntegration(_new_shop(core, slug, owner, integration_id)))
    elif before != base_url:
        moved = _moved(await _integration(core, owner, integration_id), slug, before, base_url)
        await core.bus.execute(PutIntegration(moved))
    if before != base_url:
        await core.world.note(f"{slug}.base_url", base_url)
    return owner, integration_id


def _new_shop(core: Core, slug: str, owner: PartnerId, shop: IntegrationId) -> Integration:
    integration = Integration(
        id=shop,
        partner_id=owner,
        name=NAMES[slug],
        url=core.settings.base_url,
        status=IntegrationStatus.ACTIVE,
        fee_ppm=FEE_PPM,
    )
    if slug == OTHER:
        return integration
    secret = standard_secret(core.entropy.token(SECRET_BYTES).encode()[:SECRET_BYTES])
    return replace(
        integration,
        callback_url=_callback_url(core.settings.base_url),
        callback_secret_sealed=core.vault.seal(secret.encode(), CALLBACK_SECRET_PURPOSE, shop),
        callback_statuses=STATUS_EVENTS,
        standard_webhooks=True,
        embed_origins=(core.settings.base_url,),
    )


def _moved(integration: Integration, slug: str, before: str, base_url: str) -> Integration:
    """Follow the sandbox to another address; what somebody else set stays."""
    moved = replace(
        integration,
        embed_origins=tuple(base_url if o == before else o for o in integration.embed_origins),
    )
    if integration.url == before:
        moved = replace(moved, url=base_url)
    if slug == DEMO and integration.callback_url == _callback_url(before):
        moved = replace(moved, callback_url=_callback_url(base_url))
    return moved


def _callback_url(base_url: str) -> str:
    return f"{base_url}/sandbox/v1/sink/{SINK}"


async def _integration(core: Core, owner: PartnerId, shop: IntegrationId) -> Integration:
    principal = PartnerPrincipal(owner, ApiKeyId(UUID(int=0)), sandbox=True, rounding_until=None)
    found = await core.queries.integration(principal, shop)
    if found is None:
        raise LookupError("the demo merchant's integration is gone")
    return found


async def _key(core: Core, slug: str, owner: PartnerId, known: str | None) -> str:
    """Keep a key that still opens the door, or issue one in the place of the forgotten one."""
    if known is not None:
        principal = await core.queries.partner_of_key(known)
        if principal is not None and principal.partner_id == owner:
            return known
    forgotten = await core.world.fact(f"{slug}.key")
    if forgotten is not None:
        await core.bus.execute(RevokeKey(ApiKeyId(UUID(forgotten))))
    key_id, secret = await issue_secret(core, owner, KeyMode.SANDBOX)
    await core.world.note(f"{slug}.key", str(key_id))
    return secret
