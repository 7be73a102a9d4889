"""Decide what a feed's state becomes by an answer or a failure, and when it is given up."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from bot.errors import FeedError, FetchError
from bot.feed import LONGEST_BAN, Feed, FeedState, Fetched, ParsedFeed
from bot.feeds import pace
from bot.feeds.pace import DAY, Limits, Request
from bot.feeds.remarks import remark_on

_MANY = 3
"""A feed that had so many entries and has none is broken; one that had fewer may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a kind of trouble is borne: `rest` at least before the next try; given up after both `polls` and `lasting`.

    Without `lasting` it is never given up. Where `is_far` the trouble is on the way, and may be our own network's.
    """

    rest: timedelta = timedelta()
    polls: int = 5
    lasting: timedelta | None = 30 * DAY
    is_far: bool = False


_REFUSED = Patience(rest=timedelta(hours=4), lasting=14 * DAY)
_UNREADABLE = Patience(polls=10, lasting=3 * DAY)
_ON_THE_WAY = Patience(is_far=True)
_OURS = Patience(lasting=None)
_OTHERWISE = Patience()
_PATIENCE: Mapping[str, Patience] = {
    "gone": Patience(polls=1, lasting=timedelta()),
    "missing": Patience(lasting=7 * DAY),
    "no-such-host": Patience(lasting=4 * DAY, is_far=True),
    "forbidden-address": Patience(rest=timedelta(hours=4), lasting=DAY, is_far=True),
    **dict.fromkeys(("refused", "challenge", "login"), _REFUSED),
    **dict.fromkeys(("unreachable", "too-slow", "tls"), _ON_THE_WAY),
    **dict.fromkeys(("html", "not-a-feed", "empty", "too-costly", "crashed"), _UNREADABLE),
    **dict.fromkeys(("not-stored", "unexpected"), _OURS),
}
"""By a trouble's code; a name server's whim or a captive network must cost no feed, so only "gone" is final at once."""

_BUSY_REST = timedelta(hours=4)
"""For a server that says we ask too much, and not when to come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A good answer: `parsed` is None where it is what we have; so many entries were `new` to us, so many `known`."""

    request: Request
    fetched: Fetched
    parsed: ParsedFeed | None
    new: int = 0
    known: int = 0


def body_hash(fetched: Fetched) -> str | None:
    """A fingerprint of the body, for servers whose validators say nothing."""
    return None if fetched.body is None else hashlib.sha256(fetched.body).hexdigest()


def is_emptied(state: FeedState, fetched: Fetched, parsed: ParsedFeed) -> bool:
    """Whether a feed that had many entries has none: something is broken there, and nothing was taken back."""
    return not parsed.entries and not fetched.is_partial and (state.entries or 0) >= _MANY


def after_success(feed: Feed, answer: Answer, *, now: datetime, limits: Limits) -> FeedState:
    """What a feed's state becomes when it answered; both validators are replaced together.

    The body's hash stays where nothing came, so that a server which ignores validators is seen through; so do the
    feed's wishes.
    """
    fetched = answer.fetched
    told = replace(
        _learnt(feed.state, answer, now),
        etag=fetched.etag,
        modified=fetched.modified,
        body_hash=body_hash(fetched) or feed.state.body_hash,
        full_at=now if answer.request.is_whole else feed.state.full_at,
        pace=pace.earned(feed.state.pace, limits, is_new=answer.new > 0).total_seconds(),
        polled_at=now,
        succeeded_at=now,
        seeded_at=feed.state.seeded_at or now,
        failures=0,
        failing_at=None,
        trouble=None,
        reason=None,
        facts={},
    )
    return replace(_moved(feed, told, answer, now), next_poll_at=_next(feed, told, fetched, now=now, limits=limits))


def _learnt(state: FeedState, answer: Answer, now: datetime) -> FeedState:
    """What a body says of the feed itself; a part of one says nothing of how much there is."""
    parsed = answer.parsed
    if parsed is None:
        return state
    told = replace(state, ttl=parsed.ttl, skip_hours=parsed.skip_hours, skip_days=parsed.skip_days)
    if answer.fetched.is_partial:
        return told
    odd = remark_on(parsed, now=now)
    return replace(
        told, entries=len(parsed.entries), remark=odd.key if odd else None, remark_facts=odd.facts if odd else {}
    )


def _next(feed: Feed, told: FeedState, fetched: Fetched, *, now: datetime, limits: Limits) -> datetime:
    """When it is read next. The second reading is spread: feeds that were added together are first read together."""
    drawn = pace.chance(feed.id, now)
    own = timedelta(seconds=told.pace or 0)
    if feed.state.seeded_at is None:
        own = min(own * (1 + drawn), limits.slowest)
    return pace.awake(now + pace.wait(own, fetched.fresh_for, told.ttl, drawn=drawn), told, drawn)


def _moved(feed: Feed, told: FeedState, answer: Answer, now: datetime) -> FeedState:
    """Count how often permanent redirects have led to one place, with entries there that we know."""
    target, last = answer.fetched.moved_to, feed.state
    if target is None and answer.request.url != feed.spec.url:
        return told  # asked at its new address, and at home there
    if target is None:
        return replace(told, moved_to=None, moved_at=None, moved_polls=0) if told.moved_to else told
    is_same = target == last.moved_to and last.moved_at is not None
    if answer.parsed is not None and not answer.known:
        return replace(told, moved_to=target, moved_at=now, moved_polls=0)
    polls = last.moved_polls + 1 if is_same else 1
    return replace(told, moved_to=target, moved_at=last.moved_at if is_same else now, moved_polls=polls)


def after_failure(
    feed: Feed, error: FeedError, *, now: datetime, limits: Limits, asked: str | None = None, is_cut_off: bool = False
) -> FeedState:
    """What a feed's state becomes when it failed: the wait grows each time, up to a day, and some day it is given up.

    A server that says when to come back is obeyed. `asked` is the address that failed, where it is not the written
    one: that is tried again next, and nothing is given up for it. `is_cut_off` tells that no feed at all could be read
    for long: what fails on the way is then our fault.
    """
    state, patience = feed.state, patience_with(error.key)
    is_same = state.trouble is not None and patience_with(state.trouble) == patience
    since = state.failing_at if is_same and state.failing_at else now
    told = replace(
        state,
        polled_at=now,
        next_poll_at=_next_try(feed, error, patience, now=now, limits=limits),
        failures=state.failures + 1,
        failing_at=min(since, now),
        trouble=error.key,
        reason=error.sentence,
        facts=error.facts,
    )
    if asked not in (None, feed.spec.url) and error.code in {"gone", "missing", "no-such-host"}:
        return replace(told, moved_to=None, moved_at=None, moved_polls=0)
    return replace(told, off_at=now) if _is_over(told, patience, now, is_cut_off=is_cut_off) else told


def after_joining(told: FeedState, error: FeedError, *, now: datetime) -> FeedState:
    """What a feed's state becomes that has moved to where another one is read: that one goes on alone."""
    return replace(told, off_at=now, failing_at=now, trouble=error.key, reason=error.sentence, facts=error.facts)


def patience_with(key: str) -> Patience:
    """How a trouble is borne, by its key or code."""
    return _PATIENCE.get(key.partition(".")[0], _OTHERWISE)


def _next_try(feed: Feed, error: FeedError, patience: Patience, *, now: datetime, limits: Limits) -> datetime:
    """Exponential back-off with full jitter between our interval and twice the last ceiling.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    drawn = pace.chance(feed.id, now)
    asked_for = error.retry_after if isinstance(error, FetchError) else None
    rest = _BUSY_REST if _is_banned(error) and not asked_for else patience.rest
    least = max(limits.fastest, rest, pace.wished(feed.state.ttl))
    most = max(least, min(DAY, limits.fastest * 2 ** min(feed.state.failures, 10)))
    banned = pace.wished(asked_for, LONGEST_BAN)
    waited = pace.wait(max(least + (most - least) * drawn, banned), drawn=drawn)
    return pace.awake(now + waited, feed.state, drawn)


def is_silent(error: FeedError | None) -> bool:
    """Whether a host answers nobody now, or wants none of its feeds to be asked; an error of its may be one feed's."""
    return error is not None and (_is_banned(error) or patience_with(error.key).is_far)


def closed_until(error: FeedError, now: datetime, limits: Limits) -> datetime:
    """When such a host may be asked again, for whichever of its feeds."""
    if not _is_banned(error):
        return now + limits.fastest
    asked_for = error.retry_after if isinstance(error, FetchError) else None
    return now + (pace.wished(asked_for, LONGEST_BAN) or _BUSY_REST)


def _is_banned(error: FeedError) -> bool:
    return error.facts.get("status") == HTTPStatus.TOO_MANY_REQUESTS


def _is_over(told: FeedState, patience: Patience, now: datetime, *, is_cut_off: bool) -> bool:
    if patience.lasting is None or told.failing_at is None or (patience.is_far and is_cut_off):
        return False
    return told.failures >= patience.polls and now - told.failing_at >= patience.lasting
