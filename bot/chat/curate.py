"""Moderators' feeds: what a server adds for itself, and what of the catalogue it does not want to see."""

from dataclasses import replace

from bot.chat.render.safe import plain
from bot.chat.words import refused
from bot.feed import Feed
from bot.feeds.catalogue import Catalogue, Report, Wanted
from bot.model import CATALOGUE
from bot.ports import Clock
from bot.store import feeds as rows
from bot.store.database import Store

MOST_FEEDS = 50
"""How many feeds one server may add: each costs every poll."""

_NAME = 80


class Curator:
    """Adds, removes, pauses and resumes feeds for one server; the catalogue's stay as they are for all others."""

    def __init__(self, store: Store, catalogue: Catalogue, *, clock: Clock) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock

    async def listed(self, scope: str) -> list[Feed]:
        """Every feed a server is told of."""
        return await self._store.read(rows.seen_by, scope)

    async def look(self, url: str) -> Report:
        """Look at a feed without adding it."""
        return await self._catalogue.look(_address(url))

    async def add(self, wanted: Wanted, *, scope: str, by: str) -> tuple[Feed, Report]:
        """Look at a feed and add it for this server alone; raises RefusedError."""
        known = await self.listed(scope)
        url = _address(wanted.url)
        if twin := next((feed for feed in known if feed.spec.url == url), None):
            raise refused("feed-known", feed=_shown(twin))
        if sum(feed.scope == scope for feed in known) >= MOST_FEEDS:
            raise refused("too-many-feeds", most=MOST_FEEDS)
        report = await self._catalogue.look(url, zone=wanted.zone)
        if report.status != "ok":
            raise refused("feed-unusable", reason=plain(report.reason))
        return await self._catalogue.take(replace(wanted, url=url), report, scope=scope, by=by), report

    async def remove(self, name: str, scope: str) -> Feed:
        """Stop reading a feed this server added; raises RefusedError for one of the catalogue."""
        feed = await self._named(name, scope)
        if feed.scope == CATALOGUE:
            raise refused("catalogue-feed", feed=_shown(feed))
        await self._store.write(rows.remove, feed.id, self._clock())
        return feed

    async def pause(self, name: str, scope: str, *, by: str) -> Feed:
        """Stop reading this server's own feed for a while, or hide one of the catalogue from this server."""
        feed = await self._named(name, scope)
        if feed.scope == CATALOGUE:
            await self._store.write(rows.mute, scope, feed.id, by=by, now=self._clock())
        else:
            await self._store.write(rows.pause, feed.id, self._clock())
        return feed

    async def resume(self, name: str, scope: str) -> Feed:
        """Read or show a feed again."""
        feed = await self._named(name, scope)
        await self._store.write(rows.unmute, scope, feed.id)
        if feed.paused and feed.scope == scope:
            await self._store.write(rows.resume, feed.id, self._clock())
        return feed

    async def leave(self, scope: str) -> None:
        """Stop reading the own feeds of a server that has removed the bot."""
        await self._store.write(rows.pause_all, scope, self._clock())

    async def _named(self, name: str, scope: str) -> Feed:
        """The feed that was chosen from the list (its id), or whose title or address was typed."""
        known = await self.listed(scope)
        wanted = name.strip()
        by_id = [feed for feed in known if str(feed.id) == wanted]
        typed = [feed for feed in known if wanted.casefold() in (feed.spec.title.casefold(), feed.spec.url.casefold())]
        if not (found := by_id or typed):
            raise refused("no-such-feed", feed=plain(name, _NAME))
        return found[0]


def _shown(feed: Feed) -> str:
    return plain(feed.spec.title, _NAME)


def _address(url: str) -> str:
    """What was typed as an address: a bare host is taken to mean https; a file of this machine is never meant."""
    typed = url.strip()
    return typed if typed.startswith(("http://", "https://")) else f"https://{typed}"
