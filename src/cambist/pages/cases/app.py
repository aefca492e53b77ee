"""Decide the paths of the pages about orders and what each answers, errors and headers included."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar, MediaType, Request, Response, post, route
from litestar.datastructures import Cookie, State
from litestar.enums import HttpMethod, RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import FromPath

from cambist.http.multipart_body import BODY_BYTES_MAX, SentFile, read_form
from cambist.http.refusals import STATUSES, Fault, RefusedError
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.cases.forms import BrokenFormError, FileTooLargeError, Sent, sent
from cambist.pages.cases.render import Renderer, TroubleKind
from cambist.pages.cases.service import CasePages, Shown
from cambist.pages.cases.services import CaseServices
from cambist.pages.cases.texts import TEXTS
from cambist.pages.cases.visits import (
    COOKIE_AGE_S,
    ForeignRequestError,
    LinkGoneError,
    LockedError,
    NoSuchPageError,
    TooOftenError,
    Visitor,
    cookie_name,
    cookie_path,
    name_of,
    session_of,
)
from cambist.pages.look.files import LOOK_STATIC, StaticFile, static_files
from cambist.pages.look.headers import BASE, HSTS, STATIC
from cambist.pages.look.securing import secured
from cambist.pages.look.troubles import RETRY_AFTER_S, Asker, Place, TroublePages, asker_of
from cambist.pages.look.words import Trouble

PREFIX = "/order"
"""The first path segment this application answers for; it expects whole paths."""

FORM_BYTES_MAX = 64 * 1024
UNAVAILABLE = 503
FILE_FIELD = "file"

_STATIC = Path(__file__).parent / "static"
_READ = (HttpMethod.GET, HttpMethod.HEAD)
_HTML = MediaType.HTML
_TOKEN = "case_page_token"
"""Where a request keeps the link it is about, for the page that says why nothing came of it."""


AnyRequest = Request[Any, Any, State]


@route("/order/open/{token:str}", http_method=_READ, sync_to_thread=False)
def opening(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """Answer a link from a letter with one button."""
    return Response(_pages(request).opening(token, _visitor(request)), media_type=_HTML)


@post("/order/open", status_code=303)
async def open_link(request: AnyRequest) -> Response[bytes]:
    """Use a link up, and lead to the case with a session."""
    visitor = _visitor(request)
    opened = await _pages(request).open(await _read_link(request), visitor)
    answer = _to(request, f"{opened.page}/case", visitor)
    if opened.session is not None:
        answer.set_cookie(_cookie(request, opened.session))
    return answer


@post("/order/link", status_code=202)
async def link_again(request: AnyRequest) -> Response[str]:
    """Send a fresh link for one that works no more."""
    html = await _pages(request).send_link_again(await _read_link(request), _visitor(request))
    return Response(html, media_type=_HTML)


@route("/order/static/{name:str}", http_method=_READ, sync_to_thread=False)
def static(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Answer a static file."""
    files: Mapping[str, StaticFile] = request.app.state["files"]
    if name not in files:
        raise NoSuchPageError
    return Response(files[name].content, media_type=files[name].media_type, headers=dict(STATIC))


@route("/order/{page:str}", http_method=_READ)
async def status(request: AnyRequest, page: FromPath[str]) -> Response[str]:
    """Answer the public page of an order."""
    return Response(await _pages(request).status(page, _visitor(request)), media_type=_HTML)


@route("/order/{page:str}/live", http_method=_READ)
async def live(request: AnyRequest, page: FromPath[str]) -> Response[bytes]:
    """Answer what changed on a public page since what was `seen`."""
    seen = request.query_params.get("seen", "")
    update = await _pages(request).live(page, _visitor(request), str(seen))
    if update is None:
        return Response(b"", status_code=204, media_type=MediaType.JSON)
    return Response(msgspec.json.encode(update), media_type=MediaType.JSON)


@post("/order/{page:str}/link", status_code=202)
async def link(request: AnyRequest, page: FromPath[str]) -> Response[str]:
    """Send a link to whoever ordered."""
    html = await _pages(request).send_link(page, _visitor(request))
    return Response(html, media_type=_HTML)


@route("/order/{page:str}/case", http_method=_READ)
async def case(request: AnyRequest, page: FromPath[str]) -> Response[Any]:
    """Answer the form of the case that holds an order."""
    visitor = _visitor(request)
    shown = await _pages(request).case(page, visitor)
    return _to(request, page, visitor) if shown is None else _shown(shown)


@post("/order/{page:str}/case/document", status_code=303, request_max_body_size=BODY_BYTES_MAX)
async def document(request: AnyRequest, page: FromPath[str]) -> Response[Any]:
    """Take a document in for the case that holds an order."""
    visitor = _visitor(request)

    async def read() -> tuple[Sent, str | None, SentFile | None]:
        return await _read_multipart(request)

    return _answered(
        request, page, visitor, await _pages(request).answer(page, "document", visitor, read)
    )


@post("/order/{page:str}/case/{action:str}", status_code=303)
async def answer(request: AnyRequest, page: FromPath[str], action: FromPath[str]) -> Response[Any]:
    """Take the answer to the case that holds an order."""
    visitor = _visitor(request)

    async def read() -> tuple[Sent, str | None, SentFile | None]:
        return (*await _read(request), None)

    shown = await _pages(request).answer(page, action, visitor, read)
    return _answered(request, page, visitor, shown)


def case_app(services: CaseServices) -> Litestar:
    """Make the application of the pages about orders, to be mounted whole at PREFIX."""
    base = urlsplit(services.base_url).path.rstrip("/")
    files = static_files(LOOK_STATIC, _STATIC)
    renderer = Renderer(base, files, is_sandbox=services.is_sandbox)
    common = {**BASE, "strict-transport-security": HSTS} if services.secure else BASE
    return Litestar(
        route_handlers=[
            opening,
            open_link,
            link_again,
            static,
            status,
            live,
            link,
            case,
            document,
            answer,
        ],
        exception_handlers={
            NoSuchPageError: _not_found,
            ForeignRequestError: _refused,
            BrokenFormError: _broken,
            LockedError: _locked,
            LinkGoneError: _gone,
            TooOftenError: _too_often,
            DomainError: _domain,
            HTTPException: _http_error,
            Exception: _unavailable,
        },
        before_send=[secured(common)],
        request_max_body_size=FORM_BYTES_MAX,
        logging_config=None,
        openapi_config=None,
        state=State(
            {
                "pages": CasePages(services, renderer),
                "renderer": renderer,
                "troubles": TroublePages(renderer.static),
                "files": files,
                "base": base,
                "secure": services.secure,
            }
        ),
    )


async def _read(request: AnyRequest) -> tuple[Sent, str | None]:
    """Read a form of texts; anything else is none of ours."""
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        raise BrokenFormError
    return sent((await request.form()).items())


async def _read_link(request: AnyRequest) -> Mapping[str, str]:
    values = (await _read(request))[0].values
    request.scope["state"][_TOKEN] = values.get("token", "")
    return values


async def _read_multipart(
    request: AnyRequest,
) -> tuple[Sent, str | None, SentFile | None]:
    media_type, options = request.content_type
    if media_type != RequestEncodingType.MULTI_PART:
        raise BrokenFormError
    chunks: AsyncIterator[bytes] = request.stream()
    try:
        form = await read_form(chunks, options.get("boundary"), FILE_FIELD)
    except (RefusedError, RequestEntityTooLarge) as error:
        raise (FileTooLargeError if _is_too_large(error) else BrokenFormError) from None
    return (*sent(form.fields.items()), form.file)


def _is_too_large(error: RefusedError | RequestEntityTooLarge) -> bool:
    too_large = STATUSES[Fault.BODY_TOO_LARGE]
    return not isinstance(error, RefusedError) or error.refusal.status == too_large


def _pages(request: AnyRequest) -> CasePages:
    pages: CasePages = request.app.state["pages"]
    return pages


def _visitor(request: AnyRequest) -> Visitor:
    asked = request.query_params.getall("lang", [])
    return Visitor(
        asked=asked[0] if len(asked) == 1 else None,
        accept=request.headers.get("accept-language", ""),
        address=request.client.host if request.client is not None else "",
        session=session_of(request.cookies, secure=request.app.state["secure"]),
        sent_by=request.headers.get("sec-fetch-site"),
    )


def _cookie(request: AnyRequest, session: str) -> Cookie:
    secure = bool(request.app.state["secure"])
    return Cookie(
        key=cookie_name(secure=secure),
        value=session,
        path=cookie_path(request.app.state["base"], secure=secure),
        max_age=COOKIE_AGE_S,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def _to(request: AnyRequest, place: str, visitor: Visitor) -> Response[bytes]:
    location = f"{request.app.state['base']}{PREFIX}/{place}{visitor.query}"
    return Response(b"", status_code=303, media_type=_HTML, headers={"location": location})


def _shown(shown: Shown) -> Response[str]:
    headers = {"retry-after": str(RETRY_AFTER_S)} if shown.status == UNAVAILABLE else {}
    return Response(shown.html, status_code=shown.status, media_type=_HTML, headers=headers)


def _answered(
    request: AnyRequest, page: str, visitor: Visitor, shown: Shown | None
) -> Response[Any]:
    return _to(request, f"{page}/case", visitor) if shown is None else _shown(shown)


def _troubles(request: AnyRequest) -> TroublePages:
    pages: TroublePages = request.app.state["troubles"]
    return pages


def _asker(request: AnyRequest) -> Asker:
    return asker_of(request, _sent_from(request))


def _sent_from(request: AnyRequest) -> Place | None:
    """Name the page a form came from: an order's, its case's, or the one a link leads to."""
    root = f"{request.app.state['base']}{PREFIX}"
    page = request.scope["path_params"].get("page")
    try:
        if page is not None:
            case = "/case" if "/case/" in request.scope["path"] else ""
            return Place(f"{root}/{name_of(page)}{case}")
        return Place(f"{root}/open/{name_of(request.scope['state'].get(_TOKEN, ''))}")
    except NoSuchPageError:
        return None


def _trouble(request: AnyRequest, kind: TroubleKind, status_code: int) -> Response[str]:
    asker = _asker(request)
    trouble: Trouble = getattr(TEXTS[asker.language], kind.value)
    return _troubles(request).answer(trouble, status_code, asker)


def _not_found(request: AnyRequest, _error: Exception) -> Response[str]:
    return _trouble(request, TroubleKind.NOT_FOUND, 404)


def _refused(request: AnyRequest, _error: Exception) -> Response[str]:
    return _trouble(request, TroubleKind.REFUSED, 403)


def _broken(request: AnyRequest, _error: Exception) -> Response[str]:
    return _trouble(request, TroubleKind.REFUSED, 400)


def _locked(request: AnyRequest, error: LockedError) -> Response[str]:
    renderer: Renderer = request.app.state["renderer"]
    html = renderer.locked(_visitor(request), error.language, error.page)
    return Response(html, status_code=403, media_type=_HTML)


def _gone(request: AnyRequest, error: LinkGoneError) -> Response[str]:
    renderer: Renderer = request.app.state["renderer"]
    html = renderer.gone(_visitor(request), error.token)
    return Response(html, status_code=410, media_type=_HTML)


def _too_often(request: AnyRequest, error: TooOftenError) -> Response[str]:
    response = _trouble(request, TroubleKind.TOO_OFTEN, 429)
    response.set_header("retry-after", str(error.retry_after_s))
    return response


def _domain(request: AnyRequest, error: DomainError) -> Response[str]:
    if error.code is ErrorCode.NOT_FOUND:
        return _trouble(request, TroubleKind.NOT_FOUND, 404)
    return _unavailable(request, error)


def _http_error(request: AnyRequest, error: HTTPException) -> Response[str]:
    """Show what cannot be read as refused; keep the status of a wrong place, method or size."""
    match error.status_code:
        case 404:
            return _trouble(request, TroubleKind.NOT_FOUND, 404)
        case 405:
            return _trouble(request, TroubleKind.REFUSED, 405)
        case 413:
            return _trouble(request, TroubleKind.TOO_LARGE, 413)
        case status_code if status_code < 500:
            return _trouble(request, TroubleKind.REFUSED, 400)
        case _:
            return _unavailable(request, error)


def _unavailable(request: AnyRequest, error: Exception) -> Response[str]:
    return _troubles(request).unavailable(request, _asker(request), error)
