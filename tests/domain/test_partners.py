"""Pin what partners may set up, order limits, and how keys are found."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from cambist.domain.partners.partners import ApiKey, Integration, KeyMode, Partner, PartnerKind
from cambist.domain.partners.rules import (
    EMBED_ORIGINS_MAX,
    FEE_PPM_MAX,
    URL_LENGTH_MAX,
    check_callback_url,
    check_embed_origins,
    check_integration,
    check_limits,
    check_open_orders,
    key_hash,
    key_prefix,
)
from cambist.domain.partners.states import (
    INTEGRATION,
    PARTNER,
    IntegrationStatus,
    PartnerStatus,
)
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import ApiKeyId, IntegrationId, PartnerId

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SANDBOX = frozenset({"http://127.0.0.1:8000"})
SHOP = Integration(
    id=IntegrationId(UUID(int=1)),
    partner_id=PartnerId(UUID(int=2)),
    name="Shop",
    url="https://shop.example",
    status=IntegrationStatus.ACTIVE,
    fee_ppm=5_000,
)
KEY = ApiKey(
    id=ApiKeyId(UUID(int=3)),
    partner_id=SHOP.partner_id,
    prefix="db41bf",
    key_hash=b"\0" * 32,
    sealed="v1.a.b",
    mode=KeyMode.SANDBOX,
    created_at=NOW,
)

GOOD_URLS = [
    "https://merchant.example",
    "https://merchant.example/",
    "https://merchant.example:443/callback",
    "https://pay.merchant.example:8443/a/b-c_d~e?x=1&y=%20",
    "https://xn--r8jz45g.example/c",
    "https://merchant.example?x=1",
]
BAD_URLS = [
    "",
    "merchant.example/callback",
    "http://merchant.example/callback",
    "HTTPS://merchant.example/",
    "ftp://merchant.example/",
    "file:///etc/passwd",
    "https://",
    "https:///callback",
    "https://localhost/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://[::1]/",
    "https://user@merchant.example/",
    "https://user:pass@merchant.example/",
    "https://merchant.example\\@evil.example/",
    "https://merchant.example:22/",
    "https://merchant.example:0443/",
    "https://merchant.example:/",
    "https://merchant.example./",
    "https://-merchant.example/",
    "https://merchant..example/",
    "https://merchant.example/#part",
    "https://merchant.example/a b",
    "https://merchant.example/\r\nx: y",
    "https://merchant.example/\n",
    "https://merchant.example/\x00",
    "https://merchant.example/ž",
    "https://obchod-ž.example/",
    "https://①②⑦.0.0.1/",
    "https://merchant。example/",
    " https://merchant.example/",
    "https://merchant.example/" + "a" * URL_LENGTH_MAX,
    "https://" + "a." * 130 + "example/",
]


@pytest.mark.parametrize("url", GOOD_URLS)
def test_a_plain_https_url_is_accepted(url: str) -> None:
    check_callback_url(url)


@pytest.mark.parametrize("url", BAD_URLS)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_callback_url(url)
    assert refused.value.code is ErrorCode.SETTING_INVALID
    assert refused.value.facts == {"field": "callback_url"}


def test_an_origin_of_our_own_is_matched_letter_by_letter() -> None:
    check_callback_url("http://127.0.0.1:8000/sandbox/v1/sink/a", SANDBOX)
    for url in (
        "http://127.0.0.1:8001/",
        "http://127.0.0.1:80000/",
        "https://127.0.0.1:8000/",
        "http://127.0.0.1:8000@evil.example/",
        "http://127.0.0.1:8000.evil.example/",
        "http://127.0.0.1:8000/a b",
    ):
        with pytest.raises(DomainError):
            check_callback_url(url, SANDBOX)


def test_exact_https_origins_may_frame_the_pay_page() -> None:
    check_embed_origins(["https://shop.example", "https://shop.example:4443"])
    check_embed_origins(["http://127.0.0.1:8000"], SANDBOX)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.shop.example",
        "https://shop.example/",
        "https://shop.example/path",
        "http://shop.example",
        "https://shop.example;script-src *",
        "https://shop.example, https://evil.example",
        "https://Shop.example",
        "'self'",
        "null",
        "",
    ],
)
def test_nothing_but_an_exact_origin_may(origin: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_embed_origins([origin])
    assert refused.value.facts == {"field": "embed_origins"}


def test_embed_origins_are_few_and_different() -> None:
    many = [f"https://shop{n}.example" for n in range(EMBED_ORIGINS_MAX + 1)]
    check_embed_origins(many[:EMBED_ORIGINS_MAX])
    for origins in (many, [many[0], many[0]]):
        with pytest.raises(DomainError):
            check_embed_origins(origins)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("url", "x" * 2_049),
        ("fee_ppm", -1),
        ("fee_ppm", FEE_PPM_MAX + 1),
        ("payout_fee_ppm", -1),
        ("payout_fee_ppm", FEE_PPM_MAX + 1),
        ("under_tolerance_ppm", -1),
        ("under_tolerance_ppm", 100_001),
        ("order_lifetime_s", 59),
        ("order_lifetime_s", 604_801),
        ("max_open_orders", 0),
        ("min_fiat_units", -1),
        ("max_fiat_units", -1),
        ("callback_url", "http://merchant.example/"),
        ("callback_statuses", frozenset({"order.completed", "order.exploded"})),
        ("embed_origins", ("https://*",)),
    ],
)
def test_a_bad_field_is_named(field: str, value: Any) -> None:
    changes: dict[str, Any] = {field: value}
    with pytest.raises(DomainError) as refused:
        check_integration(replace(SHOP, **changes))
    assert refused.value.facts == {"field": field}


def test_a_whole_integration_is_accepted() -> None:
    check_integration(SHOP)
    check_integration(
        replace(
            SHOP,
            callback_url="http://127.0.0.1:8000/sandbox/v1/sink/a",
            callback_secret_sealed="v1.a.b",
            standard_webhooks=True,
            callback_statuses=frozenset({"order.completed", "order.expired"}),
            embed_origins=("https://shop.example",),
            min_fiat_units=100,
            max_fiat_units=100,
        ),
        SANDBOX,
    )


def test_standard_webhooks_need_a_secret() -> None:
    with pytest.raises(DomainError) as refused:
        check_integration(replace(SHOP, standard_webhooks=True))
    assert refused.value.facts == {"field": "callback_secret_sealed"}


def test_the_most_lies_above_the_least() -> None:
    with pytest.raises(DomainError):
        check_integration(replace(SHOP, min_fiat_units=200, max_fiat_units=199))


def test_limits_hold_at_their_edges() -> None:
    shop = replace(SHOP, min_fiat_units=100, max_fiat_units=500)
    for units in (100, 500):
        check_limits(shop, units)
    check_limits(SHOP, 10**30)
    for units, code, limit in (
        (99, ErrorCode.AMOUNT_TOO_SMALL, 100),
        (501, ErrorCode.AMOUNT_TOO_LARGE, 500),
    ):
        with pytest.raises(DomainError) as refused:
            check_limits(shop, units)
        assert refused.value.code is code
        assert refused.value.facts == {"limit": limit, "currency": "EUR"}


def test_open_orders_are_bounded() -> None:
    shop = replace(SHOP, max_open_orders=2)
    check_open_orders(shop, 1)
    with pytest.raises(DomainError) as refused:
        check_open_orders(shop, 2)
    assert refused.value.code is ErrorCode.LIMIT_EXCEEDED


def test_an_event_is_called_back_when_asked_for_and_somewhere_to_go() -> None:
    asked = frozenset({"order.completed"})
    shop = replace(SHOP, callback_url="https://merchant.example", callback_statuses=asked)
    assert shop.wants("order.completed")
    assert not shop.wants("order.expired")
    assert not replace(shop, callback_url=None).wants("order.completed")


def test_a_key_is_found_by_its_hash_and_told_by_its_prefix() -> None:
    secret = "db41bf-90f909-b34b52-b7c222-fc1e99"
    assert key_hash(secret) == hashlib.sha256(secret.encode()).digest()
    assert key_prefix(secret) == "db41bf"


def test_rounding_ends_with_its_last_day() -> None:
    key = replace(KEY, rounding_until=date(2026, 3, 31))
    assert key.rounds(date(2026, 3, 31))
    assert not key.rounds(date(2026, 4, 1))
    assert not KEY.rounds(date(2026, 1, 1))


def test_a_revoked_key_says_so() -> None:
    assert not KEY.is_revoked
    assert replace(KEY, revoked_at=NOW).is_revoked


def test_partners_and_integrations_stop_and_go_on() -> None:
    partner = Partner(SHOP.partner_id, PartnerKind.MERCHANT, "Merchant", PartnerStatus.ACTIVE)
    stopped = replace(partner, status=PARTNER.step(partner.status, PartnerStatus.SUSPENDED))
    assert (partner.is_active, stopped.is_active) == (True, False)
    assert PARTNER.step(stopped.status, PartnerStatus.ACTIVE) is PartnerStatus.ACTIVE
    paused = replace(SHOP, status=INTEGRATION.step(SHOP.status, IntegrationStatus.PAUSED))
    assert (SHOP.is_active, paused.is_active) == (True, False)
    with pytest.raises(DomainError):
        PARTNER.step(PartnerStatus.ACTIVE, PartnerStatus.ACTIVE)
