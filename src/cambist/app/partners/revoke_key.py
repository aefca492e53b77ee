"""Revoke an API key."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.kernel.ids import ApiKeyId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """Name the key."""

    key_id: ApiKeyId


async def revoke_key(command: RevokeKey, uow: UnitOfWork, now: datetime) -> None:
    """Close the door; doing it again changes nothing.

    Raises:
        DomainError: NOT_FOUND.
    """
    key = await uow.api_keys.get(command.key_id)
    if key.revoked_at is None:
        uow.api_keys.save(replace(key, revoked_at=now))
