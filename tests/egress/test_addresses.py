"""Pin the deny list: the inside in every disguise, and public addresses that must pass."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.adapters.egress.addresses import (
    DENIED,
    is_denied,
    parse_networks,
    read_address,
)

INSIDE = (
    "0.0.0.1",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
)
OUTSIDE = (
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
)


@pytest.mark.parametrize("text", INSIDE)
def test_the_inside_is_denied(text: str) -> None:
    assert is_denied(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_the_internet_is_not(text: str) -> None:
    assert not is_denied(ipaddress.ip_address(text))


def test_an_operator_can_deny_more() -> None:
    more = parse_networks(["93.184.216.0/24", "2606:4700::/32"])
    assert is_denied(ipaddress.ip_address("93.184.216.34"), more)
    assert is_denied(ipaddress.ip_address("2606:4700::1"), more)
    assert not is_denied(ipaddress.ip_address("93.184.217.34"), more)
    with pytest.raises(ValueError, match="network"):
        parse_networks(["inside"])


@given(
    st.sampled_from(DENIED).flatmap(
        lambda net: st.integers(int(net[0]), int(net[-1])).map(type(net[0]))
    )
)
def test_every_address_of_every_denied_network_is_denied(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert is_denied(address)


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_passes_inside_an_ipv6_one(number: int) -> None:
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::"):
        assert is_denied(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + number))
    assert is_denied(ipaddress.IPv6Address((0x2002 << 112) + (number << 80)))


@given(st.ip_addresses(v=4))
def test_we_deny_at_least_what_the_library_calls_not_global(
    address: ipaddress.IPv4Address,
) -> None:
    # Its list differs between patch versions, so it is a floor here and not the rule.
    assert is_denied(address) or address.is_global


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "0x7f.0.0.1", "127.0.0.01", "fe80::1%lo", "1.1.1.1 "]
)
def test_only_a_plain_address_is_read(text: str) -> None:
    assert read_address(text) is None
