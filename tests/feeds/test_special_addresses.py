"""The guard against the registries of special addresses, block by block."""

import ipaddress
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import pytest

from bot.feeds.guard import is_public

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REGISTRY = Path(__file__).parents[1] / "data" / "special_addresses.txt"
BLOCKS: dict[Network, str] = {
    ipaddress.ip_network(line.split()[0]): line.split()[1]
    for line in REGISTRY.read_text("utf-8").splitlines()
    if not line.startswith("#")
}

# Where the guard knows more than the registries: other registries' blocks, and services that serve no feeds.
UNICAST = IPv6Network("2000::/3")  # all that https://www.iana.org/assignments/ipv6-address-space/ gives out
MULTICAST = IPv4Network("224.0.0.0/4")
CLOSED_WHOLE = (IPv4Network("192.0.0.0/24"), IPv6Network("2001::/23"), IPv4Network("168.63.129.16/32"))
HOLDS_IPV4 = {
    IPv6Network("::ffff:0:0/96"): 0,
    IPv6Network("64:ff9b::/96"): 0,
    IPv6Network("2002::/16"): 80,
}
"""By how many bits the IPv4 address inside is shifted; whether one is reachable is asked of that."""


def expected(address: Address) -> bool:
    """What the most specific block of the registries says, and the rules beside them."""
    for holder, shift in HOLDS_IPV4.items():
        if address in holder:
            return expected(IPv4Address(int(address) >> shift & 0xFFFFFFFF))
    if address in MULTICAST or any(address in block for block in CLOSED_WHOLE):
        return False
    if isinstance(address, IPv6Address) and address not in UNICAST:
        return False
    inside = [block for block in BLOCKS if address in block]
    return not inside or BLOCKS[max(inside, key=lambda block: block.prefixlen)] == "yes"


def edges(block: Network) -> Iterator[Address]:
    """The first, the middle and the last address of a block, and its neighbours outside."""
    kind, first, last = type(block.network_address), int(block.network_address), int(block.broadcast_address)
    for number in (first - 1, first, (first + last) // 2, last, last + 1):
        if 0 <= number < 2**block.max_prefixlen:
            yield kind(number)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_the_guard_agrees_with_the_registries(block: Network) -> None:
    """At both ends, in the middle and just outside of every block, also in the blocks that hold IPv4 addresses."""
    for address in edges(block):
        assert is_public(str(address)) is expected(address), address


@pytest.mark.parametrize("block", [block for block in BLOCKS if isinstance(block, IPv4Network)], ids=str)
def test_no_disguise_opens_a_block(block: IPv4Network) -> None:
    """An IPv4 address is as closed inside of an IPv6 one."""
    for address in edges(block):
        number = int(address)
        for disguised in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80 | 1):
            assert is_public(str(IPv6Address(disguised))) is expected(address), IPv6Address(disguised)


def test_the_registries_are_whole() -> None:
    """All their rows, with none twice."""
    assert len(BLOCKS) == 51
    assert {isinstance(block, IPv4Network) for block in BLOCKS} == {True, False}
    assert sum(answer == "no" for answer in BLOCKS.values()) == 33
