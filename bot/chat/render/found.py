"""How the results of a search look: stories with the headline that matched, what matched, and what to ask next."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

import discord

from bot import phrases, results
from bot.chat import asks, buttons
from bot.chat.render.digest import Detail, linked
from bot.chat.render.layout import Group, Row, fits, message, stamp
from bot.chat.render.safe import plain
from bot.chat.render.stories import at_page, pages, paging, turning
from bot.chat.render.watches import begin
from bot.chat.words import say
from bot.model import Answer, Hit, Language, Telling

A_PAGE, APART_PAGE = 5, 9
"""How many results stand on a page, and where names stand apart, so that each is seen."""

_QUERY, _COVERAGE, _MATCHED = 120, 200, 120
_A_ROW = 5
_MOST_OFFERED = 3

_DETAILS = (
    Detail(title=150, link=350),
    Detail(title=150, link=240, names=False),
    Detail(title=100, link=180, beside=0, names=False),
    Detail(title=80, link=120, beside=0, own_gloss=0, names=False),
    Detail(title=60, link=0, beside=0, own_gloss=0, names=False),
)
"""From the fullest to the barest; the first that fits is taken."""

Told = Mapping[str, Telling]
"""What is shown of each story, by its id."""


def found(
    answer: Answer,
    told: Told,
    ask: asks.Found,
    offered: Mapping[str, str],
    reader: Language,
    *,
    zone: tzinfo,
    public: bool,
) -> discord.ui.LayoutView:
    """A page of the stories that answer a question; `public` is how it looks when it is posted in the channel.

    `offered` are the ids of the questions that may be asked instead, by their texts.
    """
    hits, a_page = results.listed(answer), APART_PAGE if results.is_apart(answer) else A_PAGE
    if not hits:
        return _nothing(answer, offered, ask, reader, zone, public=public)
    last = pages(len(hits), a_page)
    page = min(max(1, ask.page), last)
    first = (page - 1) * a_page
    shown = list(enumerate(hits, start=1))[first : first + a_page]
    head, foot = _head(answer, reader, zone), paging(page, last, reader)
    groups: list[Group] = []
    for detail in _DETAILS:
        groups = [[head], *_sections(shown, answer, told, reader, detail), foot]
        if fits(groups):
            break
    here = replace(ask, page=page)
    turn = turning(at_page(ask, page - 1, last), at_page(ask, page + 1, last), reader)
    post: Row = [] if public else [buttons.PostButton(here, say("post-here", reader))]
    return message(
        groups, [_menu(here, shown, told, reader), offers(answer, offered, ask, reader, public=public), [*turn, *post]]
    )


def offers(answer: Answer, offered: Mapping[str, str], ask: asks.Found, reader: Language, *, public: bool) -> Row:
    """What may be done with a question beside reading its answer, watching it first: at most five buttons.

    A post in a channel does not invite everybody to watch.
    """
    watch: Row = [] if public else [begin(ask.question, reader)]
    asked: list[tuple[str, str]] = []
    if results.is_apart(answer):
        names = [(text, answer.named[entity][reader]) for entity, text in answer.alone.items()]
        asked += [(text, say("only-name", reader, name=name)) for text, name in names][:_MOST_OFFERED]
    if answer.wider:
        asked.append((answer.wider, say("without-limits", reader)))
    asked += [(name, name) for name in answer.near]
    once = {offered[text]: label for text, label in reversed(asked) if text in offered}
    others = [buttons.ShowButton(asks.Found(question=question), label) for question, label in reversed(once.items())]
    return [*watch, *others][:_A_ROW]


def offered_texts(answer: Answer) -> list[str]:
    """The questions that an answer offers."""
    alone = answer.alone.values() if results.is_apart(answer) else ()
    return list(dict.fromkeys([*alone, *([answer.wider] if answer.wider else []), *answer.near]))


def _head(answer: Answer, reader: Language, zone: tzinfo) -> str:
    lines = [f"## {plain(answer.query, _QUERY)}"]
    if note := results.apart(answer, reader, zone):
        lines.append(plain(note))
    if read := results.understood(answer, reader, zone):
        lines.append(f"-# {plain(read)}")
    return "\n".join(lines)


def _nothing(
    answer: Answer, offered: Mapping[str, str], ask: asks.Found, reader: Language, zone: tzinfo, *, public: bool
) -> discord.ui.LayoutView:
    lines = [
        f"## {plain(answer.query, _QUERY)}",
        results.nothing(answer, reader),
        f"-# {plain(results.tried(answer, reader, zone))}",
        *([say("near-names", reader)] if answer.near else []),
    ]
    return message([["\n".join(lines)]], [offers(answer, offered, ask, reader, public=public)])


def _sections(
    shown: Sequence[tuple[int, Hit]], answer: Answer, told: Told, reader: Language, detail: Detail
) -> list[Group]:
    groups: list[Group] = []
    for heading, hits in results.sections(shown, answer, reader):
        texts = [_hit(number, hit, answer, told[hit.story.id], reader, detail) for number, hit in hits]
        first = f"### {plain(heading)}\n{texts[0]}" if heading else texts[0]
        groups.append([first, *texts[1:]])
    return groups


def _hit(number: int, hit: Hit, answer: Answer, telling: Telling, reader: Language, detail: Detail) -> str:
    """One story: its headline that matched, the other press's, and when, by whom and why."""
    lines = _headline(number, telling, reader, detail)
    if telling.beside and detail.beside:
        foreign = hit.story.articles[0].newsroom.language is reader
        intro = phrases.beside(telling.beside, reader) if foreign else ""
        lines.append(intro + linked(telling.beside, reader, detail))
    return "\n".join([*lines, _below(hit, answer, telling, reader, detail)])


def _headline(number: int, telling: Telling, reader: Language, detail: Detail) -> list[str]:
    shown = telling.headline
    first = f"**{number} · {linked(shown, reader, detail, bold=True)}"
    if not shown.gloss or not detail.own_gloss:
        return [first]
    gloss = plain(shown.gloss, detail.title)
    if reader is Language.ZH:
        return [first, f"≈ {gloss}"]
    return [f"**{number} · ≈ {gloss}**", linked(shown, reader, detail)]


def _below(hit: Hit, answer: Answer, telling: Telling, reader: Language, detail: Detail) -> str:
    """When it was told, by how many newsrooms of each press, and what of the question it has."""
    coverage = phrases.coverage(telling, reader, names=detail.names)
    parts = [stamp(telling.headline.published_at, "D"), plain(coverage, _COVERAGE) if coverage else ""]
    parts.append(plain(results.matched(hit, answer, reader), _MATCHED))
    return f"-# {' · '.join(part for part in parts if part)}"


def _menu(here: asks.Found, shown: Sequence[tuple[int, Hit]], told: Told, reader: Language) -> Row:
    options = [
        buttons.option(f"{number} · {hit.title}", hit.story.id, told[hit.story.id].headline.newsroom)
        for number, hit in shown
    ]
    return [buttons.OpenMenu(asks.encoded(here), say("open-a-story", reader), options)]
