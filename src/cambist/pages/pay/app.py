"""Decide the paths of the pay page and what each answers, errors and headers included."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post, route
from litestar.datastructures import State
from litestar.datastructures.multi_dicts import FormMultiDict
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.response import Stream

from cambist.bus.bus import Bus
from cambist.pages.look.files import LOOK_STATIC, StaticFile, static_files
from cambist.pages.look.headers import BASE, HSTS, STATIC, framed
from cambist.pages.look.securing import secured
from cambist.pages.look.troubles import RETRY_AFTER_S, Asker, Place, TroublePages, asker_of
from cambist.pages.pay.render import Renderer
from cambist.pages.pay.service import FAILED, ForeignRequestError, NoRoomError, PayPages
from cambist.pages.pay.visits import NoSuchVisitError, Surface, Visit, one, visit_of
from cambist.pages.pay.watching import Watches
from cambist.pages.pay.wording import texts_of
from cambist.ports.queries import PayPageQueries
from cambist.ports.sandbox import PaymentSimulator

PREFIXES = ("/payment-page", "/iframe", "/pay")
"""The first path segments this application answers for; it expects whole paths."""

FORM_BYTES_MAX = 4_096

_STATIC = Path(__file__).parent / "static"
_READ = (HttpMethod.GET, HttpMethod.HEAD)
_HTML = MediaType.HTML
_SENT = "pay_page_sent"
"""Where a request keeps the form it brought, for the page that says why it was not taken."""


AnyRequest = Request[Any, Any, State]


@route("/payment-page", http_method=_READ)
async def page(request: AnyRequest) -> Response[str]:
    """Answer the page on its own."""
    return await _page(request, Surface.PAGE)


@route("/iframe", http_method=_READ)
async def widget(request: AnyRequest) -> Response[str]:
    """Answer the page for a frame in the shop."""
    return await _page(request, Surface.WIDGET)


@route("/pay/live", http_method=_READ)
async def live(request: AnyRequest) -> Response[bytes]:
    """Answer what changes on a page, once."""
    update = await _pages(request).update(_visit(request))
    return Response(msgspec.json.encode(update), media_type=MediaType.JSON)


@get("/pay/events")
async def events(request: AnyRequest) -> Stream:
    """Answer what changes on a page, as it changes."""
    seen = request.headers.get("last-event-id") or one(request.query_params, "seen") or ""
    stream = await _pages(request).listen(_visit(request), seen)
    return Stream(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


@route("/pay/events", http_method=HttpMethod.HEAD)
async def events_head(request: AnyRequest) -> Response[None]:
    """Answer a listener's question whether there is anything to hear."""
    await _pages(request).update(_visit(request))
    return Response(None, media_type="text/event-stream")


@route("/pay/static/{name:str}", http_method=_READ, sync_to_thread=False)
def static(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Answer a static file."""
    files: Mapping[str, StaticFile] = request.app.state["files"]
    if name not in files:
        raise NoSuchVisitError
    return Response(files[name].content, media_type=files[name].media_type, headers=dict(STATIC))


@post("/pay/asset", status_code=303)
async def asset(request: AnyRequest) -> Response[bytes]:
    """Choose the asset and lead back to the page."""
    form = await _form(request)
    return _back(request, *await _pages(request).choose(form, request.headers))


@post("/pay/simulate", status_code=303)
async def simulate(request: AnyRequest) -> Response[bytes]:
    """Play the payer in a sandbox and lead back to the page."""
    form = await _form(request)
    return _back(request, *await _pages(request).simulate(form, request.headers))


def pay_app(
    queries: PayPageQueries,
    bus: Bus,
    simulator: PaymentSimulator | None,
    public_url: str,
    watches: Watches | None = None,
) -> Litestar:
    """Make the pay page's application; a simulator makes it a sandbox's.

    `public_url` is the address of the platform's root as browsers know it; its path goes before
    every link, its scheme decides about HSTS. Streams end when `app.state["watches"].close()` is
    called, at the latest on shutdown.
    """
    public = urlsplit(public_url)
    base = public.path.rstrip("/")
    files = static_files(LOOK_STATIC, _STATIC)
    renderer = Renderer(base, files, is_sandbox=simulator is not None)
    watches = watches or Watches(queries)
    pages = PayPages(queries, bus, simulator, renderer, watches)
    common = {**BASE, "strict-transport-security": HSTS} if public.scheme == "https" else BASE
    return Litestar(
        route_handlers=[page, widget, live, events, events_head, static, asset, simulate],
        exception_handlers={
            NoSuchVisitError: _not_found,
            ForeignRequestError: _refused,
            NoRoomError: _no_room,
            HTTPException: _http_error,
            Exception: _unavailable,
        },
        before_send=[secured(common)],
        on_shutdown=[watches.close],
        request_max_body_size=FORM_BYTES_MAX,
        logging_config=None,
        openapi_config=None,
        state=State(
            {
                "pages": pages,
                "troubles": TroublePages(renderer.static),
                "files": files,
                "watches": watches,
                "base": base,
            }
        ),
    )


async def _page(request: AnyRequest, surface: Surface) -> Response[str]:
    failed = one(request.query_params, "failed") is not None
    shown = await _pages(request).show(_visit(request, surface), failed=failed)
    headers = framed(shown.embed_origins) if surface is Surface.WIDGET else {}
    return Response(shown.html, media_type=_HTML, headers=headers)


def _back(request: AnyRequest, visit: Visit, worked: bool) -> Response[bytes]:
    query = visit.query() if worked else visit.query(**FAILED)
    location = f"{request.app.state['base']}/{visit.surface.value}?{query}"
    return Response(b"", status_code=303, media_type=_HTML, headers={"location": location})


def _pages(request: AnyRequest) -> PayPages:
    pages: PayPages = request.app.state["pages"]
    return pages


def _visit(request: AnyRequest, surface: Surface | None = None) -> Visit:
    return visit_of(request.query_params, request.headers, surface)


async def _form(request: AnyRequest) -> FormMultiDict:
    """Read a form; whatever becomes of it, its sender is told in the language of its page."""
    form = await request.form()
    request.scope["state"][_SENT] = form
    return form


def _asker(request: AnyRequest) -> Asker:
    form: FormMultiDict | None = request.scope["state"].get(_SENT)
    if form is None:
        return asker_of(request)
    return asker_of(request, _sent_from(request, form), one(form, "lang"))


def _sent_from(request: AnyRequest, form: FormMultiDict) -> Place | None:
    """Name the page a form came from, None when it names none."""
    try:
        visit = visit_of(form, request.headers, None)
    except NoSuchVisitError:
        return None
    return Place(f"{request.app.state['base']}/{visit.surface.value}", visit.ids())


def _troubles(request: AnyRequest) -> TroublePages:
    pages: TroublePages = request.app.state["troubles"]
    return pages


def _not_found(request: AnyRequest, _error: Exception) -> Response[str]:
    asker = _asker(request)
    return _troubles(request).answer(texts_of(asker.language).not_found, 404, asker)


def _refused(request: AnyRequest, _error: Exception, status: int = 403) -> Response[str]:
    asker = _asker(request)
    return _troubles(request).answer(texts_of(asker.language).refused, status, asker)


def _no_room(_request: AnyRequest, _error: Exception) -> Response[bytes]:
    return Response(
        b"", status_code=503, media_type=MediaType.TEXT, headers={"retry-after": str(RETRY_AFTER_S)}
    )


def _http_error(request: AnyRequest, error: HTTPException) -> Response[str]:
    """Show what cannot be read as not found; keep the status of a wrong method or size."""
    if error.status_code in (405, 413):
        return _refused(request, error, error.status_code)
    if error.status_code < 500:
        return _not_found(request, error)
    return _unavailable(request, error)


def _unavailable(request: AnyRequest, error: Exception) -> Response[str]:
    return _troubles(request).unavailable(request, _asker(request), error)
