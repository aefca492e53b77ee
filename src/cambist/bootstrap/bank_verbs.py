"""Decide what an operator can type about the bank: statements, files of payouts, leftovers."""

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from cambist.bootstrap.staff import Located, Verbs
from cambist.domain.market.assets import FIAT
from cambist.domain.payments.rails import Method
from cambist.settings import Settings

NOTE_LENGTH_MAX = 500


def add_bank_verbs(parsers: Any, located: Located) -> None:
    """Add everything that is typed about the bank."""
    bank = Verbs(parsers, located).group("bank", "statements in, payouts out, what fits nothing")
    read = bank.add("import", _import, "book a camt.053 statement; any line once, ever")
    read.add_argument("file", type=Path)
    export = bank.add("export", _export, "write the queued payouts of an account as pain.001")
    banked = [method.value for method in Method if method is not Method.BALANCE]
    export.add_argument("--method", choices=banked, required=True)
    export.add_argument("--currency", choices=[asset.code for asset in FIAT], required=True)
    _out(export)
    bank.add("batches", _batches, "the files written so far, newest first")
    batch = bank.add("batch", _batch, "write a file of payouts again, byte for byte")
    batch.add_argument("batch", type=UUID)
    _out(batch)
    bank.add("work", _work, "what came or went that fits nothing, with orders it may be for")
    resolve = bank.add("resolve", _resolve, "decide on a line of the work list")
    resolve.add_argument("line", type=UUID)
    what = resolve.add_mutually_exclusive_group(required=True)
    what.add_argument("--order", type=_order, metavar="NUMBER|ID", help="it is this order's money")
    what.add_argument(
        "--return",
        dest="send_back",
        action="store_true",
        help="it goes back to the account it came from, in the next file for the bank",
    )
    what.add_argument(
        "--own",
        action="store_true",
        help="it is the house's own: a fee, interest, money put in or taken out; needs --note",
    )
    what.add_argument("--leave", action="store_true", help="it stays in suspense; needs --note")
    resolve.add_argument("--note", type=_note, default="", help="words for the record")


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, help="the file to make; standard output unless told")


def _order(text: str) -> UUID | int:
    if text.isascii() and text.isdigit():
        return int(text[:18])
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError("an order's number or id is expected") from None


def _note(text: str) -> str:
    if len(text) > NOTE_LENGTH_MAX:
        raise argparse.ArgumentTypeError(f"{NOTE_LENGTH_MAX} characters at most")
    return text


async def _import(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.bank_desk import import_file

    return await import_file(settings, options.file)


async def _export(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.bank_desk import export

    return await export(settings, options.method, options.currency, options.out)


async def _batches(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.bank_desk import list_batches

    return await list_batches(settings)


async def _batch(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.bank_desk import show_batch

    return await show_batch(settings, options.batch, options.out)


async def _work(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.bank_desk import list_work

    return await list_work(settings)


async def _resolve(options: argparse.Namespace, settings: Settings) -> int:
    from cambist.bootstrap.bank_desk import resolve, send_back, take_own

    if options.send_back:
        return await send_back(settings, options.line, options.note)
    if options.own:
        return await take_own(settings, options.line, options.note)
    return await resolve(settings, options.line, options.order, options.note)
