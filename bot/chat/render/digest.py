"""How a digest looks: one message, told in less detail where it would be too long."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import discord

from bot import phrases
from bot.chat import asks, buttons
from bot.chat.asks import Mark
from bot.chat.render.layout import Group, Row, fits, message, stamp
from bot.chat.render.safe import link, plain
from bot.chat.words import say
from bot.model import Digest, Headline, Item, Language, Name, Section, Telling, Topic
from bot.stories.choose import bundles, without_last

Headings = Mapping[Language, Mapping[str, str]]
"""The topics' headings in each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much is told: the longest title and link in UTF-16 units, and what stands below a headline.

    `excerpts` and `beside` are the last numbers whose stories have a source's sentence (or a second newsroom's
    headline) and the other press's headline, `glosses` and `own_gloss` the last whose headlines below, and whose own,
    are glossed; without `names` the newsrooms are only counted.
    """

    title: int
    link: int
    excerpts: int = 0
    beside: int = 40
    glosses: int = 0
    own_gloss: int = 40
    names: bool = True


_DETAILS = (
    Detail(title=180, link=400, excerpts=40, glosses=40),
    Detail(title=180, link=300, excerpts=8, glosses=8),
    Detail(title=180, link=300, excerpts=5, glosses=5),
    Detail(title=150, link=300, excerpts=1, glosses=1),
    Detail(title=150, link=240),
    Detail(title=150, link=240, names=False),
    Detail(title=120, link=200, names=False),
    Detail(title=120, link=200, beside=12, names=False),
    Detail(title=120, link=180, beside=8, names=False),
    Detail(title=110, link=180, beside=5, names=False),
    Detail(title=100, link=160, beside=3, names=False),
    Detail(title=90, link=150, beside=1, own_gloss=8, names=False),
    Detail(title=80, link=140, beside=0, own_gloss=0, names=False),
)
"""From the fullest to the barest; the first that fits is taken."""

_COVERAGE = 240
"""The longest line that tells who reports a story."""

_CALLED = 50
"""The longest name of a sibling."""

_A_DAY = timedelta(days=1)


def groups(digest: Digest, headings: Headings) -> list[Group] | None:
    """The digest's texts in as much detail as one message holds; None where it holds none."""
    for detail in _DETAILS:
        told = _groups(digest, headings[digest.language], detail)
        if fits(told):
            return told
    return None


def fit(digest: Digest, headings: Headings) -> Digest:
    """The digest without the last stories for which one message has no room; they stay new."""
    while digest.sections and groups(digest, headings) is None:
        digest = without_last(digest)
    return digest


def view(digest: Digest, headings: Headings, rows: Iterable[Row] = ()) -> discord.ui.LayoutView:
    """A digest with rows of buttons below."""
    return message(groups(digest, headings) or _groups(digest, headings[digest.language], _DETAILS[-1]), rows)


def posted(digest: Digest, headings: Headings, mark: Mark) -> discord.ui.LayoutView:
    """An edition as it is posted: each component says whose it is, so that a restart finds it again."""
    language, other = digest.language, _other(digest.language)
    every = asks.EditionList(mark=mark)
    elsewhere = asks.EditionIn(mark=mark, language=other)
    menu = open_menu(f"edition/{mark.text}", stories_of(digest), language)
    all_there_is = say("all-stories", language, count=digest.stories)
    row: Row = [
        *([buttons.ShowButton(every, all_there_is)] if digest.stories else []),
        buttons.ShowButton(elsewhere, say("other-language", language)),
    ]
    return view(digest, headings, [menu, row])


def hours(digest: Digest, headings: Headings, topic: Topic | None, *, public: bool) -> discord.ui.LayoutView:
    """A digest that was asked for; `public` is how it looks when it is posted in the channel."""
    language = digest.language
    start, end = asks.minutes(digest.window.start), asks.minutes(digest.window.end)
    shown = asks.Hours(start=start, end=end, language=language, topic=topic, widened=int(digest.widened))
    other = asks.Hours(start=start, end=end, language=_other(language), topic=topic, widened=int(digest.widened))
    row: Row = [
        buttons.ShowButton(
            asks.HoursList(start=start, end=end, topic=topic), say("all-stories", language, count=digest.stories)
        ),
        buttons.ShowButton(other, say("other-language", language)),
        *([] if public else [buttons.PostButton(shown, say("post-here", language))]),
    ]
    menu = open_menu(asks.encoded(shown), stories_of(digest), language)
    return view(digest, headings, [menu, row] if digest.stories else [])


def open_menu(where: str, items: Sequence[Item], reader: Language) -> Row:
    """A menu that opens any of these stories; none where there are none."""
    by_story = {item.telling.story_id: item for item in reversed(items)}
    options = [_option(story, item) for story, item in reversed(by_story.items())]
    return [buttons.OpenMenu(where, say("open-a-story", reader), options)] if options else []


def _option(story: str, item: Item) -> discord.SelectOption:
    """A story in the menu, by a moderator's title where it has one; a glossed headline has the original below it."""
    shown = item.telling.headline
    if item.telling.title:
        return buttons.option(f"{item.number} · {item.telling.title}", story, shown.newsroom)
    if shown.gloss:
        return buttons.option(f"{item.number} · ≈ {shown.gloss}", story, f"{shown.newsroom}: {shown.title}")
    return buttons.option(f"{item.number} · {shown.title}", story, shown.newsroom)


def stories_of(digest: Digest) -> list[Item]:
    """Every story a digest tells, in order."""
    return [item for section in digest.sections for item in section.items]


def told(item: Item, reader: Language, detail: Detail) -> str:
    """One story: its headline, what is new, the other press, a source's sentence, and who reports it."""
    telling, number = item.telling, item.number
    lines = _headline(item, reader, detail)
    lines += _new(item, reader, detail)
    if telling.beside and number <= detail.beside:
        lines.append(phrases.beside(telling.beside, reader) + linked(telling.beside, reader, detail))
        lines += _gloss(telling.beside, number, detail)
    if number <= detail.excerpts:
        lines += _more(telling, reader, detail)
    if coverage := _coverage(telling, reader, detail):
        lines.append(coverage)
    return "\n".join(lines)


def brief(item: Item, reader: Language, detail: Detail) -> str:
    """One story in a line."""
    shown, title = item.telling.headline, item.telling.title
    if title:
        return f"{item.number} · {plain(title, detail.title)}: {linked(shown, reader, detail)}"
    if shown.gloss and item.number <= detail.own_gloss:
        return f"{item.number} · ≈ {plain(shown.gloss, detail.title)} · {_by(shown, detail)}"
    return f"{item.number} · {linked(shown, reader, detail)}"


def bundle(theme: Sequence[Name], siblings: Sequence[Item], reader: Language, detail: Detail) -> str:
    """The line of stories that belong to the one above it."""
    told = []
    for item in siblings:
        name = phrases.called(item, reader)
        told.append(f"{item.number} {link(name, item.telling.headline.link, limit=_CALLED, longest=detail.link)}")
    introduced = plain(phrases.siblings(theme, reader))
    return introduced + ("" if reader is Language.ZH else " ") + " · ".join(told)


def _headline(item: Item, reader: Language, detail: Detail) -> list[str]:
    """The headline; one in a language the reader does not read has its gloss above it (below for a Chinese reader).

    What a moderator calls the story stands above it, as nobody's words.
    """
    shown, number, title = item.telling.headline, item.number, item.telling.title
    if title:
        first = f"**{number} · {plain(title, detail.title)}**"
        return [first, linked(shown, reader, detail), *_gloss(shown, number, detail)]
    if not shown.gloss or number > detail.own_gloss:
        return [f"**{number} · {linked(shown, reader, detail, bold=True)}"]
    if reader is Language.ZH:
        return [f"**{number} · {linked(shown, reader, detail, bold=True)}", f"≈ {plain(shown.gloss, detail.title)}"]
    return [f"**{number} · ≈ {plain(shown.gloss, detail.title)}**", linked(shown, reader, detail)]


def _gloss(shown: Headline, number: int, detail: Detail) -> list[str]:
    return [f"≈ {plain(shown.gloss, detail.title)}"] if shown.gloss and number <= detail.glosses else []


def _new(item: Item, reader: Language, detail: Detail) -> list[str]:
    """What is new in a running story."""
    if not item.new:
        return []
    others = _also(item, reader, detail)
    if item.new.article_id == item.telling.headline.article_id:
        return [phrases.update_alone(item.update, reader) + others]
    first = phrases.update(item.update, reader) + linked(item.new, reader, detail) + others
    return [first, *_gloss(item.new, item.number, detail)]


def _also(item: Item, reader: Language, detail: Detail) -> str:
    """Who else has joined a running story."""
    if not item.new or not detail.names:
        return ""
    others = phrases.joined_by(item.update, item.new, reader)
    return f" · {plain(others, _COVERAGE // 2)}" if others else ""


def _more(telling: Telling, reader: Language, detail: Detail) -> list[str]:
    """A source's sentence, with a link where the headline's does not lead to it, else a second newsroom's headline."""
    source = telling.excerpt_from
    if telling.excerpt:
        elsewhere = source and source.article_id != telling.headline.article_id
        return [plain(telling.excerpt) + (f" · {_by(source, detail)}" if source and elsewhere else "")]
    if telling.second:
        return [linked(telling.second, reader, detail), *_gloss(telling.second, 0, detail)]
    return []


def _by(shown: Headline, detail: Detail) -> str:
    """A newsroom's name that leads to its article."""
    return link(shown.newsroom, shown.link, limit=60, longest=detail.link)


def _coverage(telling: Telling, reader: Language, detail: Detail) -> str:
    coverage = phrases.coverage(telling, reader, names=detail.names)
    parts = [plain(coverage, _COVERAGE if detail.names else _COVERAGE // 2)] if coverage else []
    if telling.last_at - telling.first_at >= _A_DAY:
        parts.insert(0, f"{stamp(telling.first_at, 'd')} – {stamp(telling.last_at, 'd')}")
    return f"-# {' · '.join(parts)}" if parts else ""


def _groups(digest: Digest, topics: Mapping[str, str], detail: Detail) -> list[Group]:
    head = f"## {phrases.title(digest)}\n{phrases.lead(digest)}"
    if digest.sections:
        head += f"\n-# {phrases.own_words(digest)}"
    told: list[Group] = [(head,), *(_section(each, topics, digest.language, detail) for each in digest.sections)]
    if foot := _foot(digest):
        *before, last = told
        told = [*before, (*last, foot)]
    return told


def _foot(digest: Digest) -> str:
    """When the next one comes, and how far "only" reaches."""
    scope = phrases.scope(digest)
    if digest.next_at:
        next_one = say("foot-next", digest.language, next=stamp(digest.next_at))
        return f"{next_one} · {scope}" if scope else next_one
    return f"-# {scope}" if scope else ""


def _section(section: Section, topics: Mapping[str, str], reader: Language, detail: Detail) -> tuple[str, ...]:
    heading = phrases.heading(section.heading, topics, reader)
    if section.heading == "also":
        texts = ["\n".join(brief(item, reader, detail) for item in section.items)]
    else:
        texts = [_with_siblings(head, siblings, reader, detail) for head, siblings in bundles(section.items)]
    return (f"### {heading}\n{texts[0]}" if heading else texts[0], *texts[1:])


def _with_siblings(head: Item, siblings: Sequence[Item], reader: Language, detail: Detail) -> str:
    line = [bundle(head.theme, siblings, reader, detail)] if siblings else []
    return "\n".join([told(head, reader, detail), *line])


def linked(headline: Headline, reader: Language, detail: Detail, *, bold: bool = False) -> str:
    """A headline that leads to its article, and who says so."""
    shown = link(headline.title, headline.link, limit=detail.title, longest=detail.link)
    end = "**" if bold else ""
    translated = f" {phrases.translated(reader)}" if headline.translated else ""
    return f"{shown}{end} {plain(headline.newsroom, 60)}{translated}"


def _other(language: Language) -> Language:
    return Language.EN if language is Language.ZH else Language.ZH
