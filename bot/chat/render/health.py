"""How ill feeds look: a sentence about each with its buttons, and the notice of one that was switched off."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.chat import asks, buttons
from bot.chat.render.layout import AMBER, Group, Row, message, stamp
from bot.chat.render.notices import notice as short
from bot.chat.render.safe import href, plain, units
from bot.chat.render.stories import at_page, pages, paging, turning
from bot.chat.words import say
from bot.feed import Notice
from bot.feeds.explain import Manner, sentence
from bot.feeds.health import Ailment, Remedy, View, ailment
from bot.model import Language

A_PAGE = 4
"""A message holds so many sentences with five buttons each."""

_NAME, _FACT, _LABEL, _LINK = 80, 120, 40, 512
_NEAR = timedelta(days=2)
"""What is nearer is told with its time of day."""


def health(found: Sequence[Ailment], ask: asks.Health, reader: Language, *, now: datetime) -> discord.ui.LayoutView:
    """A page of what is the matter with the feeds a server sees."""
    if not found:
        return short(say("feeds-well", reader))
    last = pages(len(found), A_PAGE)
    page = min(max(1, ask.page), last)
    shown = found[(page - 1) * A_PAGE : page * A_PAGE]
    head = f"## {say('health-title', reader, count=len(found))}"
    told: list[Group] = [[_told(each, reader, now), *_row(each, reader)] for each in shown]
    groups: list[Group] = [[head], *told, paging(page, last, reader)]
    return message(groups, [turning(at_page(ask, page - 1, last), at_page(ask, page + 1, last), reader)])


def one(found: Ailment, reader: Language, *, now: datetime, draft: int | None = None) -> discord.ui.LayoutView:
    """What is the matter with one feed; `draft` is the address that a look at its site found."""
    return message([[_told(found, reader, now), *_row(found, reader, draft=draft)]], colour=AMBER)


def notice(notice: Notice, mark: str) -> discord.ui.LayoutView:
    """What moderators are told of a feed of theirs that was switched off; `mark` makes it known again."""
    reader = notice.language
    found = ailment(notice.feed, notice.others, None, now=notice.made_at, view=View.OWN)
    rows = _row(found, reader, mark=mark) if found else []
    told = _told(found, reader, notice.made_at) if found else plain(notice.feed.spec.title, _NAME)
    return message([[f"### {say('notice-title', reader)}", told]], rows, colour=AMBER)


def _told(found: Ailment, reader: Language, now: datetime) -> str:
    return sentence(found, reader, _manner(reader, now))


def _manner(reader: Language, now: datetime) -> Manner:
    """Times as each reader's Discord shows them in the reader's own zone."""

    def since(at: datetime) -> str:
        told = stamp(at, "f" if now - at < _NEAR else "D")
        return f"自 {told} 起" if reader is Language.ZH else f"since {told}"

    return Manner(
        since=since,
        ago=lambda at: stamp(at, "R"),
        name=lambda name: f"**{plain(name, _NAME)}**",
        text=lambda fact: plain(fact, _FACT),
    )


def _row(found: Ailment, reader: Language, *, draft: int | None = None, mark: str = "") -> list[Row]:
    """The buttons of an ailment in a row; none where nothing can be done."""
    row: Row = [each for remedy in found.remedies if (each := _button(found, remedy, reader, draft, mark))]
    return [row] if row else []


def _button(
    found: Ailment, remedy: Remedy, reader: Language, draft: int | None, mark: str
) -> discord.ui.Item[Any] | None:
    feed = found.feed
    if remedy is Remedy.SITE:
        site = href(feed.spec.home or "")
        is_short = site is not None and units(site) <= _LINK
        return discord.ui.Button(label=say("mend-site", reader), url=site) if is_short else None
    if remedy is Remedy.OTHER and found.other:
        label = say("mend-other", reader, feed=found.other.spec.title[:_LABEL])
        return buttons.MendButton(remedy, feed.id, label, extra=found.other.id, mark=mark, primary=True)
    key = "hide" if remedy is Remedy.PAUSE and found.view is View.GUEST else remedy.value
    primary = remedy in {Remedy.USE, Remedy.RETRY, Remedy.LOOK}
    return buttons.MendButton(remedy, feed.id, say(f"mend-{key}", reader), extra=draft, mark=mark, primary=primary)
