"""Decide how an operator takes a merchant on: partner, integration, key."""

from argparse import Namespace
from uuid import UUID

from cambist.app.partners.issue_key import IssueKey
from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.register_partner import RegisterPartner
from cambist.app.partners.revoke_key import RevokeKey
from cambist.bootstrap.core import Core, open_core
from cambist.dialects.cryptopayments import STATUS_EVENTS
from cambist.domain.partners.partners import (
    Integration,
    KeyMode,
    LatePolicy,
    OverPolicy,
    PartnerKind,
    UnderPolicy,
)
from cambist.domain.partners.rules import (
    check_integration,
    key_hash,
    key_prefix,
    public_key_hash,
)
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.webhooks.signatures import standard_secret
from cambist.kernel.events import EventName
from cambist.kernel.ids import ApiKeyId, IntegrationId, PartnerId
from cambist.kernel.money import parse_units
from cambist.ports.callbacks import API_KEY_PURPOSE, CALLBACK_SECRET_PURPOSE
from cambist.ports.secrets import BTCEX_PRIVATE_PURPOSE
from cambist.settings import Settings

SECRET_BYTES = 24
PUBLIC_BYTES, PRIVATE_BYTES = 12, 24
PERCENT_SCALE = 4
"""Percent with four decimals are parts per million."""


async def add_partner(settings: Settings, name: str, kind: PartnerKind) -> int:
    """Register a partner and print its id."""
    async with open_core(settings) as core:
        print(await core.bus.execute(RegisterPartner(kind, name)))
    return 0


async def add_integration(settings: Settings, options: Namespace) -> int:
    """Add an integration and print its id and, once, its Standard Webhooks secret."""
    async with open_core(settings) as core:
        integration_id = IntegrationId(core.entropy.new_id())
        secret = standard_secret(core.entropy.token(SECRET_BYTES).encode())
        standard = bool(options.standard_webhooks)
        integration = Integration(
            id=integration_id,
            partner_id=PartnerId(options.partner),
            name=options.name,
            url=options.url,
            status=IntegrationStatus.ACTIVE,
            fee_ppm=parse_units(options.fee_percent, PERCENT_SCALE),
            fiat=options.fiat,
            callback_url=options.callback_url,
            callback_secret_sealed=(
                core.vault.seal(secret.encode(), CALLBACK_SECRET_PURPOSE, integration_id)
                if standard
                else None
            ),
            callback_statuses=_subscribed(options),
            standard_webhooks=standard,
            embed_origins=tuple(options.embed_origin),
            order_lifetime_s=options.lifetime,
            under_tolerance_ppm=parse_units(options.tolerance_percent, PERCENT_SCALE),
            under_policy=UnderPolicy(options.under),
            over_policy=OverPolicy(options.over),
            late_policy=LatePolicy(options.late),
        )
        check_integration(integration)
        await core.bus.execute(PutIntegration(integration))
        print(integration_id)
        if standard:
            print(f"Standard Webhooks secret, shown this once: {secret}")
    return 0


def _subscribed(options: Namespace) -> frozenset[str]:
    """Subscribe to changes of the vendor's status, or to everything that happens to an order."""
    if options.callback_url is None:
        return frozenset()
    return frozenset(EventName) if options.every_event else STATUS_EVENTS


async def issue(settings: Settings, partner: UUID, *, live: bool) -> int:
    """Make a key and print it, this once."""
    async with open_core(settings) as core:
        mode = KeyMode.LIVE if live else KeyMode.SANDBOX
        key_id, secret = await issue_secret(core, PartnerId(partner), mode)
        print(f"{key_id}\n{secret}")
    return 0


async def issue_secret(core: Core, partner_id: PartnerId, mode: KeyMode) -> tuple[ApiKeyId, str]:
    """Make a key of a partner and return its id and, for the only time, the key itself."""
    secret = core.entropy.api_key()
    command = IssueKey(
        partner_id=partner_id,
        prefix=key_prefix(secret),
        key_hash=key_hash(secret),
        sealed=core.vault.seal(secret.encode(), API_KEY_PURPOSE, partner_id),
        mode=mode,
    )
    key_id: ApiKeyId = await core.bus.execute(command)
    return key_id, secret


async def issue_signing(settings: Settings, partner: UUID, *, live: bool) -> int:
    """Make a signing key and print both its halves, this once."""
    async with open_core(settings) as core:
        mode = KeyMode.LIVE if live else KeyMode.SANDBOX
        halves = new_halves(core)
        key_id = await issue_signing_key(core, PartnerId(partner), halves, mode)
        print(key_id, *halves, sep="\n")
    return 0


def new_halves(core: Core) -> tuple[str, str]:
    """Make the public key and the private string of a signing key."""
    return core.entropy.token(PUBLIC_BYTES), core.entropy.token(PRIVATE_BYTES)


async def issue_signing_key(
    core: Core, owner: PartnerId, halves: tuple[str, str], mode: KeyMode
) -> ApiKeyId:
    """Store a signing key of a partner: its public half by hash, its private half sealed."""
    public, private = halves
    command = IssueKey(
        partner_id=owner,
        prefix=key_prefix(public),
        key_hash=public_key_hash(public),
        sealed=core.vault.seal(private.encode(), BTCEX_PRIVATE_PURPOSE, owner),
        mode=mode,
    )
    key_id: ApiKeyId = await core.bus.execute(command)
    return key_id


async def revoke(settings: Settings, key: UUID) -> int:
    """Revoke a key."""
    async with open_core(settings) as core:
        await core.bus.execute(RevokeKey(ApiKeyId(key)))
    return 0
