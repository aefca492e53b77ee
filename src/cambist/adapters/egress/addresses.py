"""Decide which addresses are never connected to: our own list, closed by default for IPv6."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# Networks that are not the public internet, or that smuggle an IPv4 address inside an IPv6 one
# (v4-compatible, v4-mapped, NAT64, Teredo within 2001::/23, 6to4). Sources: the IANA special
# purpose registries; 168.63.129.16 is a cloud's host agent on an address that looks public.
DENIED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
# All of IPv6 that is handed out for the internet; the rest is denied without being listed.
GLOBAL_V6 = IPv6Network("2000::/3")


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks the operator denies as well: own public ranges, an own NAT64 prefix.

    Raises:
        ValueError: not a network.
    """
    return tuple(ip_network(text) for text in texts)


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read a resolver's answer; None for anything but a plain address (zones included)."""
    if "%" in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_denied(address: IPv4Address | IPv6Address, more: Iterable[Network] = ()) -> bool:
    """Tell whether an address must not be connected to."""
    if isinstance(address, IPv6Address) and address not in GLOBAL_V6:
        return True
    return any(address in network for network in (*DENIED, *more))
