"""Show that every refusal of a dialect, whoever makes it, reads as RFC 9457 asks."""

import json
from typing import Any
from uuid import UUID

import httpx2
import msgspec
import pytest
from litestar import get, post
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict

from cambist.http.dialect import Dialect, build_application, describe
from cambist.http.fields import Email
from cambist.http.forms import read_pairs
from cambist.http.json_body import StrictRequest
from cambist.http.openapi import query_of
from cambist.http.problem_json import TITLES, ProblemJson, ProblemRow, refused, rows_agree
from cambist.http.refusals import Fault, Refusal
from cambist.http.services import Services
from cambist.kernel.errors import DomainError, ErrorCode

TABLE = {
    code: ProblemRow(422, code.value, code.value.replace("-", " ").capitalize(), "No.")
    for code in ErrorCode
} | {
    ErrorCode.NOT_FOUND: ProblemRow(404, "not-found", "Not found", "There is no such thing."),
    ErrorCode.FIELD_INVALID: ProblemRow(400, "field-invalid", "Fields not valid", "Look again."),
    ErrorCode.CREDENTIAL_INVALID: ProblemRow(
        401, "credential-invalid", "Credential not valid", "No."
    ),
    ErrorCode.OVERLOADED: ProblemRow(503, "overloaded", "Overloaded", "Later.", 1),
}
SECRET = "Hunter2"
ERROR_ID = UUID(int=7)


class Ask(BaseModel):
    """Ask for something."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    email: Email


class Query(Ask):
    """Ask in a query."""

    dry: str | None = None


class Given(msgspec.Struct):
    """Answer."""

    ok: bool


class Asking(StrictRequest[None]):
    """Be a request."""


@get("/refused/{code:str}", responses=refused(404, with_code=False))
async def refuse_with(code: FromPath[str]) -> Given:
    """Refuse."""
    raise DomainError(ErrorCode(code), field="address", case="identity")


@get("/broken", responses=refused(with_code=False))
async def break_down() -> Given:
    """Fail."""
    raise RuntimeError(SECRET)


@get("/queried", responses=refused(with_code=False), operation_class=query_of(Query))
async def queried(request: Asking) -> Given:
    """Read a query."""
    read_pairs(Query, request.query_params.items())
    return Given(True)


@post("/asked", responses=refused(with_code=False))
async def asked(data: JSONBody[Ask]) -> Given:
    """Read a body."""
    return Given(bool(data.email))


async def _enter(_: Any) -> None:
    """Let everybody in."""


def problems(*, with_code: bool = False) -> ProblemJson:
    """Make a dialect's problems."""
    return ProblemJson(
        TABLE,
        with_code=with_code,
        fields={"address": "btc_address"},
        extras=lambda error: {"open_case": error.facts.get("case")},
    )


def dialect(*, with_code: bool = False) -> Dialect:
    """Declare a dialect."""
    kit = problems(with_code=with_code)
    return Dialect(
        name="acme",
        prefix="/acme",
        base="/",
        title="Acme",
        version="1",
        description="",
        handlers=[refuse_with, break_down, queried, asked],
        request_class=Asking,
        door=_enter,
        refuse=kit.refuse,
        envelope=kit.envelope,
        security={},
    )


class _NoBus:
    async def execute(self, command: object, gate: object = None) -> Any:
        raise AssertionError


async def ask(
    method: str, path: str, *, with_code: bool = False, **more: Any
) -> tuple[httpx2.Response, dict[str, Any]]:
    """Send one request and read the problem."""
    services = Services(_NoBus(), lambda: None, lambda: ERROR_ID, "https://x.example")  # type: ignore[arg-type, return-value]  # no clock is asked
    application: Any = build_application(dialect(with_code=with_code), services)
    transport = httpx2.ASGITransport(application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x.example") as client:
        response = await client.request(method, path, **more)
    assert response.headers["content-type"].startswith("application/problem+json")
    body = response.json()
    assert body["status"] == response.status_code
    assert body["type"].startswith("/problems/")
    assert body["title"]
    assert body["detail"]
    assert body["instance"]
    return response, body


async def test_a_refusal_of_the_core_has_type_title_field_and_extra() -> None:
    _, body = await ask("GET", "/refused/not-found")
    assert body == {
        "type": "/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such thing.",
        "instance": "/refused/not-found",
        "open_case": "identity",
        "errors": [
            {"field": "btc_address", "code": "not-found", "detail": "There is no such thing."}
        ],
    }


async def test_a_code_stands_beside_the_type_where_the_dialect_wants_it() -> None:
    _, body = await ask("GET", "/refused/limit-exceeded", with_code=True)
    assert body["code"] == "limit-exceeded"
    assert body["type"] == "/problems/limit-exceeded"


async def test_transient_refusals_say_when_to_come_back_and_show_an_id() -> None:
    response, body = await ask("GET", "/refused/overloaded")
    assert response.headers["retry-after"] == "1"
    assert body["instance"] == f"urn:uuid:{ERROR_ID}"
    assert "errors" not in body
    assert "open_case" not in body


async def test_a_failure_of_ours_shows_an_id_and_nothing_else() -> None:
    response, body = await ask("GET", "/broken")
    assert response.status_code == 500
    assert body["instance"] == f"urn:uuid:{ERROR_ID}"
    assert SECRET not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("DELETE", "/asked", 405, "method-not-allowed"),
        ("POST", "/asked", 400, "field-invalid"),
        ("GET", "/queried", 400, "field-invalid"),
        ("GET", f"/queried?email={SECRET}&email={SECRET}", 400, "field-invalid"),
    ],
)
async def test_what_the_framework_refuses_reads_the_same(
    method: str, path: str, status: int, kind: str
) -> None:
    response, body = await ask(method, path)
    assert (response.status_code, body["type"]) == (status, f"/problems/{kind}")
    assert SECRET not in response.text


async def test_a_body_of_another_media_type_is_refused() -> None:
    response, body = await ask("POST", "/asked", content=b"<a/>")
    assert (response.status_code, body["type"]) == (415, "/problems/media-type-unsupported")


async def test_wrong_fields_of_a_body_are_all_named_and_not_repeated() -> None:
    response, body = await ask("POST", "/asked", json={"email": SECRET, "more": SECRET})
    assert response.status_code == 400
    assert [(e["field"], e["code"]) for e in body["errors"]] == [
        ("email", "email-invalid"),
        ("more", "extra-forbidden"),
    ]
    assert SECRET not in response.text


async def test_the_instance_is_a_path_of_plain_characters_without_the_query() -> None:
    _, body = await ask("GET", "/no%0d%0athing%E2%80%AE%22?email=a@b.cz")
    assert body["instance"] == "/no%0d%0athing%E2%80%AE%22"


def test_titles_are_total_and_each_code_has_one_meaning() -> None:
    assert set(TITLES) == set(Fault)
    assert rows_agree(TABLE)
    twisted = {**TABLE, ErrorCode.NOT_FOUND: ProblemRow(422, "not-found", "Not found", "No.")}
    assert not rows_agree(twisted)


def test_every_code_renders() -> None:
    kit = problems()
    for code in ErrorCode:
        json.loads(kit.render(kit.refuse(DomainError(code))))
    for fault in Fault:
        json.loads(kit.render(Refusal(400, fault.value, "No.")))


def test_a_reason_is_the_code_of_the_wrong_field() -> None:
    error = DomainError(ErrorCode.FIELD_INVALID, field="birth_date", reason="age-too-low")
    assert [(v.path, v.code) for v in problems().refuse(error).violations] == [
        ("birth_date", "age-too-low")
    ]


def test_a_query_is_described_by_its_model() -> None:
    described = describe(dialect())
    parameters = described["paths"]["/queried"]["get"]["parameters"]
    shapes = {one["name"]: (one["required"], one["schema"]["type"]) for one in parameters}
    assert shapes == {"email": (True, "string"), "dry": (False, "string")}
    schemas = described["components"]["schemas"]
    assert "ProblemDetails" in schemas
    assert "Problem" not in schemas
