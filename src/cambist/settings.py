"""Decide what an operator may set: `CAMBIST_*` variables, checked before anything starts."""

from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from cambist.adapters.chain_families.networks import ChainSetup, Network
from cambist.adapters.mail.smtp import Security
from cambist.domain.compliance.rules import RiskPolicy
from cambist.domain.market.assets import CHAINS, FIAT
from cambist.ports.rails import HouseAccount


class Mode(StrEnum):
    """Tell whether money is real."""

    SANDBOX = "sandbox"
    LIVE = "live"


class ReviewedBy(StrEnum):
    """Name who decides what customers submitted."""

    AUTOMATIC = "automatic"
    PERSON = "person"


class NodeKind(StrEnum):
    """Name what stands behind a chain."""

    SIMULATED = "simulated"
    CORE_RPC = "core-rpc"


class NodeSettings(BaseModel):
    """Describe one chain's node; URL and credentials are for `core-rpc` only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: NodeKind = NodeKind.SIMULATED
    network: Network = Network.MAIN
    url: str = ""
    user: str = ""
    password: SecretStr = SecretStr("")

    def setup(self, chain: str) -> ChainSetup:
        """Say what keys and addresses are for."""
        return ChainSetup(chain, self.network, self.kind is NodeKind.SIMULATED)


def _only_thresholds(given: Any) -> Any:
    """Refuse a threshold that does not exist: a check misspelt is a check not made."""
    known = {field.name for field in fields(RiskPolicy)}
    unknown = sorted(set(given) - known) if isinstance(given, dict) else []
    if unknown:
        raise ValueError(f"no such threshold; there are {', '.join(sorted(known))}")
    return given


def _sensible(policy: RiskPolicy) -> RiskPolicy:
    """Refuse what would never match."""
    if policy.fiat not in FIAT_CODES:
        raise ValueError(f"fiat is one of {', '.join(sorted(FIAT_CODES))}")
    if not all(len(c) == 2 and c.isascii() and c.isupper() for c in policy.high_risk_countries):
        raise ValueError("high_risk_countries are two capital letters each")
    numbers = (policy.identity_from, policy.phone_from, policy.aml_from, policy.velocity_orders)
    if min(numbers) < 0:
        raise ValueError("thresholds are not below zero")
    return policy


def _networks(given: str) -> str:
    """Refuse what names no machine: with `*` anybody says who he is, a misspelt one is nobody."""
    for word in filter(None, (part.strip() for part in given.split(","))):
        if not ip_network(word).prefixlen:
            raise ValueError("a proxy of yours is not the whole internet")
    return given


def _simulated() -> dict[str, NodeSettings]:
    return {chain: NodeSettings() for chain in CHAINS}


LIVE_SOURCES_MIN = 2
FIAT_CODES = frozenset(asset.code for asset in FIAT)
Risk = Annotated[RiskPolicy, BeforeValidator(_only_thresholds), AfterValidator(_sensible)]


class Settings(BaseSettings):
    """Hold every setting; the table in docs/operations.md explains each."""

    model_config = SettingsConfigDict(env_prefix="CAMBIST_", extra="ignore", frozen=True)

    mode: Mode = Mode.SANDBOX
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65_535)
    var_dir: Path = Path("var")
    public_url: str = ""
    database_url: str = ""
    postgres_bin: Path | None = None
    pool_size: int = Field(default=8, ge=2, le=64)
    bus_lanes: int = Field(default=1, ge=1, le=4)
    api_processes: int = Field(default=1, ge=1, le=16)
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""
    rate_per_address: int = Field(default=2_000, ge=1, le=1_000_000)
    rate_per_key: int = Field(default=1_000, ge=1, le=1_000_000)
    chains: dict[str, NodeSettings] = Field(default_factory=_simulated)
    vault_keys: SecretStr = SecretStr("")
    index_key: SecretStr = SecretStr("")
    risk: Risk = Field(default_factory=RiskPolicy)
    reviewer: ReviewedBy | None = None
    lists_dir: Path | None = None
    documents_dir: Path | None = None
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    smtp_security: Security = Security.STARTTLS
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_sender: str = ""
    sms_url: SecretStr = SecretStr("")
    bank_accounts: tuple[HouseAccount, ...] = ()
    exchanges: tuple[str, ...] = ()
    price_sources_min: int = Field(default=2, ge=1, le=10)
    poll_interval_s: float = Field(default=0.2, gt=0, le=60)
    log_level: str = "info"
    failpoint: str = ""

    @model_validator(mode="after")
    def _live_is_real(self) -> Self:
        """Refuse a live mode built of simulators, defaults or test switches."""
        unknown = set(self.chains) - set(CHAINS)
        if unknown:
            raise ValueError(f"CAMBIST_CHAINS: no such chain: {', '.join(sorted(unknown))}")
        if self.mode is Mode.LIVE and (faults := [text for wrong, text in self._faults() if wrong]):
            raise ValueError("live mode refused: " + "; ".join(faults))
        return self

    def _faults(self) -> Iterable[tuple[bool, str]]:
        """List what live mode cannot do with, each with whether it is so."""
        simulated = [c for c, node in self.chains.items() if node.kind is NodeKind.SIMULATED]
        named = ", ".join(sorted(simulated))
        return (
            (bool(simulated), f"CAMBIST_CHAINS: {named} must not be simulated"),
            (not self.database_url, "CAMBIST_DATABASE_URL: a real server is needed"),
            (
                not self.vault_keys.get_secret_value(),
                "CAMBIST_VAULT_KEYS: no key to seal secrets with",
            ),
            (
                not self.index_key.get_secret_value(),
                "CAMBIST_INDEX_KEY: no key to make pseudonyms with",
            ),
            (
                len(self.exchanges) < self.price_sources_min,
                "CAMBIST_EXCHANGES: fewer exchanges than CAMBIST_PRICE_SOURCES_MIN",
            ),
            (
                self.price_sources_min < LIVE_SOURCES_MIN,
                "CAMBIST_PRICE_SOURCES_MIN: one exchange alone must not make a price",
            ),
            (
                not self.public_url.startswith("https://"),
                "CAMBIST_PUBLIC_URL: must be https",
            ),
            (
                not (self.smtp_host and self.mail_sender),
                "CAMBIST_SMTP_HOST, CAMBIST_MAIL_SENDER: no way to write to customers",
            ),
            (
                not self.sms_url.get_secret_value(),
                "CAMBIST_SMS_URL: no way to prove a phone",
            ),
            (
                self.reviewer is ReviewedBy.AUTOMATIC,
                "CAMBIST_REVIEWER: only people decide about real customers",
            ),
            (bool(self.failpoint), "CAMBIST_FAILPOINT: only for tests"),
        )

    @property
    def base_url(self) -> str:
        """Give the root of everything served, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def reviews_itself(self) -> bool:
        """Tell whether what nobody need look at is decided without a person: in the sandbox."""
        return self.mode is Mode.SANDBOX and self.reviewer is not ReviewedBy.PERSON

    @property
    def lists(self) -> Path:
        """Give the folder of the sanctions and PEP lists."""
        return self.lists_dir or self.var_dir / "lists"

    @property
    def documents(self) -> Path:
        """Give the folder sealed documents lie in."""
        return self.documents_dir or self.var_dir / "documents"

    @property
    def keys_dir(self) -> Path:
        """Give the folder of seed, public keys and, in the sandbox, the vault's key."""
        return self.var_dir / "keys"

    @property
    def signer_socket(self) -> Path:
        """Give where the signer listens."""
        return self.var_dir / "signer.sock"
