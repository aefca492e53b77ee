"""Decide what a fresh sandbox's broker side holds: affiliates, API clients, terms, keys."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from cambist.adapters.db.mappers import LIMIT_RULE, SCHEDULE
from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.register_partner import RegisterPartner
from cambist.app.partners.revoke_key import RevokeKey
from cambist.bootstrap.core import Core
from cambist.bootstrap.onboarding import issue_secret, issue_signing_key, new_halves
from cambist.bus.bus import Gate
from cambist.domain.partners.partners import Integration, KeyMode, PartnerKind
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.pricing.schedules import Schedule
from cambist.domain.webhooks.signatures import SECRET_BYTES, standard_secret
from cambist.kernel.events import EventName
from cambist.kernel.ids import ApiKeyId, IntegrationId, PartnerId
from cambist.ports.callbacks import CALLBACK_SECRET_PURPOSE
from cambist.ports.rulebook import CUSTOMER_SCOPE, LimitRule

_NAMESPACE = uuid5(NAMESPACE_URL, "cambist:sandbox")

PUBLISHED_KEY = "syoihuudkjqc3882"
PUBLISHED_PRIVATE = "z2z77e0pl8rhtn9w"
"""The vendor's published test credentials, of the partner `example.com`; never in live mode."""

SINK = "/sandbox/v1/sink/"


@dataclass(frozen=True, slots=True)
class Seat:
    """Describe a demo partner of the broker's side."""

    slug: str
    name: str
    kind: PartnerKind
    fiat: str


AFFILIATE = Seat("btcex", "example.com", PartnerKind.AFFILIATE, "CZK")
OTHER_AFFILIATE = Seat("btcex-other", "other.example", PartnerKind.AFFILIATE, "CZK")
CLIENT = Seat("cryptoexchange", "Demo Wallet", PartnerKind.API_CLIENT, "EUR")
OTHER_CLIENT = Seat("cryptoexchange-other", "Other Wallet", PartnerKind.API_CLIENT, "EUR")

SCHEDULES = (
    ("btcex", 30_000, 0, 10_000),
    ("cryptoexchange", 15_000, 0, 1_000),
)
"""Dialect, commission in ppm, payment fee in units, least order in units of the fiat."""


async def seed_terms(core: Core) -> None:
    """Put the demo terms and limits up, where they are missing."""
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    schedules = [
        Schedule(
            id=uuid5(_NAMESPACE, f"schedule/{dialect}"),
            partner_id=None,
            dialect=dialect,
            pair=None,
            side=None,
            level=None,
            method=None,
            commission_ppm=commission,
            discount_ppm=0,
            payment_fee_ppm=0,
            payment_fee_units=fee,
            fee_on_top=True,
            minimum_fee_units=0,
            network_fee_units=0,
            minimum_units=least,
            maximum_units=None,
            rate_validity_s=3_600,
            payment_window_s=172_800,
            valid_from=begun,
        )
        for dialect, commission, fee, least in SCHEDULES
    ]
    limits = [
        _limit("btcex", "CZK", 10_000, 50_000_000, 100_000_000, 500_000_000),
        _limit("cryptoexchange", "EUR", 1_000, 1_500_000, 3_000_000, 15_000_000),
        _limit("cryptoexchange", "CZK", 10_000, 37_500_000, 75_000_000, 375_000_000),
        _limit("cryptoexchange", "SEK", 10_000, 15_000_000, 30_000_000, 150_000_000),
    ]
    again = " on conflict do nothing"
    await core.pool.execute(SCHEDULE.insert + again, *SCHEDULE.arrays(schedules))
    await core.pool.execute(LIMIT_RULE.insert + again, *LIMIT_RULE.arrays(limits))
    core.rules.forget()


def _limit(dialect: str, fiat: str, least: int, most: int, day: int, month: int) -> LimitRule:
    return LimitRule(
        id=uuid5(_NAMESPACE, f"limit/{dialect}/{fiat}"),
        scope=CUSTOMER_SCOPE,
        partner_id=None,
        dialect=dialect,
        level=None,
        fiat=fiat,
        per_order_min=least,
        per_order_max=most,
        per_day=day,
        per_month=month,
    )


async def seat(core: Core, at: Seat) -> PartnerId:
    """Find or make a demo partner with its one channel, which calls back where we are now."""
    partner = await core.world.fact(f"{at.slug}.partner")
    if partner is None:
        register = RegisterPartner(at.kind, at.name)
        partner = str(await core.bus.execute(register, Gate("sandbox", "seed", at.slug)))
        await core.world.note(f"{at.slug}.partner", partner)
    owner = PartnerId(UUID(partner))
    channel_id = IntegrationId(uuid5(_NAMESPACE, f"channel/{partner}"))
    url = f"{core.settings.base_url}{SINK}{at.slug}"
    if await core.world.fact(f"{at.slug}.callback") != url:
        await core.bus.execute(PutIntegration(_channel(core, at, owner, channel_id, url)))
        await core.world.note(f"{at.slug}.callback", url)
    return owner


def _channel(
    core: Core, at: Seat, owner: PartnerId, channel_id: IntegrationId, url: str
) -> Integration:
    secret = standard_secret(core.entropy.token(SECRET_BYTES).encode()[:SECRET_BYTES])
    plain = Integration(
        id=channel_id,
        partner_id=owner,
        name=at.name,
        url=core.settings.base_url,
        status=IntegrationStatus.ACTIVE,
        fee_ppm=0,
        fiat=at.fiat,
    )
    return replace(
        plain,
        callback_url=url,
        callback_secret_sealed=core.vault.seal(
            secret.encode(), CALLBACK_SECRET_PURPOSE, channel_id
        ),
        callback_statuses=frozenset(name.value for name in EventName),
        standard_webhooks=True,
    )


async def keep_signing_key(
    core: Core, at: Seat, owner: PartnerId, known: tuple[str, str] | None
) -> tuple[str, str]:
    """Keep a signing key that still opens the door, or issue one; return both its halves."""
    published = (PUBLISHED_KEY, PUBLISHED_PRIVATE) if at is AFFILIATE else None
    wanted = published or known
    if wanted is not None and all(wanted):
        found = await core.secrets.partner_with_secret(wanted[0])
        if found is not None and found[0].partner_id == owner:
            return wanted
    forgotten = await core.world.fact(f"{at.slug}.key")
    if forgotten is not None:
        await core.bus.execute(RevokeKey(ApiKeyId(UUID(forgotten))))
    halves = published or new_halves(core)
    key_id = await issue_signing_key(core, owner, halves, KeyMode.SANDBOX)
    await core.world.note(f"{at.slug}.key", str(key_id))
    return halves


async def keep_api_key(core: Core, at: Seat, owner: PartnerId, known: str | None) -> str:
    """Keep an API key that still opens the door, or issue one in the place of the forgotten one."""
    if known:
        principal = await core.queries.partner_of_key(known)
        if principal is not None and principal.partner_id == owner:
            return known
    forgotten = await core.world.fact(f"{at.slug}.key")
    if forgotten is not None:
        await core.bus.execute(RevokeKey(ApiKeyId(UUID(forgotten))))
    key_id, secret = await issue_secret(core, owner, KeyMode.SANDBOX)
    await core.world.note(f"{at.slug}.key", str(key_id))
    return secret
