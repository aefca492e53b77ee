"""Decide how an intent travels to the signer, and what makes two intents the same."""

import hashlib
import json
import re
from uuid import UUID

from cambist.ports.signer import Branch, KeyPath, SpendInput, SpendIntent

INPUTS_MAX = 500
_UNITS = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
_TXID = re.compile(r"(?:0x)?[0-9a-f]{64}|", re.ASCII)
_INDEX_MAX = (1 << 31) - 1
_TEXT_MAX = 120


def intent_to_json(intent: SpendIntent) -> dict[str, object]:
    """Write an intent as plain JSON values; units are decimal strings."""
    return {
        "id": str(intent.id),
        "chain": intent.chain,
        "asset": intent.asset,
        "destination": intent.destination,
        "units": str(intent.units),
        "fee_units": str(intent.fee_units),
        "inputs": [
            {
                "path": _path_to_json(item.path),
                "address": item.address,
                "units": str(item.units),
                "txid": item.txid,
                "vout": item.vout,
            }
            for item in intent.inputs
        ],
        "change": None if intent.change is None else _path_to_json(intent.change),
        "change_units": str(intent.change_units),
        "nonce": intent.nonce,
    }


def intent_from_json(content: object) -> SpendIntent:
    """Read an intent, strictly.

    Raises:
        ValueError: a field is missing, of another type or out of range.
    """
    fields = _object(content)
    inputs = fields.get("inputs")
    if not isinstance(inputs, list) or not 1 <= len(inputs) <= INPUTS_MAX:
        raise ValueError("inputs are missing or too many")
    change, nonce = fields.get("change"), fields.get("nonce")
    return SpendIntent(
        id=UUID(_text(fields, "id")),
        chain=_text(fields, "chain"),
        asset=_text(fields, "asset"),
        destination=_text(fields, "destination"),
        units=_units(fields, "units"),
        fee_units=_units(fields, "fee_units"),
        inputs=tuple(_input_from_json(item) for item in inputs),
        change=None if change is None else _path_from_json(change),
        change_units=_units(fields, "change_units"),
        nonce=None if nonce is None else _number(fields, "nonce"),
    )


def fingerprint(intent: SpendIntent) -> str:
    """Hash everything an intent says; two intents are the same when this is."""
    text = json.dumps(intent_to_json(intent), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _path_to_json(path: KeyPath) -> list[int]:
    return [path.branch.value, path.index]


def _path_from_json(content: object) -> KeyPath:
    match content:
        case [int(branch), int(index)] if 0 <= index <= _INDEX_MAX:
            return KeyPath(Branch(branch), index)
        case _:
            raise ValueError("a key path is malformed")


def _input_from_json(content: object) -> SpendInput:
    fields = _object(content)
    txid = _text(fields, "txid")
    if _TXID.fullmatch(txid) is None:
        raise ValueError("a txid is malformed")
    return SpendInput(
        path=_path_from_json(fields.get("path")),
        address=_text(fields, "address"),
        units=_units(fields, "units"),
        txid=txid,
        vout=_number(fields, "vout"),
    )


def _object(content: object) -> dict[str, object]:
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > _TEXT_MAX:
        raise ValueError(f"{name} is missing or malformed")
    return value


def _units(fields: dict[str, object], name: str) -> int:
    text = _text(fields, name)
    if _UNITS.fullmatch(text) is None:
        raise ValueError(f"{name} is no number of units")
    return int(text)


def _number(fields: dict[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise ValueError(f"{name} is no plain number")
    return value
