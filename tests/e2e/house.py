"""Decide what a whole sandbox is to a walk: `cambist up` with its processes, and hands on it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from tests.e2e.visitor import ANSWER_S
from tests.ports import own_port

START_TIMEOUT_S = 200
STOP_TIMEOUT_S = 30
WAIT_S = 200
POLL_S = 0.1
WORDS_SHOWN = 40

T = TypeVar("T")


def eventually(read: Callable[[], T], is_wanted: Callable[[T], object]) -> T:
    """Read until what is read is wanted; give it, or fail with what was read last."""
    deadline = time.monotonic() + WAIT_S
    while not is_wanted(found := read()):
        assert time.monotonic() < deadline, found
        time.sleep(POLL_S)
    return found


@dataclass
class House:
    """Hold a running sandbox: what opens its doors, its control operations, its settings."""

    access: Mapping[str, Any]
    hand: httpx2.Client
    env: Mapping[str, str]

    @property
    def root(self) -> str:
        """Give the root of everything served."""
        root: str = self.access["base_url"]
        return root

    def client(self, name: str, key: str = "api_key") -> httpx2.Client:
        """Make a client of a dialect that identifies by a key."""
        given = self.access[name]
        headers = {"X-API-Key": given[key]}
        return httpx2.Client(
            base_url=given["base_url"], headers=headers, trust_env=False, timeout=ANSWER_S
        )

    def move(self, path: str, **body: Any) -> Any:
        """Run a control operation."""
        answer = self.hand.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, path: str, **query: str) -> Any:
        """Read a control operation's answer."""
        answer = self.hand.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def mails(self, to: str) -> list[dict[str, Any]]:
        """List the mails to somebody, oldest first."""
        found: list[dict[str, Any]] = self.look("/mail", to=to)["items"]
        return found[::-1]

    def mail(self, to: str, saying: str) -> dict[str, Any]:
        """Await the newest mail whose subject or text says something."""

        def read() -> list[dict[str, Any]]:
            return [one for one in self.mails(to) if saying in one["subject"] + one["text"]]

        return eventually(read, bool)[-1]

    def code(self, phone: str, after: int = 0) -> str:
        """Await an SMS beyond the first few and read the code in it."""
        found = eventually(
            lambda: self.look("/sms", to=phone)["items"], lambda items: len(items) > after
        )
        digits: list[str] = [word for word in found[0]["text"].split() if word.isdigit()]
        assert len(digits[0]) == 6, found[0]["text"]
        return digits[0]

    def texts(self, phone: str) -> int:
        """Count the SMS to a number."""
        return len(self.look("/sms", to=phone)["items"])

    def transfer(self, payment: Mapping[str, Any], amount: str, payer: str) -> None:
        """Pay as somebody told by payment instructions does."""
        self.move(
            "/bank/transfer",
            amount=amount,
            currency=payment["currency"],
            reference=payment["reference"],
            from_name=payer,
            from_account="CZ5508000000001234567899",
        )

    def payouts(self, **facts: str) -> list[dict[str, Any]]:
        """List the payouts over a bank of which some facts hold, newest first."""
        items: list[dict[str, Any]] = self.look("/bank/payouts")["items"]
        return [one for one in items if facts.items() <= one.items()]

    def staff(self, *words: str) -> list[str]:
        """Run a command of the command line and give the lines it prints."""
        command = [sys.executable, "-m", "cambist.cli", *words]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    def require_balance(self) -> None:
        """Require that the books balance and nobody owes what he must not."""
        books = self.look("/ledger/check")
        assert books["balanced"] is True, books
        assert not books["negative"], books


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[House]:
    """Run `cambist up` until the block ends; what it keeps is in `folder`/var."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAMBIST_")}
    port, log = own_port(), folder / "up.log"
    own = {"VAR_DIR": str(folder / "var"), "PORT": str(port), "TRUSTED_PROXIES": "127.0.0.1"}
    env = {**kept, **{f"CAMBIST_{name}": value for name, value in {**own, **settings}.items()}}
    with ExitStack() as stack:
        words = stack.enter_context(log.open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "cambist.cli", "up"], env=env, stdout=words, stderr=words
        )
        stack.callback(_end, process)
        _await_start(process, log)
        access = json.loads((folder / "var" / "sandbox.json").read_text("utf-8"))
        hand = httpx2.Client(
            base_url=access["sandbox"]["base_url"],
            headers={"Authorization": f"Bearer {access['sandbox']['token']}"},
            trust_env=False,
            timeout=ANSWER_S,
        )
        yield House(access, stack.enter_context(hand), env)


def _await_start(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while b"cambist is ready" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text("utf-8", "replace").splitlines()[-WORDS_SHOWN:]
            raise RuntimeError("\n".join(["the sandbox did not start:", *said]))
        time.sleep(POLL_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
