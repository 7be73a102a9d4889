"""How a digest looks: one message, told in less detail where it would be too long."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import discord

from bot import phrases
from bot.chat import asks, buttons
from bot.chat.asks import Mark
from bot.chat.render.layout import Group, Row, fits, message, stamp
from bot.chat.render.safe import link, plain
from bot.chat.words import say
from bot.model import Digest, Headline, Item, Language, Section, Topic
from bot.stories.choose import without_last

Headings = Mapping[Language, Mapping[str, str]]
"""The topics' headings in each language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much is told: the longest title and link in UTF-16 units, and what stands below a headline.

    `excerpts` and `beside` are the last numbers whose stories have a source's sentence and the other press's headline;
    without `names` the newsrooms are only counted.
    """

    title: int
    link: int
    excerpts: int = 0
    beside: int = 40
    names: bool = True


_DETAILS = (
    Detail(title=180, link=400, excerpts=40),
    Detail(title=180, link=300, excerpts=5),
    Detail(title=150, link=300, excerpts=1),
    Detail(title=150, link=240),
    Detail(title=150, link=240, names=False),
    Detail(title=120, link=200, names=False),
    Detail(title=120, link=200, beside=12, names=False),
    Detail(title=120, link=180, beside=8, names=False),
    Detail(title=110, link=180, beside=5, names=False),
    Detail(title=100, link=160, beside=3, names=False),
    Detail(title=90, link=150, beside=1, names=False),
    Detail(title=80, link=140, beside=0, names=False),
)
"""From the fullest to the barest; the first that fits is taken."""

_COVERAGE = 240
"""The longest line that tells who reports a story."""


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
    options = [
        buttons.option(f"{item.number} · {_title(item)}", story, item.telling.headline.newsroom)
        for story, item in reversed(by_story.items())
    ]
    return [buttons.OpenMenu(where, say("open-a-story", reader), options)] if options else []


def stories_of(digest: Digest) -> list[Item]:
    """Every story a digest tells, in order."""
    return [item for section in digest.sections for item in section.items]


def told(item: Item, reader: Language, detail: Detail) -> str:
    """One story: its headline, what is new, the other press, a source's sentence, and who reports it."""
    telling = item.telling
    lines = [_first(item, reader, detail)]
    if item.new:
        lines.append(phrases.update(reader) + _linked(item.new, reader, detail))
    if telling.beside and item.number <= detail.beside:
        lines.append(phrases.beside(telling.beside, reader) + _linked(telling.beside, reader, detail))
    if telling.excerpt and item.number <= detail.excerpts:
        lines.append(plain(telling.excerpt))
    if coverage := phrases.coverage(telling, reader, names=detail.names):
        lines.append(f"-# {plain(coverage, _COVERAGE if detail.names else _COVERAGE // 2)}")
    return "\n".join(lines)


def brief(item: Item, reader: Language, detail: Detail) -> str:
    """One story in a line."""
    named = f"{plain(item.telling.title, detail.title)}: " if item.telling.title else ""
    return f"{item.number} · {named}{_linked(item.telling.headline, reader, detail)}"


def _first(item: Item, reader: Language, detail: Detail) -> str:
    """The headline; what a moderator calls the story stands above it, as nobody's words."""
    headline = item.telling.headline
    if not item.telling.title:
        return f"**{item.number} · {_linked(headline, reader, detail, bold=True)}"
    return f"**{item.number} · {plain(item.telling.title, detail.title)}**\n{_linked(headline, reader, detail)}"


def _title(item: Item) -> str:
    return item.telling.title or item.telling.headline.title


def _groups(digest: Digest, topics: Mapping[str, str], detail: Detail) -> list[Group]:
    head = f"## {phrases.title(digest)}\n{phrases.lead(digest)}"
    if digest.sections:
        head += f"\n{say('own-words', digest.language)}"
    told: list[Group] = [(head,), *(_section(each, topics, digest.language, detail) for each in digest.sections)]
    if digest.next_at:
        *before, last = told
        told = [*before, (*last, say("foot-next", digest.language, next=stamp(digest.next_at)))]
    return told


def _section(section: Section, topics: Mapping[str, str], reader: Language, detail: Detail) -> tuple[str, ...]:
    heading = phrases.heading(section.heading, topics, reader)
    if section.heading == "also":
        texts = ["\n".join(brief(item, reader, detail) for item in section.items)]
    else:
        texts = [told(item, reader, detail) for item in section.items]
    return (f"### {heading}\n{texts[0]}" if heading else texts[0], *texts[1:])


def _linked(headline: Headline, reader: Language, detail: Detail, *, bold: bool = False) -> str:
    shown = link(headline.title, headline.link, limit=detail.title, longest=detail.link)
    end = "**" if bold else ""
    translated = f" {phrases.translated(reader)}" if headline.translated else ""
    return f"{shown}{end} {plain(headline.newsroom, 60)}{translated}"


def _other(language: Language) -> Language:
    return Language.EN if language is Language.ZH else Language.ZH
