"""Lists of feeds brought in, each feed looked at before it is added, and handed out."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.curation import Act, Deed
from bot.feed import FeedSpec
from bot.feeds import opml
from bot.feeds.catalogue import Catalogue, Report, Wanted, twin_of
from bot.feeds.links import canonical
from bot.feeds.opml import Outline
from bot.ports import Clock
from bot.store import acts
from bot.store import feeds as feed_rows
from bot.store.database import Store


class Outcome(StrEnum):
    """What became of one feed of a list."""

    ADDED = "added"
    KNOWN = "known"
    REFUSED = "refused"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One feed of a list, and what became of it; `report` is what a look at it found, where there was one."""

    outline: Outline
    outcome: Outcome
    report: Report | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.outline.title or self.outline.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of every feed of a list; `act` is the first of those that added one, if any was."""

    lines: tuple[Line, ...]
    act: Act | None = None

    def count(self, outcome: Outcome) -> int:
        """How many feeds it became of."""
        return sum(line.outcome is outcome for line in self.lines)


def sorted_out(outlines: Sequence[Outline], known: Sequence[str], room: int | None) -> list[Line]:
    """What becomes of each feed of a list before any is looked at: those that may be added are the ADDED so far.

    `known` are the addresses that are read already, `room` how many feeds may be added, if there is a limit.
    """
    seen, lines = {canonical(url) for url in known}, list[Line]()
    for outline in outlines:
        key, may = canonical(outline.url), sum(line.outcome is Outcome.ADDED for line in lines)
        outcome = Outcome.ADDED if room is None or may < room else Outcome.OVER
        if not outline.url:
            outcome = Outcome.REFUSED
        elif key in seen:
            outcome = Outcome.KNOWN
        seen.add(key)
        lines.append(Line(outline=outline, outcome=outcome))
    return lines


class Lists:
    """Brings lists of feeds in for one scope, and hands its feeds out as a list."""

    def __init__(self, store: Store, catalogue: Catalogue, *, clock: Clock) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock

    async def bring(
        self,
        body: bytes,
        *,
        scope: str,
        by: str,
        channel: str | None = None,
        most: int | None = None,
        within: timedelta | None = None,
        looked: Callable[[], None] = lambda: None,
        begin: Callable[[int], None] = lambda _: None,
    ) -> Imported:
        """Add the feeds of a list that can be read, each article judged; raises ParseError where it is none.

        `most` is how many feeds a scope may have of its own, `within` how long looking may take in all. `begin` is told
        how many are looked at, `looked` of each.
        """
        outlines = await asyncio.to_thread(opml.read, body)
        known = await self._store.read(feed_rows.seen_by, scope)
        room = None if most is None else max(0, most - sum(feed.scope == scope for feed in known))
        lines = sorted_out(outlines, [feed.spec.url for feed in known], room)
        wanted = [line.outline for line in lines if line.outcome is Outcome.ADDED]
        begin(len(wanted))
        specs = [self._spec(each) for each in wanted]
        reports = iter(await self._catalogue.look_at_all(specs, looked, within=within))
        told = [_told(line, next(reports)) if line.outcome is Outcome.ADDED else line for line in lines]
        found = [self._spec(line.outline, line.report) for line in told if line.outcome is Outcome.ADDED]
        taken = await self._store.write(_take, found, scope=scope, by=by, channel=channel, most=most, now=self._clock())
        return Imported(lines=tuple(_kept(line, taken) for line in told), act=next(iter(taken.values()), None))

    async def hand_out(self, scope: str) -> tuple[str, int]:
        """Everything that is read for a scope as a list, and how many feeds that is; what it has hidden is not."""
        seen = [feed.spec for feed in await self._store.read(feed_rows.seen_by, scope) if not feed.muted]
        return opml.written(seen, now=self._clock()), len(seen)

    def _spec(self, outline: Outline, report: Report | None = None) -> FeedSpec:
        """A feed as its list calls it."""
        found = report or Report(status="ok", reason="")
        called = replace(found, title=outline.title or found.title)
        spec = self._catalogue.spec_of(Wanted(url=outline.url, mixed=True), called)
        return replace(spec, topics=outline.topics)


def _told(line: Line, report: Report) -> Line:
    return replace(line, outcome=Outcome.ADDED if report.status == "ok" else Outcome.REFUSED, report=report)


def _kept(line: Line, taken: Mapping[str, Act]) -> Line:
    """What became of a feed that was to be added: another list may have taken the last places meanwhile."""
    is_over = line.outcome is Outcome.ADDED and line.outline.url not in taken
    return replace(line, outcome=Outcome.OVER) if is_over else line


def _take(
    connection: Connection,
    specs: Sequence[FeedSpec],
    *,
    scope: str,
    by: str,
    channel: str | None,
    most: int | None,
    now: datetime,
) -> dict[str, Act]:
    """Add all together, without those that somebody else has added meanwhile; returns the acts by address."""
    known = feed_rows.seen_by(connection, scope)
    room = len(specs) if most is None else max(0, most - sum(feed.scope == scope for feed in known))
    new = [spec for spec in specs if not twin_of(spec.url, known)][:room]
    taken: dict[str, Act] = {}
    for spec in new:
        batch = next(iter(taken.values())).id if taken else None
        taken[spec.url] = acts.add(
            connection, spec, scope=scope, by=by, now=now, deed=Deed.IMPORT, channel=channel, batch=batch
        )
    return taken
