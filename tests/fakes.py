"""Stand-ins for the outside, with the same methods, and small builders of values for the tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from bot.errors import DeliveryError, FetchError, ParseError
from bot.feed import Entry, Feed, FeedSpec, FeedState, Fetched, Notice, ParsedFeed, Trip
from bot.model import (
    CATALOGUE,
    Article,
    Delivery,
    Digest,
    Kind,
    Language,
    Newsroom,
    Section,
    Story,
    Subscription,
    Topic,
    Window,
    Wish,
)
from bot.ports import Vectors
from bot.store import articles as article_rows
from bot.store import candidates as candidate_rows
from bot.store import stories as story_rows
from bot.store import vectors as vector_rows
from bot.store.candidates import Limits
from bot.store.database import Store
from bot.store.schema import articles as rows
from bot.stories.entities import Entity, Lexicon
from bot.stories.likeness import Likeness
from bot.stories.marks import Marker
from bot.stories.meanings import Meanings
from bot.stories.wordbook.cedict import Cedict
from bot.text import language_of, terms
from bot.watch import Alert

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SCMP = Newsroom(name="SCMP", language=Language.EN, kind=Kind.PRESS)
REUTERS = Newsroom(name="Reuters", language=Language.EN, kind=Kind.PRESS)
ITHOME = Newsroom(name="ITHome", language=Language.ZH, kind=Kind.PRESS)
KR36 = Newsroom(name="36Kr", language=Language.ZH, kind=Kind.PRESS)
NVIDIA = Newsroom(name="Nvidia", language=Language.EN, kind=Kind.COMPANY)
TECHMEME = Newsroom(name="Techmeme", language=Language.EN, kind=Kind.AGGREGATOR)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time it was set to."""
        return self.now

    def advance(self, **by: float) -> None:
        """Move on by hours, minutes, days ..."""
        self.now += timedelta(**by)


class FakeFetcher:
    """Answers from a dictionary of URLs; an exception there is raised. Remembers what it was asked."""

    def __init__(self, pages: Mapping[str, Fetched | FetchError]) -> None:
        self.pages = dict(pages)
        self.asked: list[tuple[str, str | None, str | None]] = []

    async def fetch(
        self, url: str, *, etag: str | None = None, modified: str | None = None, trip: Trip | None = None
    ) -> Fetched:
        """The page that stands in the dictionary."""
        del trip
        self.asked.append((url, etag, modified))
        page = self.pages.get(url) or FetchError("missing", f"There is nothing at {url}.")
        if isinstance(page, FetchError):
            raise page
        return page


class FakeParser:
    """Reads a body of lines, each a guid and a title, as a feed published now.

    `guid@2026-06-01T00:00Z title` is published then, `guid@ title` has no time; a body with a tag is no feed.
    """

    async def parse(self, fetched: Fetched, *, zone: str | None, now: datetime) -> ParsedFeed:
        """Read the lines."""
        del zone
        body = (fetched.body or b"").decode()
        if "<" in body:
            raise ParseError("not-a-feed", "There is a web page instead of a feed.")
        return ParsedFeed(
            title="A feed", language="en", entries=tuple(self._entry(line, now) for line in body.splitlines())
        )

    def _entry(self, line: str, now: datetime) -> Entry:
        name, title = line.split(" ", 1)
        guid, dated, time = name.partition("@")
        published = (datetime.fromisoformat(time) if time else None) if dated else now
        return Entry(guid=guid, title=title, link=f"https://example.com/{guid}", published=published)


class FakeEmbedder:
    """Vectors from shared words, so that likeness is visible in the test."""

    name = "fake"

    def beside(self, cpu: object) -> "FakeEmbedder":
        """It needs no thread."""
        del cpu
        return self

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Count the terms of each text."""
        made = np.full((len(texts), 256), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for term in terms(text):
                made[row, sum(term.encode()) % 256] += 1
        return made / np.linalg.norm(made, axis=1, keepdims=True)


class CircleEmbedder(FakeEmbedder):
    """Vectors on a circle: a text lies at the degrees it begins with, so that 0 and 60 have a cosine of one half."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Read the degrees of each text."""
        return np.stack([toward(float(text.split()[0])) for text in texts])


def toward(degrees: float) -> NDArray[np.float32]:
    """A unit vector on the circle."""
    angle = np.radians(degrees)
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


BY_MEANING = Likeness(encoder="fake", threshold=0.0, share=0.15, offset=0.0, weights={"meaning": (20.0, 0.75, 1.0)})
"""The encoder's cosine alone decides: likeness is 0 at 0.75, the most from 0.95 on, the least from 0.55 down."""


def marker(*entities: Entity) -> Marker:
    """Reads articles with these names and an empty dictionary."""
    lexicon, meanings = Lexicon(entities), Meanings([], Cedict([], ()))
    return Marker(lexicon, lambda: meanings)


class FakeMessenger:
    """Keeps what was delivered; fails while `refusing` is set."""

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self.alerts: list[Alert] = []
        self.notices: list[Notice] = []
        self.refusing = False

    def reaches(self, channel: str) -> bool:
        """Any but one that is said to be elsewhere."""
        return channel != "elsewhere"

    async def deliver(self, delivery: Delivery) -> str:
        """Keep it, or refuse it."""
        if self.refusing:
            raise DeliveryError("The channel cannot be reached.")
        self.sent.append(delivery)
        return f"message-{len(self.sent)}"

    async def alert(self, alert: Alert) -> str:
        """Likewise."""
        if self.refusing:
            raise DeliveryError("The channel cannot be reached.")
        self.alerts.append(alert)
        return f"alert-{len(self.alerts)}"

    async def notice(self, notice: Notice) -> str:
        """Likewise."""
        if self.refusing:
            raise DeliveryError("The channel cannot be reached.")
        self.notices.append(notice)
        return f"notice-{len(self.notices)}"


def article(
    id: str,  # noqa: A002  # the field's own name
    title: str = "SMIC raises prices of its mature nodes",
    *,
    newsroom: Newsroom = SCMP,
    published: datetime = NOW,
    seen: datetime | None = None,
    scope: str = CATALOGUE,
    **said: object,
) -> Article:
    """An article with an address of its own."""
    given = {
        "link": f"https://example.com/{id}",
        "link_key": f"example.com/{id}",
        "summary": "",
        "title_language": language_of(title),
        "relevant": True,
    }
    return Article(
        id=id,
        scope=scope,
        title=title,
        newsroom=newsroom,
        published_at=published,
        first_seen_at=seen or published,
        **(given | said),  # type: ignore[arg-type]
    )


def story(*articles: Article, id: str = "s1", topic: Topic | None = None) -> Story:  # noqa: A002  # the field's own name
    """A story of these articles."""
    return Story(id=id, articles=articles, topic=topic)


async def settle(store: Store, *articles: Article) -> None:
    """Keep articles in the stories they say they are in, as polling and grouping would have."""
    await store.write(_settle, articles)


def _settle(connection: Connection, articles: Sequence[Article]) -> None:
    article_rows.keep(connection, [(each.id, each) for each in articles], feed_id=None)
    begun = {each.story_id: (each.story_id, each.scope, each.first_seen_at) for each in reversed(articles)}
    known = story_rows.by_id(connection, list(begun))
    story_rows.begin(connection, [row for name, row in begun.items() if name not in known])
    fields = ("story_id", "topic", "relevant", "original_id")
    numbers = {row.id: row.number for row in connection.execute(select(rows.c.id, rows.c.number))}
    placed = {numbers[each.id]: {name: getattr(each, name) for name in fields} for each in articles}
    article_rows.place(connection, placed)


def wish(
    *,
    at: str = "08:00",
    zone: str = "America/New_York",
    language: Language = Language.EN,
    size: int = 15,
) -> Wish:
    """A wish for a digest at eight in New York."""
    return Wish(local_time=time.fromisoformat(at), zone=zone, language=language, size=size)


def subscription(
    *,
    at: str | time = "08:00",
    zone: str = "America/New_York",
    created: datetime = NOW - timedelta(days=1),
    language: Language = Language.EN,
    size: int = 15,
) -> Subscription:
    """A channel that wishes its digest at eight in New York."""
    return Subscription(
        id=1,
        channel="c1",
        local_time=time.fromisoformat(at) if isinstance(at, str) else at,
        zone=zone,
        language=language,
        size=size,
        created_at=created,
    )


def digest(
    *sections: Section,
    language: Language = Language.EN,
    day: date = date(2026, 6, 8),
    next_at: datetime | None = None,
    **counts: int,
) -> Digest:
    """A digest of the day before NOW, for New York."""
    given = {"stories": 0, "articles": 0, "feeds": 74}
    return Digest(
        language=language,
        zone="America/New_York",
        local_date=day,
        window=Window(start=NOW - timedelta(days=1), end=NOW),
        sections=sections,
        next_at=next_at,
        **(given | counts),
    )


def feed_spec(url: str = "https://example.com/feed", **said: object) -> FeedSpec:
    """A feed as feeds.yaml would have it."""
    given = {"title": "A feed", "newsroom": SCMP}
    return FeedSpec(url=url, **(given | said))  # type: ignore[arg-type]


def feed(number: int = 1, *, state: FeedState | None = None, **said: object) -> Feed:
    """A feed that is polled."""
    return Feed(
        id=number,
        scope=CATALOGUE,
        origin="file",
        spec=feed_spec(**said),  # type: ignore[arg-type]
        state=state or FeedState(next_poll_at=NOW),
    )


def page(body: str, **said: object) -> Fetched:
    """What a server answers with a body of lines."""
    return Fetched(url="https://example.com/feed", body=body.encode(), **said)  # type: ignore[arg-type]


class ExactNearest:
    """What is near in meaning, from every stored vector of a model; nothing is kept between two questions."""

    is_begun = True

    def __init__(self, store: Store, model: str = FakeEmbedder.name) -> None:
        self._store = store
        self._model = model

    async def refresh(self) -> None:
        """There is nothing to bring in."""

    async def find(
        self,
        asked: NDArray[np.float32],
        *,
        count: int,
        scope: str,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        """The nearest that a scope may see and that were published within a time."""
        numbers = await self._store.read(candidate_rows.passing, Limits(scope=scope, since=since, until=until), 9999)
        near = await self.likeness(asked, numbers)
        return sorted(near.items(), key=lambda each: (-each[1], each[0]))[:count]

    async def likeness(self, asked: NDArray[np.float32], numbers: Sequence[int]) -> dict[int, float]:
        """The cosine of those that have a vector."""
        known, vectors = await self._store.read(vector_rows.of, self._model, numbers)
        return dict(zip(known, (vectors @ asked).tolist(), strict=True)) if known else {}
