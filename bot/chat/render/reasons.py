"""How it looks why a story is here: its rank, its corrections, and what holds each article in it, in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.chat import asks, buttons
from bot.chat.render.layout import Group, fits, message, stamp
from bot.chat.render.notices import notice
from bot.chat.render.safe import link, plain
from bot.chat.render.stories import at_page, pages, paging, turning
from bot.chat.words import say
from bot.correction import Act, Correction
from bot.model import CATALOGUE, Article, Language
from bot.stories.rank import Score
from bot.stories.reasons import Outside, Pair, Reason, Why

A_PAGE = 4
"""How many articles stand on a page."""

_CORRECTIONS = 5
_WORDS = 6
"""How many corrections, and words that an article is judged by, are told of; of more the last and the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Detail:
    """The longest title and link in UTF-16 units; without `outside` what was kept out has no evidence of its own."""

    title: int
    link: int
    outside: bool = False
    topic: bool = True


_DETAILS = (
    _Detail(title=120, link=300, outside=True),
    _Detail(title=120, link=200),
    _Detail(title=90, link=120),
    _Detail(title=60, link=0),
    _Detail(title=30, link=0, topic=False),
)
"""From the fullest to the barest; the first that fits is taken."""


def reasons(
    why: Why, title: str, score: Score, ask: asks.Reasons, headings: Mapping[str, str], reader: Language
) -> discord.ui.LayoutView:
    """A page of why a story is here; every sum can be added up from what stands beside it.

    `headings` are the topics' in the reader's language.
    """
    last = pages(len(why.reasons), A_PAGE)
    page = min(max(1, ask.page), last)
    shown = why.reasons[(page - 1) * A_PAGE : page * A_PAGE]
    groups: list[Group] = []
    for detail in _DETAILS:
        told = [_reason(each, headings, reader, detail) for each in shown]
        groups = [[_head(why, title, reader)], [_rank(score, reader)], [_grouping(why, reader), *told]]
        groups.append([*paging(page, last, reader), say("story-id", reader, story=why.story.id)])
        if fits(groups):
            break
    turn = turning(at_page(ask, page - 1, last), at_page(ask, page + 1, last), reader)
    card = buttons.ShowButton(asks.OneStory(story=why.story.id), say("to-the-story", reader))
    return message(groups, [[*turn, card]])


def hidden(why: Why, reader: Language) -> discord.ui.LayoutView:
    """That a story is shown nowhere here, and by whose doing; nothing of the story itself."""
    hiding = [each for each in why.corrections if each.act is Act.HIDE]
    return notice(*(_corrected(each, reader) for each in hiding), say("hidden-story", reader))


def _head(why: Why, title: str, reader: Language) -> str:
    lines = [f"## {say('reasons-title', reader)}", f"**{plain(title, 200)}**"]
    older = len(why.corrections) - _CORRECTIONS
    lines += [_corrected(each, reader) for each in why.corrections[-_CORRECTIONS:]]
    return "\n".join([*lines, *([say("more-corrections", reader, count=older)] if older > 0 else [])])


def _corrected(correction: Correction, reader: Language) -> str:
    """What a moderator did to a story; who it was is nobody's business."""
    by = say("by-operator" if correction.scope == CATALOGUE else "by-moderators", reader)
    return say(f"corrected-{correction.act}", reader, by=by, when=stamp(correction.made_at, "d"))


def _rank(score: Score, reader: Language) -> str:
    parts = " · ".join(say(f"why-{name}", reader, value=f"{value:+.3f}") for name, value in score.parts() if value)
    heading = say("reasons-rank", reader, total=f"{score.total:.3f}")
    return f"### {heading}\n{parts or '0'}\n{say('reasons-adds-up', reader)}"


def _grouping(why: Why, reader: Language) -> str:
    said = say("reasons-likeness", reader, threshold=f"{why.threshold:.2f}")
    return f"### {say('reasons-grouping', reader)}\n{said}"


def _reason(reason: Reason, headings: Mapping[str, str], reader: Language, detail: _Detail) -> str:
    """One article: what holds it here, what was kept out, and what it is about."""
    copy = f" {say('a-copy', reader)}" if reason.article.original_id else ""
    lines = [f"**{_shown(reason.article, detail)}**{copy}"]
    if reason.bound:
        lines.append(say("reason-bound", reader))
    if reason.inside:
        lines += _pair("reason-inside", reason.inside, reader, detail)
    if reason.outside:
        lines += _outside(reason.outside, reader, detail)
    if reason.inside is None and not reason.bound:
        lines.append(say("reason-alone" if reason.measured else "reason-unmeasured", reader))
    return "\n".join([*lines, *([_topic(reason, headings, reader)] if detail.topic else [])])


def _pair(key: str, pair: Pair, reader: Language, detail: _Detail, *, evidence: bool = True) -> list[str]:
    """The other article, how alike the two are, and what that is the sum of."""
    other, percent = _shown(pair.other, detail), f"{pair.probability:.0%}"
    told = say(key, reader, other=other, likeness=f"{pair.likeness:.2f}", probability=percent)
    return [told, _evidence(pair, reader)] if evidence else [told]


def _evidence(pair: Pair, reader: Language) -> str:
    parts = [say(f"evidence-{name}", reader, value=f"{value:+.2f}") for name, value in pair.families() if value]
    total = f"{pair.summed:.2f}"
    if total != f"{pair.likeness:.2f}":
        total = say("counted-as", reader, total=total, most=f"{pair.likeness:.2f}")
    return f"-# {' · '.join(parts)} = {total}"


def _outside(outside: Outside, reader: Language, detail: _Detail) -> list[str]:
    first, *more = _pair("reason-outside", outside.pair, reader, detail, evidence=detail.outside)
    kept = say(f"kept-{outside.kept.name.lower()}", reader, whole=f"{outside.whole:.2f}")
    return [f"{first} · {kept} · {say('in-story', reader, story=plain(outside.story_id))}", *more]


def _topic(reason: Reason, headings: Mapping[str, str], reader: Language) -> str:
    """What an article is about; its feed may be on topic as a whole, whatever the words say."""
    verdict = reason.verdict
    kept = reason.article.relevant and not verdict.relevant
    key = "topic-on" if verdict.relevant else "topic-kept" if kept else "topic-off"
    topic = headings[verdict.topic] if verdict.topic else say("topic-none", reader)
    told = say(key, reader, topic=topic, score=f"{verdict.score:.3f}")
    words = _listed(verdict.reasons, reader)
    return f"-# {told}{say('for-words', reader, words=words) if words else ''}"


def _listed(words: Sequence[str], reader: Language) -> str:
    return plain(("、" if reader is Language.ZH else ", ").join(words[:_WORDS]), 90)


def _shown(article: Article, detail: _Detail) -> str:
    shown = link(article.title, article.link, limit=detail.title, longest=detail.link)
    return f"{shown} {plain(article.newsroom.name, 40)}"
