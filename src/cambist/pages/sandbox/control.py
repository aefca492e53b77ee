"""Decide what each control operation does: chains, prices, clock, books, orders."""

import re
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from cambist.domain.market.assets import ASSETS
from cambist.http.refusals import Fault, Violation, refuse
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.kernel.money import parse_units
from cambist.kernel.rates import RATE_SCALE
from cambist.pages.sandbox.door import ControlRequest
from cambist.pages.sandbox.refusals import naming
from cambist.pages.sandbox.services import SandboxServices
from cambist.pages.sandbox.shown import (
    Shown,
    block_shown,
    order_shown,
    transaction_shown,
)
from cambist.pages.sandbox.wire import (
    AdvanceBody,
    MineBody,
    PayBody,
    PriceBody,
    ReorgBody,
    ReplaceBody,
)
from cambist.ports.chain import ChainControl

_HASH = re.compile(r"(0x)?[0-9a-f]{64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@post("/chains/{chain:str}/pay", status_code=200)
async def pay(request: ControlRequest, chain: FromPath[str], data: JSONBody[PayBody]) -> Shown:
    """Send money from outside; with confirmations also mine so many blocks."""
    control = _control(request.services, chain)
    with naming("amount", ADDRESS_INVALID="address", ASSET_NOT_SUPPORTED="asset"):
        txid = await control.pay(data.address, data.asset, _units(data.amount, data.asset, chain))
    if data.confirmations:
        await control.mine(data.confirmations)
    return {"hash": txid}


@post("/chains/{chain:str}/mine", status_code=200)
async def mine(request: ControlRequest, chain: FromPath[str], data: JSONBody[MineBody]) -> Shown:
    """Mine blocks, the first of them holding the mempool."""
    return block_shown(await _control(request.services, chain).mine(data.blocks))


@post("/chains/{chain:str}/replace", status_code=200)
async def replace(
    request: ControlRequest, chain: FromPath[str], data: JSONBody[ReplaceBody]
) -> Shown:
    """Replace an unconfirmed payment by one back to its payer."""
    control = _control(request.services, chain)
    with naming("hash"):
        return {"hash": await control.replace(_hash(data.hash))}


@post("/chains/{chain:str}/reorg", status_code=200)
async def reorg(request: ControlRequest, chain: FromPath[str], data: JSONBody[ReorgBody]) -> Shown:
    """Orphan the last blocks; their transactions wait again."""
    control = _control(request.services, chain)
    with naming("depth"):
        return block_shown(await control.reorg(data.depth))


@get("/chains/{chain:str}/transactions/{txid:str}")
async def transaction(request: ControlRequest, chain: FromPath[str], txid: FromPath[str]) -> Shown:
    """Tell where a transaction stands."""
    _control(request.services, chain)
    with naming("hash"):
        status = await request.services.chains[chain].transaction(_hash(txid))
        if status is None:
            raise DomainError(ErrorCode.NOT_FOUND)
    return transaction_shown(status)


@post("/prices/{pair:str}", status_code=200)
async def price(request: ControlRequest, pair: FromPath[str], data: JSONBody[PriceBody]) -> Shown:
    """Pin, take down or release a pair, and run a price round before answering."""
    mantissa = _wanted_mid(request.services, pair, data)
    world = request.services.world
    if data.down:
        await world.take_down(pair)
    elif mantissa is None:
        await world.release(pair)
    else:
        await world.pin(pair, mantissa)
    await request.settling.reprice()
    return {"pair": pair, "mid": data.mid, "down": bool(data.down)}


@post("/clock/advance", status_code=200)
async def advance(request: ControlRequest, data: JSONBody[AdvanceBody]) -> Shown:
    """Let the clock leap, and answer when the world has followed or patience has ended."""
    leap = await request.settling.leap(data.seconds)
    return {
        "now": leap.now,
        "mined": leap.mined,
        "settled": not leap.waiting,
        "waiting_for": list(leap.waiting),
    }


@get("/ledger/check")
async def ledger_check(request: ControlRequest) -> Shown:
    """Tell how the books stand."""
    return dict(await request.services.ledger.quick_check())


@get("/orders/{order_id:str}")
async def order(request: ControlRequest, order_id: FromPath[str]) -> Shown:
    """Show any order as the core knows it."""
    with naming("id"):
        found = None
        if _UUID.fullmatch(order_id):
            found = await request.services.orders.order_of_event(OrderId(UUID(order_id)))
        if found is None:
            raise DomainError(ErrorCode.NOT_FOUND)
    view, _ = found
    return order_shown(view, await request.services.world.events(view.order.id))


def _control(services: SandboxServices, chain: str) -> ChainControl:
    if chain not in services.controls:
        raise DomainError(ErrorCode.NOT_FOUND, field="chain")
    return services.controls[chain]


def _units(text: str, code: str, chain: str) -> int:
    asset = ASSETS.get(code)
    if asset is None or asset.chain != chain:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED)
    units = parse_units(text, asset.scale)
    if units == 0:
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL)
    return units


def _hash(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise DomainError(ErrorCode.NOT_FOUND)
    return text


def _wanted_mid(services: SandboxServices, pair: str, data: PriceBody) -> int | None:
    """Read which mid is asked for, None to take down or release.

    Raises:
        DomainError: NOT_FOUND for an unknown pair, AMOUNT_TOO_SMALL for zero.
        RefusedError: FIELD_INVALID unless exactly one of the two is said.
    """
    if pair not in services.pairs:
        raise DomainError(ErrorCode.NOT_FOUND, field="pair")
    if len(data.model_fields_set) != 1:
        raise refuse(Fault.FIELD_INVALID, Violation("mid", "Give either mid or down.", "missing"))
    if data.mid is None:
        return None
    with naming("mid"):
        mantissa = parse_units(data.mid, RATE_SCALE)
        if mantissa == 0:
            raise DomainError(ErrorCode.AMOUNT_TOO_SMALL)
    return mantissa
