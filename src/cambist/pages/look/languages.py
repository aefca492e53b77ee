"""Decide in which language and with which dates a page speaks."""

import re
from datetime import UTC, datetime

from babel import negotiate_locale
from babel.dates import format_date, format_time

LANGUAGES = ("en", "cs", "sv", "de", "ro")
LOCALES = {**{code: code for code in LANGUAGES}, "en": "en_GB"}
"""Whose way of writing dates a language takes; day before month, so that none is misread."""

ACCEPT_MAX_LENGTH = 300

_RANGE = re.compile(
    r"([a-z]{2,3}(?:-[a-z0-9]{1,8})*)(?:\s*;\s*q=(0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?))?", re.ASCII
)


def language_of(asked: str | None, accept: str, otherwise: str = LANGUAGES[0]) -> str:
    """Pick one of LANGUAGES: the one asked for, else the best of Accept-Language, else `otherwise`.

    Source: RFC 9110 section 12.5.4; ranges that cannot be read are passed over.
    """
    if asked in LANGUAGES:
        return str(asked)
    best = negotiate_locale(_preferred(accept), LANGUAGES, sep="-")
    return best or (otherwise if otherwise in LANGUAGES else LANGUAGES[0])


def moment_text(moment: datetime, language: str) -> str:
    """Write a moment the way the language does, in UTC, to the minute."""
    at, locale = moment.astimezone(UTC), LOCALES[language]
    return f"{format_date(at, 'medium', locale)}, {format_time(at, 'short', locale=locale)} UTC"


def _preferred(accept: str) -> list[str]:
    ranges: list[tuple[int, str]] = []
    for part in accept[:ACCEPT_MAX_LENGTH].lower().split(","):
        found = _RANGE.fullmatch(part.strip())
        if found:
            ranges.append((_per_mille(found[2] or "1"), found[1]))
    return [name for weight, name in sorted(ranges, key=lambda r: -r[0]) if weight]


def _per_mille(quality: str) -> int:
    whole, _, decimals = quality.partition(".")
    return int(whole + decimals.ljust(3, "0"))
