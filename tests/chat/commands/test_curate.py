import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.chat.curate import MOST_FEEDS
from bot.errors import FetchError
from bot.feed import Feed
from bot.model import Kind, Language
from bot.store import articles as article_rows
from bot.store import feeds as rows
from tests.chat.stage import Stage, names, said
from tests.fakes import ITHOME, NOW, article, feed_spec, page

TROUBLE = "### That did not work\n"
URL = "https://blog.example.com/feed"
BODY = "a SMIC raises prices\nb TSMC raises its outlook\nc Huawei ships a chip\nd Nvidia answers"


@pytest.fixture
async def catalogue(stage: Stage) -> Feed:
    """A feed of the catalogue, and another that can be added."""
    stage.fetcher.pages[URL] = page(BODY)
    await stage.store.write(rows.sync, [feed_spec("https://ithome.example.com/", title="IT之家", newsroom=ITHOME)], NOW)
    (one,) = await stage.store.read(rows.listed)
    return one


async def feeds(stage: Stage, command: str, **options: object) -> str:
    return said(await stage.moderator.slash(stage.channel, f"feeds {command}", **options))


async def own(stage: Stage) -> list[Feed]:
    return await stage.store.read(rows.listed, scope=str(stage.server.id))


def neighbours(stage: Stage) -> tuple[MemberActor, ChannelHandle]:
    """A moderator of another server, and a channel there."""
    elsewhere = stage.env.create_guild("Elsewhere")
    rights = elsewhere.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    return elsewhere.add_member(stage.env.create_user("eve"), roles=[rights]), elsewhere.create_text_channel("theirs")


@pytest.mark.usefixtures("catalogue")
async def test_a_server_adds_a_feed_for_itself(stage: Stage) -> None:
    """It is looked at first, and its latest entries are shown."""
    told = await feeds(stage, "add", url=URL)

    (one,) = await own(stage)
    assert (one.spec.url, one.spec.newsroom.kind, one.spec.newsroom.language) == (URL, Kind.PRESS, Language.EN)
    assert one.spec.mixed
    assert told.splitlines()[:3] == [
        "## A feed",
        "**A feed** is read from now on, for this server alone. `/feeds remove` takes it out again.",
        "### Its latest entries",
    ]
    assert "[Huawei ships a chip](https://example.com/c)" in told
    assert "Nvidia" not in told


@pytest.mark.usefixtures("catalogue")
async def test_what_a_moderator_knows_of_a_feed_is_kept(stage: Stage) -> None:
    """Its language, what stands behind it, and that all of it is on topic; a bare host is enough of an address."""
    await feeds(stage, "add", url="blog.example.com/feed", language="zh", kind="official", all_on_topic=True)

    (one,) = await own(stage)
    assert one.spec.url == URL
    assert (one.spec.newsroom.language, one.spec.newsroom.kind, one.spec.mixed) == (Language.ZH, Kind.OFFICIAL, False)


@pytest.mark.usefixtures("catalogue")
async def test_a_servers_own_feed_is_invisible_elsewhere(stage: Stage) -> None:
    """Neither in another server's lists and menus, nor for its commands."""
    eve, there = neighbours(stage)
    await feeds(stage, "add", url=URL)
    (one,) = await own(stage)

    here = [await feeds(stage, "list"), said(await stage.member.slash(stage.channel, "sources"))]
    elsewhere = [said(await eve.slash(there, "feeds list")), said(await eve.slash(there, "sources"))]
    tried = [said(await eve.slash(there, f"feeds {what}", feed=str(one.id))) for what in ("remove", "pause", "resume")]

    assert all("A feed" in told and "this server’s own" in told for told in here)
    assert all("A feed" not in told and "IT之家" in told for told in elsewhere)
    assert all(f"No feed here is called “{one.id}”." in told for told in tried)
    assert names(await eve.autocomplete(there, "feeds pause", "feed", "")) == ["IT之家"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (URL, "**A feed** is read here already."),
        ("  blog.example.com/feed ", "**A feed** is read here already."),
        ("https://ithome.example.com/", "**IT之家** is read here already."),
        ("https://gone.example.com/", "I could not read that as a feed, so I added nothing. There is nothing at https"),
        ("file:///etc/passwd", "I could not read that as a feed, so I added nothing. There is nothing at https"),
        ("/etc/passwd", "I could not read that as a feed, so I added nothing. There is nothing at https"),
    ],
)
@pytest.mark.usefixtures("catalogue")
async def test_what_cannot_be_added_is_refused(stage: Stage, url: str, sentence: str) -> None:
    """What is read already, what is not there, and files of this machine."""
    await feeds(stage, "add", url=URL)

    assert (await feeds(stage, "add", url=url)).startswith(TROUBLE + sentence)
    assert len(await own(stage)) == 1


async def test_a_hostile_answer_of_a_feed_is_shown_as_text(stage: Stage) -> None:
    """The reason a feed gives may hold anything its server said."""
    stage.fetcher.pages[URL] = FetchError("refused", "It says <@1> @everyone [x](https://evil.com).")

    told = await feeds(stage, "test", url=URL)

    assert "It says ‹@\u200b1› @\u200beveryone (x)(https:\u200b//evil.com)." in told


@pytest.mark.usefixtures("catalogue")
async def test_a_server_adds_so_many_feeds_and_no_more(stage: Stage) -> None:
    """Each costs every poll; another server's do not count."""
    scope = str(stage.server.id)
    for number in range(MOST_FEEDS):
        spec = feed_spec(f"https://example.com/{number}", title=f"Feed {number:02}")
        await stage.store.write(rows.put, spec, origin=rows.FROM_COMMAND, now=NOW, scope=scope)
    eve, there = neighbours(stage)

    refused = await feeds(stage, "add", url=URL)
    elsewhere = said(await eve.slash(there, "feeds add", url=URL))

    assert refused.startswith(f"{TROUBLE}This server has added 50 feeds, which is the most it may.")
    assert "is read from now on" in elsewhere
    assert len(await own(stage)) == MOST_FEEDS
    assert len(await stage.moderator.autocomplete(stage.channel, "feeds remove", "feed", "")) == 25


@pytest.mark.usefixtures("catalogue")
async def test_a_servers_own_feed_is_removed(stage: Stage) -> None:
    """The menu offers only those it may remove; a removed one is read no more."""
    await feeds(stage, "add", url=URL)

    offered = await stage.moderator.autocomplete(stage.channel, "feeds remove", "feed", "")
    told = await feeds(stage, "remove", feed=offered[0]["value"])

    assert names(offered) == ["A feed"]
    assert told == "**A feed** is no longer read; its articles stay in this server’s archive."
    assert await own(stage) == []


@pytest.mark.parametrize("typed", ["IT之家", "it之家", "https://ithome.example.com/", " IT之家 "])
@pytest.mark.usefixtures("catalogue")
async def test_a_feed_of_the_catalogue_cannot_be_removed(stage: Stage, typed: str) -> None:
    """It belongs to every server; hiding it here is offered instead. It is found by its name or address too."""
    told = await feeds(stage, "remove", feed=typed)

    assert told.startswith(f"{TROUBLE}**IT之家** belongs to the catalogue of every server")
    assert len(await stage.store.read(rows.listed)) == 1


@pytest.mark.usefixtures("catalogue")
async def test_a_servers_own_feed_is_paused_and_resumed(stage: Stage) -> None:
    """The list says so meanwhile, the others do not see it, and the menus offer what can be done."""
    await feeds(stage, "add", url=URL)

    paused = await feeds(stage, "pause", feed="A feed")
    listed, shown = await feeds(stage, "list"), said(await stage.member.slash(stage.channel, "sources"))
    can_pause = names(await stage.moderator.autocomplete(stage.channel, "feeds pause", "feed", ""))
    can_resume = names(await stage.moderator.autocomplete(stage.channel, "feeds resume", "feed", "a fe"))
    resumed = await feeds(stage, "resume", feed="A feed")

    assert paused == "**A feed** is paused. `/feeds resume` reads it again."
    assert "this server’s own · **paused**" in listed
    assert "A feed" not in shown
    assert (can_pause, can_resume) == (["IT之家"], ["A feed"])
    assert resumed == "**A feed** is read and shown again."
    assert not (await own(stage))[0].paused


async def test_a_feed_of_the_catalogue_is_hidden_from_one_server(stage: Stage, catalogue: Feed) -> None:
    """Its articles are gone from this server's answers and stay in all others'."""
    eve, there = neighbours(stage)
    one = article("h1", "Huawei ships a chip", story_id="s1", newsroom=ITHOME)
    await stage.store.write(article_rows.keep, [("g1", one)], feed_id=catalogue.id)
    await stage.settle(one)

    before = said(await stage.member.slash(stage.channel, "search", query="huawei"))
    hidden = await feeds(stage, "pause", feed=str(catalogue.id))
    after = said(await stage.member.slash(stage.channel, "search", query="huawei"))
    elsewhere = said(await eve.slash(there, "search", query="huawei"))

    assert hidden.startswith("**IT之家** is hidden in this server; other servers still see it.")
    assert "Huawei ships a chip" in before
    assert "Huawei ships a chip" not in after
    assert "Huawei ships a chip" in elsewhere
    assert "**hidden in this server**" in await feeds(stage, "list")
    assert "IT之家" not in said(await stage.member.slash(stage.channel, "sources"))
    assert "IT之家" in said(await eve.slash(there, "sources"))


async def test_a_hidden_feed_is_shown_again(stage: Stage, catalogue: Feed) -> None:
    """Resuming undoes hiding."""
    await feeds(stage, "pause", feed=str(catalogue.id))

    told = await feeds(stage, "resume", feed=str(catalogue.id))

    assert told == "**IT之家** is read and shown again."
    assert "hidden" not in await feeds(stage, "list")


async def test_a_server_does_not_resume_what_the_operator_paused(stage: Stage, catalogue: Feed) -> None:
    """A feed of the catalogue that is read by nobody stays so, whichever server asks."""
    await stage.store.write(rows.pause, catalogue.id, NOW)

    await feeds(stage, "resume", feed=str(catalogue.id))

    (one,) = await stage.store.read(rows.listed)
    assert one.paused


@pytest.mark.parametrize("command", ["remove", "pause", "resume"])
@pytest.mark.usefixtures("catalogue")
async def test_a_feed_that_is_not_there_is_refused(stage: Stage, command: str) -> None:
    """With how to find it; what was typed is shown as text."""
    told = await feeds(stage, command, feed="<@1> # x")

    assert told.startswith(f"{TROUBLE}No feed here is called “‹@\u200b1› # x”.")


@pytest.mark.usefixtures("catalogue")
async def test_a_feed_is_tested_without_being_added(stage: Stage) -> None:
    """What it holds and in which language, and nothing is kept."""
    told = await feeds(stage, "test", url=URL)

    assert told.splitlines()[:2] == [
        "## A feed",
        "That is a feed I can read: 4 entries, in English. `/feeds add` adds it.",
    ]
    assert await own(stage) == []


async def test_what_is_no_feed_says_what_is_wrong(stage: Stage) -> None:
    """A web page, and an address where nothing is."""
    stage.fetcher.pages[URL] = page("<html>")

    told = [await feeds(stage, "test", url=url) for url in (URL, "gone.example.com")]

    assert told == [
        f"{TROUBLE}I cannot read that as a feed. There is a web page instead of a feed.",
        f"{TROUBLE}I cannot read that as a feed. There is nothing at https:\u200b//gone.example.com.",
    ]


async def test_a_moderators_answers_are_in_chinese_too(stage: Stage, catalogue: Feed) -> None:
    """As their Discord is."""
    stage.locale = "zh-TW"

    assert await feeds(stage, "pause", feed=str(catalogue.id)) == (
        "**IT之家** 已在本服务器隐藏，其他服务器不受影响。用 `/feeds resume` 恢复显示。"
    )
    assert (await feeds(stage, "remove", feed="x")).startswith("### 没有成功\n这里没有叫“x”的源。")
    assert (await feeds(stage, "test", url=URL)).splitlines()[1].startswith("这是可以读取的源：4 条，英文。")
