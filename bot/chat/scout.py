"""What is fetched for moderators: feeds and sites they name are looked at before anything is added."""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.chat.curate import MOST_FEEDS, Changed, Curator, check_room, shown
from bot.chat.render.safe import code, plain, root_of
from bot.chat.words import refused
from bot.curation import Act, Deed
from bot.feed import Entry, Feed, FeedSpec
from bot.feeds.catalogue import Catalogue, Report, Wanted, twin_of
from bot.feeds.discover import Candidate
from bot.feeds.lists import Imported, Lists
from bot.model import CATALOGUE, Kind, Language
from bot.ports import Clock
from bot.secret import masked
from bot.store import acts, drafts
from bot.store import feeds as rows
from bot.store.database import Store

LOOKS, LISTS = 20, 3
_SPAN = timedelta(minutes=10)
"""How many addresses a server may have looked at in so long, and how many lists: nobody searches a network with us."""

_WAIT = timedelta(minutes=10)
"""How long a list may take: Discord takes the answer for fifteen minutes, and no longer."""

_JUDGED = 50
"""How many of a feed's latest entries tell how much of it is on topic."""

OnTopic = Callable[[str, str], bool]
"""Whether grouping would call an article with this title and excerpt on topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A feed as it would be added; `known` tells whether its newsroom is one we know, `draft` what the button adds.

    `on_topic` of the `judged` latest entries are on topic; `a_day` is how many it brings, None where they do not tell.
    """

    spec: FeedSpec
    known: bool
    report: Report
    on_topic: int
    judged: int
    a_day: float | None
    draft: int | None = None

    @property
    def latest(self) -> list[Entry]:
        """Its entries, the newest first where their times tell."""
        return latest(self.report.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The feeds of a site to choose from, each with its draft."""

    url: str
    candidates: tuple[tuple[int, Candidate], ...]


def latest(entries: Sequence[Entry]) -> list[Entry]:
    """Entries with the newest first; those without a time stay in their order, behind."""
    return sorted(entries, key=lambda entry: -entry.published.timestamp() if entry.published else 0)


def a_day(published: Sequence[datetime], now: datetime) -> float | None:
    """How many articles a day a feed brings by the times of its entries; None where these do not tell."""
    known = sorted(at for at in published if at <= now)
    if len(known) < 2 or known[-1] - known[0] < timedelta(minutes=30):  # noqa: PLR2004  # one batch has no rhythm
        return None
    return (len(known) - 1) / ((known[-1] - known[0]) / timedelta(days=1))


class Budget:
    """How often a server may do something within a while."""

    def __init__(self, most: int, key: str) -> None:
        self._most = most
        self._key = key
        self._spent: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def spend(self, scope: str, now: datetime) -> None:
        """Raises RefusedError where it was done too often."""
        spent = self._spent[scope]
        while spent and now - spent[0] >= _SPAN:
            spent.popleft()
        if len(spent) >= self._most:
            raise refused(self._key, most=self._most, minutes=_SPAN // timedelta(minutes=1))
        spent.append(now)


class Scout:
    """Looks at feeds for a server, and adds them for it alone; the `curator` does what needs no look."""

    def __init__(self, store: Store, catalogue: Catalogue, *, on_topic: OnTopic, clock: Clock) -> None:
        self.curator = Curator(store, clock=clock)
        self._store = store
        self._catalogue = catalogue
        self._lists = Lists(store, catalogue, clock=clock)
        self._on_topic = on_topic
        self._clock = clock
        self._looks = Budget(LOOKS, "too-many-looks")
        self._imports = Budget(LISTS, "too-many-lists")

    async def look(self, url: str, scope: str) -> Preview:
        """Look at a feed without adding it; raises RefusedError where there is none, or several."""
        wanted = Wanted(url=_address(url), mixed=True)
        return self._preview(wanted, _only(await self._found(wanted, scope)))

    async def propose(self, wanted: Wanted, *, scope: str, by: str) -> Preview | Choice:
        """Look at a feed, or at a site for its feeds, before one is added; raises RefusedError."""
        wanted = replace(wanted, url=_address(wanted.url))
        await self._check(wanted.url, scope)
        report = await self._found(wanted, scope)
        if len(report.declares) > 1:
            return await self._choice(wanted, report.declares, scope, by)
        return await self._proposed(wanted, _usable(report), scope, by)

    async def pick(self, draft_id: int, *, scope: str, by: str) -> Preview:
        """Look at one of a site's feeds before it is added; raises RefusedError."""
        draft = await self._drafted(draft_id, scope, by)
        wanted = _wanted(draft.wanted)
        await self._check(wanted.url, scope)
        return await self._proposed(wanted, _only(await self._found(wanted, scope)), scope, by)

    async def add(self, draft_id: int, *, scope: str, by: str, channel: str) -> Changed:
        """Add a feed that was looked at for this server alone; raises RefusedError."""
        draft = await self._drafted(draft_id, scope, by)
        if draft.title is None:
            raise refused("gone-draft")
        found = Report(status="ok", reason="", title=draft.title, language=draft.language, home=draft.home)
        spec = self._catalogue.spec_of(_wanted(draft.wanted), found)
        act = await self._store.write(_added, spec, scope, by, channel, self._clock())
        return Changed(feed=await self.curator.named(str(act.feed_id), scope), act=act)

    async def drop(self, draft_id: int, *, scope: str, by: str) -> None:
        """Forget a feed that was looked at."""
        draft = await self._drafted(draft_id, scope, by)
        await self._store.write(drafts.drop, draft.id, scope)

    async def move(self, name: str, url: str, scope: str, *, by: str) -> Changed:
        """Give a server's own feed a new address, if there is a feed; raises RefusedError."""
        feed = await self.curator.own(name, scope, "catalogue-own")
        wanted = Wanted(url=_address(url), zone=feed.spec.zone)
        others = [each for each in await self.curator.listed(scope) if each.id != feed.id]
        _check_new(wanted.url, others)
        report = _only(await self._found(wanted, scope))
        _check_new(report.url, others)
        return await self.curator.change(feed, {"url": report.url}, scope, Deed.MOVE, by)

    async def search(self, feed: Feed, scope: str, *, by: str) -> tuple[int, Report]:
        """Look where a feed's site names another address for it, and keep that as a draft; raises RefusedError.

        What came instead of the feed may name it, else the site's first page. Where a page declares several, its first
        is looked at: a site names its main feed before those of its sections.
        """
        home = feed.spec.home or root_of(feed.spec.url)
        is_there = feed.state.trouble not in {"gone", "missing"}
        for place in dict.fromkeys((feed.spec.url, home) if is_there else (home,)):
            wanted = Wanted(url=place, language=feed.spec.newsroom.language, kind=feed.spec.newsroom.kind, mixed=True)
            report = await self._found(wanted, scope)
            if len(report.declares) > 1:
                report = await self._found(replace(wanted, url=report.declares[0].url), scope)
            if report.status == "ok" and report.url != feed.spec.url:
                _check_new(report.url, await self.curator.listed(scope))
                return await self._looked(replace(wanted, url=report.url), report, scope, by), report
            if report.status == "ok":
                raise refused("feed-works-again", feed=shown(feed))
        raise refused("no-feed-found", feed=shown(feed))

    async def use(self, feed: Feed, draft_id: int, scope: str, *, by: str, channel: str) -> Changed:
        """Read a feed at an address that was found; one of the catalogue is added there for this server alone."""
        if feed.scope == CATALOGUE:
            return await self.add(draft_id, scope=scope, by=by, channel=channel)
        draft = await self._drafted(draft_id, scope, by)
        return await self.move(str(feed.id), _wanted(draft.wanted).url, scope, by=by)

    async def bring(self, body: bytes, *, scope: str, by: str, channel: str) -> Imported:
        """Add the feeds of a list; raises RefusedError, or ParseError where it is none."""
        self._imports.spend(scope, self._clock())
        return await self._lists.bring(body, scope=scope, by=by, channel=channel, most=MOST_FEEDS, within=_WAIT)

    async def hand_out(self, scope: str) -> tuple[str, int]:
        """What is read in a server as a list, and how many feeds that is."""
        return await self._lists.hand_out(scope)

    async def _found(self, wanted: Wanted, scope: str) -> Report:
        """What is at an address, for a server that has not asked too often."""
        self._looks.spend(scope, self._clock())
        return await self._catalogue.find(wanted.url, zone=wanted.zone)

    async def _check(self, url: str, scope: str) -> None:
        """Raises RefusedError where a server reads a feed already, or has as many as it may."""
        _check_addable(await self.curator.listed(scope), url, scope)

    async def _choice(self, wanted: Wanted, declared: Sequence[Candidate], scope: str, by: str) -> Choice:
        """Those of a site's feeds that are not read here yet; raises RefusedError where all are."""
        known = await self.curator.listed(scope)
        twins = {each: twin_of(each.url, known) for each in declared}
        new = [each for each, twin in twins.items() if twin is None]
        if not new:
            _check_new(declared[0].url, known)
        kept = [(await self._draft(replace(wanted, url=each.url), scope, by), each) for each in new]
        return Choice(url=wanted.url, candidates=tuple(kept))

    async def _proposed(self, wanted: Wanted, report: Report, scope: str, by: str) -> Preview:
        wanted = replace(wanted, url=report.url)
        await self._check(wanted.url, scope)
        return replace(self._preview(wanted, report), draft=await self._looked(wanted, report, scope, by))

    def _preview(self, wanted: Wanted, report: Report) -> Preview:
        judged = latest(report.entries)[:_JUDGED]
        return Preview(
            spec=self._catalogue.spec_of(replace(wanted, url=report.url), report),
            known=self._catalogue.known(report.url, report.home) is not None,
            report=report,
            on_topic=sum(self._on_topic(entry.title, entry.summary) for entry in judged),
            judged=len(judged),
            a_day=a_day([entry.published for entry in report.entries if entry.published], self._clock()),
        )

    async def _looked(self, wanted: Wanted, report: Report, scope: str, by: str) -> int:
        """Keep a feed with what a look at it found."""
        draft = await self._draft(wanted, scope, by)
        await self._store.write(drafts.looked, draft, title=report.title, language=report.language, home=report.home)
        return draft

    async def _draft(self, wanted: Wanted, scope: str, by: str) -> int:
        return await self._store.write(drafts.keep, scope, asdict(wanted), by=by, now=self._clock())

    async def _drafted(self, draft_id: int, scope: str, by: str) -> drafts.Draft:
        draft = await self._store.read(drafts.one, draft_id, scope)
        if draft is None or draft.made_by != by:
            raise refused("gone-draft")
        return draft


def _added(connection: Connection, spec: FeedSpec, scope: str, by: str, channel: str, now: datetime) -> Act:
    """Add a feed unless it, or too many, came meanwhile."""
    _check_addable(rows.seen_by(connection, scope), spec.url, scope)
    return acts.add(connection, spec, scope=scope, by=by, now=now, channel=channel)


def _check_addable(known: Sequence[Feed], url: str, scope: str) -> None:
    _check_new(url, known)
    check_room(known, scope)


def _check_new(url: str, known: Sequence[Feed]) -> None:
    if twin := twin_of(url, known):
        raise refused("catalogue-known" if twin.scope == CATALOGUE else "feed-known", feed=shown(twin))


def _usable(report: Report) -> Report:
    """A report of a feed; raises RefusedError where it cannot be read."""
    if report.status != "ok":
        raise refused("feed-unusable", reason=lambda reader: plain(report.told(reader)))
    return report


def _only(report: Report) -> Report:
    """Likewise, and where a site has several feeds."""
    if len(report.declares) > 1:
        raise refused("several-feeds", feeds=", ".join(code(masked(each.url), 200) for each in report.declares[:5]))
    return _usable(report)


def _wanted(kept: Mapping[str, object]) -> Wanted:
    """What somebody said of a feed, as a draft keeps it."""
    said = dict(kept)
    language, kind = said.pop("language"), said.pop("kind")
    return Wanted(**said, language=Language(language) if language else None, kind=Kind(kind))  # type: ignore[arg-type]


def _address(url: str) -> str:
    """What was typed as an address: a bare host is taken to mean https; a file of this machine is never meant."""
    typed = url.strip()
    return typed if typed.startswith(("http://", "https://")) else f"https://{typed}"
