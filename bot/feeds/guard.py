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
_CLOSED = (
    IPv4Network("192.0.0.0/24"),  # RFC 6890, protocol assignments; 3.11's is_global lets some through
    IPv4Network("192.88.99.0/24"),  # RFC 7526, the withdrawn 6to4 relay
    IPv4Network("168.63.129.16/32"),  # Azure's metadata, on an address that looks public
    IPv6Network("2001::/32"),  # RFC 4380, Teredo hides an IPv4 address
    IPv6Network("3fff::/20"),  # RFC 9637, documentation
)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, whatever disguise it comes in."""
    try:
        bare = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if isinstance(bare, IPv6Address) and bare not in _UNICAST:
        return False
    return bare.is_global and not bare.is_multicast and not any(bare in network for network in _CLOSED)


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
