"""How feeds look: what is read here, and what moderators see of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import discord

from bot.chat import asks
from bot.chat.render.layout import fits, message, stamp
from bot.chat.render.notices import notice
from bot.chat.render.safe import href, link, plain, root_of
from bot.chat.render.stories import at_page, pages, paging, turning
from bot.chat.words import say
from bot.feed import Feed
from bot.model import CATALOGUE, Language

A_PAGE = 12
_TITLE, _REASON = 80, 160


def sources(
    feeds: Sequence[Feed], newest: Mapping[int, datetime], ask: asks.Sources, reader: Language
) -> discord.ui.LayoutView:
    """A page of the feeds that are read here, for moderators with what is the matter with each."""
    if not feeds:
        return notice(say("no-sources", reader))
    last = pages(len(feeds), A_PAGE)
    page = min(max(1, ask.page), last)
    shown = feeds[(page - 1) * A_PAGE : page * A_PAGE]
    head = f"## {say('sources-title', reader, count=len(feeds))}\n{say('sources-lead', reader)}"
    for brief in (False, True):
        lines = [_source(each, newest.get(each.id), reader, bool(ask.curating), brief=brief) for each in shown]
        groups = [[head], ["\n".join(lines)], paging(page, last, reader)]
        if fits(groups):
            break
    turn = turning(at_page(ask, page - 1, last), at_page(ask, page + 1, last), reader)
    return message(groups, [turn])


def _source(feed: Feed, newest: datetime | None, reader: Language, curating: bool, *, brief: bool) -> str:
    spec = feed.spec
    site = spec.home or (spec.url if feed.scope == CATALOGUE else root_of(spec.url))  # its address may hold a secret
    name = plain(spec.title, _TITLE) if brief or not href(site) else link(spec.title, site, limit=_TITLE, longest=200)
    kind, language = say(f"kind-{spec.newsroom.kind}", reader), say(f"language-{spec.newsroom.language}", reader)
    when = say("source-new", reader, when=stamp(newest, "R")) if newest else say("source-none", reader)
    own = [say("source-own", reader)] if feed.scope != CATALOGUE else []
    state = _state(feed, reader, _REASON // 2 if brief else _REASON) if curating else []
    return f"**{name}** · " + " · ".join([language, kind, when, *own, *state])


def _state(feed: Feed, reader: Language, longest: int) -> list[str]:
    """What a moderator should know."""
    if feed.paused:
        return [f"**{say('source-paused', reader)}**"]
    if feed.muted:
        return [f"**{say('source-muted', reader)}**"]
    reason = feed.state.reason
    return [f"**{say('source-trouble', reader, reason=plain(reason, longest))}**"] if reason else []
