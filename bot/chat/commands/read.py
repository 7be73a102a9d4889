"""The commands everyone may use: /digest, /search, /story, /why, /sources and /help."""

from datetime import timedelta

import discord
from discord import app_commands

from bot.chat import asks
from bot.chat.commands.shared import LANGUAGES, TOPICS, Choices, Commands, desk_of, for_readers, quietly
from bot.chat.desk import Asked
from bot.chat.reader import Reader, reader_of
from bot.chat.render.layout import RED
from bot.chat.render.notices import notice
from bot.chat.render.safe import bare
from bot.chat.words import say
from bot.model import Language, Topic
from bot.stories.asking.query import joined
from bot.text import fold

_LONGEST_QUERY = 200
_LONGEST_OPTION = 80
_DAYS_OFFERED = 8
_SINCE = (
    ("1d", "The last 24 hours", "最近 24 小时"),
    ("7d", "The last 7 days", "最近 7 天"),
    ("30d", "The last 30 days", "最近 30 天"),
    ("this week", "This week", "本周"),
    ("this month", "This month", "本月"),
)
"""Beginnings that are offered, with what each is called in both languages."""
_SORTS = [
    app_commands.Choice(name=app_commands.locale_str("Best first"), value="best"),
    app_commands.Choice(name=app_commands.locale_str("Newest first"), value="new"),
]


@for_readers
@app_commands.command(description="The last day's digest, or another day's; only you see it")
@app_commands.describe(
    day="A day: 2026-06-08, yesterday, Friday; the last 24 hours by default", topic="Only this topic"
)
@app_commands.choices(topic=TOPICS)
async def digest(
    asked: Asked, day: app_commands.Range[str, 1, 40] | None = None, topic: app_commands.Choice[str] | None = None
) -> None:
    """The digest as somebody would get it who has seen nothing."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return await desk.answers.digest(day, Topic(topic.value) if topic else None, reader)

    await desk.private(asked, work)


@digest.autocomplete("day")
async def days(asked: Asked, typed: str) -> Choices:
    """The last days, by their dates."""

    async def offered() -> Choices:
        reader = reader_of(asked)
        today = await desk_of(asked).answers.today(reader)
        last = [today - timedelta(days=ago) for ago in range(_DAYS_OFFERED)]
        named = [(day.isoformat(), _day_name(day.weekday(), ago, reader.language)) for ago, day in enumerate(last)]
        return [
            app_commands.Choice(name=f"{name} · {day}", value=day)
            for day, name in named
            if typed.casefold() in f"{name} {day}".casefold()
        ]

    return await quietly(offered)


def _day_name(weekday: int, ago: int, reader: Language) -> str:
    if ago == 0:
        return "今天" if reader is Language.ZH else "Today"
    names = "一二三四五六日" if reader is Language.ZH else ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")
    return f"周{names[weekday]}" if reader is Language.ZH else f"{names[weekday]}day"


@for_readers
@app_commands.command(description="Find stories; huawei tsmc finds 华为 and 台积电 too")
@app_commands.describe(
    query="Names and words in either language",
    source="Only this newsroom; begin to type its name",
    topic="Only this topic",
    language="Only newsrooms of this language",
    since="Not before: 7d, 2026-06-01, last friday",
    sort="What comes first",
)
@app_commands.choices(topic=TOPICS, language=LANGUAGES, sort=_SORTS)
async def search(  # Discord hands over each option by its name
    asked: Asked,
    query: app_commands.Range[str, 1, _LONGEST_QUERY],
    source: app_commands.Range[str, 1, _LONGEST_OPTION] | None = None,
    topic: app_commands.Choice[str] | None = None,
    language: app_commands.Choice[str] | None = None,
    since: app_commands.Range[str, 1, _LONGEST_OPTION] | None = None,
    sort: app_commands.Choice[str] | None = None,
) -> None:
    """The stories that answer a question."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        chosen = {"topic": topic, "lang": language, "sort": sort}
        values = {name: each.value if each else None for name, each in chosen.items()}
        whole = joined(query, source=source, since=since, **values)
        shown = await desk.answers.search(whole if query.strip() else query, reader)
        desk.suggester.remember(asked.user.id, query)
        return shown

    await desk.private(asked, work)


@search.autocomplete("query")
async def queries(asked: Asked, typed: str) -> Choices:
    """Names that complete the last word, and what was searched for before."""

    async def offered() -> Choices:
        found = await desk_of(asked).suggester.queries(typed, reader_of(asked), asked.user.id)
        return [app_commands.Choice(name=bare(label, 100), value=value) for label, value in found]

    return await quietly(offered)


@search.autocomplete("source")
async def newsrooms(asked: Asked, typed: str) -> Choices:
    """Newsrooms that have what was typed in their names."""

    async def offered() -> Choices:
        found = await desk_of(asked).suggester.newsrooms(typed, reader_of(asked))
        return [app_commands.Choice(name=bare(name, 100), value=name) for name in found]

    return await quietly(offered)


@search.autocomplete("since")
async def beginnings(asked: Asked, typed: str) -> Choices:
    """Common dates, and what was typed."""

    async def offered() -> Choices:
        chinese = reader_of(asked).language is Language.ZH
        common = [(zh if chinese else en, value) for value, en, zh in _SINCE]
        fitting = [app_commands.Choice(name=name, value=value) for name, value in common if typed in name + value]
        own = [app_commands.Choice(name=bare(typed, 100), value=typed[:100])] if typed.strip() and not fitting else []
        return [*own, *fitting]

    return await quietly(offered)


@for_readers
@app_commands.command(description="Every source of one story, and why it is here")
@app_commands.describe(story="Begin to type, and choose from the recent stories")
async def story(asked: Asked, story: app_commands.Range[str, 1, _LONGEST_QUERY]) -> None:
    """One story's card."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return await desk.answers.story(story, reader)

    await desk.private(asked, work)


@for_readers
@app_commands.command(description="Why a story is here: the numbers behind its rank, its articles and its topic")
@app_commands.describe(story="Begin to type, and choose from the recent stories")
async def why(asked: Asked, story: app_commands.Range[str, 1, _LONGEST_QUERY]) -> None:
    """The numbers behind one story."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return await desk.answers.why(story, reader)

    await desk.private(asked, work)


@why.autocomplete("story")
@story.autocomplete("story")
async def stories(asked: Asked, typed: str) -> Choices:
    """Recent stories whose headlines have what was typed."""

    async def offered() -> Choices:
        wanted = fold(typed).split()
        recent = await desk_of(asked).answers.recent(reader_of(asked))
        return [
            app_commands.Choice(name=bare(title, 100), value=story_id)
            for title, story_id, folded in recent
            if all(word in folded for word in wanted)
        ]

    return await quietly(offered)


@for_readers
@app_commands.command(description="The feeds that are read here")
async def sources(asked: Asked) -> None:
    """What is read here."""
    await desk_of(asked).show(asked, asks.Sources())


@for_readers
@app_commands.command(name="help", description="What I can do")
async def help_(asked: Asked) -> None:
    """What the bot can do."""

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return notice(say("help", reader.language), colour=RED)

    await desk_of(asked).private(asked, work)


COMMANDS: Commands = (digest, search, story, why, sources, help_)
