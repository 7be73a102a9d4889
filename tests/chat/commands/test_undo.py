import pytest

from bot.chat.curate import MOST_FEEDS
from bot.curation import OPERATOR, Deed, Undo
from bot.errors import FetchError, RefusedError
from bot.feed import Feed
from bot.feeds.catalogue import Wanted
from bot.model import CATALOGUE, Kind, Language, Topic
from bot.store import acts
from bot.store import feeds as rows
from tests.chat.curating import BODY, TROUBLE, URL, add, asked, feeds, neighbours, own, press
from tests.chat.looks import buttons_of, text_of
from tests.chat.stage import Stage, names, said
from tests.fakes import ITHOME, NOW, feed_spec, page

NEW = "https://new.example.com/rss"


@pytest.fixture
async def hidden(stage: Stage) -> Feed:
    """A feed of the catalogue."""
    await stage.store.write(rows.sync, [feed_spec("https://ithome.example.com/", title="IT之家", newsroom=ITHOME)], NOW)
    (one,) = await stage.store.read(rows.listed)
    return one


@pytest.mark.parametrize(
    ("command", "options", "told", "undone"),
    [
        ("remove", {}, "**A feed** is no longer read;", "removed **A feed**."),
        ("pause", {}, "**A feed** is paused.", "paused **A feed**."),
        (
            "rename",
            {"name": "My <@1> blog"},
            "**A feed** is called **My ‹@\u200b1› blog** now;",
            "renamed **A feed**, to **My ‹@\u200b1› blog**.",
        ),
        (
            "set",
            {"language": "zh", "topic": "chips", "timezone": "Beijing"},
            "**A feed**, for what comes from now on: language from English to Chinese, topic from none to chips,",
            "changed **A feed**: language from English to Chinese,",
        ),
        (
            "set",
            {"kind": "company", "all_on_topic": True},
            "**A feed**, for what comes from now on: kind from press to company,",
            "changed **A feed**:",
        ),
        (
            "move",
            {"url": NEW},
            "**A feed** is read at its new address from now on: `https://new.example.com/rss`",
            "gave **A feed** a new address:",
        ),
    ],
)
async def test_what_was_done_has_a_button_that_undoes_it(
    stage: Stage, command: str, options: dict[str, object], told: str, undone: str
) -> None:
    """The feed is what it was before, also after a restart; pressing twice does nothing more."""
    await add(stage)
    stage.fetcher.pages[NEW] = page(BODY)
    (before,) = await own(stage)

    message = await asked(stage, command, feed="A feed", **options)
    said_first = text_of(message.components)
    changed = await own(stage)
    copy = await asked(stage, "log")
    await stage.restart()
    said_then = await press(stage, message, "Undo")

    (after,) = await own(stage)
    assert said_first.startswith(told)
    assert changed != [before]
    assert (after.spec, after.paused) == (before.spec, before.paused)
    assert said_then.startswith(f"Undone: <@{stage.moderator.id}> {undone}")
    last = await press(stage, copy, "Undo the last one")
    assert last == f"{TROUBLE}That was undone already."


async def test_hiding_is_undone(stage: Stage, hidden: Feed) -> None:
    """The catalogue's feed is shown here again."""
    message = await asked(stage, "pause", feed=str(hidden.id))

    told = await press(stage, message, "Undo")

    assert told == f"Undone: <@{stage.moderator.id}> hid **IT之家** in this server."
    assert "hidden" not in await feeds(stage, "list")


async def test_adding_is_undone(stage: Stage) -> None:
    """By the button of the answer, which replaced the look."""
    stage.fetcher.pages[URL] = page(BODY)
    look = await asked(stage, "add", url=URL)
    await press(stage, look, "Add")

    told = await press(stage, look, "Undo")

    assert told == f"Undone: <@{stage.moderator.id}> added **A feed**."
    assert await own(stage) == []


async def test_the_last_act_is_undone_by_command(stage: Stage) -> None:
    """One after the other, until nothing is left."""
    await add(stage)
    await feeds(stage, "rename", feed="A feed", name="Blog")
    await feeds(stage, "pause", feed="Blog")

    told = [await feeds(stage, "undo") for _ in range(4)]

    who = f"<@{stage.moderator.id}>"
    assert told == [
        f"Undone: {who} paused **Blog**.",
        f"Undone: {who} renamed **A feed**, to **Blog**.",
        f"Undone: {who} added **A feed**.",
        f"{TROUBLE}There is nothing to undo here; `/feeds log` shows what was done.",
    ]


async def test_an_earlier_act_is_chosen_from_a_menu(stage: Stage) -> None:
    """Those that stand, the newest first; what was changed again since is undone later."""
    await add(stage)
    await feeds(stage, "rename", feed="A feed", name="Blog")
    await feeds(stage, "rename", feed="Blog", name="Log")
    await feeds(stage, "pause", feed="Log")

    offered = await stage.moderator.autocomplete(stage.channel, "feeds undo", "act", "")
    typed = await stage.moderator.autocomplete(stage.channel, "feeds undo", "act", "added")
    early = await feeds(stage, "undo", act=offered[2]["value"])
    late = await feeds(stage, "undo", act=offered[1]["value"])

    assert names(offered) == ["paused Log", "renamed Blog", "renamed A feed", "added Log"]
    assert names(typed) == ["added Log"]
    assert early.startswith(f"{TROUBLE}**Log** has been changed since, so that cannot be undone by itself.")
    assert late.startswith("Undone: ")
    assert [feed.spec.title for feed in await own(stage)] == ["Blog"]


@pytest.mark.parametrize("act", ["nonsense", "0", "99", "-1", "٣"])
async def test_what_is_no_act_is_refused(stage: Stage, act: str) -> None:
    """Whatever was typed instead of chosen."""
    await add(stage)

    assert (await feeds(stage, "undo", act=act)).startswith(f"{TROUBLE}There is nothing to undo here;")
    assert len(await own(stage)) == 1


async def test_a_server_undoes_its_own_acts_alone(stage: Stage, hidden: Feed) -> None:
    """Neither another's nor the operator's, and its log has neither."""
    eve, there = neighbours(stage)
    await add(stage)
    gone = {"removed": True}
    operators = await stage.store.write(
        acts.change, hidden.id, gone, scope=CATALOGUE, deed=Deed.REMOVE, by=OPERATOR, now=NOW
    )
    assert operators is not None

    told = [said(await eve.slash(there, "feeds undo", act=str(number))) for number in (1, operators.id)]

    assert all(each.startswith(f"{TROUBLE}There is nothing to undo here") for each in told)
    assert said(await eve.slash(there, "feeds log")) == "Nothing has been done to feeds here yet."
    assert "IT之家" not in await feeds(stage, "log")


async def test_others_acts_are_undone_by_who_manages_the_server(stage: Stage) -> None:
    """From the log, whoever did it."""
    await add(stage)
    (feed,) = await own(stage)
    scope = str(stage.server.id)
    await stage.store.write(acts.change, feed.id, {"paused": True}, scope=scope, deed=Deed.PAUSE, by="1", now=NOW)

    log = await asked(stage, "log")

    assert (await press(stage, log, "Undo the last one")).startswith("Undone: <@1> paused **A feed**.")


async def test_a_log_says_who_did_what_and_when(stage: Stage, hidden: Feed) -> None:
    """The newest first, with what was undone and by whom, in either language."""
    await add(stage)
    stage.clock.advance(hours=1)
    await feeds(stage, "pause", feed=str(hidden.id))
    await feeds(stage, "rename", feed="A feed", name="Blog")
    await feeds(stage, "undo")

    english = await asked(stage, "log")
    stage.locale = "zh-CN"
    chinese = await feeds(stage, "log")

    who, soon = f"<@{stage.moderator.id}>", int(NOW.timestamp()) + 3600
    assert text_of(english.components).splitlines() == [
        "## What was done to feeds here",
        f"<t:{soon}:R> {who} renamed **A feed**, to **Blog**. (undone by {who})",
        f"<t:{soon}:R> {who} hid **IT之家** in this server.",
        f"<t:{soon - 3600}:R> {who} added **A feed**.",
    ]
    assert list(buttons_of(english.components)) == ["Undo the last one"]
    assert chinese.splitlines()[:3] == [
        "## 源的改动记录",
        f"<t:{soon}:R> {who} 把 **A feed** 改名为 **Blog**。 （{who}已撤销）",
        f"<t:{soon}:R> {who} 在本服务器隐藏了 **IT之家**。",
    ]


async def test_a_log_fits_one_message(stage: Stage) -> None:
    """However long the names are."""
    scope = str(stage.server.id)
    for number in range(20):
        spec = feed_spec(f"https://example.com/{number}", title="长" * 200)
        await stage.store.write(acts.add, spec, scope=scope, by="1" * 20, now=NOW)

    assert len((await feeds(stage, "log")).splitlines()) == 16


async def test_what_is_so_already_says_so(stage: Stage, hidden: Feed) -> None:
    """Without a button: nothing was done."""
    await add(stage)
    message = await asked(stage, "set", feed="A feed", language="en", all_on_topic=False)
    resumed = await asked(stage, "resume", feed=str(hidden.id))

    assert text_of(message.components) == "**A feed** is that already, so nothing has changed."
    assert text_of(resumed.components) == "**IT之家** is that already, so nothing has changed."
    assert buttons_of(message.components) == {}


async def test_what_is_known_of_a_feed_is_corrected(stage: Stage) -> None:
    """All of it at once, for what comes from then on."""
    await add(stage)
    given = {"language": "zh", "kind": "official", "topic": "policy", "all_on_topic": True, "timezone": "上海"}

    await feeds(stage, "set", feed="A feed", **given)

    (feed,) = await own(stage)
    assert (feed.spec.newsroom.language, feed.spec.newsroom.kind) == (Language.ZH, Kind.OFFICIAL)
    assert (feed.spec.topics, feed.spec.mixed, feed.spec.zone) == ((Topic.POLICY,), False, "Asia/Shanghai")


async def test_a_zone_is_chosen_from_a_menu(stage: Stage) -> None:
    """As for a digest."""
    for command in ("add", "set"):
        offered = await stage.moderator.autocomplete(stage.channel, f"feeds {command}", "timezone", "beij")
        assert names(offered) == ["Asia/Shanghai · 20:00"]


@pytest.mark.parametrize(
    ("command", "options"), [("rename", {"name": "X"}), ("set", {"kind": "press"}), ("move", {"url": NEW})]
)
async def test_the_catalogues_feeds_are_not_changed_here(
    stage: Stage, hidden: Feed, command: str, options: dict[str, object]
) -> None:
    """They are every server's; the menus do not offer them."""
    told = await feeds(stage, command, feed=str(hidden.id), **options)

    assert told.startswith(
        f"{TROUBLE}**IT之家** belongs to the catalogue of every server, so it cannot be changed here."
    )
    assert await stage.moderator.autocomplete(stage.channel, f"feeds {command}", "feed", "") == []


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("rename", {"name": "\u200b\u202e"}, "A name needs at least one letter that can be seen."),
        ("set", {}, "Say what to change: `language`,"),
        ("set", {"timezone": "Nowhere"}, "“Nowhere” is not a time zone I know."),
        ("move", {"url": "https://gone.example.com"}, "I could not read that as a feed, so I added nothing."),
        ("move", {"url": "https://ithome.example.com"}, "**IT之家** is in the catalogue of every server"),
    ],
)
@pytest.mark.usefixtures("hidden")
async def test_what_makes_no_sense_changes_nothing(
    stage: Stage, command: str, options: dict[str, object], sentence: str
) -> None:
    """And is said."""
    await add(stage)
    before = await own(stage)

    assert (await feeds(stage, command, feed="A feed", **options)).startswith(TROUBLE + sentence)
    assert await own(stage) == before


async def test_a_feed_that_was_given_up_is_resumed(stage: Stage) -> None:
    """The menu offers it, and it is read at once."""
    await add(stage)
    (feed,) = await own(stage)
    await stage.store.write(rows.give_up, feed.id, NOW)

    offered = await stage.moderator.autocomplete(stage.channel, "feeds resume", "feed", "")
    told = await feeds(stage, "resume", feed=offered[0]["value"])

    (again,) = await own(stage)
    assert names(offered) == ["A feed"]
    assert told == "**A feed** is read and shown again."
    assert (again.state.off_at, again.state.next_poll_at) == (None, NOW)


async def test_moderators_are_told_why_in_their_language(stage: Stage) -> None:
    """Also what a fetch came to."""
    stage.locale = "zh-CN"
    stage.fetcher.pages[NEW] = FetchError("busy", "It is busy.", facts={"host": "new.example.com", "status": 429})

    told = await feeds(stage, "test", url=NEW)

    assert told.endswith("无法把它当作源读取，因此没有添加。new.example.com 请我们稍后再来（429），请稍后再试。")


async def test_who_did_it_may_undo_it_and_others_may_not(stage: Stage) -> None:
    """A server may let somebody use /feeds who does not manage it: their own acts are theirs to undo."""
    await add(stage)
    (feed,) = await own(stage)
    curator, scope = stage.env.bot.desk.curator, str(stage.server.id)
    paused = await curator.pause(str(feed.id), scope, by="5")

    with pytest.raises(RefusedError, match="Only who did that"):
        await curator.undo(paused.act.id, scope, by="6", moderates=False)
    undone = await curator.undo(paused.act.id, scope, by="5", moderates=False)

    assert undone.outcome is Undo.DONE


async def test_a_look_is_for_who_looked(stage: Stage) -> None:
    """Nobody else adds or drops it, nor another server."""
    stage.fetcher.pages[URL] = page(BODY)
    scout, scope = stage.env.bot.desk.scout, str(stage.server.id)
    look = await scout.propose(Wanted(url=URL), scope=scope, by="5")

    for where, who in ((scope, "6"), ("99", "5")):
        with pytest.raises(RefusedError, match="That look is too old, or somebody else’s"):
            await scout.add(look.draft, scope=where, by=who, channel="1")

    assert await own(stage) == []


async def test_undoing_brings_no_more_feeds_than_a_server_may_have(stage: Stage) -> None:
    """Removing fifty, adding fifty others and undoing would."""
    await add(stage)
    await feeds(stage, "remove", feed="A feed")
    scope = str(stage.server.id)
    for number in range(MOST_FEEDS):
        spec = feed_spec(f"https://example.com/{number}", title=f"Feed {number:02}")
        await stage.store.write(rows.put, spec, origin=rows.FROM_COMMAND, now=NOW, scope=scope)

    assert (await feeds(stage, "undo")).startswith(f"{TROUBLE}This server has added 50 feeds, which is the most")
    assert len(await own(stage)) == MOST_FEEDS
