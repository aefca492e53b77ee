"""Decide what cases start from: money of the house, merchants, orders paid before."""

import asyncio
from typing import cast
from uuid import UUID

from cambist.adapters.chain_families.networks import Network
from cambist.adapters.simulators.chain_rules import outside_address
from cambist.app.orders.open_order import OpenedOrder, OpenOrder
from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.register_partner import RegisterPartner
from cambist.bootstrap.core import Core
from cambist.bootstrap.onboarding import issue_secret
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.domain.orders.states import OrderKind
from cambist.domain.partners.partners import Integration, KeyMode, PartnerKind
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.webhooks.signatures import standard_secret
from cambist.kernel.events import EventName
from cambist.kernel.ids import IntegrationId
from cambist.ports.callbacks import CALLBACK_SECRET_PURPOSE
from tests.faults.cases import FEE_PPM, PAID, PAYOUT_FEE_PPM, Case, Flow
from tests.faults.desk import Desk
from tests.partners_made import put_terms

HOT_FUNDS = 10_000_000_000
DAY_S = 86_400


async def found(desk: Desk, wanted: list[str], receiver: str) -> list[Case]:
    """Fund the hot addresses and make a merchant for each flow wanted; quiet when done.

    Merchants are called back for what comes after.
    """
    core = desk.core
    for asset in sorted({flow.asset for flow in Flow}):
        chain = ASSETS[asset].chain or ""
        await core.controls[chain].pay(core.hot_address(chain), asset, HOT_FUNDS)
    numbered = enumerate(wanted)
    await desk.price()
    cases = await asyncio.gather(*(_case(core, Flow(flow), number) for number, flow in numbered))
    for chain in core.chains:
        await core.controls[chain].mine(CHAINS[chain].confirmations)
        await desk.work(chain)
    called_back = [case for case in cases if not Flow(case.flow).is_trade]
    await asyncio.gather(*(_put_shop(core, case, receiver) for case in called_back))
    return cases


async def _case(core: Core, flow: Flow, number: int) -> Case:
    partner = await core.bus.execute(RegisterPartner(PartnerKind.MERCHANT, f"Merchant {number}"))
    await issue_secret(core, partner, KeyMode.LIVE)
    shop = IntegrationId(core.entropy.new_id())
    chain = CHAINS[ASSETS[flow.asset].chain or ""]
    destination = outside_address(chain, Network.MAIN, str(partner), number)
    case = Case(flow.value, str(partner), str(shop), destination)
    await _put_shop(core, case, None)
    if flow.is_trade:
        await put_terms(core, partner_id=case.partner_id, minimum_units=100, rate_validity_s=DAY_S)
    if flow.is_incoming or flow.is_trade or flow.is_of_nobody:
        return case
    command = OpenOrder(partner, shop, OrderKind.PAYMENT, flow.asset, PAID, None, None)
    opened = cast("OpenedOrder", await core.bus.execute(command))
    await core.controls[chain.id].pay(opened.address or "", flow.asset, PAID)
    order, address = str(opened.order_id), opened.address or ""
    return Case(flow.value, str(partner), str(shop), destination, order, address)


async def _put_shop(core: Core, case: Case, callback_url: str | None) -> None:
    shop, secret = IntegrationId(UUID(case.shop)), standard_secret(bytes(range(32)))
    events = [event.value for event in EventName] if callback_url else []
    integration = Integration(
        id=shop,
        partner_id=case.partner_id,
        name="Shop",
        url="https://shop.example",
        status=IntegrationStatus.ACTIVE,
        fee_ppm=FEE_PPM,
        payout_fee_ppm=PAYOUT_FEE_PPM,
        callback_url=callback_url,
        callback_secret_sealed=core.vault.seal(secret.encode(), CALLBACK_SECRET_PURPOSE, shop),
        callback_statuses=frozenset(events),
        standard_webhooks=True,
    )
    await core.bus.execute(PutIntegration(integration))
