"""Decide that no setting takes away what the house's safety rests on."""

import pytest
from pydantic import ValidationError

from cambist.settings import Settings

LIVE = {
    "CAMBIST_MODE": "live",
    "CAMBIST_CHAINS": '{"litecoin": {"kind": "core-rpc", "url": "http://node.example"}}',
    "CAMBIST_DATABASE_URL": "postgresql://db.example/house",
    "CAMBIST_VAULT_KEYS": "made-up",
    "CAMBIST_INDEX_KEY": "made-up",
    "CAMBIST_EXCHANGES": '["one", "two"]',
    "CAMBIST_PUBLIC_URL": "https://house.example",
    "CAMBIST_SMTP_HOST": "mail.example",
    "CAMBIST_MAIL_SENDER": "house@house.example",
    "CAMBIST_SMS_URL": "made-up",
}


@pytest.fixture(autouse=True)
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set everything a live house needs."""
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)


def test_live_mode_starts_with_all_it_needs() -> None:
    assert Settings().base_url == "https://house.example"


def test_one_exchange_alone_makes_no_live_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMBIST_PRICE_SOURCES_MIN", "1")
    with pytest.raises(ValidationError, match="one exchange alone"):
        Settings()


@pytest.mark.parametrize("told", ["", "10.0.0.7", "10.0.0.0/24, 127.0.0.1", "fd00::/8,::1"])
def test_proxies_are_addresses_and_networks(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMBIST_TRUSTED_PROXIES", told)
    assert Settings().trusted_proxies == told


@pytest.mark.parametrize(
    "told", ["*", "0.0.0.0/0", "::/0", "proxy.example", "10.0.0.1/24", "10.0.0.7;10.0.0.8"]
)
def test_nobody_and_everybody_are_no_proxies(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMBIST_TRUSTED_PROXIES", told)
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings()
