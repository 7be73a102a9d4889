"""What moderators do to the feeds read in their server: their own ones, and what of the catalogue they do not see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.render.safe import plain
from bot.chat.words import refused
from bot.curation import Act, Deed, Undo, Undone
from bot.feed import Feed
from bot.feeds import clean
from bot.model import CATALOGUE
from bot.ports import Clock
from bot.store import acts
from bot.store import feeds as rows
from bot.store.database import Store

MOST_FEEDS = 50
"""How many feeds one server may have of its own: each costs every poll."""

_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A feed as it was before it was changed, and what was written down of that; no act where it was so already."""

    feed: Feed
    act: Act | None


class Curator:
    """Changes the feeds of one server, and undoes it; the catalogue's stay as they are for all others."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def listed(self, scope: str) -> list[Feed]:
        """Every feed a server is told of."""
        return await self._store.read(rows.seen_by, scope)

    async def remove(self, name: str, scope: str, *, by: str) -> Changed:
        """Stop reading a feed this server added; raises RefusedError for one of the catalogue."""
        feed = await self.own(name, scope, "catalogue-feed")
        return await self.change(feed, {"removed": True}, scope, Deed.REMOVE, by)

    async def pause(self, name: str, scope: str, *, by: str) -> Changed:
        """Stop reading this server's own feed for a while, or hide one of the catalogue from this server."""
        feed = await self.named(name, scope)
        if feed.scope == CATALOGUE:
            return await self.change(feed, {"muted": True}, scope, Deed.HIDE, by)
        return await self.change(feed, {"paused": True}, scope, Deed.PAUSE, by)

    async def resume(self, name: str, scope: str, *, by: str) -> Changed:
        """Read or show a feed again, also one that polling had given up."""
        feed = await self.named(name, scope)
        if feed.scope == CATALOGUE:
            return await self.change(feed, {"muted": False}, scope, Deed.SHOW, by)
        return await self.change(feed, {"paused": False, "off": False}, scope, Deed.RESUME, by)

    async def rename(self, name: str, title: str, scope: str, *, by: str) -> Changed:
        """Call a server's own feed otherwise, and its newsroom too where that is called after the feed."""
        feed = await self.own(name, scope, "catalogue-own")
        called = clean.plain(title, _NAME)
        if not called:
            raise refused("no-title")
        to = {"title": called} | ({"newsroom": called} if feed.spec.newsroom.name == feed.spec.title else {})
        return await self.change(feed, to, scope, Deed.RENAME, by)

    async def set(self, name: str, to: Mapping[str, object], scope: str, *, by: str) -> Changed:
        """Change what is known of a server's own feed: `language`, `kind`, `topics`, `zone`, `mixed`."""
        feed = await self.own(name, scope, "catalogue-own")
        if not to:
            raise refused("nothing-to-set")
        return await self.change(feed, to, scope, Deed.SET, by)

    async def undo(self, act_id: int | None, scope: str, *, by: str, moderates: bool = True) -> Undone:
        """Undo an act, the last one by default; raises RefusedError. Who does not moderate undoes their own alone."""
        if act_id is None:
            last = await self.log(scope, 1, standing=True)
            act_id = last[0][0].id if last else 0
        made = await self._store.read(acts.one, act_id, scope)
        if made is None:
            raise refused("nothing-to-undo")
        if not moderates and made.made_by != by:
            raise refused("not-your-act")
        if made.before.get("removed") is False:
            check_room(await self.listed(scope), scope)
        undone = await self._store.write(acts.undo, act_id, scope=scope, by=by, now=self._clock())
        if undone is None or undone.outcome is Undo.ALREADY:
            raise refused("undone-already")
        if undone.outcome is Undo.OVERTAKEN:
            raise refused("act-overtaken", feed=plain(made.feed, _NAME))
        return undone

    async def log(self, scope: str, most: int, *, standing: bool = False) -> list[tuple[Act, int]]:
        """The last acts of a server, the newest first, each with how many were made at once."""
        found = await self._store.read(acts.latest, scope, most, standing=standing)
        sizes = await self._store.read(acts.sizes, [act.batch for act in found if act.batch])
        return [(act, sizes.get(act.batch or 0, 1)) for act in found]

    async def leave(self, scope: str) -> None:
        """Stop reading the own feeds of a server that has removed the bot."""
        await self._store.write(rows.pause_all, scope, self._clock())

    async def change(self, feed: Feed, to: Mapping[str, object], scope: str, deed: Deed, by: str) -> Changed:
        """Change a feed, and write down who did."""
        act = await self._store.write(acts.change, feed.id, to, scope=scope, deed=deed, by=by, now=self._clock())
        return Changed(feed=feed, act=act)

    async def own(self, name: str, scope: str, otherwise: str) -> Feed:
        """A feed that this server added; raises RefusedError for one of the catalogue."""
        feed = await self.named(name, scope)
        if feed.scope == CATALOGUE:
            raise refused(otherwise, feed=shown(feed))
        return feed

    async def named(self, name: str, scope: str) -> Feed:
        """The feed that was chosen from the list (its id), or whose title or address was typed."""
        known = await self.listed(scope)
        wanted = name.strip()
        by_id = [feed for feed in known if str(feed.id) == wanted]
        typed = [feed for feed in known if wanted.casefold() in (feed.spec.title.casefold(), feed.spec.url.casefold())]
        if not (found := by_id or typed):
            raise refused("no-such-feed", feed=plain(name, _NAME))
        return found[0]


def check_room(listed: Sequence[Feed], scope: str) -> None:
    """Raises RefusedError where a server has as many feeds as it may; `listed` are all it is told of."""
    if sum(feed.scope == scope for feed in listed) >= MOST_FEEDS:
        raise refused("too-many-feeds", most=MOST_FEEDS)


def shown(feed: Feed) -> str:
    """A feed's name as it may stand in a message."""
    return plain(feed.spec.title, _NAME)
