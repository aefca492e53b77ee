"""Decide the security headers of pages: one policy, its few variants, no exceptions elsewhere."""

import re
from collections.abc import Mapping, Sequence

NO_FRAMES = "'none'"

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types cambist-live; frame-ancestors "
)
_PERMISSIONS = (
    "accelerometer=(), camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), "
    "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=()"
)
BASE: Mapping[str, str] = {
    "content-security-policy": _POLICY + NO_FRAMES,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": _PERMISSIONS,
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
STATIC: Mapping[str, str] = {
    **BASE,
    "cache-control": "public, max-age=31536000, immutable",
}
HSTS = "max-age=31536000"


def frame_ancestors(origins: Sequence[str]) -> str:
    """List the origins that may frame a page; what is no plain origin is left out."""
    return " ".join(o for o in origins if _ORIGIN.fullmatch(o)) or NO_FRAMES


def framed(origins: Sequence[str]) -> dict[str, str]:
    """Build the headers of a page that exactly these origins may frame."""
    ancestors = frame_ancestors(origins)
    headers = {**BASE, "content-security-policy": _POLICY + ancestors}
    if ancestors != NO_FRAMES:
        # The older header knows no list of origins; the policy above replaces it.
        del headers["x-frame-options"]
        headers["cross-origin-resource-policy"] = "cross-origin"
    return headers
