"""Store a new API key of a partner; the key itself is shown once by whoever made it."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.partners.partners import ApiKey, KeyMode
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import ApiKeyId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class IssueKey:
    """Carry a key's hash and seal, never the key."""

    partner_id: PartnerId
    prefix: str
    key_hash: bytes
    sealed: str
    mode: KeyMode


async def issue_key(command: IssueKey, uow: UnitOfWork, now: datetime) -> ApiKeyId:
    """Store the key and return its id.

    Raises:
        DomainError: NOT_FOUND when the partner does not exist.
    """
    if await uow.partners.peek(command.partner_id) is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    key_id = ApiKeyId(uow.new_id())
    key = ApiKey(
        id=key_id,
        partner_id=command.partner_id,
        prefix=command.prefix,
        key_hash=command.key_hash,
        sealed=command.sealed,
        mode=command.mode,
        created_at=now,
    )
    uow.api_keys.add(key)
    return key_id
