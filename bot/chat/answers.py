"""What a command or button asks for, found and given its look; the same whoever asks, and however often."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import discord

from bot import phrases
from bot.chat import asks
from bot.chat.asks import Ask, Mark
from bot.chat.reader import Reader
from bot.chat.render import digest as digest_look
from bot.chat.render import feeds as feed_look
from bot.chat.render import found as found_look
from bot.chat.render import health as health_look
from bot.chat.render import reasons as reason_look
from bot.chat.render import stories as story_look
from bot.chat.render.digest import Headings
from bot.chat.render.notices import notice
from bot.chat.times import day_of
from bot.chat.words import refused, say
from bot.errors import NotFoundError
from bot.feeds.health import ailments, view_of
from bot.model import A_DIGEST, CATALOGUE, Answer, Digest, Edition, Item, Language, Story, Subscription, Topic, Window
from bot.ports import Clock
from bot.store import articles as article_rows
from bot.store import editions as edition_rows
from bot.store import feeds as feed_rows
from bot.store import questions
from bot.store import subscriptions as subscription_rows
from bot.store.brought import seen_with_brought
from bot.store.database import Store
from bot.stories import overlay
from bot.stories.byline import Bylines
from bot.stories.choose import as_everybody_sees, item, on_topic
from bot.stories.digest import Memory, Teller
from bot.stories.due import at_local, local_date
from bot.stories.reasons import changed
from bot.stories.search.searcher import Searcher
from bot.stories.tell import tell, tell_found
from bot.stories.why import Explainer
from bot.text import fold

_DAY = timedelta(days=1)
_KEPT = timedelta(minutes=1)
_MOST_HITS = 25
_MIDNIGHT = time(0)


class Answers:
    """Answers asks from the archive; changes nothing but the list of questions."""

    def __init__(  # noqa: PLR0913  # what answers are made from
        self,
        store: Store,
        *,
        teller: Teller,
        searcher: Searcher,
        explainer: Explainer,
        bylines: Bylines,
        headings: Headings,
        home: str,
        clock: Clock,
        first: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._store = store
        self._teller = teller
        self._searcher = searcher
        self._explainer = explainer
        self._bylines = bylines
        self._headings = headings
        self._home = home
        self._clock = clock
        self._first = first
        self._recent: dict[tuple[str, Language], tuple[datetime, Sequence[tuple[str, str, str]]]] = {}

    async def view(self, ask: Ask, reader: Reader, *, public: bool = False) -> discord.ui.LayoutView:
        """What an ask shows to a reader; `public` is how it looks when it is posted in the channel.

        Outside of servers there is no channel to post in.
        """
        public = public or reader.scope == CATALOGUE
        match ask:
            case asks.Found():
                view = await self._found(ask, reader, public=public)
            case asks.OneStory():
                view = await self._story(ask, reader, public=public)
            case asks.Reasons():
                view = await self._reasons(ask, reader)
            case asks.Hours():
                view = await self._hours(ask, reader, public=public)
            case asks.HoursList():
                view = await self._list(ask, reader)
            case asks.EditionIn():
                view = await self._edition(ask, reader)
            case asks.EditionList():
                view = await self._whole_edition(ask, reader)
            case asks.Sources():
                view = await self._sources(ask, reader)
            case asks.Health():
                view = await self._health(ask, reader)
        return view

    async def search(self, text: str, reader: Reader) -> discord.ui.LayoutView:
        """The first page of what answers a question."""
        answer = await self._search(_asked(text), reader)
        question = await self._store.write(questions.keep, answer.query, self._clock())
        if reader.scope != CATALOGUE:
            await self._store.write(questions.count, question, reader.scope, self._clock())
        if not answer.hits and (empty := await self._reading(reader)):
            return empty
        return await self._results(answer, asks.Found(question=question), reader, public=reader.scope == CATALOGUE)

    async def digest(self, day: str | None, topic: Topic | None, reader: Reader) -> discord.ui.LayoutView:
        """The digest of the last day, or of a named one, as somebody would get it who has seen nothing."""
        now = self._clock()
        zone = await self._zone(reader)
        if day:
            wanted = day_of(day, local_date(now, zone))
            start = at_local(wanted, _MIDNIGHT, zone)
            hours = Window(start=start, end=min(now, at_local(wanted + _DAY, _MIDNIGHT, zone)))
        else:
            hours = Window(start=now - _DAY, end=now)
        told = await self._digest(hours, topic, reader.language, reader, widen=not day)
        if not told.stories and (empty := await self._reading(reader)):
            return empty
        return digest_look.hours(told, self._headings, topic, public=reader.scope == CATALOGUE)

    async def story(self, typed: str, reader: Reader) -> discord.ui.LayoutView:
        """The card of a story named by its id, else of the one that answers best what was typed."""
        return await self.view(asks.OneStory(story=await self._meant(typed, reader)), reader)

    async def why(self, typed: str, reader: Reader) -> discord.ui.LayoutView:
        """Why the story is here that is named by its id, a hidden one too, else the one that answers best."""
        return await self.view(asks.Reasons(story=await self._meant(typed, reader, hidden=True)), reader)

    async def today(self, reader: Reader) -> date:
        """The date where the reader's digest lives."""
        return local_date(self._clock(), await self._zone(reader))

    async def recent(self, reader: Reader) -> Sequence[tuple[str, str, str]]:
        """The stories of the last two days, the best first: title, id, and the headlines folded to look in.

        Kept for a minute: a menu asks at each letter that is typed.
        """
        now = self._clock()
        kept = self._recent.get((reader.scope, reader.language))
        if kept is None or abs(now - kept[0]) > _KEPT:
            with self._first():  # a menu must be there while one types: long work waits
                ranked, _ = await self._teller.ranked(
                    Window(start=now - 2 * _DAY, end=now), scope=reader.scope, reader=reader.language
                )
            kept = now, [_named(each.story, reader.language) for each in ranked]
            fresh = {whose: known for whose, known in self._recent.items() if abs(now - known[0]) <= _KEPT}
            self._recent = {**fresh, (reader.scope, reader.language): kept}
        return kept[1]

    async def _found(self, ask: asks.Found, reader: Reader, *, public: bool) -> discord.ui.LayoutView:
        text = await self._store.read(questions.one, ask.question)
        if text is None:
            raise refused("gone-question")
        answer = await self._search(text, reader)
        return await self._results(answer, ask, reader, public=public)

    async def _search(self, text: str, reader: Reader, *, limit: int = _MOST_HITS) -> Answer:
        """What answers a question whose dates are those of the reader's zone."""
        zone = ZoneInfo(await self._zone(reader))
        answer = await self._searcher.search(text, limit=limit, scope=reader.scope, zone=zone)
        hits = (replace(hit, story=self._bylines.story(hit.story, reader.language)) for hit in answer.hits)
        return replace(answer, hits=tuple(hits))

    async def _results(self, answer: Answer, ask: asks.Found, reader: Reader, *, public: bool) -> discord.ui.LayoutView:
        gloss = await self._teller.gloss(reader.scope)
        language, stories = reader.language, [hit.story for hit in answer.hits]
        told = await asyncio.to_thread(lambda: {each.id: tell_found(each, language, gloss=gloss) for each in stories})
        now, texts = self._clock(), found_look.offered_texts(answer)
        offered = {text: await self._store.write(questions.keep, text, now) for text in texts}
        zone = ZoneInfo(await self._zone(reader))
        return found_look.found(answer, told, ask, offered, reader.language, zone=zone, public=public)

    async def _story(self, ask: asks.OneStory, reader: Reader, *, public: bool) -> discord.ui.LayoutView:
        story = await self._store.read(overlay.one, ask.story, scope=reader.scope)
        if story is None:
            raise refused("gone-story")
        title = _title(as_everybody_sees(story), reader.language)
        score = await self._teller.score(as_everybody_sees(story), reader.language, scope=reader.scope)
        told = self._bylines.story(story, reader.language)
        return story_look.card(told, title, score, ask, reader.language, public=public)

    async def _reasons(self, ask: asks.Reasons, reader: Reader) -> discord.ui.LayoutView:
        try:
            why = await self._explainer.why(ask.story, scope=reader.scope)
        except NotFoundError as error:
            raise refused("gone-story") from error
        if why.hidden:
            return reason_look.hidden(why, reader.language)
        told = as_everybody_sees(why.story)
        score = await self._teller.score(told, reader.language, scope=reader.scope)
        title, why = (
            _title(told, reader.language),
            changed(why, lambda one: self._bylines.article(one, reader.language)),
        )
        return reason_look.reasons(why, title, score, ask, self._headings[reader.language], reader.language)

    async def _meant(self, typed: str, reader: Reader, *, hidden: bool = False) -> str:
        """The id that was typed, where it is a story's that is seen here, else that of the story that answers best."""
        wanted = typed.strip()
        view = await self._store.read(overlay.seen, [wanted], scope=reader.scope)
        if view.story(wanted, hidden=hidden):
            return wanted
        answer = await self._search(_asked(typed), reader, limit=1)
        if not answer.hits:
            raise refused("gone-story")
        return answer.hits[0].story.id

    async def _hours(self, ask: asks.Hours, reader: Reader, *, public: bool) -> discord.ui.LayoutView:
        told = await self._digest(ask.window, ask.topic, ask.language, reader)
        told = replace(told, widened=bool(ask.widened))
        return digest_look.hours(told, self._headings, ask.topic, public=public)

    async def _list(self, ask: asks.HoursList, reader: Reader) -> discord.ui.LayoutView:
        told = await self._digest(ask.window, ask.topic, reader.language, reader)
        items = await self._items(ask.window, reader, told, topic=ask.topic)
        return story_look.listed(await self._since(ask.window, reader), items, reader.language, ask)

    async def _edition(self, ask: asks.EditionIn, reader: Reader) -> discord.ui.LayoutView:
        edition = await self._known(ask.mark, reader)
        told = await self._teller.again(edition, ask.language)
        menu = digest_look.open_menu(asks.encoded(ask), digest_look.stories_of(told), ask.language)
        return digest_look.view(told, self._headings, [menu])

    async def _whole_edition(self, ask: asks.EditionList, reader: Reader) -> discord.ui.LayoutView:
        edition = await self._known(ask.mark, reader)
        memory = Memory(subscription_id=edition.subscription.id, before=edition.id)
        hours = edition.digest.window
        items = await self._items(hours, reader, edition.digest, memory=memory)
        return story_look.listed(await self._since(hours, reader), items, reader.language, ask)

    async def _sources(self, ask: asks.Sources, reader: Reader) -> discord.ui.LayoutView:
        now = self._clock()
        feeds, brought = await self._store.read(seen_with_brought, reader.scope, now)
        return feed_look.sources(feeds, brought, ask, reader.language, now=now)

    async def _health(self, ask: asks.Health, reader: Reader) -> discord.ui.LayoutView:
        now = self._clock()
        feeds, brought = await self._store.read(seen_with_brought, reader.scope, now)
        found = ailments(feeds, brought, now=now, view=view_of)
        return health_look.health(found, ask, reader.language, now=now)

    async def _known(self, mark: Mark, reader: Reader) -> Edition:
        """The edition a component belongs to; another server's is none of this one's business."""
        edition = await self._store.read(edition_rows.one, mark.edition) if mark.home == self._home else None
        if edition is None or int(edition.decided_at.timestamp()) != mark.at:
            raise refused("gone-edition")
        if edition.subscription.scope != reader.scope:
            raise refused("gone-edition")
        return edition

    async def _digest(
        self, hours: Window, topic: Topic | None, language: Language, reader: Reader, *, widen: bool = False
    ) -> Digest:
        zone = await self._zone(reader)
        wish = _wish(reader, language, zone, self._clock())
        told, _ = await self._teller.digest(
            wish, local_date(hours.end - timedelta(microseconds=1), zone), hours, topic=topic, widen=widen
        )
        return told

    async def _items(
        self, hours: Window, reader: Reader, told: Digest, *, topic: Topic | None = None, memory: Memory | None = None
    ) -> list[Item]:
        """Every story of some hours: those a digest tells under its numbers, then the rest."""
        found, _ = await self._teller.ranked(hours, scope=reader.scope, reader=reader.language, memory=memory)
        places = {item.telling.story_id: item.number for item in digest_look.stories_of(told)}
        ranked = sorted(found, key=lambda each: places.get(each.story.id, len(found) + 1))
        numbered = enumerate(on_topic(ranked, topic), start=1)
        gloss = await self._teller.gloss(reader.scope)
        return [item(number, each, reader.language, gloss) for number, each in numbered]

    async def _since(self, hours: Window, reader: Reader) -> str:
        since = phrases.moment(hours.start, await self._zone(reader), reader.language)
        return say("list-title", reader.language, since=since)

    async def _zone(self, reader: Reader) -> str:
        """The zone of the channel's digest, else of another of the server's, else the guess."""
        here = await self._store.read(subscription_rows.of_channel, reader.channel)
        if here is None and reader.scope != CATALOGUE:
            here = next(iter(await self._store.read(subscription_rows.listed, reader.scope)), None)
        return here.zone if here else reader.zone

    async def _reading(self, reader: Reader) -> discord.ui.LayoutView | None:
        """How far the first reading is, while there is nothing to answer from."""
        if await self._store.read(article_rows.count):
            return None
        feeds = await self._store.read(feed_rows.count, scope=reader.scope)
        unread = await self._store.read(feed_rows.unread, reader.scope)
        return notice(say("archive-empty", reader.language, read=feeds - unread, feeds=feeds))


def _asked(text: str) -> str:
    """What was typed, if it is anything; raises RefusedError."""
    if not text.strip():
        raise refused("empty-query")
    return text


def _named(story: Story, reader: Language) -> tuple[str, str, str]:
    titles = " ".join(article.title for article in story.articles)
    return _title(story, reader), story.id, fold(titles)


def _title(story: Story, reader: Language) -> str:
    return story.title or tell(story, reader).headline.title


def _wish(reader: Reader, language: Language, zone: str, now: datetime) -> Subscription:
    """What a reader would have subscribed to who asks for a digest by hand."""
    return Subscription(
        id=0,
        channel=reader.channel,
        scope=reader.scope,
        local_time=_MIDNIGHT,
        zone=zone,
        language=language,
        size=A_DIGEST,
        created_at=now,
    )
