"""The catalogue: feeds.yaml brought into the store, and feeds looked at, added and removed by command."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import structlog

from bot.errors import FeedError, InputError, NotFoundError
from bot.feed import Entry, Feed, FeedSpec, Fetched, ParsedFeed, Trip
from bot.feeds.doctor import Look, facts_of, remarks_of
from bot.feeds.links import host_of
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.remarks import Remark, newest
from bot.feeds.troubles import here, sentence
from bot.model import CATALOGUE, Kind, Language, Newsroom
from bot.phrases import plural
from bot.ports import Clock, Fetcher, Parser
from bot.store import feeds as feed_rows
from bot.store.database import Store
from bot.text import language_of

log = structlog.get_logger()

_AT_ONCE = 8
"""How many feeds are looked at side by side: a few, since nothing waits for the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one look at a feed found: `status` is "ok" or the code of the trouble that `reason` explains.

    `remarks` are what is odd about a feed that can be read all the same, the most telling first; `facts` how it was
    found, without secrets.
    """

    status: str
    reason: str
    title: str = ""
    language: Language | None = None
    entries: tuple[Entry, ...] = ()
    remarks: tuple[Remark, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """The one word for it: "ok", the code of the first remark, or that of the trouble."""
        return self.remarks[0].code if self.remarks else self.status

    def remarked(self, reader: Language) -> list[str]:
        """The remarks' sentences."""
        return [sentence(remark.key, remark.facts, reader) for remark in self.remarks]

    @property
    def newest(self) -> datetime | None:
        """When its newest entry was published, where any says so."""
        return newest(self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A feed somebody wants to add, and what they know of it; None is found out."""

    url: str
    language: Language | None = None
    kind: Kind = Kind.PRESS
    mixed: bool = False
    zone: str | None = None


def report_of(parsed: ParsedFeed) -> Report:
    """A readable feed's report."""
    skipped = f", {parsed.skipped} could not be read" if parsed.skipped else ""
    return Report(
        status="ok",
        reason=f"{plural(len(parsed.entries), 'entry', 'entries')}{skipped}.",
        title=parsed.title,
        language=main_language(parsed.entries),
        entries=parsed.entries,
    )


def main_language(entries: Sequence[Entry]) -> Language:
    """The language most titles are in."""
    counted = Counter(language_of(entry.title) for entry in entries)
    return max(Language, key=lambda language: counted[language])


class Catalogue:
    """Keeps the list of what is read; polls nothing."""

    def __init__(self, store: Store, *, fetcher: Fetcher, parser: Parser, newsrooms: Newsrooms, clock: Clock) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._newsrooms = newsrooms
        self._clock = clock

    async def sync(self, specs: Sequence[FeedSpec]) -> None:
        """Make the catalogue what feeds.yaml says."""
        await self._store.write(feed_rows.sync, specs, self._clock())

    async def listed(self) -> list[Feed]:
        """Every feed of the catalogue."""
        return await self._store.read(feed_rows.listed)

    async def look(self, place: str, *, zone: str | None = None, etag: str | None = None) -> Report:
        """Fetch and read one feed, or read a file; what is wrong with it is in the report."""
        trip, now = Trip(), self._clock()
        fetched = parsed = None
        try:
            fetched = await self._get(place, trip, etag)
            if fetched.body is not None:
                parsed = await self._parser.parse(fetched, zone=zone, now=now)
        except FeedError as error:
            look = Look(place=place, trip=trip, fetched=fetched, error=error)
            return Report(status=error.code, reason=error.sentence, facts=facts_of(look))
        look = Look(place=place, trip=trip, fetched=fetched, parsed=parsed)
        found = report_of(parsed) if parsed else Report(status="ok", reason=sentence("unchanged", {}, Language.EN))
        return replace(found, remarks=remarks_of(look, now=now), facts=facts_of(look))

    async def look_at_all(self, specs: Sequence[FeedSpec], looked: Callable[[], None]) -> list[Report]:
        """Look at feeds side by side, a few at once, and report in their order; calls `looked` after each."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(spec: FeedSpec) -> Report:
            async with turns:
                report = await self._look_safely(spec)
            looked()
            return report

        return await asyncio.gather(*map(one, specs))

    async def _look_safely(self, spec: FeedSpec) -> Report:
        try:
            return await self.look(spec.url, zone=spec.zone)
        except Exception:  # the edge of a batch: whatever one feed does to us, the others are looked at
            log.exception("feed broke the check", feed=spec.url)
            error = here("unexpected")
            return Report(status=error.code, reason=error.sentence)

    async def add(self, wanted: Wanted) -> Feed:
        """Look at a feed and add it to the catalogue; raises InputError where it cannot be read."""
        url = wanted.url
        if not _is_address(url):
            raise InputError(f"{url} is not an address that begins with http:// or https://.", url=url)
        if any(feed.spec.url == url and feed.origin == feed_rows.FROM_FILE for feed in await self.listed()):
            raise InputError(f"{url} is listed in feeds.yaml already.", url=url)
        report = await self.look(url, zone=wanted.zone)
        if report.status != "ok":
            raise InputError(f"{report.reason.removesuffix('.')}; it was not added.", url=url)
        return await self.take(wanted, report)

    async def take(self, wanted: Wanted, report: Report, *, scope: str = CATALOGUE, by: str | None = None) -> Feed:
        """Add a feed that was looked at, for every server or for one alone."""
        url = wanted.url
        title = report.title or host_of(url)
        known = self._newsrooms.of_host(host_of(url))
        newsroom = Newsroom(
            name=known.name if known else title,
            language=wanted.language or (known.language if known else report.language) or Language.EN,
            kind=wanted.kind,
        )
        spec = FeedSpec(url=url, title=title, newsroom=newsroom, mixed=wanted.mixed, zone=wanted.zone)
        await self._store.write(
            feed_rows.put, spec, origin=feed_rows.FROM_COMMAND, now=self._clock(), scope=scope, by=by
        )
        return await self._named(url, scope=scope)

    async def remove(self, url: str) -> Feed:
        """Stop reading a feed that a command added; raises NotFoundError, or InputError for one of feeds.yaml."""
        feed = await self._named(url)
        if feed.origin == feed_rows.FROM_FILE:
            raise InputError(f"{url} is listed in feeds.yaml; take it out there.", url=url)
        await self._store.write(feed_rows.remove, feed.id, self._clock())
        return feed

    async def _named(self, url: str, *, scope: str = CATALOGUE) -> Feed:
        for feed in await self._store.read(feed_rows.listed, scope=scope):
            if feed.spec.url == url:
                return feed
        raise NotFoundError(f"{url} is not among the feeds; `jianbao feeds list` shows them.", url=url)

    async def _get(self, place: str, trip: Trip, etag: str | None) -> Fetched:
        if _is_address(place):
            return await self._fetcher.fetch(place, etag=etag, trip=trip)
        return await asyncio.to_thread(_file, Path(place))


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _file(path: Path) -> Fetched:
    try:
        return Fetched(url=path.absolute().as_uri(), body=path.read_bytes())
    except OSError as error:
        raise NotFoundError(f"{path} is neither an address nor a file that can be read: {error.strerror}.") from error
