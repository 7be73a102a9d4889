import re

import pytest

from bot.chat.curate import MOST_FEEDS
from bot.chat.scout import LOOKS
from bot.errors import FetchError
from bot.feed import Feed, Fetched
from bot.model import Kind, Language
from bot.store import articles as article_rows
from bot.store import feeds as rows
from tests.chat.curating import BODY, TROUBLE, URL, add, asked, feeds, neighbours, own, press
from tests.chat.looks import buttons_of, options_of, text_of
from tests.chat.stage import Stage, names, said
from tests.fakes import ITHOME, NOW, article, feed_spec, page


@pytest.fixture
async def catalogue(stage: Stage) -> Feed:
    """A feed of the catalogue, and another that can be added."""
    stage.fetcher.pages[URL] = page(BODY)
    await stage.store.write(rows.sync, [feed_spec("https://ithome.example.com/", title="IT之家", newsroom=ITHOME)], NOW)
    (one,) = await stage.store.read(rows.listed)
    return one


@pytest.mark.usefixtures("catalogue")
async def test_a_feed_is_shown_before_it_is_added(stage: Stage) -> None:
    """Whose it is, how often it brings something, how much is on topic, and its latest entries."""
    message = await asked(stage, "add", url=URL)
    told = text_of(message.components)

    assert await own(stage) == []
    assert told.splitlines() == [
        "## A feed",
        "-# `https://blog.example.com/feed`",
        "English · press · **A feed**, a newsroom new to me",
        "Its entries do not tell how often it brings something.",
        "On topic: 3 of its latest 4; the digest leaves the others out.",
        "Its entries are titles without a text, which makes their stories harder to recognise.",
        "### Its latest entries",
        "<t:1780920000:R> [SMIC raises prices](https://example.com/a)",
        "<t:1780920000:R> [TSMC raises its outlook](https://example.com/b)",
        "<t:1780920000:R> [Huawei ships a chip](https://example.com/c)",
        "-# Nothing is added yet. `/feeds add` takes the language, the kind and more, where this is wrong.",
    ]
    assert list(buttons_of(message.components)) == ["Add", "Cancel"]


@pytest.mark.usefixtures("catalogue")
async def test_a_server_adds_a_feed_for_itself(stage: Stage) -> None:
    """Once the moderator says so; who did and where is kept."""
    told = await add(stage)

    (one,) = await own(stage)
    assert told == "**A feed** is read from now on, for this server alone. `/feeds remove` takes it out again."
    assert (one.spec.url, one.spec.newsroom.kind, one.spec.newsroom.language) == (URL, Kind.PRESS, Language.EN)
    assert (one.added_by, one.added_in) == (str(stage.moderator.id), str(stage.channel.id))
    assert one.spec.mixed


@pytest.mark.usefixtures("catalogue")
async def test_a_look_survives_a_restart(stage: Stage) -> None:
    """Its button adds the feed that was looked at then, without another look."""
    message = await asked(stage, "add", url=URL, language="zh")
    await stage.restart()
    stage.fetcher.asked.clear()

    told = await press(stage, message, "Add")

    (one,) = await own(stage)
    assert told.startswith("**A feed** is read from now on")
    assert (one.spec.newsroom.language, stage.fetcher.asked) == (Language.ZH, [])


@pytest.mark.usefixtures("catalogue")
async def test_adding_twice_adds_once(stage: Stage) -> None:
    """A second press, or a second look meanwhile, finds the feed there."""
    first, second = [await asked(stage, "add", url=URL) for _ in range(2)]

    await press(stage, first, "Add")
    again = await press(stage, second, "Add")

    assert again.startswith(f"{TROUBLE}**A feed** is read here already.")
    assert len(await own(stage)) == 1


@pytest.mark.usefixtures("catalogue")
async def test_a_moderator_thinks_better_of_it(stage: Stage) -> None:
    """Nothing is added, then or later."""
    message = await asked(stage, "add", url=URL)
    copy = await asked(stage, "add", url=URL)
    stage.rewrite(copy, {buttons_of(copy.components)["Add"]: buttons_of(message.components)["Add"]})

    told = await press(stage, message, "Cancel")
    late = await press(stage, copy, "Add")

    assert told == "Nothing was added."
    assert late.startswith(f"{TROUBLE}That look is too old, or somebody else’s")
    assert await own(stage) == []


@pytest.mark.usefixtures("catalogue")
async def test_a_look_is_good_for_a_week(stage: Stage) -> None:
    """What a feed looked like then is old afterwards."""
    message = await asked(stage, "add", url=URL)
    stage.clock.advance(days=8)
    await asked(stage, "add", url=URL)

    assert (await press(stage, message, "Add")).startswith(f"{TROUBLE}That look is too old")


@pytest.mark.usefixtures("catalogue")
async def test_what_a_moderator_knows_of_a_feed_is_kept(stage: Stage) -> None:
    """Its language, what stands behind it, and that all of it is on topic; a bare host is enough of an address."""
    options = {"language": "zh", "kind": "official", "all_on_topic": True, "timezone": "Beijing"}
    message = await asked(stage, "add", url="blog.example.com/feed", **options)
    shown = text_of(message.components)
    await press(stage, message, "Add")

    (one,) = await own(stage)
    assert "the digest takes all of it, as you wished" in shown
    assert (one.spec.url, one.spec.zone) == (URL, "Asia/Shanghai")
    assert (one.spec.newsroom.language, one.spec.newsroom.kind, one.spec.mixed) == (Language.ZH, Kind.OFFICIAL, False)


@pytest.mark.usefixtures("catalogue")
async def test_how_often_a_feed_brings_something_is_told(stage: Stage) -> None:
    """By the day, the week or the month, from the times of its entries; a known newsroom is said to be known."""
    days = {"ithome.com": range(1, 8), "36kr.com": range(1, 29, 7), "scmp.com": (1, 29)}
    told = {}
    for host, published in days.items():
        lines = (f"{host}{day}@2026-05-{day:02}T00:00Z Huawei ships {day}" for day in published)
        stage.fetcher.pages[f"https://{host}/feed"] = page("\n".join(lines))
        told[host] = await feeds(stage, "add", url=f"https://{host}/feed")

    assert "Articles: about 1 a day." in told["ithome.com"]
    assert "Articles: about 1 a week." in told["36kr.com"]
    assert "Articles: about 1 a month." in told["scmp.com"]
    assert "Chinese · press · **ITHome**, a newsroom I know" in told["ithome.com"]


@pytest.mark.usefixtures("catalogue")
async def test_the_latest_entries_are_the_newest(stage: Stage) -> None:
    """Whatever the feed's order; those without a time come after."""
    stage.fetcher.pages[URL] = page(
        "a@ Undated\nb@2026-06-01T00:00Z Old\nc@2026-06-07T00:00Z New\nd@2026-06-05T00:00Z Middle"
    )

    told = await feeds(stage, "add", url=URL)

    assert re.findall(r"\[(\w+)\]", told) == ["New", "Middle", "Old"]


@pytest.mark.usefixtures("catalogue")
async def test_a_feed_that_is_off_topic_is_said_to_be(stage: Stage) -> None:
    """Before anybody wonders why the digest never has it."""
    stage.fetcher.pages[URL] = page("a Ten cakes for June\nb How to bake bread")

    assert "**On topic: none of its latest 2.**" in await feeds(stage, "add", url=URL)


@pytest.mark.usefixtures("catalogue")
async def test_a_sites_feeds_are_offered(stage: Stage) -> None:
    """Those its page declares, in a menu; what is chosen is shown as any feed is, also after a restart."""
    link = '<link rel=alternate type="application/rss+xml" title="{0}" href="/{0}.xml">'
    links = link.format("news") + link.format("blog")
    stage.fetcher.pages["https://site.example.com"] = Fetched(url="https://site.example.com", body=links.encode())
    stage.fetcher.pages["https://site.example.com/blog.xml"] = page(BODY)

    message = await asked(stage, "add", url="site.example.com")
    shown, offered = text_of(message.components), options_of(message.components)
    await stage.restart()
    await stage.moderator.select(message, [offered["blog"]])
    chosen = text_of(stage.components(message))
    told = await press(stage, message, "Add")

    assert shown.startswith("`https://site.example.com` is a site with several feeds: 2.")
    assert list(offered) == ["news", "blog"]
    assert chosen.startswith("## A feed\n-# `https://site.example.com/blog.xml`\n")
    assert told.startswith("**A feed** is read from now on")
    assert [feed.spec.url for feed in await own(stage)] == ["https://site.example.com/blog.xml"]


@pytest.mark.usefixtures("catalogue")
async def test_a_server_looks_at_so_many_addresses_and_no_more(stage: Stage) -> None:
    """Nobody searches a network through us; another server's looks do not count, and later it may again."""
    eve, there = neighbours(stage)
    told = [await feeds(stage, "test", url=f"host{number}.example.com") for number in range(LOOKS)]

    refused = await feeds(stage, "add", url=URL)
    elsewhere = said(await eve.slash(there, "feeds test", url=URL))
    stage.clock.advance(minutes=10)
    later = await feeds(stage, "add", url=URL)

    assert all("I could not read that as a feed" in each for each in told)
    assert refused == f"{TROUBLE}This server has looked at 20 addresses within 10 minutes; please try again later."
    assert elsewhere.startswith("## A feed")
    assert later.startswith("## A feed")


@pytest.mark.usefixtures("catalogue")
async def test_a_servers_own_feed_is_invisible_elsewhere(stage: Stage) -> None:
    """Neither in another server's lists and menus, nor for its commands."""
    eve, there = neighbours(stage)
    await add(stage)
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
        ("http://www.blog.example.com/feed/", "**A feed** is read here already."),
        ("https://ithome.example.com/", "**IT之家** is in the catalogue of every server, so it is read here already."),
        ("https://gone.example.com/", "I could not read that as a feed, so I added nothing. There is nothing at https"),
        ("file:///etc/passwd", "I could not read that as a feed, so I added nothing. There is nothing at https"),
        ("/etc/passwd", "I could not read that as a feed, so I added nothing. There is nothing at https"),
    ],
)
@pytest.mark.usefixtures("catalogue")
async def test_what_cannot_be_added_is_refused(stage: Stage, url: str, sentence: str) -> None:
    """What is read already, what is not there, and files of this machine."""
    await add(stage)

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
    assert "Nothing is added yet." in elsewhere
    assert len(await own(stage)) == MOST_FEEDS
    assert len(await stage.moderator.autocomplete(stage.channel, "feeds remove", "feed", "")) == 25


@pytest.mark.usefixtures("catalogue")
async def test_a_servers_own_feed_is_removed(stage: Stage) -> None:
    """The menu offers only those it may remove; a removed one is read no more."""
    await add(stage)

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
    """The lists say so meanwhile, and the menus offer what can be done."""
    await add(stage)

    paused = await feeds(stage, "pause", feed="A feed")
    listed, shown = await feeds(stage, "list"), said(await stage.member.slash(stage.channel, "sources"))
    can_pause = names(await stage.moderator.autocomplete(stage.channel, "feeds pause", "feed", ""))
    can_resume = names(await stage.moderator.autocomplete(stage.channel, "feeds resume", "feed", "a fe"))
    resumed = await feeds(stage, "resume", feed="A feed")

    assert paused == "**A feed** is paused. `/feeds resume` reads it again."
    assert all("[A feed](https://blog.example.com/)** · **paused** ·" in each for each in (listed, shown))
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
    assert "**hidden here**" in await feeds(stage, "list")
    assert "**hidden here**" in said(await stage.member.slash(stage.channel, "sources"))
    assert "IT之家" in said(await eve.slash(there, "sources"))
    assert "hidden here" not in said(await eve.slash(there, "sources"))


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

    assert told.splitlines()[2] == "English · press · **A feed**, a newsroom new to me"
    assert told.splitlines()[-1] == "-# Nothing was added; `/feeds add` adds it."
    assert await own(stage) == []


async def test_what_is_no_feed_says_what_is_wrong(stage: Stage) -> None:
    """A web page, and an address where nothing is."""
    stage.fetcher.pages[URL] = page("<html>")

    told = [await feeds(stage, "test", url=url) for url in (URL, "gone.example.com")]

    said_so = f"{TROUBLE}I could not read that as a feed, so I added nothing."
    assert told == [
        f"{said_so} There is a web page instead of a feed.",
        f"{said_so} There is nothing at https:\u200b//gone.example.com.",
    ]


async def test_a_moderators_answers_are_in_chinese_too(stage: Stage, catalogue: Feed) -> None:
    """As their Discord is."""
    stage.locale = "zh-TW"

    assert await feeds(stage, "pause", feed=str(catalogue.id)) == (
        "**IT之家** 已在本服务器隐藏，其他服务器不受影响。用 `/feeds resume` 恢复显示。"
    )
    assert (await feeds(stage, "remove", feed="x")).startswith("### 没有成功\n这里没有叫“x”的源。")
    assert (await feeds(stage, "test", url=URL)).splitlines()[2:5] == [
        "英文 · 媒体 · **A feed**（新媒体）",
        "从条目时间看不出更新频率。",
        "最近 4 篇中 3 篇切题，其余不收入简报。",
    ]
