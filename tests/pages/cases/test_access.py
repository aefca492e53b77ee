"""Prove who may open an order's case and answer it: links once, sessions, forms of our own."""

from collections.abc import Iterator
from typing import Any

import pytest

from cambist.app.notices.ask_for_link import AskForLink
from cambist.app.notices.open_page import OpenPage
from cambist.domain.compliance.cases import CaseKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.cases.acting import Action
from cambist.pages.cases.visits import form_token
from tests.pages.cases.scenery import (
    BASE_URL,
    COOKIE,
    NEW_SESSION,
    ORDER,
    OTHER_PAGE,
    OTHER_SESSION,
    PAGE,
    SAME_ORIGIN,
    SESSION,
    TOKEN,
    held,
)
from tests.pages.cases.stage import Stage, cookie, staged

MINE = f"/order/{PAGE}"
UNKNOWN = "x" * 32


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(held(CaseKind.IDENTITY)) as ready:
        yield ready


def test_looking_at_a_link_changes_nothing_and_shows_one_button(stage: Stage) -> None:
    for _ in range(2):
        answer = stage.client.get(f"/order/open/{TOKEN}")
        assert answer.status_code == 200
        assert answer.text.count("<button") == 1
        assert "set-cookie" not in answer.headers
    assert (stage.bus.commands, stage.bus.used) == ([], set())


def test_link_opens_once_with_a_strict_cookie(stage: Stage) -> None:
    answer = open_link(stage)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{MINE}/case"
    told = answer.headers["set-cookie"]
    assert told.startswith(f"{COOKIE}={NEW_SESSION};")
    attributes = {part.strip().lower() for part in told.split(";")[1:]}
    assert attributes == {"httponly", "max-age=3600", "path=/", "samesite=strict", "secure"}
    assert stage.bus.commands == [OpenPage(TOKEN, NEW_SESSION)]
    again = open_link(stage)
    assert again.status_code == 410
    assert "set-cookie" not in again.headers
    assert 'action="/order/link"' in again.text


def test_cookie_on_plain_http_has_a_plain_name() -> None:
    with staged(held(CaseKind.IDENTITY), base_url="http://localhost:8000/desk") as stage:
        told = open_link(stage).headers["set-cookie"]
        assert told.startswith(f"cambist-order={NEW_SESSION};")
        assert "path=/desk/order" in told.lower()
        assert "secure" not in told.lower()
        assert "strict-transport-security" not in stage.get("").headers
        assert 'href="/desk/order/static/look.css' in stage.get("").text


def test_button_pressed_twice_goes_on_with_the_session_there_is(stage: Stage) -> None:
    open_link(stage)
    again = open_link(stage, cookie(NEW_SESSION))
    assert (again.status_code, again.headers["location"]) == (303, f"{MINE}/case")
    assert open_link(stage, cookie(OTHER_SESSION)).status_code == 410


@pytest.mark.parametrize("token", [UNKNOWN, TOKEN[:-1] + "x"])
def test_unknown_link_looks_like_a_used_one(stage: Stage, token: str) -> None:
    open_link(stage)
    used, unknown = open_link(stage), open_link(stage, token=token)
    assert unknown.status_code == used.status_code == 410
    assert unknown.text.replace(token, TOKEN) == used.text


def test_used_link_brings_a_new_one_and_an_unknown_one_says_the_same(stage: Stage) -> None:
    answers = [
        stage.client.post("/order/link", data={"token": token}, headers=SAME_ORIGIN)
        for token in (TOKEN, UNKNOWN)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert [type(command) for command in stage.bus.commands] == [AskForLink]


@pytest.mark.parametrize(
    "refusal", [None, ErrorCode.NOT_FOUND, ErrorCode.LIMIT_EXCEEDED, ErrorCode.OVERLOADED]
)
def test_asking_for_a_link_is_answered_the_same_whatever_becomes_of_it(
    stage: Stage, refusal: ErrorCode | None
) -> None:
    plain = stage.post("/link", session=None).content
    stage.bus.refusal = None if refusal is None else DomainError(refusal)
    answer = stage.post("/link", session=None)
    assert (answer.status_code, answer.content) == (202, plain)
    assert stage.bus.commands[-1] == AskForLink(ORDER, BASE_URL, "testclient")


def open_link(stage: Stage, headers: dict[str, str] | None = None, token: str = TOKEN) -> Any:
    """Press the button of a link in a browser that knows only the cookies given."""
    stage.client.cookies.clear()
    return stage.client.post(
        "/order/open",
        data={"token": token},
        headers={**SAME_ORIGIN, **(headers or {})},
        follow_redirects=False,
    )


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("session", [None, OTHER_SESSION, UNKNOWN, "short", "x" * 33])
def test_nobody_answers_without_the_orders_own_session(
    stage: Stage, action: Action, session: str | None
) -> None:
    fields = {"form": form_token(OTHER_SESSION)}
    answer = stage.post(f"/case/{action.value}", fields, session)
    assert answer.status_code == 403
    assert f'action="{MINE}/link"' in answer.text
    assert (stage.bus.commands, stage.uploads.taken) == ([], [])


def test_session_of_one_order_opens_no_other(stage: Stage) -> None:
    foreign = stage.client.get(f"/order/{OTHER_PAGE}/case", headers=cookie(SESSION))
    assert foreign.status_code == 403
    own = stage.client.get(f"/order/{OTHER_PAGE}/case", headers=cookie(OTHER_SESSION))
    assert own.status_code == 200


def test_session_that_is_over_asks_for_a_new_link(stage: Stage) -> None:
    token = stage.token()
    stage.trades.over = True
    assert stage.get("/case").status_code == 403
    answer = stage.post("/case/cancel", {"form": token})
    assert answer.status_code == 403
    assert stage.bus.commands == []


UNSAFE = [f"{MINE}/link", "/order/link", "/order/open", *(f"{MINE}/case/{a}" for a in Action)]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "nonsense"])
@pytest.mark.parametrize("path", UNSAFE)
def test_forms_of_other_sites_do_nothing(stage: Stage, path: str, site: str) -> None:
    fields = {"form": stage.token(), "token": TOKEN}
    answer = stage.client.post(
        path, data=fields, headers={"sec-fetch-site": site, **cookie(SESSION)}
    )
    assert answer.status_code == 403
    assert (stage.bus.commands, stage.uploads.taken) == ([], [])


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.DOCUMENT])
@pytest.mark.parametrize("token", [None, "", "0" * 64, "é", form_token(OTHER_SESSION)])
def test_forms_without_the_sessions_token_do_nothing(
    stage: Stage, action: Action, token: str | None
) -> None:
    fields = {} if token is None else {"form": token}
    for headers in (SAME_ORIGIN, {}):
        answer = stage.post(f"/case/{action.value}", {**fields, "refused": "true"}, headers=headers)
        assert answer.status_code == 403
    assert stage.bus.commands == []


def test_browser_too_old_to_name_the_sender_is_let_in_with_the_token(stage: Stage) -> None:
    answer = stage.post("/case/cancel", {"form": stage.token()}, headers={})
    assert answer.status_code == 303


def test_too_many_forms_from_one_address_are_held_back() -> None:
    with staged(held(CaseKind.IDENTITY), monotonic_ns=lambda: 0) as stage:
        answers = [stage.post("/link", session=None) for _ in range(60)]
        codes = [answer.status_code for answer in answers]
        assert codes == [202] * 40 + [429] * 20
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert stage.get("").status_code == 200
