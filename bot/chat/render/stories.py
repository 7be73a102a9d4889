"""How stories look that somebody asked for: lists, and one story's card."""

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot import phrases
from bot.chat import asks, buttons
from bot.chat.asks import Ask, Paged
from bot.chat.render.digest import Detail, open_menu, told
from bot.chat.render.layout import Group, Row, fits, message, stamp
from bot.chat.render.safe import link, plain
from bot.chat.words import say
from bot.model import Article, Item, Language, Story
from bot.stories.rank import Score, independent

A_LIST_PAGE, A_CARD_PAGE = 8, 8
"""How many listed stories and articles stand on a page."""

_ALL = 10_000
_LIST = Detail(title=120, link=300, beside=_ALL, own_gloss=_ALL)
_BARE = Detail(title=90, link=120, beside=0, own_gloss=_ALL, names=False)
_LEAST = Detail(title=40, link=0, beside=0, own_gloss=0, names=False)
_TITLE, _LINK = 150, 350


def pages(count: int, a_page: int) -> int:
    """How many pages so many things fill; an empty list is a page too."""
    return max(1, -(-count // a_page))


def paging(page: int, last: int, reader: Language) -> list[str]:
    """Which page this is, where there are several."""
    return [say("page", reader, page=page, pages=last)] if last > 1 else []


def at_page(ask: Paged, page: int, last: int) -> Paged | None:
    """The ask for another page, if there is one."""
    return replace(ask, page=page) if 1 <= page <= last else None


def turning(back: Ask | None, on: Ask | None, reader: Language) -> Row:
    """Buttons to the pages before and after; none where there is one page."""
    if back is None and on is None:
        return []
    ways = ((back, "previous-page"), (on, "next-page"))
    return [buttons.ShowButton(ask, say(key, reader)) for ask, key in ways if ask]


def listed(
    title: str, items: Sequence[Item], reader: Language, ask: asks.HoursList | asks.EditionList
) -> discord.ui.LayoutView:
    """A page of a list of stories; `items` are all of them."""
    last = pages(len(items), A_LIST_PAGE)
    page = min(max(1, ask.page), last)
    shown = items[(page - 1) * A_LIST_PAGE : page * A_LIST_PAGE]
    groups = _list_groups(title, shown, reader, paging(page, last, reader))
    turn = turning(at_page(ask, page - 1, last), at_page(ask, page + 1, last), reader)
    return message(groups, [open_menu(asks.encoded(replace(ask, page=page)), shown, reader), turn])


def card(
    story: Story, title: str, score: Score, ask: asks.OneStory, reader: Language, *, public: bool
) -> discord.ui.LayoutView:
    """Everything a story has: each article with its link and time, and why it ranks where it does."""
    last = pages(len(story.articles), A_CARD_PAGE)
    page = min(max(1, ask.page), last)
    shown = story.articles[(page - 1) * A_CARD_PAGE : page * A_CARD_PAGE]
    head = f"## {plain(title, 200)}\n{_spread(story, reader)}"
    foot = f"{_why(score, reader)}\n{say('story-id', reader, story=story.id)}"
    groups = [
        [head],
        [_article(article, reader, longest=_LINK) for article in shown],
        [*paging(page, last, reader), foot],
    ]
    if not fits(groups):
        groups[1] = [_article(article, reader, longest=0) for article in shown]
    here = replace(ask, page=page)
    turn = turning(at_page(ask, page - 1, last), at_page(ask, page + 1, last), reader)
    why = buttons.ShowButton(asks.Reasons(story=story.id), say("why-here", reader))
    post: Row = [] if public else [buttons.PostButton(here, say("post-here", reader))]
    return message(groups, [[*turn, why, *post]])


def _list_groups(title: str, shown: Sequence[Item], reader: Language, paging: Sequence[str]) -> list[Group]:
    """The list in as much detail as a page holds."""
    head = f"## {title}"
    if not shown:
        return [[f"{head}\n{say('no-stories', reader)}"]]
    groups: list[Group] = []
    for detail in (_LIST, _BARE, _LEAST):
        groups = [[head], [told(item, reader, detail) for item in shown], paging]
        if fits(groups):
            break
    return groups


def _article(article: Article, reader: Language, *, longest: int) -> str:
    shown = link(article.title, article.link, limit=_TITLE, longest=longest)
    copy = f" {say('a-copy', reader)}" if article.original_id else ""
    return f"{stamp(article.published_at, 'f')} {shown} {_said_by(article, reader)}{copy}"


def _said_by(article: Article, reader: Language) -> str:
    translated = article.title_language is not article.newsroom.language
    return plain(article.newsroom.name, 60) + (f" {phrases.translated(reader)}" if translated else "")


def _spread(story: Story, reader: Language) -> str:
    """Who reports a story, and from when to when."""
    first, last = story.articles[0].published_at, story.articles[-1].published_at
    span = stamp(first) if first == last else f"{stamp(first)} – {stamp(last)}"
    names = [newsroom.name for newsroom in independent(story.articles)]
    counted = phrases.counted(story.articles, reader)
    return f"{plain(counted)}: {plain(', '.join(names), 300)}\n-# {span}" if names else f"{plain(counted)}\n-# {span}"


def _why(score: Score, reader: Language) -> str:
    parts = [say(f"why-{name}", reader, value=f"{value:+.2f}") for name, value in score.parts() if value]
    return say("why", reader, parts=" · ".join(parts) or "0")
