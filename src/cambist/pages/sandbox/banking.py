"""Decide what the bank's control operations do: money comes, payouts are seen and come back."""

import re
from collections.abc import Mapping
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from cambist.domain.market.assets import ASSETS
from cambist.domain.payments.bank import end_to_end
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import parse_units
from cambist.pages.sandbox.door import ControlRequest
from cambist.pages.sandbox.refusals import naming
from cambist.pages.sandbox.services import SandboxServices
from cambist.pages.sandbox.shown import Shown, amount
from cambist.pages.sandbox.wire import ReturnBody, TransferBody
from cambist.ports.bank import IncomingTransfer
from cambist.ports.rails import HouseAccount
from cambist.ports.trades import QueuedPayout

PAYOUTS_SHOWN_MAX = 100
DOCUMENT_SHOWN_MAX = 64 * 1024
"""Bytes of a file shown with its payouts; a longer one is linked to."""
XML = "application/xml"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@post("/bank/transfer", status_code=200)
async def transfer(request: ControlRequest, data: JSONBody[TransferBody]) -> Shown:
    """Let somebody pay to our account in a currency; the worker imports the statement."""
    services = request.services
    with naming("amount", ASSET_NOT_SUPPORTED="currency"):
        account = _account(services, data.currency)
        units = parse_units(data.amount, ASSETS[account.currency].scale)
        if units == 0:
            raise DomainError(ErrorCode.AMOUNT_TOO_SMALL)
        sent = IncomingTransfer(units, data.reference, data.from_name, data.from_account)
        return {"id": await services.bank.transfer(account, sent)}


@get("/bank/payouts")
async def payouts(request: ControlRequest) -> Shown:
    """List the latest payouts over a bank, newest first."""
    services = request.services
    found = await services.desk.latest_payouts(PAYOUTS_SHOWN_MAX)
    written: dict[UUID | None, str | None] = {None: None}
    for batch_id in {one.payout.batch_id for one in found}:
        if batch_id is not None:
            written[batch_id] = await _document(services, batch_id)
    return {"items": [_payout_shown(one, written) for one in found]}


@post("/bank/payouts/{payout_id:str}/return", status_code=200)
async def return_payout(
    request: ControlRequest, payout_id: FromPath[str], data: JSONBody[ReturnBody]
) -> Shown:
    """Let the payee's bank send back a payout that was executed."""
    with naming("id"):
        named = end_to_end(_uuid(payout_id))
        return {"id": await request.services.bank.send_back(named, data.reason)}


@get("/bank/batches/{batch_id:str}")
async def batch(request: ControlRequest, batch_id: FromPath[str]) -> Response[bytes]:
    """Answer a file of payouts as it was written."""
    with naming("id"):
        found = await request.services.files.batch(_uuid(batch_id))
        if found is None:
            raise DomainError(ErrorCode.NOT_FOUND)
        return Response(found.document, media_type=XML)


def _account(services: SandboxServices, currency: str) -> HouseAccount:
    """Find our account in a currency.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED.
    """
    for account in services.accounts:
        if account.currency == currency:
            return account
    raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED)


async def _document(services: SandboxServices, batch_id: UUID) -> str | None:
    """Give a file's text, or where it is when it is long."""
    found = await services.files.batch(batch_id)
    if found is None:
        return None
    if len(found.document) > DOCUMENT_SHOWN_MAX:
        return f"{services.public_url}/sandbox/v1/bank/batches/{batch_id}"
    return found.document.decode("utf-8")


def _payout_shown(one: QueuedPayout, written: Mapping[UUID | None, str | None]) -> Shown:
    payout = one.payout
    return {
        "id": payout.id,
        "order_id": payout.order_id,
        "line_id": payout.line_id,
        "method": payout.method,
        "currency": payout.currency,
        "amount": amount(payout.units, payout.currency),
        "account": one.account,
        "name": one.name,
        "state": payout.state,
        "returning": payout.returning,
        "end_to_end": end_to_end(payout.id),
        "batch_id": payout.batch_id,
        "document": written[payout.batch_id],
        "created_at": payout.created_at,
    }


def _uuid(text: str) -> UUID:
    if not _UUID.fullmatch(text):
        raise DomainError(ErrorCode.NOT_FOUND)
    return UUID(text)
