"""Decide what `sandbox.json` says and how it is written: whole or not at all, for its owner."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cambist.settings import Settings

ACCESS_FILE = "sandbox.json"
FILE_MODE = 0o600
BYTES_MAX = 65_536


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """Hold what opens the sandbox's doors; only the file keeps it in the clear."""

    base_url: str
    token: str
    api_key: str
    integration_id: str
    other_api_key: str
    affiliate: tuple[str, str] = ("", "")
    other_affiliate: tuple[str, str] = ("", "")
    client_key: str = ""
    other_client_key: str = ""

    def document(self) -> dict[str, Any]:
        """Write it in the shape of the sandbox contract."""
        return {
            "base_url": self.base_url,
            "sandbox": {"base_url": f"{self.base_url}/sandbox/v1", "token": self.token},
            "cryptopayments": {
                "base_url": f"{self.base_url}/cryptopayments/api/v1",
                "api_key": self.api_key,
                "integration_id": self.integration_id,
                "other_api_key": self.other_api_key,
            },
            "btcex": {
                "base_url": f"{self.base_url}/btcex",
                "key": self.affiliate[0],
                "private": self.affiliate[1],
                "other_key": self.other_affiliate[0],
                "other_private": self.other_affiliate[1],
            },
            "cryptoexchange": {
                "base_url": f"{self.base_url}/cryptoexchange/v1",
                "api_key": self.client_key,
                "other_api_key": self.other_client_key,
            },
        }


def access_path(settings: Settings) -> Path:
    """Tell where the file is."""
    return settings.var_dir / ACCESS_FILE


def read_access(settings: Settings) -> DemoAccess | None:
    """Read what an earlier start wrote, None when there is nothing of use."""
    try:
        with access_path(settings).open(encoding="utf-8") as file:
            found = json.loads(file.read(BYTES_MAX))
        gateway = found["cryptopayments"]
        # An earlier release knew neither of these.
        signed, exchange = found.get("btcex", {}), found.get("cryptoexchange", {})
        return DemoAccess(
            base_url=_text(found["base_url"]),
            token=_text(found["sandbox"]["token"]),
            api_key=_text(gateway["api_key"]),
            integration_id=_text(gateway["integration_id"]),
            other_api_key=_text(gateway["other_api_key"]),
            affiliate=(_known(signed, "key"), _known(signed, "private")),
            other_affiliate=(_known(signed, "other_key"), _known(signed, "other_private")),
            client_key=_known(exchange, "api_key"),
            other_client_key=_known(exchange, "other_api_key"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("not a text")
    return value


def _known(found: Mapping[str, object], name: str) -> str:
    return str(found.get(name, ""))


def write_access(settings: Settings, access: DemoAccess) -> None:
    """Replace the file at once, so that whoever reads it sees the old one or the new one."""
    path = access_path(settings)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(access.document(), file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
