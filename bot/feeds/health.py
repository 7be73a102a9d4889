"""Decide how a feed is, what is the matter with it, and what can be done about that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.feed import Brought, Feed
from bot.feeds.links import host_of
from bot.model import CATALOGUE

_FILE = Path(__file__).with_name("health.yaml")
_DAY = timedelta(days=1)

MISSED = timedelta(days=1)
"""From when on readers miss what a feed does not bring."""

LASTING = timedelta(days=3)
"""From when on a trouble that passes by itself is one that somebody may want to do something about."""

_FEW = 3
"""From fewer articles no rhythm is told."""

_SILENT_FOR, _SILENT_GAPS = timedelta(days=5), 8
"""How long a slow feed has been silent, and for how many of its usual gaps: holidays pass, a weekly may rest."""


class State(StrEnum):
    """How a feed is, in a word."""

    WORKS = "works"
    NEW = "new"
    SLOW = "slow"
    FAILING = "failing"
    OFF = "off"
    PAUSED = "paused"
    HIDDEN = "hidden"


class View(StrEnum):
    """Who is told of a feed: the server whose own it is, another server that reads it, or who runs the bot."""

    OWN = "own"
    GUEST = "guest"
    OPERATOR = "operator"


class Remedy(StrEnum):
    """What a button does about a feed."""

    OTHER = "other"
    LOOK = "look"
    USE = "use"
    ADDRESS = "address"
    RETRY = "retry"
    PAUSE = "pause"
    REMOVE = "remove"
    SITE = "site"


_ONLY_OWN = frozenset({Remedy.ADDRESS, Remedy.RETRY, Remedy.REMOVE})
_WHILE_OFF = frozenset({"wait", "lasting", "other", "look", "owners", "operator"})
"""What is no longer advice about a feed that was switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """What is the matter with a feed: `kind` names its words in health.yaml, with `facts` and `since` when.

    `advice` is what to do, `remedies` the buttons for it. `other` is another feed of the same newsroom that could be
    shown instead; `loses` tells whether readers miss its newsroom meanwhile. `found` is what a look at its site found.
    """

    feed: Feed
    view: View
    kind: str
    facts: Mapping[str, object]
    since: datetime
    advice: str
    remedies: tuple[Remedy, ...] = ()
    other: Feed | None = None
    loses: bool = False
    brought: Brought | None = None
    found: "Found | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Another address at which a feed stands: how many articles it has, and when the newest was published."""

    count: int
    newest: datetime | None


def view_of(feed: Feed) -> View:
    """How a server that sees a feed stands to it: each sees the catalogue's and its own."""
    return View.GUEST if feed.scope == CATALOGUE else View.OWN


def state_of(feed: Feed, brought: Brought | None, now: datetime) -> State:
    """How a feed is: what people did to it, before what its site did."""
    state = feed.state
    if feed.paused or feed.muted:
        return State.PAUSED if feed.paused else State.HIDDEN
    if state.off_at:
        return State.OFF
    if state.failures:  # a trouble stays written down where somebody has it tried anew
        return State.FAILING
    if state.polled_at is None:
        return State.NEW
    return State.SLOW if is_slow(brought, now) or state.remark == "stale" else State.WORKS


def rhythm(brought: Brought | None, until: datetime) -> float | None:
    """How many articles a day a feed brings, or brought `until` it fell silent; None where too few tell."""
    if brought is None or brought.count < _FEW:
        return None
    return brought.count / max((until - brought.oldest) / _DAY, 1)


def is_slow(brought: Brought | None, now: datetime) -> bool:
    """Whether a feed has been silent for much longer than it used to be."""
    if brought is None or not (a_day := rhythm(brought, brought.newest)):
        return False
    return now - brought.newest > max(_SILENT_FOR, _SILENT_GAPS * _DAY / a_day)


def failing_since(feed: Feed) -> datetime | None:
    """Since when a feed fails, as well as is known."""
    state = feed.state
    return state.failing_at or state.succeeded_at or state.polled_at


def ailment(
    feed: Feed, others: Sequence[Feed], brought: Brought | None, *, now: datetime, view: View
) -> Ailment | None:
    """What is the matter with a feed; None where nothing is, or people have put it aside.

    `others` are the feeds that whoever is told sees beside it.
    """
    how = state_of(feed, brought, now)
    if how in {State.PAUSED, State.HIDDEN, State.NEW}:
        return None
    found = _trouble(feed) if how in {State.OFF, State.FAILING} else _oddity(feed, brought, now)
    if found is None:
        return None
    kind, facts, since = found
    twins = [each for each in others if each.id != feed.id and _same_newsroom(each, feed)]
    other = next((each for each in twins if _is_put_aside(each)), None) if view is not View.OPERATOR else None
    is_off = how is State.OFF
    return Ailment(
        feed=feed,
        view=view,
        kind=kind,
        facts=facts,
        since=since,
        advice=_advice(words(kind)["advice"], is_off=is_off, lasting=now - since >= LASTING),
        remedies=tuple(_remedies(words(kind)["can"], feed, view, is_off=is_off, has_other=other is not None)),
        other=other,
        loses=words(kind).get("loses", is_off or _is_missed(how, since, now)) and not any(map(_works, twins)),
        brought=brought,
    )


def ailments(
    feeds: Sequence[Feed], brought: Mapping[int, Brought], *, now: datetime, view: Callable[[Feed], View]
) -> list[Ailment]:
    """What is the matter with any of some feeds: those switched off first, then those that fail the longest."""
    every = (ailment(feed, feeds, brought.get(feed.id), now=now, view=view(feed)) for feed in feeds)
    ranks = {State.OFF: 0, State.FAILING: 1}
    return sorted(
        filter(None, every),
        key=lambda each: (ranks.get(state_of(each.feed, each.brought, now), 2), each.since, each.feed.id),
    )


def answered(ailment: Ailment, found: Found) -> Ailment:
    """An ailment whose feed was found at another address."""
    return replace(ailment, found=found, remedies=(Remedy.USE,))


@cache
def words(kind: str) -> dict[str, Any]:
    """What health.yaml says of a trouble or remark; of one it does not know, what it says of the unexpected."""
    known = table()["troubles"] | table()["remarks"]
    found: dict[str, Any] = known.get(kind) or known.get(kind.partition(".")[0]) or known["unexpected"]
    return found


@cache
def table() -> dict[str, Any]:
    """Everything health.yaml says."""
    read: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return read


def _trouble(feed: Feed) -> tuple[str, Mapping[str, object], datetime]:
    state = feed.state
    return state.trouble or "unexpected", state.facts, failing_since(feed) or state.next_poll_at


def _oddity(feed: Feed, brought: Brought | None, now: datetime) -> tuple[str, Mapping[str, object], datetime] | None:
    """What is odd about a feed that can be read."""
    state = feed.state
    if brought and (state.remark == "stale" or is_slow(brought, now)):
        return ("silent" if rhythm(brought, brought.newest) else "silent.bare"), {}, brought.newest
    if state.remark and state.remark in table()["remarks"]:
        return state.remark, state.remark_facts, state.succeeded_at or now
    if state.moved_to:
        return "moved", {}, state.moved_at or now
    return None


def _is_missed(how: State, since: datetime, now: datetime) -> bool:
    return how is State.FAILING and now - since >= MISSED


def _advice(usual: str, *, is_off: bool, lasting: bool) -> str:
    if is_off and usual in _WHILE_OFF:
        return "again"
    return "lasting" if usual == "wait" and lasting else usual


def _remedies(can: Sequence[str], feed: Feed, view: View, *, is_off: bool, has_other: bool) -> list[Remedy]:
    if view is View.OPERATOR:
        return []
    usual = [Remedy(each) for each in can]
    if is_off:  # it is asked no more: there is nothing to pause
        kept = [each for each in usual if each not in {Remedy.PAUSE, Remedy.ADDRESS, Remedy.REMOVE}]
        usual = [*kept, Remedy.RETRY, Remedy.ADDRESS, Remedy.REMOVE]
        usual += [Remedy.PAUSE] if view is View.GUEST else []
    able = {Remedy.OTHER: has_other, Remedy.SITE: feed.spec.home is not None}
    return [each for each in usual if able.get(each, view is View.OWN or each not in _ONLY_OWN)]


def _same_newsroom(one: Feed, two: Feed) -> bool:
    """Whether one newsroom stands behind two feeds: by its name, else by their site, which a feed's host may not be."""
    if one.spec.newsroom.name == two.spec.newsroom.name:
        return True
    return one.spec.home is not None and host_of(one.spec.home) == host_of(two.spec.home or "")


def _works(feed: Feed) -> bool:
    state = feed.state
    return not (feed.paused or feed.muted or state.off_at or state.failures) and state.succeeded_at is not None


def _is_put_aside(feed: Feed) -> bool:
    """Whether people hid or paused a feed that could be read."""
    return (feed.muted or feed.paused) and not (feed.state.off_at or feed.state.failures)
