"""How feeds look: what is read here, and how each is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import discord

from bot.ago import often
from bot.chat import asks, buttons
from bot.chat.render.layout import Row, fits, message, stamp
from bot.chat.render.notices import notice
from bot.chat.render.safe import href, link, plain, root_of
from bot.chat.render.stories import at_page, pages, paging, turning
from bot.chat.words import say
from bot.feed import Brought, Feed
from bot.feeds.health import State, failing_since, rhythm, state_of
from bot.model import CATALOGUE, Language

A_PAGE = 12
_TITLE = 80
_ILL = (State.OFF, State.FAILING, State.SLOW)


def sources(
    feeds: Sequence[Feed], brought: Mapping[int, Brought], ask: asks.Sources, reader: Language, *, now: datetime
) -> discord.ui.LayoutView:
    """A page of the feeds that are read here, each with how it is; for moderators with a button to what is wrong."""
    if not feeds:
        return notice(say("no-sources", reader))
    states = {feed.id: state_of(feed, brought.get(feed.id), now) for feed in feeds}
    last = pages(len(feeds), A_PAGE)
    page = min(max(1, ask.page), last)
    shown = feeds[(page - 1) * A_PAGE : page * A_PAGE]
    counted = _counted(Counter(states.values()), reader)
    head = f"## {say('sources-title', reader, count=len(feeds))}\n-# {counted}\n{say('sources-lead', reader)}"
    for brief in (False, True):
        lines = [_source(each, states[each.id], brought.get(each.id), reader, now, brief=brief) for each in shown]
        groups = [[head], ["\n".join(lines)], paging(page, last, reader)]
        if fits(groups):
            break
    turn = turning(at_page(ask, page - 1, last), at_page(ask, page + 1, last), reader)
    ill = sum(state in _ILL for state in states.values())
    wrong: Row = [buttons.ShowButton(asks.Health(), say("what-is-wrong", reader))] if ask.curating and ill else []
    return message(groups, [[*turn, *wrong]])


def _counted(states: Counter[State], reader: Language) -> str:
    """How many feeds there are of each state."""
    return " · ".join(f"{say(f'state-{state}', reader)} {states[state]}" for state in State if states[state])


def _source(  # a line of everything that is known of a feed
    feed: Feed, state: State, brought: Brought | None, reader: Language, now: datetime, *, brief: bool
) -> str:
    spec = feed.spec
    site = spec.home or (spec.url if feed.scope == CATALOGUE else root_of(spec.url))  # its address may hold a secret
    name = plain(spec.title, _TITLE) if brief or not href(site) else link(spec.title, site, limit=_TITLE, longest=200)
    kind, language = say(f"kind-{spec.newsroom.kind}", reader), say(f"language-{spec.newsroom.language}", reader)
    own = [say("source-own", reader)] if feed.scope != CATALOGUE else []
    told = [_state(feed, state, reader), language, kind, *own, *_brings(brought, state, reader, now)]
    return f"**{name}** · " + " · ".join(told)


def _state(feed: Feed, state: State, reader: Language) -> str:
    """How a feed is, and since when where that matters."""
    word = say(f"state-{state}", reader)
    since = {State.OFF: feed.state.off_at, State.FAILING: failing_since(feed)}.get(state)
    told = say("source-since", reader, state=word, since=stamp(since, "D")) if since else word
    return told if state is State.WORKS else f"**{told}**"


def _brings(brought: Brought | None, state: State, reader: Language, now: datetime) -> list[str]:
    """The newest article of a feed, its rhythm, and how much of it belongs in the digest."""
    if brought is None:
        return [say("source-none", reader)]
    a_day = rhythm(brought, now if state is State.WORKS else brought.newest)
    told = [say("source-new", reader, when=stamp(brought.newest, "R"))]
    told += [often(a_day, reader)] if a_day else []
    share = brought.on_topic
    return told + ([say("source-topic", reader, percent=round(100 * share))] if share is not None else [])
