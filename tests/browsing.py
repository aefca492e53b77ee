"""Decide how tests look at pages in a real browser: served, on which screens, and complaining."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE_MS = 120_000
"""How long a slow machine may take to show what is expected."""
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
POLYGLOT = (
    "<img src=x onerror=window.hit=1><script>window.hit=1</script>"
    "\"'`--><svg/onload=window.hit=1>{{7*7}}${7*7}</title><x"
)
"""Text that sets `window.hit` wherever it is taken for anything but text."""


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """Run an application on a free port of loopback."""
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run one browser."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE_MS
        )
        yield running
        running.close()


def press(page: Page, button: str) -> None:
    """Click a button and await the page it leads to."""
    with page.expect_navigation(timeout=PATIENCE_MS):
        page.click(button)


def stop_clock(page: Page) -> None:
    """Let time stand still on every page of a browser's window, until it is told to go on."""
    page.clock.install(time="2091-01-01T00:00:00Z")
    page.clock.pause_at("2091-01-02T00:00:00Z")


def complaints_of(page: Page, expected: str | None = None) -> list[str]:
    """Collect the errors and warnings a page makes from now on, but for those with this text."""
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        is_expected = expected is not None and expected in message.text
        if message.type in ("error", "warning") and not is_expected:
            complaints.append(message.text)

    page.on("console", complain)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def too_wide(page: Page, name: str, folder: Path) -> list[str]:
    """Photograph a page on every screen, in light and in dark; list the screens it is too wide for.

    The pictures are kept in the folder under the page's name.
    """
    found = []
    for size_name, size in SIZES.items():
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=folder / f"{name}-{size_name}-{scheme}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            found.append(size_name)
    return found
