"""Decide what an affiliate's backend is to a walk: it signs as the vendor's documents tell."""

import hashlib
import hmac
import json
import random
from typing import Any

import httpx2

from tests.e2e.visitor import ANSWER_S


class Affiliate:
    """Sign what is sent with a key and its private half."""

    def __init__(self, base_url: str, key: str, private: str) -> None:
        self._client = httpx2.Client(base_url=base_url, trust_env=False, timeout=ANSWER_S)
        self._key, self._private = key, private
        self._chance = random.SystemRandom()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def signed(self, body: Any) -> dict[str, str]:
        """Write the headers of a request; the body is signed as PHP writes it."""
        nonce = str(self._chance.getrandbits(63))
        written = json.dumps(body, separators=(",", ":")).replace("/", "\\/")
        text = f"{self._key}${nonce}${written}".encode()
        signature = hmac.new(self._private.encode(), text, hashlib.sha256).hexdigest()
        return {"btcex-key": self._key, "btcex-nonce": nonce, "btcex-signature": signature}

    def get(self, path: str, status: int = 200) -> Any:
        """Read something of ours."""
        return _told(self._client.get(path, headers=self.signed(None)), status)

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        """Do something, with a body or without any."""
        sent: dict[str, Any] = {"json": body} if body else {}
        answer = self._client.post(path, headers=self.signed(body or None), **sent)
        return _told(answer, status)

    def ask(self, path: str, status: int = 200, **query: str) -> Any:
        """Ask what anybody may."""
        return _told(self._client.get(path, params=query), status)


def _told(answer: httpx2.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()
