"""A day to a digest: told for a reader, and decided once for each channel and day."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from bot.errors import JianbaoError
from bot.model import CATALOGUE, Digest, Edition, Language, Story, Subscription, Topic, Window
from bot.ports import Clock
from bot.store import editions as edition_rows
from bot.store import feeds as feed_rows
from bot.store import outbox as outbox_rows
from bot.store import subscriptions as subscription_rows
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.byline import Bylines
from bot.stories.choose import (
    Candidate,
    as_everybody_sees,
    candidates,
    on_topic,
    retold,
    sections,
    shown_articles,
    within,
)
from bot.stories.due import due, local_date, may_decide, next_due, widened, window
from bot.stories.entities import Lexicon
from bot.stories.heart import about
from bot.stories.names import Names
from bot.stories.rank import Score, score
from bot.stories.tell import Gloss, unglossed

log = structlog.get_logger()

Fit = Callable[[Digest], Digest]
"""Cuts a digest to what one message holds: what does not fit is not told, and so stays new."""

Glosses = Callable[[Lexicon], Gloss]
"""Gives the gloss that knows some names."""

_FEW = 5
"""With fewer stories than this in a day, a digest without a predecessor covers three days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a channel has seen: in all its editions, or in those before one."""

    subscription_id: int
    before: int | None = None


def _unglossed(lexicon: Lexicon) -> Gloss:
    del lexicon
    return unglossed


class Teller:
    """Tells what the archive holds for some hours, with the names a scope knows; decides and remembers nothing.

    A day of a thousand feeds takes half a second to rank: that is done beside the event loop.
    Newsrooms go by the names that `bylines` gives the reader.
    """

    def __init__(
        self,
        store: Store,
        *,
        names: Names,
        clock: Clock,
        fit: Fit,
        glosses: Glosses = _unglossed,
        bylines: Bylines | None = None,
    ) -> None:
        self._store = store
        self._bylines = bylines or Bylines()
        self._names = names
        self._clock = clock
        self._fit = fit
        self._glosses = glosses

    async def ranked(
        self, hours: Window, *, scope: str, reader: Language, memory: Memory | None = None
    ) -> tuple[list[Candidate], Mapping[str, Story]]:
        """The stories of some hours worth telling, the best first, and all that were touched, by id."""
        stored = await self._store.read(overlay.touched, hours.start, hours.end, scope=scope)
        stories = [self._bylines.story(story, reader) for story in stored]
        ids = [article.id for story in stories for article in story.articles]
        seen = (
            await self._store.read(edition_rows.seen, memory.subscription_id, ids, before=memory.before)
            if memory
            else {}
        )
        lexicon = await self._names.of(scope)

        def rank() -> list[Candidate]:
            said = {story.id: about(as_everybody_sees(story), lexicon) for story in stories}
            found = candidates(stories, seen=seen, now=hours.end, about=said, reader=reader)
            return sorted(found, key=lambda each: not each.story.on_top)

        return await asyncio.to_thread(rank), {story.id: story for story in stories}

    async def digest(
        self,
        wish: Subscription,
        day: date,
        hours: Window,
        *,
        memory: Memory | None = None,
        topic: Topic | None = None,
        next_at: datetime | None = None,
        widen: bool = False,
    ) -> tuple[Digest, Mapping[str, Story]]:
        """The digest of some hours, cut to one message; with `widen` of three days where one has too little."""
        all_ranked, stories = await self.ranked(hours, scope=wish.scope, reader=wish.language, memory=memory)
        widen = widen and len(on_topic(all_ranked, topic)) < _FEW
        if widen:
            hours = widened(hours)
            all_ranked, stories = await self.ranked(hours, scope=wish.scope, reader=wish.language, memory=memory)
        ranked, gloss = on_topic(all_ranked, topic), await self.gloss(wish.scope)
        told = Digest(
            language=wish.language,
            zone=wish.zone,
            local_date=day,
            window=hours,
            stories=len(ranked),
            articles=sum(within(each.story, hours) for each in ranked),
            feeds=await self._store.read(feed_rows.count, scope=wish.scope),
            sections=await asyncio.to_thread(sections, ranked, reader=wish.language, size=wish.size, gloss=gloss),
            next_at=next_at,
            widened=widen,
        )
        return self._fit(told), stories

    async def preview(self, wish: Subscription, at: datetime, *, days: int = 1) -> Digest:
        """The digest of the last days as it would be told to somebody who has seen nothing."""
        hours = Window(start=at - timedelta(days=days), end=at)
        digest, _ = await self.digest(wish, local_date(at, wish.zone), hours)
        return digest

    async def again(self, edition: Edition, language: Language) -> Digest:
        """An edition as a reader of some language would be told it: the same stories under the same numbers."""
        if edition.digest.language is language:
            return edition.digest
        ids = [item.telling.story_id for section in edition.digest.sections for item in section.items]
        until = edition.digest.window.end
        stories = await self._store.read(overlay.known_as, ids, scope=edition.subscription.scope, until=until)
        stories = {known: self._bylines.story(story, language) for known, story in stories.items()}
        told = retold(edition.digest, stories, language, await self.gloss(edition.subscription.scope))
        return self._fit(self._bylines.updates(told))

    async def gloss(self, scope: str) -> Gloss:
        """Renders titles with the names that a scope knows."""
        return self._glosses(await self._names.of(scope))

    async def score(self, story: Story, reader: Language = Language.EN, *, scope: str = CATALOGUE) -> Score:
        """What a story is ranked by now for a reader in a scope, in its parts."""
        china = about(story, await self._names.of(scope)).china
        return score(story, now=self._clock(), china=china, reader=reader)


def _any(channel: str) -> bool:
    del channel
    return True


class Digester:
    """Decides editions that are due and writes them down, outbox and memory with them; sends nothing."""

    def __init__(self, store: Store, teller: Teller, *, clock: Clock) -> None:
        self._store = store
        self._teller = teller
        self._clock = clock
        self._began = clock()

    async def run(self, *, read_at: datetime | None) -> list[Edition]:
        """Decide every edition that is due now; `read_at` is when the last finished reading of the feeds began."""
        return [edition async for edition in self.decided(read_at=read_at)]

    async def decided(
        self, *, read_at: datetime | None, reaches: Callable[[str], bool] = _any
    ) -> AsyncIterator[Edition]:
        """Decide what is due in the channels that somebody `reaches`, one after the other."""
        for subscription in await self._store.read(subscription_rows.active):
            if reaches(subscription.channel) and (edition := await self._decided(subscription, read_at)):
                yield edition

    async def _decided(self, subscription: Subscription, read_at: datetime | None) -> Edition | None:
        """One channel's trouble is not the others'."""
        try:
            return await self._decide(subscription, read_at)
        except JianbaoError as error:
            log.warning("edition not decided", channel=subscription.channel, reason=error.sentence, **error.fields)
        except Exception:  # the edge of a batch: whatever is wrong with one channel, the others get theirs
            log.exception("edition not decided", channel=subscription.channel)
        return None

    async def _decide(self, subscription: Subscription, read_at: datetime | None) -> Edition | None:
        now = self._clock()
        last = await self._store.read(edition_rows.last, subscription.id)
        asked = due(subscription, last[0] if last else None, now)
        if asked is None or not may_decide(asked, now, read_at=read_at, began=self._began):
            return None
        # The newest edition comes late and no other; this day's own may be another process's, which was quicker.
        await self._store.write(outbox_rows.drop, subscription.id, before=asked.day)
        last = await self._store.read(edition_rows.last, subscription.id)
        digest, stories = await self._teller.digest(
            subscription,
            asked.day,
            window(asked.at, last[1] if last else None, read_at or self._began),
            memory=Memory(subscription_id=subscription.id),
            next_at=next_due(subscription, now, asked.day),
            widen=last is None,
        )
        told = shown_articles(digest, stories)
        edition = await self._store.write(edition_rows.decide, subscription, digest, told, parts=1, now=now)
        if edition:
            log.info("edition decided", edition=edition.id, day=asked.day.isoformat(), stories=digest.stories)
        return edition
