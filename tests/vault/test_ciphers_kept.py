"""Prove that kept ciphers are few, open nothing of anybody else's, and follow the key."""

from uuid import UUID

import pytest

from cambist.adapters.vault.privacy import CIPHERS_KEPT, VaultPrivacy
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.ports.vault import SealBrokenError

KEY = bytes(range(32))
ANNA, BERT = UUID(int=1), UUID(int=2)


class CountingVault(AesGcmVault):
    """Count how often a person's key is unwrapped."""

    opened = 0

    def open(self, sealed: str, purpose: str, owner: UUID) -> bytes:
        """Unwrap, counted."""
        self.opened += 1
        return super().open(sealed, purpose, owner)


def house() -> tuple[CountingVault, VaultPrivacy]:
    """Make a vault and what seals under it."""
    vault = CountingVault({"a": KEY}, "a")
    return vault, VaultPrivacy(vault, KEY)


def test_key_of_one_person_is_unwrapped_once_for_all_that_is_sealed_together() -> None:
    vault, privacy = house()
    key = privacy.new_key(ANNA)
    sealed = [privacy.seal(key, ANNA, {"email": str(number)}) for number in range(3)]
    opened = [privacy.open(key, ANNA, text) for text in sealed]
    assert (opened, vault.opened) == ([{"email": str(number)} for number in range(3)], 1)


def test_kept_cipher_of_a_person_opens_for_nobody_else() -> None:
    _, privacy = house()
    key = privacy.new_key(ANNA)
    sealed = privacy.seal(key, ANNA, {"email": "anna@shop.example"})
    with pytest.raises(SealBrokenError):
        privacy.open(key, BERT, sealed)


def test_new_key_of_a_person_opens_nothing_sealed_under_the_old_one() -> None:
    _, privacy = house()
    sealed = privacy.seal(privacy.new_key(ANNA), ANNA, {"email": "anna@shop.example"})
    with pytest.raises(SealBrokenError):
        privacy.open(privacy.new_key(ANNA), ANNA, sealed)


def test_key_not_used_for_long_is_let_go() -> None:
    vault, privacy = house()
    key = privacy.new_key(ANNA)
    sealed = privacy.seal(key, ANNA, {"email": "anna@shop.example"})
    for number in range(CIPHERS_KEPT):
        other = UUID(int=number + 10)
        privacy.seal(privacy.new_key(other), other, {"email": ""})
    before = vault.opened
    privacy.open(key, ANNA, sealed)
    assert vault.opened == before + 1
