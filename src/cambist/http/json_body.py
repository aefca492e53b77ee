"""Decide which request bodies are read as JSON: small, shallow, unambiguous UTF-8 objects."""

import json
import math
from collections import Counter
from typing import Any, Generic, NoReturn, TypeVar

from litestar import Request
from litestar.datastructures import State

from cambist.http.refusals import ROOT, Fault, Violation, refuse

BODY_BYTES_MAX = 64 * 1024
DEPTH_MAX = 16
MEDIA_TYPE = "application/json"
CHARSETS = frozenset({"utf-8", "utf8"})

U = TypeVar("U")


class StrictRequest(Request[U, None, State], Generic[U]):
    """Read JSON bodies by the rules of this module, whatever the handler asks for."""

    async def json(self) -> Any:
        """Return the body's object.

        Raises:
            RefusedError: MEDIA_TYPE_UNSUPPORTED, JSON_INVALID.
        """
        require_json(self.headers.get("content-type", ""))
        return parse_object(await self.body())


def require_json(content_type: str) -> None:
    """Refuse a body that is not declared as JSON in UTF-8.

    Raises:
        RefusedError: MEDIA_TYPE_UNSUPPORTED.
    """
    if content_type == MEDIA_TYPE:
        return
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in CHARSETS:
            raise refuse(Fault.MEDIA_TYPE_UNSUPPORTED)
    if kind != MEDIA_TYPE:
        raise refuse(Fault.MEDIA_TYPE_UNSUPPORTED)


def parse_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object (RFC 8259), refusing what readers may understand differently.

    Refused are duplicate keys, NaN and Infinity, nesting beyond DEPTH_MAX, a byte order mark,
    and text no database can keep (U+0000, lone surrogates).

    Raises:
        RefusedError: JSON_INVALID.
    """
    try:
        value = _read(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _invalid("The body is not valid JSON.", "json-syntax") from error
    if not isinstance(value, dict):
        raise _invalid("The body must be a JSON object.", "json-object-expected")
    if body.count(b"{") + body.count(b"[") > DEPTH_MAX:
        _check_depth(value)
    if b"\\u" in body:
        _check_text(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise refuse(
            Fault.JSON_INVALID,
            Violation(twice[:100], "This key occurs twice.", "json-duplicate-key"),
        )
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _invalid(f"{name} is not JSON.", "json-syntax")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _invalid("A number is too large.", "json-syntax")
    return value


_read = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
).decode


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH_MAX):
        inner: list[Any] = []
        for item in level:
            children = item.values() if isinstance(item, dict) else item
            inner.extend(child for child in children if isinstance(child, dict | list))
        if not inner:
            return
        level = inner
    raise _invalid(f"The body is nested deeper than {DEPTH_MAX} levels.", "json-too-deep")


def _check_text(value: Any) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str) and ("\x00" in item or not _is_encodable(item)):
            raise _invalid("Text must not hold U+0000 or half a surrogate pair.", "json-text")


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _invalid(message: str, code: str) -> Exception:
    return refuse(Fault.JSON_INVALID, Violation(ROOT, message, code))
