"""Decide what each request to the pay page does: look, listen, choose an asset, play the payer."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from cambist.app.orders.choose_asset import ChooseAsset
from cambist.bus.bus import Bus
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.pay.model import choices_of, page_model
from cambist.pages.pay.render import Renderer, Scene, Update
from cambist.pages.pay.shown import AssetName, PageStatus
from cambist.pages.pay.simulating import SimulatedAction, play
from cambist.pages.pay.visits import Fields, NoSuchVisitError, Visit, one, visit_of
from cambist.pages.pay.watching import Watches
from cambist.ports.queries import PayPageQueries, PayPageView
from cambist.ports.sandbox import PaymentSimulator

FAILED = {"failed": "1"}


class ForeignRequestError(Exception):
    """A form was sent by another site."""


class NoRoomError(Exception):
    """Too many browsers listen already; they ask from time to time instead."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Hold a rendered page with the origins that may frame it."""

    html: str
    embed_origins: tuple[str, ...]


class PayPages:
    """Answer for the pay page; what is not found raises NoSuchVisitError throughout."""

    def __init__(
        self,
        queries: PayPageQueries,
        bus: Bus,
        simulator: PaymentSimulator | None,
        renderer: Renderer,
        watches: Watches,
    ) -> None:
        self._queries, self._bus, self._simulator = queries, bus, simulator
        self._renderer, self.watches = renderer, watches

    async def show(self, visit: Visit, *, failed: bool) -> Shown:
        """Render the whole page."""
        view, scene = await self._scene(visit)
        html = self._renderer.page(visit, scene, failed=failed)
        return Shown(html, view.integration.embed_origins)

    async def update(self, visit: Visit) -> Update:
        """Render what changes, for browsers that ask instead of listening."""
        _, scene = await self._scene(visit)
        return self._renderer.update(visit, scene)

    async def listen(self, visit: Visit, seen: str) -> AsyncIterator[bytes]:
        """Stream updates.

        Raises:
            NoRoomError: too many listen already.
        """
        _, scene = await self._scene(visit)
        key = (visit.integration_id, visit.order_id)
        if not self.watches.has_room(key):
            raise NoRoomError
        choices = await self._choices() if scene.model.status is PageStatus.CHOOSE else ()
        return self.watches.listen(
            key, seen, choices, lambda changed: self._renderer.update(visit, changed)
        )

    async def choose(self, fields: Fields, headers: Mapping[str, str]) -> tuple[Visit, bool]:
        """Choose the asset; True when that worked or the page says what stands in the way.

        Raises:
            ForeignRequestError: another site sent the form.
        """
        visit = _own_form(fields, headers)
        view = await self._view(visit)
        asset = one(fields, "asset") or ""
        if asset not in {choice.code for choice in await self._choices()}:
            raise NoSuchVisitError
        if page_model(view).status is not PageStatus.CHOOSE:
            return visit, True
        try:
            await self._bus.execute(ChooseAsset(visit.order_id, visit.integration_id, asset))
        except DomainError as error:
            return visit, error.code is ErrorCode.INVALID_STATE
        return visit, True

    async def simulate(self, fields: Fields, headers: Mapping[str, str]) -> tuple[Visit, bool]:
        """Play payer or network; without a simulator there is nothing to find.

        Raises:
            ForeignRequestError: another site sent the form.
        """
        visit = _own_form(fields, headers)
        view = await self._view(visit)
        action = one(fields, "action")
        if self._simulator is None or action not in set(SimulatedAction):
            raise NoSuchVisitError
        model, order = page_model(view), view.view.order
        if model.asset is None:
            return visit, False
        try:
            await play(SimulatedAction(action), model, order, self._simulator)
        except DomainError:
            return visit, False
        return visit, True

    async def _scene(self, visit: Visit) -> tuple[PayPageView, Scene]:
        view = await self._view(visit)
        model = page_model(view)
        choices = await self._choices() if model.status is PageStatus.CHOOSE else ()
        return view, Scene(model, choices, view.now)

    async def _view(self, visit: Visit) -> PayPageView:
        view = await self._queries.pay_page(visit.integration_id, visit.order_id)
        if view is None or not view.view.order.is_incoming:
            raise NoSuchVisitError
        return view

    async def _choices(self) -> tuple[AssetName, ...]:
        return choices_of(await self._queries.enabled_assets())


def _own_form(fields: Fields, headers: Mapping[str, str]) -> Visit:
    """Read the visit a form belongs to; browsers too old to name the sender are let in."""
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise ForeignRequestError
    return visit_of(fields, headers, None)
