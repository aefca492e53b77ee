"""Decide what a customer's browser is to a walk: it keeps cookies and sends the forms it is shown.

It comes through a proxy that names its address, so that many visitors are not taken for one.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx2

PERSON = {
    "first_name": "Jana",
    "last_name": "Nováková",
    "birth_date": "1985-07-21",
    "nationality": "CZ",
    "street": "Dlouhá 12",
    "city": "Praha",
    "postal_code": "110 00",
    "country": "CZ",
    "document_kind": "id-card",
    "document_number": "204 556 789",
    "document_valid_until": "2099-12-31",
    "document_issuer": "Praha 1",
    "consent": "true",
}
"""What a customer types about herself; the phone is added."""

ANSWER_S = 120.0
"""How long a slow machine may take to answer."""

PAYER = "JANA NOVAKOVA"


@dataclass
class Form:
    """Hold a form of a page: what it carries by itself and which fields it offers."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    """Collect forms, and the text people see."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms and their fields."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given["action"]))
        if tag in {"input", "select", "textarea", "button"} and "name" in given:
            if given.get("type") == "hidden":
                self.forms[-1].hidden[given["name"]] = given["value"]
            else:
                self.forms[-1].offered.add(given["name"])

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.text += data.split()


@dataclass
class Shown:
    """Hold a page that is shown: its status, address, words and forms."""

    status: int
    url: str
    words: str
    forms: list[Form]

    def form(self, ending: str, fields: Collection[str]) -> Form:
        """Find the one form whose action ends so and that offers some fields."""
        named = [one for one in self.forms if urlsplit(one.action).path.endswith(ending)]
        fitting = [one for one in named if one.offered.issuperset(fields)]
        assert fitting, (self.status, self.url, self.words, self.forms)
        return fitting[0]


class Visitor:
    """Be somebody with a browser of his own."""

    def __init__(self, root: str, address: str) -> None:
        self._client = httpx2.Client(
            base_url=root,
            follow_redirects=True,
            timeout=ANSWER_S,
            trust_env=False,
            headers={
                "Accept-Language": "en",
                "Sec-Fetch-Site": "same-origin",
                "X-Forwarded-For": address,
            },
        )

    def close(self) -> None:
        """Close the browser."""
        self._client.close()

    def get(self, url: str) -> Shown:
        """Go to a page."""
        return _shown(self._client.get(url))

    def send(self, page: Shown, ending: str, **answers: str) -> Shown:
        """Fill in a form of a page and send it; every answer must be a field of it."""
        form = page.form(ending, answers)
        return _shown(self._client.post(form.action, data={**form.hidden, **answers}))

    def follow(self, link: str) -> Shown:
        """Follow a link of a letter, and press the one button there."""
        return self.send(self.get(link), "/order/open")


def _shown(answer: httpx2.Response) -> Shown:
    reader = _Reader()
    reader.feed(answer.text)
    return Shown(answer.status_code, str(answer.url), " ".join(reader.text), reader.forms)
