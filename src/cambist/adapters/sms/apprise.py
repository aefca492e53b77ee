"""Decide how a short message reaches a gateway: through apprise, in a thread, within a deadline."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from cambist.adapters.sms.numbers import require_number
from cambist.ports.messages import MessageUnavailableError, OutgoingSms

THREADS_MAX = 4
DEADLINE_S = 20.0
PLACE = "{to}"

_SILENT = logging.CRITICAL + 1

Notify = Callable[[str, str], bool | None]


class AppriseSms:
    """Implement SmsPort with any gateway apprise knows.

    `url` is apprise's address of the gateway with `{to}` where the number goes, for example
    `twilio://SID:TOKEN@FROM/{to}`. Apprise tells that a gateway did not take a message, not why:
    such a message is tried again until it expires, and never holds others up.
    """

    def __init__(self, url: str, *, deadline_s: float = DEADLINE_S) -> None:
        if PLACE not in url:
            raise ValueError("the gateway's address needs {to} where the number goes")
        self._url, self._deadline_s = url, deadline_s
        self._threads = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="sms")

    async def send(self, sms: OutgoingSms) -> None:
        """Hand one short message over.

        Raises:
            MessageRefusedError: the number is none.
            MessageUnavailableError: the gateway did not take it, or not in time.
        """
        require_number(sms.to)
        url = self._url.replace(PLACE, quote(sms.to, safe=""))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._deadline_s):
                taken = await loop.run_in_executor(self._threads, _notify, url, sms.text)
        except TimeoutError:
            raise MessageUnavailableError("timeout") from None
        if taken is None:
            raise MessageUnavailableError("gateway-address")
        if not taken:
            raise MessageUnavailableError("gateway", is_channel_down=False)

    async def close(self) -> None:
        """Begin nothing more; what is under way ends by its own timeouts."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _notify(url: str, text: str) -> bool | None:
    """Send in this thread; None when apprise can make no gateway of the address."""
    # Loading it takes seconds the first time, which only a worker that sends should spend.
    import apprise

    # Both log addresses, numbers among them.
    logging.getLogger(apprise.logger.name).setLevel(_SILENT)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    gateway = apprise.Apprise.instantiate(url)
    if gateway is None:
        return None
    try:
        return bool(gateway.notify(body=text, title=""))
    except apprise.exception.AppriseException:
        return False
