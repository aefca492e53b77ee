"""Make a chain's hot address known, so that change and funding are recognised."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.custody.custody import Address, Place, address_key
from cambist.ports.rows import Wallet
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RegisterHot:
    """Carry the hot address (index 0 of the internal branch) of a chain."""

    chain: str
    address: str


async def register_hot(command: RegisterHot, uow: UnitOfWork, now: datetime) -> None:
    """Record the address and open the chain's wallet, once."""
    key = address_key(command.chain, command.address)
    wallets = await uow.wallets.lock([command.chain])
    if not wallets:
        uow.wallets.add(Wallet(command.chain, 0))
    if await uow.addresses.peek(key) is None:
        place = Place.HOT
        hot = Address(key, command.chain, command.address, place, 0, None, None, None, 0, now)
        uow.addresses.add(hot)
