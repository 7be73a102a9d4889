"""Decide which addresses a feed may lead to, so that nobody reaches the inside network through us.

A check of the URL alone is defeated by a name that changes its answer, so `fetch` asks `is_public` again
about every answer of a name and about the very address each socket connects to.
"""

import ipaddress
import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import yarl

from bot.errors import FetchError
from bot.feeds.troubles import unfetched

LONGEST_URL = 2048
PORTS = frozenset({80, 443, 8080, 8443})

_PRIVATE_NAMES = frozenset({"localhost", "local", "internal", "onion", "lan", "home", "corp", "intranet", "arpa"})
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\xa0\\]|\s")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
_LAST_LABEL_IS_NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$", re.IGNORECASE)

# https://www.iana.org/assignments/ipv6-address-space/: only this block is given out for the open internet.
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
# What https://www.iana.org/assignments/iana-ipv4-special-registry/ and -ipv6- keep from the open internet, and more.
# Not ipaddress's is_global: it differs between the patch releases of Python, and takes multicast for global.
_CLOSED_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' own, and Alibaba's metadata
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's metadata, on an address that looks public
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments, Oracle's metadata; what is reachable in it serves no feeds
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
_CLOSED_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments: Teredo, which hides an IPv4 address, benchmarks, hashes
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),
)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, whatever disguise it comes in."""
    try:
        bare = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if isinstance(bare, IPv4Address):
        return not any(bare in network for network in _CLOSED_V4)
    return bare in _UNICAST and not any(bare in network for network in _CLOSED_V6)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def check_url(url: str, *, allow_private: bool) -> yarl.URL:
    """Read a feed's address once and for all; raises FetchError where a feed may not be."""
    parsed = _parsed(url)
    if parsed.scheme not in {"http", "https"}:
        raise unfetched("forbidden-address.scheme")
    if "@" in parsed.raw_authority:
        raise unfetched("forbidden-address.login")
    host = _host(parsed)
    if not allow_private:
        _check_public(host, parsed.port)
    return parsed


def _parsed(url: str) -> yarl.URL:
    if len(url) > LONGEST_URL:
        raise unfetched("forbidden-address.long", most=LONGEST_URL)
    if _NOT_IN_URLS.search(url):
        raise unfetched("forbidden-address.hidden")
    try:
        return yarl.URL(url)
    except ValueError as error:
        raise unfetched("forbidden-address.unreadable") from error


def _host(url: yarl.URL) -> str:
    host = url.raw_host or ""
    is_name = bool(_HOST.fullmatch(host)) and (_is_ip(host) or not _LAST_LABEL_IS_NUMBER.search(host))
    if not is_name and not _is_ip(host):
        raise unfetched("forbidden-address.host")
    return host


def _check_public(host: str, port: int | None) -> None:
    if port not in PORTS:
        raise unfetched("forbidden-address.port")
    if is_private(host):
        raise private_refusal()


@lru_cache(4096)  # of every feed, several times in every round
def is_private(host: str) -> bool:
    """Whether a host is on no open internet by its number or its name alone; a look-up may still find it so."""
    if _is_ip(host):
        return not is_public(host)
    labels = host.rstrip(".").lower().split(".")
    return len(labels) == 1 or labels[-1] in _PRIVATE_NAMES


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def private_refusal() -> FetchError:
    """The one answer for whatever is not on the open internet; it tells nothing of what is there."""
    return unfetched("forbidden-address")
