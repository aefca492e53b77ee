"""Decide how an OpenAPI document looks to people: one static page, nothing foreign.

It has no script unless calls can be tried out on it.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from cambist.http.openapi_forms import FORM_STYLE, SCRIPT, TryOut, call_form, key_field

__all__ = ["STYLE", "TryOut", "content_security_policy", "render_page"]

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "pre{overflow:auto;padding:.75rem;border:1px solid #8886;border-radius:.4rem}"
    "summary{cursor:pointer;padding:.4rem 0}code,pre{font-size:.875rem}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0}"
)


def content_security_policy(try_out: TryOut | None = None) -> str:
    """Allow the page its own style and, to try calls out, its own script and origin."""
    style = _digest(_style(try_out))
    policy = f"default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'"
    if try_out is None:
        return policy
    script = f"script-src 'sha256-{_digest(SCRIPT)}'; connect-src 'self'"
    return f"{policy}; {script}; form-action 'none'; base-uri 'none'"


def _style(try_out: TryOut | None) -> str:
    return STYLE if try_out is None else STYLE + FORM_STYLE


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def render_page(
    document: Mapping[str, Any], json_address: str, try_out: TryOut | None = None
) -> str:
    """Write the page of an OpenAPI document; `json_address` is where the document itself is."""
    info = document["info"]
    title = escape(info["title"])
    body = "".join(_operations(document, try_out))
    key = script = ""
    if try_out is not None:
        key, script = key_field(try_out), f"<script>{SCRIPT}</script>"
    schemas = "".join(
        _details(f"<code>{escape(name)}</code>", _pre(schema))
        for name, schema in document["components"]["schemas"].items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_style(try_out)}</style></head><body><main><h1>{title}</h1>"
        f"<p>{escape(info.get('description', ''))}</p>"
        f'<p><a href="{escape(json_address)}">OpenAPI document</a></p>'
        f"{key}<h2>Operations</h2>{body}<h2>Schemas</h2>{schemas}</main>{script}</body></html>"
    )


def _operations(document: Mapping[str, Any], try_out: TryOut | None) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            head = f"<strong>{method.upper()}</strong> <code>{escape(path)}</code> "
            inner = _operation(operation)
            if try_out is not None:
                inner += call_form(document, method, path, operation)
            yield _details(head + escape(operation.get("summary", "")), inner)


def _operation(operation: Mapping[str, Any]) -> str:
    parts = [f"<p>{escape(operation.get('description', ''))}</p>"]
    for parameter in operation.get("parameters", ()):
        parts.append(
            f"<p><code>{escape(parameter['name'])}</code> ({escape(parameter['in'])}) "
            f"{escape(parameter.get('description', ''))}</p>{_pre(parameter['schema'])}"
        )
    if "requestBody" in operation:
        parts.append("<h3>Body</h3>" + _pre(operation["requestBody"]["content"]))
    rows = "".join(
        f"<tr><th>{escape(status)}</th><td>{escape(response['description'])}</td>"
        f"<td><code>{escape(_shape(response))}</code></td></tr>"
        for status, response in operation["responses"].items()
    )
    return "".join(parts) + f"<h3>Answers</h3><table>{rows}</table>"


def _shape(response: Mapping[str, Any]) -> str:
    for content in response.get("content", {}).values():
        return str(content["schema"].get("$ref", "")).rpartition("/")[2]
    return ""


def _details(summary: str, inner: str) -> str:
    return f"<details><summary>{summary}</summary>{inner}</details>"


def _pre(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2))}</pre>"
