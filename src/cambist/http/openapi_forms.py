"""Decide how calls are tried out on the OpenAPI page: a form each, one key for all of them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True)
class TryOut:
    """Hold the header that lets callers in and the key of the sandbox, which the page shows."""

    header: str
    key: str


FORM_STYLE = (
    "form{display:grid;gap:.5rem;margin:1rem 0}label{display:grid;gap:.125rem}"
    "input,textarea,button{font:inherit;padding:.375rem .5rem}button{justify-self:start}"
    "textarea{min-height:10rem;font-family:monospace;font-size:.875rem}"
    "output{white-space:pre-wrap;overflow-wrap:anywhere;font-family:monospace;font-size:.875rem}"
)

SCRIPT = """
"use strict";
const key = document.getElementById("key");
async function call(form) {
  const headers = {[key.name]: key.value};
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const field of form.querySelectorAll("input")) {
    if (!field.value) continue;
    if (field.dataset.in === "path")
      path = path.split("{" + field.name + "}").join(encodeURIComponent(field.value));
    else if (field.dataset.in === "query") query.append(field.name, field.value);
    else headers[field.name] = field.value;
  }
  const options = {method: form.dataset.method, headers, redirect: "error"};
  const body = form.querySelector("textarea");
  if (body) {
    options.body = body.value;
    headers["Content-Type"] = "application/json";
  }
  const asked = String(query);
  const answer = await fetch(asked ? path + "?" + asked : path, options);
  return answer.status + "\\n" + await answer.text();
}
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = form.querySelector("output");
    call(form).then((text) => { told.textContent = text; },
                    (error) => { told.textContent = String(error); });
  });
}
"""
"""The page's only script: it calls the page's own origin and shows the answer as text."""


def key_field(try_out: TryOut) -> str:
    """Write the field of the key every form sends."""
    header = escape(try_out.header)
    return (
        f'<label>{header}<input id="key" name="{header}" value="{escape(try_out.key)}" '
        'autocomplete="off" spellcheck="false"></label>'
    )


def call_form(
    document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]
) -> str:
    """Write the form of an operation, its body filled with the document's first example."""
    server = document["servers"][0]["url"]
    fields = "".join(_fields(operation))
    return (
        f'<form data-method="{method.upper()}" data-path="{escape(server + path)}">{fields}'
        f"{_body(document, operation)}<button>Send</button><output></output></form>"
    )


def _fields(operation: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        name, example = escape(parameter["name"]), _first(parameter["schema"])
        needed = " required" if parameter.get("required") else ""
        shown = escape(str(example)) if needed and example is not None else ""
        yield (
            f'<label>{name}<input name="{name}" data-in="{escape(parameter["in"])}" '
            f'value="{shown}" autocomplete="off" spellcheck="false"{needed}></label>'
        )


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    name = content["schema"]["$ref"].rpartition("/")[2]
    example = _first(document["components"]["schemas"][name])
    text = json.dumps({} if example is None else example, indent=2)
    return f'<label>Body<textarea spellcheck="false">{escape(text)}</textarea></label>'


def _first(schema: Mapping[str, Any]) -> Any:
    """Give a schema's first example, None without any."""
    return next(iter(schema.get("examples", ())), None)
