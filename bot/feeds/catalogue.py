"""The catalogue: feeds.yaml brought into the store, and feeds looked at, added and removed by command."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.curation import OPERATOR, Deed
from bot.errors import FeedError, InputError, NotFoundError
from bot.feed import Entry, Feed, FeedSpec, Fetched, ParsedFeed, Trip
from bot.feeds.discover import Candidate, declared, usual
from bot.feeds.doctor import Look, facts_of, remarks_of
from bot.feeds.links import canonical, host_of
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.remarks import Remark, newest
from bot.feeds.troubles import here, sentence, unfetched
from bot.model import CATALOGUE, Kind, Language, Newsroom
from bot.phrases import plural
from bot.ports import Clock, Fetcher, Parser
from bot.store import acts
from bot.store import feeds as feed_rows
from bot.store.database import Store
from bot.text import language_of

log = structlog.get_logger()

_AT_ONCE = 8
"""How many feeds are looked at side by side: a few, since nothing waits for the answers."""

_NO_FEED = frozenset({"html", "not-a-feed"})
"""The troubles of an address where a site answers, and not with a feed."""

_NOT_THERE = _NO_FEED | {"missing", "gone", "empty"}
"""The troubles after which another place of the same site may be asked."""


_AGAIN = (
    ("; it will be tried again by itself.", "; please try again later."),
    ("，之后会自动重试。", "，请稍后再试。"),
)
"""What polling promises of a feed that is read, and what to say of one that is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one look at a feed found: `status` is "ok" or the code of the trouble that `reason` explains.

    `remarks` are what is odd about a feed that can be read all the same, the most telling first; `facts` how it was
    found, without secrets. Where a web page came, `declares` are the feeds it names.
    """

    status: str
    reason: str
    url: str = ""
    title: str = ""
    home: str | None = None
    language: Language | None = None
    entries: tuple[Entry, ...] = ()
    remarks: tuple[Remark, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    declares: tuple[Candidate, ...] = ()

    @property
    def verdict(self) -> str:
        """The one word for it: "ok", the code of the first remark, or that of the trouble."""
        return self.remarks[0].code if self.remarks else self.status

    def told(self, reader: Language) -> str:
        """The reason in the language of who asked for the look, which nobody repeats for them."""
        facts: Any = self.facts.get("told", {})
        is_said = reader is Language.EN or "trouble" not in self.facts
        said = self.reason if is_said else sentence(str(self.facts["trouble"]), facts, reader)
        for promise, advice in _AGAIN:
            said = said.replace(promise, advice)
        return said

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
        home=parsed.home,
        language=main_language(parsed.entries),
        entries=parsed.entries,
    )


def main_language(entries: Sequence[Entry]) -> Language:
    """The language most titles are in."""
    counted = Counter(language_of(entry.title) for entry in entries)
    return max(Language, key=lambda language: counted[language])


def twin_of(url: str, feeds: Iterable[Feed]) -> Feed | None:
    """The feed of these that is at an address already, however that is written."""
    wanted = canonical(url)
    return next((feed for feed in feeds if canonical(feed.spec.url) == wanted), None)


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
            return replace(_failed(error), url=place, facts=facts_of(look), declares=_declared(fetched))
        look = Look(place=place, trip=trip, fetched=fetched, parsed=parsed)
        found = report_of(parsed) if parsed else Report(status="ok", reason=sentence("unchanged", {}, Language.EN))
        return replace(found, url=place, remarks=remarks_of(look, now=now), facts=facts_of(look))

    async def find(self, url: str, *, zone: str | None = None) -> Report:
        """Look at a feed, or where a site stands at the address, at its feed.

        A site that declares several feeds is told with them; one that declares none is asked at the usual places, one
        after the other and only until one answers.
        """
        report = await self.look(url, zone=zone)
        if report.status not in _NO_FEED or len(report.declares) > 1:
            return report
        places = [each.url for each in report.declares] or usual(url)
        for place in places:
            found = await self.look(place, zone=zone)
            if found.status == "ok":
                return found
            if found.status not in _NOT_THERE:
                break
        return report

    async def look_at_all(
        self, specs: Sequence[FeedSpec], looked: Callable[[], None], *, within: timedelta | None = None
    ) -> list[Report]:
        """Look at feeds side by side, a few at once, and report in their order; calls `looked` after each.

        What is not looked at `within` a while counts as too slow.
        """
        turns = asyncio.Semaphore(_AT_ONCE)
        until = asyncio.get_running_loop().time() + within.total_seconds() if within else None

        async def one(spec: FeedSpec) -> Report:
            try:
                async with asyncio.timeout_at(until), turns:
                    return await self._look_safely(spec)
            except TimeoutError:
                return _failed(unfetched("too-slow", host=host_of(spec.url)))
            finally:
                looked()

        return await asyncio.gather(*map(one, specs))

    async def _look_safely(self, spec: FeedSpec) -> Report:
        try:
            return await self.look(spec.url, zone=spec.zone)
        except Exception:  # the edge of a batch: whatever one feed does to us, the others are looked at
            log.exception("feed broke the check", feed=spec.url)
            return _failed(here("unexpected"))

    async def add(self, wanted: Wanted) -> Feed:
        """Look at a feed, or at a site for its feed, and add it to the catalogue; raises InputError."""
        if not _is_address(wanted.url):
            raise InputError(f"{wanted.url} is not an address that begins with http:// or https://.", url=wanted.url)
        await self._check_new(wanted.url)
        report = await self.find(wanted.url, zone=wanted.zone)
        if len(report.declares) > 1:
            several = ", ".join(each.url for each in report.declares)
            raise InputError(f"{wanted.url} is a site with several feeds; add one of them: {several}", url=wanted.url)
        if report.status != "ok":
            raise InputError(f"{report.told(Language.EN).removesuffix('.')}; it was not added.", url=wanted.url)
        await self._check_new(report.url)
        spec = self.spec_of(replace(wanted, url=report.url), report)
        await self._store.write(acts.add, spec, scope=CATALOGUE, by=OPERATOR, now=self._clock())
        return await self._named(spec.url)

    def spec_of(self, wanted: Wanted, looked: Report) -> FeedSpec:
        """A feed as it would be added, with what a look at it found."""
        title = looked.title or host_of(wanted.url)
        known = self.known(wanted.url, looked.home)
        newsroom = Newsroom(
            name=known.name if known else title,
            language=wanted.language or (known.language if known else looked.language) or Language.EN,
            kind=wanted.kind,
        )
        return FeedSpec(
            url=wanted.url,
            title=title,
            newsroom=newsroom,
            mixed=wanted.mixed,
            zone=wanted.zone,
            home=looked.home,
        )

    def known(self, url: str, home: str | None) -> Newsroom | None:
        """The newsroom behind a feed, where it is one we know, by the feed's address or its site's."""
        return self._newsrooms.of_host(host_of(url)) or (self._newsrooms.of_host(host_of(home)) if home else None)

    async def remove(self, url: str) -> Feed:
        """Stop reading a feed that a command added; raises NotFoundError, or InputError for one of feeds.yaml."""
        feed = await self._named(url)
        if feed.origin == feed_rows.FROM_FILE:
            raise InputError(f"{url} is listed in feeds.yaml; take it out there.", url=url)
        gone = {"removed": True}
        await self._store.write(
            acts.change, feed.id, gone, scope=CATALOGUE, deed=Deed.REMOVE, by=OPERATOR, now=self._clock()
        )
        return feed

    async def resume(self, url: str) -> Feed:
        """Read a feed again that polling gave up; raises NotFoundError, or InputError for one that it did not."""
        feed = await self._named(url)
        again = {"off": False}
        act = await self._store.write(
            acts.change, feed.id, again, scope=CATALOGUE, deed=Deed.RESUME, by=OPERATOR, now=self._clock()
        )
        if act is None:
            raise InputError(f"{url} is read; `jianbao feeds health` tells how it is.", url=url)
        return feed

    async def _check_new(self, url: str) -> None:
        """Raises InputError for a feed of the catalogue."""
        if twin := twin_of(url, await self.listed()):
            place = "listed in feeds.yaml" if twin.origin == feed_rows.FROM_FILE else "in the catalogue"
            raise InputError(f"{url} is {place} already, as {twin.spec.title}.", url=url)

    async def _named(self, url: str) -> Feed:
        for feed in await self.listed():
            if feed.spec.url == url:
                return feed
        raise NotFoundError(f"{url} is not among the feeds; `jianbao feeds list` shows them.", url=url)

    async def _get(self, place: str, trip: Trip, etag: str | None) -> Fetched:
        if _is_address(place):
            return await self._fetcher.fetch(place, etag=etag, trip=trip)
        return await asyncio.to_thread(_file, Path(place))


def _failed(error: FeedError) -> Report:
    return Report(status=error.code, reason=error.sentence, facts={"trouble": error.key, "told": error.facts})


def _declared(fetched: Fetched | None) -> tuple[Candidate, ...]:
    """The feeds that a page declares which came instead of one."""
    if fetched is None or not fetched.body or not _is_address(fetched.url):
        return ()
    return declared(fetched.body, url=fetched.url, content_type=fetched.content_type)


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _file(path: Path) -> Fetched:
    try:
        return Fetched(url=path.absolute().as_uri(), body=path.read_bytes())
    except OSError as error:
        raise NotFoundError(f"{path} is neither an address nor a file that can be read: {error.strerror}.") from error
