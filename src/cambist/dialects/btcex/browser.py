"""Decide which GET requests may have an effect: those a person made, not what looks at links."""

import re
from collections.abc import Mapping

from cambist.http.refusals import Refusal

CODE = "not-a-visitor"
TITLE = "Not a visitor"
DETAIL = "This address makes an order for a person who follows it; nothing was done."
STATUS = 403

DESTINATIONS = frozenset({"document", "empty"})
"""What a navigation or a script's request is for (Fetch metadata); frames and images are not."""
MODES = frozenset({"navigate", "cors", "same-origin"})
AHEAD_HEADERS = ("purpose", "sec-purpose", "x-purpose", "x-moz")
AHEAD_WORDS = ("prefetch", "prerender", "preview")
EMBEDDED_TYPES = ("image/", "video/", "audio/", "font/", "text/css")

LOOKERS = (
    # Previews in chats and social networks.
    "facebookexternalhit", "facebookcatalog", "meta-externalagent", "slackbot", "slack-imgproxy",
    "twitterbot", "linkedinbot", "telegrambot", "discordbot", "whatsapp/", "skypeuripreview",
    "redditbot", "pinterestbot", "vkshare", "snap url preview",
    "mastodon", "bitlybot", "embedly", "iframely", "opengraph", "quora link preview",
    "nuzzel", "flipboardproxy", "xing-contenttabreceiver", "microsoftpreview",
    "bingpreview", "google-pagerenderer", "google web preview", "google-read-aloud",
    # Mail clients and their proxies.
    "googleimageproxy", "yahoomailproxy", "ms-office", "microsoft office", "outlook-ios/",
    "outlook-android/", "thunderbird/", "applebot",
    # Scanners of mail gateways.
    "mimecast", "barracuda", "proofpoint", "urldefense", "safelinks", "symantec", "messagelabs",
    "trendmicro", "trend micro", "sophos", "forcepoint", "fireeye", "fortiguard", "zscaler",
    "virustotal", "urlscan", "checkmarknetwork", "cisco-ironport", "avanan",
    # Search engines and other crawlers.
    "googlebot", "google-inspectiontool", "google-safety", "googleother", "bingbot", "msnbot",
    "yandex.com/bots", "yandexbot", "baiduspider", "duckduckbot", "seznambot", "petalbot",
    "ahrefsbot", "semrushbot", "mj12bot", "dotbot", "gptbot", "claudebot", "ccbot", "bytespider",
    "amazonbot", "ia_archiver", "archive.org_bot", "uptimerobot", "pingdom", "statuscake",
    "crawler", "spider",
)  # fmt: skip

_BOT = re.compile(r"bot(?:/|;|\)|\b.*\+https?://)", re.ASCII)
"""Other robots say so with a version or an address; a phone called Cubot does neither."""
AGENT_MAX = 1_000


def effect_allowed(method: str, headers: Mapping[str, str]) -> Refusal | None:
    """Say why a request may not have an effect, None when it may.

    Header names are looked up in lower case. A request that says nothing about itself, as scripts
    of the old API do, may; HEAD never may.
    """
    if method == "HEAD" or _is_ahead(headers) or _is_embedded(headers) or _is_looker(headers):
        return Refusal(STATUS, CODE, DETAIL)
    return None


def _is_ahead(headers: Mapping[str, str]) -> bool:
    """Tell whether the request is made before anybody asked for it."""
    told = [headers.get(name, "").lower() for name in AHEAD_HEADERS]
    return any(word in text for text in told for word in AHEAD_WORDS)


def _is_embedded(headers: Mapping[str, str]) -> bool:
    """Tell whether a page pulls the answer in as a part of itself."""
    destination = headers.get("sec-fetch-dest", "document").strip().lower()
    mode = headers.get("sec-fetch-mode", "navigate").strip().lower()
    accepted = headers.get("accept", "").lstrip().lower()
    return (
        destination not in DESTINATIONS or mode not in MODES or accepted.startswith(EMBEDDED_TYPES)
    )


def _is_looker(headers: Mapping[str, str]) -> bool:
    agent = headers.get("user-agent", "")[:AGENT_MAX].lower()
    return any(word in agent for word in LOOKERS) or _BOT.search(agent) is not None
