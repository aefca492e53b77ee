"""Decide who comes to an order's page: a strict name, a language, perhaps a session."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cambist.domain.identity.links import SESSION_LIFETIME
from cambist.pages.look.languages import LANGUAGES, language_of

COOKIE = "cambist-order"
SECURE_COOKIE = f"__Host-{COOKIE}"
COOKIE_AGE_S = SESSION_LIFETIME.days * 86_400 + SESSION_LIFETIME.seconds
TOKEN_FIELD = "form"

_NAME = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


class NoSuchPageError(Exception):
    """There is no such page; a visitor cannot tell whether a name is malformed or unknown."""


class ForeignRequestError(Exception):
    """A form was sent by another site, or by none of our pages."""


class TooOftenError(Exception):
    """One address sends too many forms."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("too often")
        self.retry_after_s = retry_after_s


class LinkGoneError(Exception):
    """A link was used before, or is too old; `token` may name its order."""

    def __init__(self, token: str) -> None:
        super().__init__("link gone")
        self.token = token


class LockedError(Exception):
    """The page of a case is for whoever opened its link, within the hour."""

    def __init__(self, page: str, language: str) -> None:
        super().__init__("locked")
        self.page, self.language = page, language


@dataclass(frozen=True, slots=True)
class Visitor:
    """Hold what a request says about who sent it; `asked` is the language in the address."""

    asked: str | None
    accept: str
    address: str
    session: str | None
    sent_by: str | None

    @property
    def chosen(self) -> str | None:
        """Give the language chosen in the address."""
        return self.asked if self.asked in LANGUAGES else None

    @property
    def query(self) -> str:
        """Write the query that keeps the chosen language."""
        return f"?lang={self.chosen}" if self.chosen else ""

    def language(self, otherwise: str = LANGUAGES[0]) -> str:
        """Pick the language to speak; a customer's own where the browser names none of ours."""
        return language_of(self.asked, self.accept, otherwise)

    def require_own_form(self) -> None:
        """Pass a form of ours; browsers too old to name the sender are let in.

        Raises:
            ForeignRequestError: another site sent it.
        """
        if (self.sent_by or "same-origin") != "same-origin":
            raise ForeignRequestError

    def require_form_token(self, given: str | None) -> None:
        """Pass a form that one of our pages made for this very session.

        Raises:
            ForeignRequestError: it was made elsewhere.
        """
        expected = form_token(self.session or "")
        told = (given or "").encode("utf-8", "replace")
        if not self.session or not hmac.compare_digest(expected.encode("ascii"), told):
            raise ForeignRequestError


def name_of(text: str) -> str:
    """Read the name of a page, or the token of a link.

    Raises:
        NoSuchPageError: it can be none.
    """
    if _NAME.fullmatch(text) is None:
        raise NoSuchPageError
    return text


def cookie_name(*, secure: bool) -> str:
    """Name the session's cookie; the prefix binds it to the host (RFC 6265bis, 4.1.3.2)."""
    return SECURE_COOKIE if secure else COOKIE


def cookie_path(base: str, *, secure: bool) -> str:
    """Tell for which paths the cookie is; its prefix allows the root only."""
    return "/" if secure else f"{base}/order"


def session_of(cookies: Mapping[str, str], *, secure: bool) -> str | None:
    """Read the session's secret from the cookies, None for what can be none."""
    found = cookies.get(cookie_name(secure=secure), "")
    return found if _NAME.fullmatch(found) else None


def form_token(session: str) -> str:
    """Derive what a session's forms carry; the session cannot be told from it."""
    return hmac.new(session.encode("ascii"), b"cambist form", hashlib.sha256).hexdigest()
