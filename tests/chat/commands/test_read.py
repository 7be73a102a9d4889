from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import Article, Topic
from bot.store import feeds as feed_rows
from tests.chat.looks import buttons_of, options_of
from tests.chat.stage import Stage, answer, names, said
from tests.fakes import ITHOME, NOW, REUTERS, article, feed_spec

HUAWEI = (
    article("h1", "Huawei ships a new Ascend chip", story_id="s1", topic=Topic.CHIPS),
    article("h2", "华为发布新一代昇腾芯片", story_id="s1", newsroom=ITHOME, topic=Topic.CHIPS),
)
TSMC = article("t1", "TSMC raises its outlook", story_id="s2", newsroom=REUTERS, topic=Topic.CAPITAL)


def of_day(ago: int, count: int = 1) -> list[Article]:
    """Stories of a day some days before."""
    at = NOW - timedelta(days=ago)
    return [
        article(f"d{ago}.{number}", f"Day {ago} story {number}", story_id=f"d{ago}.{number}", published=at)
        for number in range(count)
    ]


async def search(stage: Stage, query: str) -> str:
    return said(await stage.member.slash(stage.channel, "search", query=query))


async def digest(stage: Stage, **options: str) -> str:
    return said(await stage.member.slash(stage.channel, "digest", **options))


async def test_the_digest_of_the_last_day(stage: Stage) -> None:
    """Only who asks sees it: each story once, with both presses, and ways to read on."""
    await stage.settle(*HUAWEI, TSMC, *of_day(0, 4))

    answered = await stage.member.slash(stage.channel, "digest")

    message = answer(answered)
    assert "6 stories since 7 June 08:00, told in 7 articles. Here are 6." in said(answered)
    assert "[Huawei ships a new Ascend chip](https://example.com/h1)** SCMP\nChinese press: [华为发布" in said(answered)
    assert len(options_of(message.components)) == 6
    assert list(buttons_of(message.components)) == ["Every story (6)", "中文", "Post in this channel"]


async def test_a_quiet_day_covers_three(stage: Stage) -> None:
    """Where a day has too little to tell, the digest says that it looks further back."""
    await stage.settle(*of_day(2))

    told = await digest(stage)

    assert "1 story since 5 June 08:00" in told
    assert "One day had too few, so this covers three." in told


@pytest.mark.parametrize(
    ("day", "tells"),
    [("yesterday", "Day 1"), ("2026-06-06", "Day 2"), ("Friday", "Day 3"), ("昨天", "Day 1"), ("today", "Day 0")],
)
async def test_the_digest_of_a_named_day(stage: Stage, day: str, tells: str) -> None:
    """A day is named as people name it, and has its own stories alone, however few."""
    await stage.settle(*(article for ago in range(5) for article in of_day(ago)))

    told = await digest(stage, day=day)

    assert f"{tells} story 0" in told
    assert "1 story since" in told


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("someday", "“someday” is not a day. Write it as 2026-06-08, yesterday or Friday."),
        ("2026-06-09", "2026-06-09 is out of reach: choose a day of the last year, such as yesterday."),
        ("<@1> # x", "“‹@\u200b1› # x” is not a day. Write it as 2026-06-08, yesterday or Friday."),
    ],
)
async def test_a_day_that_is_none_is_refused(stage: Stage, day: str, sentence: str) -> None:
    """With what to write instead; what was typed is shown as text."""
    assert await digest(stage, day=day) == f"### That did not work\n{sentence}"


async def test_a_digest_of_one_topic(stage: Stage) -> None:
    """The other topics are left out."""
    await stage.settle(*HUAWEI, TSMC)

    told = await digest(stage, topic="capital")

    assert "TSMC raises its outlook" in told
    assert "Huawei" not in told


async def test_a_digest_of_one_topic_looks_further_back_by_itself(stage: Stage) -> None:
    """However much else happened: what is too little is what there is of that topic."""
    day, before = NOW - timedelta(days=1), NOW - timedelta(days=2)
    busy = [article(f"b{number}", f"Chip {number}", story_id=f"b{number}", topic=Topic.CHIPS) for number in range(9)]
    quiet = [
        article(f"q{at.day}", f"Fund of {at.day}", story_id=f"q{at.day}", topic=Topic.CAPITAL, published=at)
        for at in (day, before)
    ]
    await stage.settle(*busy, *quiet)

    everything, told = await digest(stage), await digest(stage, topic="capital")

    assert "Fund of 6" in told
    assert "One day had too few, so this covers three." in told
    assert "Chip" not in told
    assert "Fund of 6" not in everything
    assert "this covers three" not in everything


async def test_a_topic_that_a_day_has_enough_of_covers_that_day(stage: Stage) -> None:
    """Its digest does not look further back."""
    many = [article(f"b{number}", f"Chip {number}", story_id=f"b{number}", topic=Topic.CHIPS) for number in range(9)]
    await stage.settle(
        *many, article("old", "Old chip", story_id="old", topic=Topic.CHIPS, published=NOW - timedelta(days=2))
    )

    told = await digest(stage, topic="chips")

    assert "Old chip" not in told
    assert "this covers three" not in told


async def test_a_day_without_stories_is_a_sentence(stage: Stage) -> None:
    """A topic nobody wrote about is said to be empty, without buttons."""
    await stage.settle(*HUAWEI)

    answered = await stage.member.slash(stage.channel, "digest", topic="robots")

    assert "Nothing new since" in said(answered)
    assert buttons_of(answer(answered).components) == {}


async def test_an_empty_archive_says_so(stage: Stage) -> None:
    """Where nothing was read yet, an answer says how far the reading is."""
    await stage.store.write(feed_rows.sync, [feed_spec()], NOW)

    sentence = "The archive is still empty: 0 of 1 feeds read so far. Try again in a minute."
    assert await search(stage, "huawei") == sentence
    assert await digest(stage) == sentence


@pytest.mark.parametrize("query", ["huawei", "华为", "華為", "HUAWEI ascend", "昇腾"])
async def test_a_search_finds_both_languages_by_either(stage: Stage, query: str) -> None:
    """One story, whichever language and spelling was typed."""
    await stage.settle(*HUAWEI, TSMC)

    told = await search(stage, query)

    assert "华为发布新一代昇腾芯片" in told
    assert "Huawei ships a new Ascend chip" in told
    assert told.startswith(f"## {query}\n")


async def test_a_search_for_two_names_that_no_story_has_together(stage: Stage) -> None:
    """It says so, and shows what names one of them."""
    await stage.settle(*HUAWEI, TSMC)

    told = await search(stage, "huawei tsmc")

    assert "No headline here since 8 June names both. First the closest in meaning, then each alone." in told
    assert "-# Huawei = 华为, 華為 · TSMC = 台积电, 台積電" in told


async def test_a_search_that_finds_nothing_says_what_to_try(stage: Stage) -> None:
    """An archive that has other things is not an empty one."""
    await stage.settle(TSMC)

    assert "Nothing here answers that." in await search(stage, "xylophone")


@pytest.mark.parametrize("query", [" ", "   \u3000 "])
async def test_a_search_for_nothing_is_refused(stage: Stage, query: str) -> None:
    """Blanks are no question; nothing is written down for them."""
    await stage.settle(TSMC)

    assert "There is nothing to look for" in await search(stage, query)
    assert "There is nothing to look for" in said(await stage.member.slash(stage.channel, "story", story=query))


@pytest.mark.parametrize(
    "query", ["<@1> @everyone", "a](https://evil.com) [b", "# x\n-# y", "`*_~|` <#1>", "discord.gg/x"]
)
async def test_a_hostile_query_is_shown_as_text(stage: Stage, query: str) -> None:
    """What was typed stands in the answer, and does nothing there."""
    await stage.settle(TSMC)

    told = (await search(stage, query)).splitlines()[0]

    assert told.startswith("## ")
    assert not set(told[3:]) & set("<>[]*_`|~")
    assert "://" not in told
    assert "@e" not in told


async def test_a_story_is_shown_by_its_id_and_by_its_words(stage: Stage) -> None:
    """The menu sends the id; who types on and presses Enter sends words."""
    await stage.settle(*HUAWEI, TSMC)

    by_id = said(await stage.member.slash(stage.channel, "story", story=" s1 "))
    by_words = said(await stage.member.slash(stage.channel, "story", story="华为 昇腾"))

    assert by_id == by_words
    assert by_id.splitlines()[0] == "## Huawei ships a new Ascend chip"
    assert "2 newsrooms (1 English, 1 Chinese) · 2 articles: SCMP, ITHome" in by_id
    assert "-# Why it ranks here: " in by_id


@pytest.mark.parametrize(
    ("command", "option"), [("search", "query"), ("story", "story"), ("why", "story"), ("digest", "")]
)
async def test_newsrooms_are_named_for_the_reader(stage: Stage, command: str, option: str) -> None:
    """A reader of Chinese sees 路透社's and IT之家's own names, wherever newsrooms are named."""
    await stage.settle(article("h1", "Huawei ships a chip", story_id="s1", newsroom=REUTERS), HUAWEI[1])
    options = {option: "华为"} if option else {}

    english = said(await stage.member.slash(stage.channel, command, **options))
    stage.locale = "zh-CN"
    chinese = said(await stage.member.slash(stage.channel, command, **options))

    assert all(name in english for name in ("Reuters", "ITHome"))
    assert all(name in chinese for name in ("路透社", "IT之家"))
    assert not any(name in chinese for name in ("Reuters", "ITHome"))


async def test_a_story_that_is_not_there_is_refused(stage: Stage) -> None:
    """With how to find one."""
    await stage.settle(TSMC)

    told = said(await stage.member.slash(stage.channel, "story", story="xylophone"))

    assert "There is no such story. `/story` offers recent ones while you type" in told


async def test_the_feeds_that_are_read(stage: Stage) -> None:
    """Everybody may see them, without their troubles."""
    await stage.store.write(feed_rows.sync, [feed_spec(title="IT之家", newsroom=ITHOME)], NOW)

    told = said(await stage.member.slash(stage.channel, "sources"))

    assert told.splitlines()[0] == "## Feeds read here: 1"
    assert "IT之家" in told
    assert "Chinese · press · nothing yet" in told


async def test_the_help_names_every_command(stage: Stage) -> None:
    """What can be done stands on one page, in both languages."""
    english = said(await stage.member.slash(stage.channel, "help"))
    stage.locale = "zh-CN"
    chinese = said(await stage.member.slash(stage.channel, "help"))

    for command in {*stage.moderator.available_commands(stage.channel)} - {"help"}:
        assert f"/{command.split()[0]}" in english
        assert f"/{command.split()[0]}" in chinese
    assert "who watches what, and what was searched, never who searched." in english
    assert "由哪位管理员订阅或改动源、谁设置了哪些提醒、搜过什么，从不记录是谁搜的。" in chinese


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["Today · 2026-06-08", "Sunday · 2026-06-07", "Saturday · 2026-06-06", "Friday · 2026-06-05"]),
        ("fri", ["Friday · 2026-06-05"]),
        ("06-07", ["Sunday · 2026-06-07"]),
        ("xyz", []),
    ],
)
async def test_days_are_offered(stage: Stage, typed: str, offered: Sequence[str]) -> None:
    """The last days by their names, the newest first."""
    assert names(await stage.member.autocomplete(stage.channel, "digest", "day", typed))[:4] == offered


async def test_days_are_offered_in_chinese(stage: Stage) -> None:
    """To a reader of Chinese."""
    stage.locale = "zh-CN"

    offered = names(await stage.member.autocomplete(stage.channel, "digest", "day", "周"))

    assert offered[:2] == ["周日 · 2026-06-07", "周六 · 2026-06-06"]
    assert len(offered) == 7


@pytest.mark.parametrize(
    ("typed", "offered"), [("huawei", ["s1"]), ("華為", ["s1"]), ("TSMC out", ["s2"]), ("", ["s1", "s2"]), ("zzz", [])]
)
async def test_recent_stories_are_offered(stage: Stage, typed: str, offered: list[str]) -> None:
    """By the words of any of their headlines, the best first."""
    await stage.settle(*HUAWEI, TSMC)

    choices = await stage.member.autocomplete(stage.channel, "story", "story", typed)

    assert sorted(choice["value"] for choice in choices) == offered


async def test_at_most_as_many_stories_are_offered_as_discord_takes(stage: Stage) -> None:
    """Twenty-five, each with a name of at most a hundred characters."""
    await stage.settle(*of_day(0, 30), article("long", "芯" * 200, story_id="long"))

    choices = await stage.member.autocomplete(stage.channel, "story", "story", "")

    assert len(choices) == 25
    assert all(1 <= len(name) <= 100 for name in names(choices))


async def test_readers_commands_work_in_messages_to_the_bot(stage: Stage) -> None:
    """Outside of servers the catalogue is read; what belongs to a server does not exist there."""
    await stage.settle(*HUAWEI)

    user = stage.member.user

    digested, found = await user.slash("digest"), await user.slash("search", query="huawei")
    told = await user.slash("story", story="s1")

    assert all("Huawei ships" in said(each) for each in (digested, found, told))
    assert list(buttons_of(answer(digested).components)) == ["Every story (1)", "中文"]
    assert buttons_of(answer(found).components) == {}
    assert list(buttons_of(answer(told).components)) == ["Why is this here?"]
    assert {"digest", "search", "story", "why", "sources", "watches", "help"} == set(user.available_commands())


async def test_a_search_takes_its_options(stage: Stage) -> None:
    """They are operators that need not be typed; what was chosen stands in the answer's head."""
    await stage.settle(*HUAWEI, TSMC)

    told = said(await stage.member.slash(stage.channel, "search", query="huawei", source="ithome", sort="new"))

    assert told.startswith("## source:ithome sort:new huawei\n")
    assert "华为发布新一代昇腾芯片" in told
    assert "Huawei ships" not in told


async def test_a_wrong_operator_is_explained_in_the_readers_language(stage: Stage) -> None:
    """With the right one; what was typed is shown as text."""
    await stage.settle(TSMC)

    english = await search(stage, "huawei lang:<@1>")
    stage.locale = "zh-CN"

    assert english == '### That did not work\nlang: takes en or zh, such as lang:zh; "‹@\u200b1›" is neither.'
    assert "sort: 后面写 best 或 new" in await search(stage, "huawei sort:x")


async def test_only_one_of_two_names_is_a_click_away(stage: Stage) -> None:
    """After a restart too."""
    await stage.settle(*HUAWEI, TSMC)
    answered = await stage.member.slash(stage.channel, "search", query="huawei tsmc")

    await stage.restart()
    shown = said(await stage.member.click(answer(answered), label="Only TSMC"))

    assert shown.startswith("## TSMC\n")
    assert "TSMC raises its outlook" in shown


async def test_searches_are_offered_to_who_made_them(stage: Stage) -> None:
    """Names complete what is typed; one's own searches come first, and nobody else is shown them."""
    await stage.settle(*HUAWEI)
    await search(stage, "huawei secret plan")

    own = names(await stage.member.autocomplete(stage.channel, "search", "query", "huawei"))
    others = names(await stage.moderator.autocomplete(stage.channel, "search", "query", "huawei"))

    assert own[0] == "huawei secret plan"
    assert "Huawei · 华为" in own
    assert "huawei secret plan" not in others


async def test_newsrooms_are_offered_of_what_a_server_sees(stage: Stage) -> None:
    """Another server's own newsrooms have no name here."""
    own = article("x1", "Huawei inside", scope="99", newsroom=REUTERS, story_id="x")
    await stage.settle(*HUAWEI, own)

    assert names(await stage.member.autocomplete(stage.channel, "search", "source", "")) == ["ITHome", "SCMP"]
    assert names(await stage.member.autocomplete(stage.channel, "search", "source", "之家")) == ["ITHome"]
    assert names(await stage.member.autocomplete(stage.channel, "search", "source", "南华早报")) == ["SCMP"]
