"""Let every site be asked by turns, with a pause between two requests, however many of our feeds are there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.feeds.links import host_of

_SHARED_ENDINGS = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})
"""What stands before a country's ending and belongs to nobody: com.cn, co.uk, org.hk."""

_COUNTRY = 2


def site_of(url: str) -> str:
    """Who is asked: the part of a host's name that somebody registered, so that a.example.com and b.example.com queue.

    Without the list of public suffixes, on purpose: to queue two sites together that are not one only takes longer.
    """
    host = host_of(url)
    labels = host.split(".")
    if labels[-1].isdigit():  # the end of an IPv4 address
        return host
    is_shared = len(labels[-1]) == _COUNTRY and labels[-2:-1] != [] and labels[-2] in _SHARED_ENDINGS
    return ".".join(labels[-3 if is_shared else -2 :])


class Turns:
    """The queues of all sites, each served in the order of asking.

    `at_once` requests a site may have, and `spacing` seconds pass between the end of one and the next.
    """

    def __init__(self, *, at_once: int, spacing: float) -> None:
        self._at_once = at_once
        self._spacing = spacing
        self._sites: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, site: str) -> AsyncIterator[None]:
        """Wait until it is our turn at a site, and hold it; it is given on when the pause after it is over."""
        turns = self._sites.setdefault(site, asyncio.Semaphore(self._at_once))
        await turns.acquire()
        try:
            yield
        finally:
            if self._spacing:
                asyncio.get_running_loop().call_later(self._spacing, turns.release)
            else:
                turns.release()
