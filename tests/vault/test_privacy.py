"""Prove that whatever is not sealed as it was is refused as one thing: a broken seal."""

from uuid import uuid4

import pytest

from cambist.adapters.vault.privacy import VaultPrivacy
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.ports.vault import SealBrokenError

FIELDS = {"first_name": "Jana", "note": "příliš žluťoučký"}


@pytest.fixture
def privacy() -> VaultPrivacy:
    return VaultPrivacy(AesGcmVault({"a": b"k" * 32}, "a"), b"i" * 32)


def test_what_was_sealed_is_opened(privacy: VaultPrivacy) -> None:
    owner = uuid4()
    key = privacy.new_key(owner)
    assert privacy.open(key, owner, privacy.seal(key, owner, FIELDS)) == FIELDS


@pytest.mark.parametrize("damaged", ["x", "!!!!", "žžžž", "AAAA", "A" * 40, "{}=", "{}ž"])
def test_damage_of_every_kind_is_a_broken_seal(privacy: VaultPrivacy, damaged: str) -> None:
    owner = uuid4()
    key = privacy.new_key(owner)
    sealed = privacy.seal(key, owner, FIELDS)
    with pytest.raises(SealBrokenError):
        privacy.open(key, owner, damaged.format(sealed[:-4]))


def test_another_persons_data_is_a_broken_seal(privacy: VaultPrivacy) -> None:
    one, other = uuid4(), uuid4()
    keys = privacy.new_key(one), privacy.new_key(other)
    sealed = privacy.seal(keys[0], one, FIELDS)
    with pytest.raises(SealBrokenError):
        privacy.open(keys[1], other, sealed)
