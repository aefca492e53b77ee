"""Decide which URLs may be reached at all, read by one strict grammar of our own."""

import re
from dataclasses import dataclass

import idna

from cambist.ports.egress import EgressRefusedError, RefusalReason

URL_LENGTH_MAX = 2_048
HOST_LENGTH_MAX = 253
PORTS = frozenset({443, 8443})
DEFAULT_PORTS = {"https": 443, "http": 80}
# Names that never mean a host on the internet (RFC 6761, RFC 6762, RFC 7686, RFC 8375 and habit).
LOCAL_SUFFIXES = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "in-addr.arpa",
    "ip6.arpa",
    "onion",
    "test",
    "invalid",
)

_URL = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<authority>[^/?#]*)"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
    r"(?P<query>\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
_HOST_PORT = re.compile(r"(?P<host>\[[0-9a-f:.]{2,45}\]|[^:\[\]]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """Hold an allowed URL in parts; `host` is ASCII, `exempt` means its origin is listed exactly.

    An exempt target is one of our own: its addresses are not held against the deny list.
    """

    scheme: str
    host: str
    port: int
    path: str
    exempt: bool

    @property
    def origin(self) -> str:
        """Write the origin as browsers do, without the scheme's own port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Write the Host header's value."""
        if self.port == DEFAULT_PORTS[self.scheme]:
            return self.host
        return f"{self.host}:{self.port}"


def parse(
    url: str, allowed_origins: frozenset[str] = frozenset(), ports: frozenset[int] = PORTS
) -> Target:
    """Read a URL: https, a public-looking name, a port of the list, nothing clever anywhere.

    An origin listed in `allowed_origins`, letter by letter, may also be http, an address or on
    another port.

    Raises:
        EgressRefusedError: any other URL.
    """
    match = _URL.fullmatch(url) if len(url) <= URL_LENGTH_MAX else None
    if match is None:
        raise EgressRefusedError(_form_fault(url))
    scheme, authority = match["scheme"], match["authority"]
    if scheme not in DEFAULT_PORTS:
        raise EgressRefusedError(RefusalReason.SCHEME)
    if "@" in authority:
        raise EgressRefusedError(RefusalReason.USERINFO)
    parts = _HOST_PORT.fullmatch(authority)
    if parts is None:
        raise EgressRefusedError(RefusalReason.HOST)
    port = int(parts["port"]) if parts["port"] else DEFAULT_PORTS[scheme]
    path = (match["path"] or "/") + (match["query"] or "")
    listed = Target(scheme, parts["host"], port, path, exempt=True)
    if listed.origin in allowed_origins:
        return listed
    if scheme != "https":
        raise EgressRefusedError(RefusalReason.SCHEME)
    if port not in ports:
        raise EgressRefusedError(RefusalReason.PORT)
    return Target(scheme, _public_name(parts["host"]), port, path, exempt=False)


def _form_fault(url: str) -> RefusalReason:
    """Find the best word for a URL the grammar does not know; it is refused in any case."""
    return RefusalReason.FORM if url.lower().startswith("https://") else RefusalReason.SCHEME


def _public_name(host: str) -> str:
    """Return the ASCII form of a host name.

    Addresses in any notation, single labels, local names and look-alike characters are refused.
    """
    name = host.lower() if host.isascii() else _encoded(host)
    labels = name.split(".")
    if len(name) > HOST_LENGTH_MAX or len(labels) < 2:
        raise EgressRefusedError(RefusalReason.HOST)
    if not all(_LABEL.fullmatch(label) for label in labels) or not labels[-1][0].isalpha():
        raise EgressRefusedError(RefusalReason.HOST)
    if any(name == suffix or name.endswith("." + suffix) for suffix in LOCAL_SUFFIXES):
        raise EgressRefusedError(RefusalReason.HOST)
    return name


def _encoded(host: str) -> str:
    """Encode an international name (IDNA 2008).

    Nothing is mapped first, so circled digits, full-width dots and the like are refused.
    """
    try:
        return ".".join(idna.alabel(label).decode("ascii") for label in host.split("."))
    except (idna.IDNAError, UnicodeError):
        raise EgressRefusedError(RefusalReason.HOST) from None
