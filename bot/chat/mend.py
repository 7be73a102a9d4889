"""What the buttons below an ill feed do: show another, look for it, try it again, move, hide or remove it."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat.curate import Changed, shown
from bot.chat.reader import Reader
from bot.chat.scout import Scout
from bot.chat.words import refused
from bot.feed import Feed
from bot.feeds.health import Ailment, Found, Remedy, ailment, answered, view_of
from bot.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is the matter with a feed for which another address was found `at` a time, with the draft of that."""

    ailment: Ailment
    draft: int
    at: datetime


class Mender:
    """Does what a moderator chose, through the `scout` who looks at feeds and the curator who changes them."""

    def __init__(self, scout: Scout, *, clock: Clock) -> None:
        self.scout = scout
        self._clock = clock

    async def mend(self, remedy: str, feed_id: int, extra: int | None, reader: Reader, *, by: str) -> Changed | Answer:
        """Do something about a feed; `extra` is another feed, or the draft to use; raises RefusedError."""
        scope, name = reader.scope, str(feed_id)
        match remedy:
            case Remedy.OTHER:
                return await self.scout.curator.resume(str(extra), scope, by=by)
            case Remedy.RETRY:
                return await self.scout.curator.resume(name, scope, by=by)
            case Remedy.PAUSE:
                return await self.scout.curator.pause(name, scope, by=by)
            case Remedy.REMOVE:
                return await self.scout.curator.remove(name, scope, by=by)
            case Remedy.LOOK:
                return await self._look(await self.scout.curator.named(name, scope), scope, by)
            case Remedy.USE if extra is not None:
                feed = await self.scout.curator.named(name, scope)
                return await self.scout.use(feed, extra, scope, by=by, channel=reader.channel)
        raise refused("other-release")

    async def _look(self, feed: Feed, scope: str, by: str) -> Answer:
        """Look for a feed that fails where its site names it."""
        now, others = self._clock(), await self.scout.curator.listed(scope)
        ill = ailment(feed, others, None, now=now, view=view_of(feed))
        if ill is None:  # somebody, or its site, was faster
            raise refused("feed-works-again", feed=shown(feed))
        draft, report = await self.scout.search(feed, scope, by=by)
        found = Found(count=len(report.entries), newest=report.newest)
        return Answer(ailment=answered(ill, found), draft=draft, at=now)
