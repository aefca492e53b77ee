"""Decide how litecoind is spoken to as a bitcoin node: names are exchanged, nothing else is.

Debian has no bitcoind, but Litecoin Core 0.21 is a fork of Bitcoin Core 0.21 with its RPC,
transactions, scripts, signatures and blocks. Their regtest networks differ in what a witness
address begins with, the version of a script address and the hash of the first block; key
addresses, private and extended keys are written alike. Each of these names becomes the other
chain's, in what is asked and in what is answered, with its checksum and that of a descriptor
around it; so litecoin's names are refused as another chain's. Two things still show: litecoind
takes script addresses of either chain, and a descriptor's checksum told alone is its own.
"""

import re
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer
from threading import Thread
from typing import Any

import httpx2

from cambist.adapters.chain_families.core_rpc_client import SCAN_TIMEOUT_S
from cambist.adapters.chain_families.encoding import (
    BECH32_ALPHABET,
    base58check_decode,
    base58check_encode,
    segwit_decode,
    segwit_encode,
)
from cambist.adapters.chain_families.networks import UTXO_NETWORKS, Network
from cambist.adapters.chains import bitcoin, litecoin

IDLE_TIMEOUT_S = 30
STOP_POLL_S = 0.05
_PAIR = [UTXO_NETWORKS[chain, Network.REGTEST] for chain in ("bitcoin", "litecoin")]
_GENESIS = [params.genesis[Network.REGTEST] for params in (bitcoin.PARAMS, litecoin.PARAMS)]
_PREFIXES = {one.hrp: other.hrp for one, other in (_PAIR, _PAIR[::-1])}
_VERSIONS = {one.p2sh: other.p2sh for one, other in (_PAIR, _PAIR[::-1])}
_FIRST_BLOCKS = {_GENESIS[0]: _GENESIS[1], _GENESIS[1]: _GENESIS[0]}
_WORDS = re.compile(r"(addr\([0-9A-Za-z]+\))#([02-9ac-hj-np-z]{8})|[0-9A-Za-z]{14,}", re.ASCII)
_SCRIPT_ADDRESS_LENGTHS = range(34, 36)
_PAYLOAD_BYTES = 21
_OWN_HEADERS = frozenset({"connection", "content-length", "host", "keep-alive"})

_DESCRIPTOR_ALPHABET = (
    "0123456789()[],'/*abcdefgh@:$%{}"
    "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
    'ijklmnopqrstuvwxyzABCDEFGH`#"\\ '
)
_DESCRIPTOR_GENERATOR = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)


def exchange_names(text: str) -> str:
    """Write bitcoin's regtest names in a text as litecoin's and the other way round."""
    return _WORDS.sub(_exchange, text)


class BitcoinFront:
    """Stand before the litecoind at `url` as a bitcoin node; its own `url` is the RPC address."""

    def __init__(self, url: str) -> None:
        self._node = httpx2.Client(base_url=url, timeout=SCAN_TIMEOUT_S, trust_env=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Call, self._node))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(STOP_POLL_S,))
        self._thread.start()

    def stop(self) -> None:
        """Take no more calls; the node is left as it is."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._node.close()


class _Call(BaseHTTPRequestHandler):
    """Hand calls of one connection on to the node."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    # An answer leaves in one piece: in two, the second would wait for the first's receipt.
    wbufsize = -1

    def __init__(self, node: httpx2.Client, request: Any, client: Any, server: BaseServer) -> None:
        self._node = node
        super().__init__(request, client, server)

    def do_POST(self) -> None:
        """Ask the node; like it, give no answer when there is none."""
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _OWN_HEADERS}
        try:
            answer = self._node.post(self.path, content=_exchanged(body), headers=headers)
        except httpx2.TransportError:
            self.close_connection = True
            return
        told = _exchanged(answer.content)
        self.send_response_only(answer.status_code, answer.reason_phrase)
        for name, value in answer.headers.multi_items():
            if name.lower() not in _OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing of calls."""


def _exchanged(body: bytes) -> bytes:
    """Exchange names and leave every other byte as it is, whatever its encoding."""
    return exchange_names(body.decode("latin-1")).encode("latin-1")


def _exchange(found: re.Match[str]) -> str:
    if found[1] is None:
        return _other_name(found[0])
    descriptor, seal = str(found[1]), str(found[2])
    other = f"addr({_other_name(descriptor[5:-1])})"
    # A wrong checksum stays as far from the right one, so that the node refuses it.
    resealed = [
        BECH32_ALPHABET[BECH32_ALPHABET.index(given) ^ before ^ after]
        for given, before, after in zip(seal, _seal(descriptor), _seal(other), strict=True)
    ]
    return f"{other}#{''.join(resealed)}"


def _other_name(word: str) -> str:
    if word in _FIRST_BLOCKS:
        return _FIRST_BLOCKS[word]
    prefix = word.lower().partition("1")[0]
    if prefix in _PREFIXES:
        program = segwit_decode(prefix, word)
        if program is None:
            return word
        other = segwit_encode(_PREFIXES[prefix], *program)
        return other.upper() if word.isupper() else other
    payload = base58check_decode(word) if len(word) in _SCRIPT_ADDRESS_LENGTHS else None
    if payload is None or len(payload) != _PAYLOAD_BYTES or payload[0] not in _VERSIONS:
        return word
    return base58check_encode(bytes([_VERSIONS[payload[0]]]) + payload[1:])


def _seal(descriptor: str) -> list[int]:
    """Compute a descriptor's checksum (BIP 380) as places in BECH32_ALPHABET."""
    places = [_DESCRIPTOR_ALPHABET.index(char) for char in descriptor]
    symbols = [place & 31 for place in places]
    # Every three characters are followed by which rows of the alphabet they come from.
    rows = [place >> 5 for place in places]
    woven: list[int] = []
    for start in range(0, len(symbols), 3):
        woven.extend(symbols[start : start + 3])
        group = 0
        for row in rows[start : start + 3]:
            group = group * 3 + row
        woven.append(group)
    state = 1
    for symbol in [*woven, *[0] * 8]:
        top = state >> 35
        state = (state & 0x7FFFFFFFF) << 5 ^ symbol
        for bit, generator in enumerate(_DESCRIPTOR_GENERATOR):
            if top >> bit & 1:
                state ^= generator
    state ^= 1
    return [state >> shift & 31 for shift in range(35, -1, -5)]
