"""Prove in a real browser that mails look like mails, fit a phone, and run nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from cambist.adapters.messages.gallery import SampleGallery
from cambist.adapters.messages.writer import TemplateWriter
from cambist.domain.messaging.templates import Channel, Template
from cambist.http.dispatch import Dispatcher, Mount
from cambist.pages.sandbox import SandboxServices, sandbox_app
from cambist.pages.sandbox.app import PREFIX
from cambist.ports.sandbox import KeptMessage
from tests.browsing import SIZES, chromium, serving
from tests.messages.made import NOW, contents_of

WRITER = TemplateWriter()
HOSTILE = (
    "<!doctype html><p id=p style='color:rgb(1, 2, 3)'>hello</p><script>parent.hit=1</script>"
    "<img src=x onerror='parent.hit=1'><a id=a href='javascript:parent.hit=1'>x</a>"
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>"
)
STYLED = "rgb(11, 93, 102)"
STYLED_DARK = "rgb(108, 206, 216)"


def kept(number: int, template: Template, html: str = "") -> KeptMessage:
    mail = WRITER.mail(UUID(int=number), template, "de", contents_of(template))
    said = mail.to, mail.subject, mail.text, html or mail.html
    return KeptMessage(mail.id, Channel.MAIL, *said, NOW, number)


@dataclass
class Shelf:
    """Be a MailBox that holds what it was made with."""

    messages: list[KeptMessage] = field(default_factory=list)

    async def put(
        self, message_id: UUID, channel: Channel, recipient: str, subject: str, text: str, html: str
    ) -> None:
        """Keep nothing more."""

    async def kept(
        self, limit: int, channel: Channel | None = None, recipient: str | None = None
    ) -> Sequence[KeptMessage]:
        """List everything."""
        return self.messages[:limit]

    async def find(self, message_id: UUID) -> KeptMessage | None:
        """Find one message."""
        return next((one for one in self.messages if one.id == message_id), None)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    shelf = Shelf(
        [
            kept(1, Template.ORDER_CREATED),
            kept(2, Template.CASE_REJECTED),
            kept(3, Template.ORDER_COMPLETED, HOSTILE),
            KeptMessage(UUID(int=4), Channel.SMS, "+420601123456", "", "a code", "", NOW, 1),
        ]
    )
    nothing: dict[str, Any] = dict.fromkeys(SandboxServices.__dataclass_fields__)
    services = SandboxServices(
        **{
            **nothing,
            "token": "t",
            "public_url": "",
            "new_id": uuid4,
            "mailbox": shelf,
            "gallery": SampleGallery(WRITER),
        }
    )
    app = sandbox_app(services)
    with serving(Dispatcher([Mount(PREFIX, app)], cast("Any", app))) as port:
        yield f"http://127.0.0.1:{port}{PREFIX}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@dataclass
class View:
    """Hold an open page and what the browser complained about."""

    page: Page
    complaints: list[str]


@contextmanager
def looking(browser: Browser, url: str, size: str, scheme: Any = "light") -> Iterator[View]:
    """Open a page and collect complaints."""
    context = browser.new_context(viewport=cast("Any", SIZES[size]), color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    yield View(page, complaints)
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path",
    [
        "/mail",
        f"/mail/{UUID(int=1)}",
        f"/mail/{UUID(int=2)}",
        f"/mail/{UUID(int=4)}",
        "/mail/templates?language=de",
    ],
)
def test_the_page_fits_and_the_browser_complains_of_nothing(
    site: str, browser: Browser, path: str, size: str
) -> None:
    with looking(browser, site + path, size) as seen:
        widths = seen.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1]
        for frame in seen.page.frames[1:4]:
            inner = frame.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert inner[0] <= inner[1]
        assert seen.complaints == []


@pytest.mark.parametrize(("scheme", "colour"), [("light", STYLED), ("dark", STYLED_DARK)])
def test_a_mail_is_dressed_in_light_and_dark(
    site: str, browser: Browser, scheme: str, colour: str
) -> None:
    with looking(browser, f"{site}/mail/{UUID(int=1)}", "phone", scheme) as seen:
        frame = seen.page.frames[1]
        shown = frame.locator("a.button").evaluate("it => getComputedStyle(it).backgroundColor")
        assert shown == colour
        assert frame.locator("a.button").inner_text() == "Auftrag öffnen"


def test_nothing_in_a_mail_runs_or_leads_away(site: str, browser: Browser) -> None:
    with looking(browser, f"{site}/mail/{UUID(int=3)}", "desktop") as seen:
        frame = seen.page.frames[1]
        assert frame.locator("#p").inner_text() == "hello"
        frame.locator("#a").click(no_wait_after=True)
        seen.page.wait_for_timeout(200)
        assert seen.page.evaluate("window.hit") is None
        assert seen.page.url == f"{site}/mail/{UUID(int=3)}"
        assert all("evil.example" not in one.url for one in seen.page.frames)
