"""Decide how bytes become addresses: hashes, base58check, bech32 and bech32m."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from Crypto.Hash import RIPEMD160, keccak

BECH32_MAX_LENGTH = 90
BASE58_MAX_LENGTH = 120
BECH32_CONST, BECH32M_CONST = 1, 0x2BC830A3
SEGWIT_WORDS_MIN = 8
SEGWIT_VERSION_MAX = 16

BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUES = {char: value for value, char in enumerate(BASE58_ALPHABET)}
BECH32_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_VALUES = {char: value for value, char in enumerate(BECH32_ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod_row(top: int) -> int:
    row = 0
    for bit, generator in enumerate(_GENERATOR):
        if top >> bit & 1:
            row ^= generator
    return row


_POLYMOD = tuple(_polymod_row(top) for top in range(32))


def sha256d(data: bytes) -> bytes:
    """Hash twice with SHA-256."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def keccak256(data: bytes) -> bytes:
    """Hash with the Keccak that Ethereum and Tron use (not NIST SHA-3)."""
    return keccak.new(data=data, digest_bits=256).digest()


def _openssl_has_ripemd160() -> bool:
    try:
        hashlib.new("ripemd160")
    except ValueError:
        return False
    return True


_FAST_RIPEMD160 = _openssl_has_ripemd160()


def hash160(data: bytes) -> bytes:
    """Hash with SHA-256, then RIPEMD-160 (some OpenSSL builds lack it, hence the second road)."""
    inner = hashlib.sha256(data).digest()
    if _FAST_RIPEMD160:
        return hashlib.new("ripemd160", inner).digest()
    return RIPEMD160.new(inner).digest()


def base58check_encode(payload: bytes) -> str:
    """Write a payload with its four-byte checksum in base58."""
    data = payload + sha256d(payload)[:4]
    number, text = int.from_bytes(data, "big"), []
    while number:
        number, digit = divmod(number, 58)
        text.append(BASE58_ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(text))


def base58check_decode(text: str) -> bytes | None:
    """Read a base58check text, None when a character, the length or the checksum is wrong."""
    if not 0 < len(text) <= BASE58_MAX_LENGTH:
        return None
    number = 0
    for char in text:
        digit = _BASE58_VALUES.get(char)
        if digit is None:
            return None
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    data = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(data) < 5 or sha256d(data[:-4])[:4] != data[-4:]:
        return None
    return data[:-4]


def segwit_encode(hrp: str, version: int, program: bytes) -> str:
    """Write a witness program: bech32 for version 0, bech32m above (BIP 173, BIP 350)."""
    words = [version, *_to_words(program)]
    constant = BECH32_CONST if version == 0 else BECH32M_CONST
    check = _polymod(_hrp_state(hrp), [*words, 0, 0, 0, 0, 0, 0]) ^ constant
    words.extend(check >> shift & 31 for shift in (25, 20, 15, 10, 5, 0))
    return hrp + "1" + "".join([BECH32_ALPHABET[word] for word in words])


def segwit_decode(hrp: str, text: str) -> tuple[int, bytes] | None:
    """Read a witness version and program of one network, None for anything else.

    Mixed case, a wrong checksum kind for the version, non-zero padding and programs of a length
    BIP 141 does not allow are refused.
    """
    if len(text) > BECH32_MAX_LENGTH or not text.isascii():
        return None
    lower = text.lower()
    if text not in (lower, text.upper()) or not lower.startswith(hrp + "1"):
        return None
    try:
        words, is_sealed = segwit_words(hrp, lower[len(hrp) + 1 :])
    except ValueError:
        return None
    if not is_sealed or words[0] > SEGWIT_VERSION_MAX:
        return None
    program = _from_words(words[1:-6])
    if program is None or not 2 <= len(program) <= 40:
        return None
    if words[0] == 0 and len(program) not in (20, 32):
        return None
    return words[0], program


def segwit_words(hrp: str, data: str) -> tuple[list[int], bool]:
    """Read lower-case characters after the separator: version, program and checksum as words.

    Tells as well whether the checksum is the one due for the version (BIP 350).

    Raises:
        ValueError: a character outside BECH32_ALPHABET, or too few for any program.
    """
    words = [_BECH32_VALUES.get(char, -1) for char in data]
    if len(words) < SEGWIT_WORDS_MIN or min(words) < 0:
        raise ValueError("not the words of an address")
    constant = BECH32_CONST if words[0] == 0 else BECH32M_CONST
    return words, _polymod(_hrp_state(hrp), words) == constant


@lru_cache(maxsize=32)
def _hrp_state(hrp: str) -> int:
    return _polymod(1, [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp])


def _polymod(state: int, words: Iterable[int]) -> int:
    for word in words:
        state = (state & 0x1FFFFFF) << 5 ^ word ^ _POLYMOD[state >> 25]
    return state


def _to_words(program: bytes) -> list[int]:
    padding = -len(program) * 8 % 5
    number = int.from_bytes(program, "big") << padding
    return [number >> shift & 31 for shift in range(len(program) * 8 + padding - 5, -1, -5)]


def _from_words(words: list[int]) -> bytes | None:
    size, padding = divmod(len(words) * 5, 8)
    number = 0
    for word in words:
        number = number << 5 | word
    if padding >= 5 or number & ((1 << padding) - 1):
        return None
    return (number >> padding).to_bytes(size, "big")
