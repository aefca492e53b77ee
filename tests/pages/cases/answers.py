"""Decide what customers answer in tests of the forms, and how a document is sent."""

from html import escape
from typing import Any

from cambist.pages.cases.acting import Action
from cambist.pages.cases.shown import Wrong
from cambist.pages.cases.texts import FORM_TEXTS
from tests.pages.cases.scenery import PAGE, SAME_ORIGIN, case_scenes
from tests.pages.cases.stage import Stage, cookie

TEXTS = FORM_TEXTS["cs"]
IDENTITY = {
    "first_name": "Jana  Marie",
    "last_name": "Nováková",
    "birth_date": "1971-03-19",
    "birth_number": "",
    "nationality": "CZ",
    "street": "Dlouhá 1",
    "city": "Praha",
    "postal_code": "110 00",
    "country": "CZ",
    "document_kind": "id-card",
    "document_number": "123 456 789",
    "document_valid_until": "2099-12-31",
    "document_issuer": "MěÚ Praha",
    "phone": " +420 601 123 456 ",
    "consent": "true",
}
AML = {
    "funds_origin": "employment",
    "purpose": "savings",
    "occupation": "Truhlářka",
    "pep": "false",
    "tax_country": "CZ",
    "declaration": "true",
}


def show(stage: Stage, name: str) -> None:
    stage.trades.shown = case_scenes()[name]


def said(wrong: Wrong, count: int = 0) -> str:
    return str(escape(TEXTS.wrong[wrong].format(count=count)))


def in_time(stage: Stage) -> str:
    show(stage, "identity")
    return stage.token()


def send(stage: Stage, action: Action, token: str) -> Any:
    """Send a form as it stood on a page that is out of date."""
    if action is Action.DOCUMENT:
        return upload(stage, b"x", token=token)
    return stage.post(f"/case/{action.value}", {"form": token})


def upload(
    stage: Stage,
    content: bytes | None,
    name: str = "card.jpg",
    kind: str = "id-front",
    token: str | None = None,
) -> Any:
    fields = {"form": stage.token() if token is None else token, "kind": kind}
    files = {} if content is None else {"file": (name, content, "image/jpeg")}
    return stage.client.post(
        f"/order/{PAGE}/case/document",
        data=fields,
        files=files or {"file": ("", b"", "application/octet-stream")},
        headers={**SAME_ORIGIN, **cookie("sessionSESSIONsessionSESSION1234")},
        follow_redirects=False,
    )
