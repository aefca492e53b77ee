"""Decide what each command of the command line does and prints."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_settings import SettingsError

from cambist.adapters.db.embedded_binaries import EmbeddedError
from cambist.bootstrap.bank_verbs import add_bank_verbs
from cambist.bootstrap.staff import add_staff_verbs
from cambist.domain.partners.partners import PartnerKind
from cambist.kernel.errors import DomainError
from cambist.ports.chain import ChainUnavailableError
from cambist.ports.store import StoreUnavailableError
from cambist.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]


def run(arguments: Sequence[str]) -> int:
    """Read the command line, check the settings, run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings()
    except (ValidationError, SettingsError) as error:
        from cambist.bootstrap.doctor import report, settings_faults

        report(settings_faults(error), sys.stderr)
        return 2
    command: Command = options.command
    try:
        return command(options, settings)
    except DomainError as refusal:
        facts = ", ".join(f"{name} {value}" for name, value in refusal.facts.items())
        return _complain(f"refused: {refusal.code.value} {facts}".rstrip())
    except (EmbeddedError, StoreUnavailableError, ChainUnavailableError) as error:
        return _complain(str(error) or "the database cannot be reached")
    except OSError as error:
        return _complain(f"{error.strerror or error}: {error.filename or 'see the settings'}")


def _complain(what: str) -> int:
    print(f"cambist: {what}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cambist", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(verbs, "up", _up, "run the whole sandbox on this machine")
    for name, text in {
        "api": "serve the web",
        "worker": "carry events, deliver callbacks, keep prices, pay out",
        "chainwatch": "follow the chains",
        "signer": "hold the private keys and sign",
    }.items():
        _add(verbs, name, _process, text).set_defaults(part=name)
    _add(verbs, "migrate", _migrate, "bring the database's schema up to date")
    _add(verbs, "doctor", _doctor, "examine settings, database, keys, nodes, prices, clock")
    _add(verbs, "keys", _keys, "make the seed when there is none; write the public keys")
    ledger = _group(verbs, "ledger", "look after the books")
    _add(ledger, "verify", _ledger_verify, "prove the books: sums, history, chain of hashes")
    letters = _group(verbs, "dead-letters", "events set aside after too many failures")
    _add(letters, "list", _letters_list, "list them")
    _add(letters, "requeue", _letters_requeue, "try one again").add_argument("event", type=int)
    callback = _group(verbs, "callback", "messages to merchants")
    redeliver = _add(callback, "redeliver", _redeliver, "send one again")
    redeliver.add_argument("partner", type=UUID)
    redeliver.add_argument("callback", type=UUID)
    _partner_verbs(verbs)
    add_staff_verbs(verbs, _located)
    add_bank_verbs(verbs, _located)
    return parser


def _partner_verbs(verbs: Any) -> None:
    partner = _group(verbs, "partner", "those who work with us")
    register = _add(partner, "add", _partner_add, "register a partner")
    register.add_argument("name")
    kinds = [kind.value for kind in PartnerKind]
    register.add_argument("--kind", default=PartnerKind.MERCHANT.value, choices=kinds)
    integration = _group(verbs, "integration", "a merchant's shops, a broker's one channel")
    add = _add(integration, "add", _integration_add, "add a shop or channel")
    add.add_argument("partner", type=UUID)
    add.add_argument("name")
    add.add_argument("--url", required=True)
    add.add_argument("--fee-percent", default="0.5")
    add.add_argument("--fiat", default="EUR", help="what its limits and reports count in")
    add.add_argument("--callback-url")
    add.add_argument(
        "--every-event", action="store_true", help="call back more than status changes"
    )
    add.add_argument("--standard-webhooks", action="store_true")
    add.add_argument("--embed-origin", action="append", default=[])
    add.add_argument("--lifetime", type=int, default=1_200, help="seconds an order can be paid")
    add.add_argument("--tolerance-percent", default="0")
    add.add_argument("--under", default="keep", choices=("keep", "refund"))
    add.add_argument("--over", default="keep", choices=("keep", "refund"))
    add.add_argument("--late", default="keep", choices=("keep", "complete", "refund"))
    key = _group(verbs, "key", "API keys")
    issue = _add(key, "issue", _key_issue, "make a key; it is shown this once")
    issue.add_argument("partner", type=UUID)
    issue.add_argument("--live", action="store_true")
    issue.add_argument("--signing", action="store_true", help="a key and a private string (btcex)")
    _add(key, "revoke", _key_revoke, "close a key").add_argument("key", type=UUID)


def _group(verbs: Any, name: str, text: str) -> Any:
    group = verbs.add_parser(name, help=text, description=text)
    return group.add_subparsers(required=True, metavar="COMMAND")


def _add(verbs: Any, name: str, command: Command, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    return parser


def _up(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.supervisor import up

    return up(settings)


def _process(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.adapters.faults.kill import arm_kill
    from cambist.adapters.logs import configure_logging
    from cambist.bootstrap import processes

    configure_logging(settings.log_level)
    if settings.failpoint:
        arm_kill(settings.failpoint)
    parts: dict[str, Callable[[Settings], Coroutine[Any, Any, None]]] = {
        "api": processes.run_api,
        "worker": processes.run_worker,
        "chainwatch": processes.run_chainwatch,
        "signer": processes.run_signer,
    }
    with asyncio.Runner(loop_factory=_loop_of(options.part)) as runner:
        own = settings if options.part == "signer" else _located(settings)
        runner.run(parts[options.part](own))
    return 0


def _loop_of(part: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Choose the fast loop for all but the signer, which loads as little as it can."""
    if part == "signer":
        return None
    import uvloop

    return uvloop.new_event_loop


def _migrate(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.adapters.db.migrate import upgrade

    upgrade(_located(settings).database_url)
    return 0


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.doctor import examine, report

    return report(asyncio.run(examine(_with_sandbox_database(settings))))


def _keys(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.adapters.keys import PUBLIC_FILE, prepare_signing_keys

    setups = [node.setup(chain) for chain, node in settings.chains.items()]
    prepare_signing_keys(settings.keys_dir, setups)
    print(f"public keys for the api: {settings.keys_dir / PUBLIC_FILE}")
    return 0


def _ledger_verify(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.tools import verify_ledger

    return asyncio.run(verify_ledger(_located(settings)))


def _letters_list(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.tools import list_dead_letters

    return asyncio.run(list_dead_letters(_located(settings)))


def _letters_requeue(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.tools import requeue_dead_letter

    return asyncio.run(requeue_dead_letter(_located(settings), options.event))


def _redeliver(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.tools import redeliver

    return asyncio.run(redeliver(_located(settings), options.partner, options.callback))


def _partner_add(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.onboarding import add_partner

    return asyncio.run(add_partner(_located(settings), options.name, PartnerKind(options.kind)))


def _integration_add(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.onboarding import add_integration

    return asyncio.run(add_integration(_located(settings), options))


def _key_issue(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.onboarding import issue, issue_signing

    make = issue_signing if options.signing else issue
    return asyncio.run(make(_located(settings), options.partner, live=options.live))


def _key_revoke(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.onboarding import revoke

    return asyncio.run(revoke(_located(settings), options.key))


def _located(settings: Settings) -> Settings:
    """Find the database; without one there is nothing to do."""
    located = _with_sandbox_database(settings)
    if not located.database_url:
        print("cambist: no CAMBIST_DATABASE_URL, and no sandbox is up here", file=sys.stderr)
        raise SystemExit(2)
    return located


def _with_sandbox_database(settings: Settings) -> Settings:
    """Take the sandbox's own database, when it is up and no server is set."""
    from cambist.adapters.db.embedded import running_url

    if settings.database_url:
        return settings
    url = running_url(Path(settings.var_dir) / "postgres") or ""
    return settings.model_copy(update={"database_url": url})
