"""Prove that a seal opens for its own purpose and owner only, and that keys rotate."""

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.adapters.vault.sealing import (
    SECRET_BYTES_MAX,
    AesGcmVault,
    generate_key,
    parse_keys,
)
from cambist.ports.vault import SealBrokenError, SealKeyUnknownError, VaultPort

OLD, NEW = b"o" * 32, b"n" * 32
OWNER, OTHER = UUID(int=1), UUID(int=2)
VAULT = AesGcmVault({"k1": OLD}, "k1")


@given(st.binary(max_size=300))
def test_what_is_sealed_opens(secret: bytes) -> None:
    vault: VaultPort = VAULT
    assert vault.open(vault.seal(secret, "api-key", OWNER), "api-key", OWNER) == secret


def test_the_secret_does_not_show_and_two_seals_differ() -> None:
    first, second = (VAULT.seal(b"canary-canary", "api-key", OWNER) for _ in range(2))
    assert first != second
    assert b"canary" not in base64.urlsafe_b64decode(first.split(".")[2])


@pytest.mark.parametrize(
    ("purpose", "owner"), [("callback-secret", OWNER), ("api-key", OTHER), ("api-keys", OWNER)]
)
def test_a_seal_is_bound_to_purpose_and_owner(purpose: str, owner: UUID) -> None:
    sealed = VAULT.seal(b"secret", "api-key", OWNER)
    with pytest.raises(SealBrokenError):
        VAULT.open(sealed, purpose, owner)


def test_every_flipped_bit_is_noticed() -> None:
    form, key_id, text = VAULT.seal(b"secret", "api-key", OWNER).split(".")
    packed = base64.urlsafe_b64decode(text)
    for position in range(len(packed) * 8):
        flipped = bytearray(packed)
        flipped[position // 8] ^= 1 << position % 8
        altered = base64.urlsafe_b64encode(flipped).decode()
        with pytest.raises(SealBrokenError):
            VAULT.open(f"{form}.{key_id}.{altered}", "api-key", OWNER)


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "v1",
        "v1.k1",
        "v1.k1.",
        "v2.k1.AAAA",
        "v1.K1.AAAA",
        "v1.k1.A",
        "v1.k1.AAAA",
        "v1.k1.ž",
        "v1..AAAA",
    ],
)
def test_nonsense_does_not_open(sealed: str) -> None:
    with pytest.raises(SealBrokenError):
        VAULT.open(sealed, "api-key", OWNER)


def test_after_a_rotation_old_seals_open_and_new_ones_use_the_new_key() -> None:
    rotated = AesGcmVault({"k2": NEW, "k1": OLD}, "k2")
    old = VAULT.seal(b"secret", "api-key", OWNER)
    assert rotated.open(old, "api-key", OWNER) == b"secret"
    assert not rotated.is_current(old)
    fresh = rotated.seal(b"secret", "api-key", OWNER)
    assert rotated.is_current(fresh)
    with pytest.raises(SealKeyUnknownError):
        VAULT.open(fresh, "api-key", OWNER)


def test_a_seal_cannot_be_relabelled_to_another_key() -> None:
    twins = AesGcmVault({"k1": OLD, "k2": OLD}, "k1")
    sealed = twins.seal(b"secret", "api-key", OWNER)
    with pytest.raises(SealBrokenError):
        twins.open(sealed.replace("v1.k1.", "v1.k2."), "api-key", OWNER)


def test_mistakes_of_the_caller_are_refused() -> None:
    with pytest.raises(ValueError, match="purpose"):
        VAULT.seal(b"secret", "Api Key", OWNER)
    with pytest.raises(ValueError, match="bytes"):
        VAULT.seal(b"x" * (SECRET_BYTES_MAX + 1), "api-key", OWNER)
    with pytest.raises(ValueError, match="active"):
        AesGcmVault({"k1": OLD}, "k2")


def test_the_first_key_of_the_setting_is_active() -> None:
    first, second = generate_key(), generate_key()
    active, keys = parse_keys(f"k2:{first}, k1:{second}")
    assert (active, list(keys)) == ("k2", ["k2", "k1"])
    assert keys["k2"] == base64.b64decode(first)
    assert first != second


@pytest.mark.parametrize(
    "setting", ["", "k1", "k1:", "k1:short", "k1:AAAA", "K:{key}", "k1:{key},k1:{key}", "k1:{key},"]
)
def test_a_malformed_setting_is_refused_without_showing_a_key(setting: str) -> None:
    key = generate_key()
    with pytest.raises(ValueError, match="vault key") as refused:
        parse_keys(setting.format(key=key))
    assert key not in str(refused.value)
