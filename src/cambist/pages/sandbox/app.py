"""Decide the paths of the sandbox and how each answer, errors included, is dressed."""

from urllib.parse import urlsplit

from litestar import Litestar, MediaType, Response, Router, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.plugins.pydantic import PydanticPlugin
from litestar.types import Message, Scope

from cambist.http.faults import AnyRequest, refusal_of
from cambist.http.hardening import API_HEADERS, HSTS
from cambist.http.json_body import BODY_BYTES_MAX
from cambist.http.problems import MEDIA_TYPE, render_problem
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.look.headers import BASE, STATIC
from cambist.pages.look.troubles import TroublePages, asker_of
from cambist.pages.sandbox import banking, control, kyc, mails, sinks
from cambist.pages.sandbox.door import ControlRequest, enter, services_of
from cambist.pages.sandbox.index import IndexPage
from cambist.pages.sandbox.refusals import refuse
from cambist.pages.sandbox.services import SandboxServices
from cambist.pages.sandbox.settling import Settling
from cambist.ports.chain import ChainUnavailableError
from cambist.ports.store import StoreUnavailableError

PREFIX = "/sandbox"
"""The path segment before every path here; whoever mounts the application takes it off."""

CONTROL = (
    control.pay,
    control.mine,
    control.replace,
    control.reorg,
    control.transaction,
    control.price,
    control.advance,
    control.ledger_check,
    control.order,
    kyc.decide,
    banking.transfer,
    banking.payouts,
    banking.return_payout,
    banking.batch,
    mails.mail,
    mails.sms,
    sinks.received,
    sinks.behave,
)


@get("/")
async def index(request: ControlRequest) -> Response[str]:
    """Answer the front page."""
    page: IndexPage = request.app.state.page
    return Response(await page.index(), media_type=MediaType.HTML, headers=dict(BASE))


@get("/static/{name:str}", sync_to_thread=False)
def static(request: ControlRequest, name: FromPath[str]) -> Response[bytes]:
    """Answer a static file."""
    page: IndexPage = request.app.state.page
    if name not in page.files:
        raise DomainError(ErrorCode.NOT_FOUND)
    file = page.files[name]
    return Response(file.content, media_type=file.media_type, headers=dict(STATIC))


PAGES = (index, mails.mailbox, mails.gallery, mails.preview, static)


def sandbox_app(services: SandboxServices) -> Litestar:
    """Make the sandbox's application, to be mounted at PREFIX.

    Operations below `/v1` want the token, but for the sinks; the pages want nothing.
    """
    public = urlsplit(services.public_url)
    page = IndexPage(services, public.path.rstrip("/") + PREFIX)
    door = Router("/v1", route_handlers=CONTROL, before_request=enter)
    seen = Router("/", route_handlers=PAGES, exception_handlers={StoreUnavailableError: _away})
    return Litestar(
        route_handlers=[seen, door, Router("/v1", route_handlers=[sinks.sink])],
        request_class=ControlRequest,
        exception_handlers={Exception: _problem},
        # Without it the models' own strictness is overridden and "1" passes for 1.
        plugins=[PydanticPlugin(validate_strict=True)],
        before_send=[_Dressed(https=public.scheme == "https")],
        request_max_body_size=BODY_BYTES_MAX,
        logging_config=None,
        openapi_config=None,
        state=State(
            {
                "services": services,
                "settling": Settling(services),
                "page": page,
                "troubles": TroublePages(page.static),
                "mails": mails.MailPages(services, page.environment),
            }
        ),
    )


def _problem(request: AnyRequest, error: Exception) -> Response[bytes]:
    if isinstance(error, ChainUnavailableError):
        error = DomainError(ErrorCode.CHAIN_UNAVAILABLE)
    refusal = refusal_of(error, request, refuse, services_of(request.app.state).new_id)
    return Response(
        render_problem(refusal),
        status_code=refusal.status,
        media_type=MEDIA_TYPE,
        headers=dict(refusal.headers),
    )


def _away(request: AnyRequest, error: Exception) -> Response[str]:
    """Tell whoever looks at a page, not through the control operations, as every page does."""
    pages: TroublePages = request.app.state.troubles
    return pages.unavailable(request, asker_of(request), error)


class _Dressed:
    """Give every answer the headers it did not set itself."""

    def __init__(self, *, https: bool) -> None:
        self._headers = [*API_HEADERS, HSTS] if https else list(API_HEADERS)

    async def __call__(self, message: Message, _scope: Scope) -> None:
        if message["type"] == "http.response.start":
            own = list(message["headers"])
            names = {name.lower() for name, _ in own}
            message["headers"] = [*own, *(pair for pair in self._headers if pair[0] not in names)]
