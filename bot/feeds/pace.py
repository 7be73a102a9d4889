"""Decide when a feed is asked next and how: often enough to be fresh, never sooner than its server wishes.

Sources of the rules: https://rachelbythebay.com/w/feed/, https://www.earth.org.uk/RSS-efficiency.html and
https://openrss.org/guides/developers-guide-to-open-rss-feeds.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from bot.feed import LONGEST_WAIT, Feed, FeedState
from bot.feeds.guard import is_private
from bot.feeds.links import host_of
from bot.feeds.turns import site_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

LONGEST_WISH = DAY
"""A feed that wishes to be read more seldom is misconfigured more often than meant."""

_JITTER = 0.15
_GROWTH = 1 / 24
_FULL = timedelta(days=7)
_FLOOR = timedelta(minutes=5)
_AFTER_SLEEP = timedelta(minutes=10)
_HELD, _HELD_POLLS = timedelta(hours=48), 3

_PER_SITE = 8
"""With a second between two requests, a round of one site's feeds takes hardly longer than one slow answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often a feed is asked that wishes nothing: between these, by how often it brings something new.

    The slowest is hours, so that a quiet feed costs its host six requests a day and a digest never a day's news.
    """

    fastest: timedelta = timedelta(minutes=15)
    slowest: timedelta = timedelta(hours=4)

    @classmethod
    def minutes(cls, fastest: float, slowest: float) -> Self:
        """Limits in minutes; where the slowest is faster than the fastest, that is the only one."""
        return cls(fastest=timedelta(minutes=fastest), slowest=timedelta(minutes=max(fastest, slowest)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: an address, with the validators of the last answer unless the whole feed is wanted."""

    url: str
    etag: str | None = None
    modified: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the answer cannot be "unchanged"."""
        return not (self.etag or self.modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The feeds that are asked now, those of one site together; and what becomes of feeds that are put off."""

    queues: tuple[tuple[Feed, ...], ...]
    later: Mapping[int, FeedState]


def chance(feed_id: int, now: datetime) -> float:
    """A number from 0 to 1 that is as good as drawn, and the same in every process."""
    drawn = hashlib.sha256(f"{feed_id} {now.isoformat()}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") / 2**32


def earned(pace: float | None, limits: Limits, *, is_new: bool) -> timedelta:
    """The interval a feed has earned: half of the last where it brought something, twice where it did not.

    From an hour on it grows by a twenty-fourth only: 1.4 hours after a night without news, so that the first of the
    morning is read in time, two hours after a day, four after three.
    """
    last = limits.fastest if pace is None else timedelta(seconds=pace)
    slower = min(last * 2, max(HOUR, last * (1 + _GROWTH)))
    return max(limits.fastest, min(limits.slowest, last / 2 if is_new else slower))


def wait(own: timedelta, *wishes: float | None, drawn: float) -> timedelta:
    """The longest of our own interval and what was wished in seconds, and up to a seventh more: feeds drift apart."""
    return max([own, *map(wished, wishes)]) * (1 + _JITTER * drawn)


def wished(seconds: float | None, most: timedelta = LONGEST_WISH) -> timedelta:
    """What a server wishes, within reason."""
    return timedelta(seconds=min(max(seconds or 0, 0), most.total_seconds()))


def awake(moment: datetime, state: FeedState, drawn: float = 0) -> datetime:
    """The moment, or where a feed wants no poll then, some minutes into the next hour that suits it.

    One that never wants any is not believed.
    """
    if not _is_asleep(moment, state):
        return moment
    hour = moment.replace(minute=0, second=0, microsecond=0)
    suiting = (hour + ahead * HOUR for ahead in range(1, 8 * 24))
    found = next((each for each in suiting if not _is_asleep(each, state)), None)
    return found + _AFTER_SLEEP * drawn if found else moment


def _is_asleep(moment: datetime, state: FeedState) -> bool:
    return moment.hour in state.skip_hours or moment.weekday() in state.skip_days


def request(feed: Feed, now: datetime) -> Request:
    """What to ask for now: once a week the whole feed, for servers that say "unchanged" for ever."""
    url = feed.state.moved_to if has_moved(feed.state, now) else None
    if _wants_whole(feed, now):
        return Request(url=url or feed.spec.url)
    return Request(url=url or feed.spec.url, etag=feed.state.etag, modified=feed.state.modified)


def _wants_whole(feed: Feed, now: datetime) -> bool:
    last = feed.state.full_at
    if last is None or last > now:
        return True
    return now - last > _FULL * (1 - _JITTER * chance(feed.id, last))


def has_moved(state: FeedState, now: datetime) -> bool:
    """Whether permanent redirects have led to one place for so long that they are meant.

    Captive portals, parked domains and login walls send them too. The feed is asked there from then on, while its
    written address stays what it is known by: feeds.yaml is somebody else's to edit.
    """
    held = now - state.moved_at if state.moved_at else timedelta()
    return state.moved_to is not None and state.moved_polls >= _HELD_POLLS and held >= _HELD


def soonest(state: FeedState, now: datetime) -> datetime:
    """When a feed may be asked that somebody wants to see read: not twice in five minutes, nor while it is busy."""
    if (state.trouble or "").partition(".")[0] == "busy":
        return max(now, state.next_poll_at)
    return max(now, min(state.polled_at, now) + _FLOOR) if state.polled_at else now


def round_of(due: Sequence[Feed], now: datetime, *, closed: Mapping[str, datetime], allow_private: bool) -> Round:
    """Who is asked now of the feeds that are due, which come in the order of their turn.

    Of one site only a few, so that no site holds up the others; the rest stays due. Feeds that somebody wants to see
    too soon, whose host wants no visit or that sleep at this hour are put off, as are those whose time was written by a
    clock that was set back since.
    """
    queues: dict[str, list[Feed]] = {}
    later: dict[int, FeedState] = {}
    for feed in due:
        url, state = request(feed, now).url, _in_our_time(feed.state, now)
        own = is_own(url, allow_private=allow_private)
        open_at = now if own else max(soonest(state, now), closed.get(host_of(url), now))
        moment = max(state.next_poll_at, open_at, awake(now, state, chance(feed.id, now)))
        if moment > now:
            later[feed.id] = replace(state, next_poll_at=moment)
        elif len(queue := queues.setdefault(f"feed {feed.id}" if own else site_of(url), [])) < _PER_SITE:
            queue.append(feed)
    return Round(queues=tuple(map(tuple, queues.values())), later=later)


def is_own(url: str, *, allow_private: bool) -> bool:
    """Whether a host is the operator's own, on their own network: nobody else asks it, and it needs no sparing."""
    return allow_private and is_private(host_of(url))


def _in_our_time(state: FeedState, now: datetime) -> FeedState:
    """The state as this clock would have written it: a wait that another began in our future begins anew.

    So a clock that is set back causes no storm of requests, nor a silence.
    """
    if state.polled_at and state.polled_at > now:
        left = min(state.next_poll_at - state.polled_at, LONGEST_WAIT)
        return replace(state, polled_at=now, next_poll_at=now + left)
    return replace(state, next_poll_at=now) if state.next_poll_at > now + LONGEST_WAIT else state
