"""The unmodified bot in an emulated Discord: what servers get, day after day."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from time import time as clock

import pytest

from bot.chat.words import say
from bot.model import Language
from tests.acceptance.channels import DAY, START, Staged, counted, subscribed, told
from tests.acceptance.emulator import (
    BOT,
    MODERATOR,
    READER,
    SEND,
    Answer,
    Json,
    Person,
    Stage,
    buttons_of,
    speaks,
    stories_in,
    text_of,
    walk,
)
from tests.acceptance.rehearsal import caught_up

STEP = timedelta(hours=2)
DUE = timedelta(minutes=45)
"""After so long every feed is due again."""

SECOND = 1000
QUICK, MENU_QUICK = SECOND, 300
"""Milliseconds until the first word: Discord waits three seconds, a menu should come while one types."""


def stamp(at: datetime) -> str:
    """How Discord shows an instant to each reader."""
    return f"<t:{int(at.timestamp())}:f>"


def slowest(*people: Person) -> str:
    """The acknowledgements of some people's commands, in short."""
    acks = sorted(ack for person in people for ack in person.acks)
    return (
        f"{len(acks)} asks, the slowest {acks[-1][0]:.0f} ms ({acks[-1][1]}), median {acks[len(acks) // 2][0]:.0f} ms"
    )


def check_quick(*people: Person) -> None:
    """Each command and click was answered at once, each menu while one types."""
    for person in people:
        for ack, name in person.acks:
            assert ack < (MENU_QUICK if name.endswith("…") else QUICK), f"{name} took {ack} ms"


@pytest.mark.acceptance
def test_first_five_minutes(staged: Staged) -> None:
    """A moderator types /subscribe in a new server, asks for today's digest, and gets it once."""
    stage = staged(feeds=100)
    discord = stage.discord
    server = discord.server([{"name": "general"}, {"name": "locked"}])
    channel, locked = server.channels["general"], server.channels["locked"]
    moderator, reader = stage.person(MODERATOR, channel), stage.person(READER, channel)
    discord.deny(server, locked, SEND)

    took = stage.start()
    refused = reader.ask("subscribe")
    subscribed = moderator.ask("subscribe")
    waiting = moderator.click(subscribed.message, "post-today")
    while not discord.posts(channel):  # the first reading, the heaviest there is
        for command, options in (("help", {}), ("search", {"query": "huawei tsmc"}), ("digest", {}), ("sources", {})):
            reader.ask(command, **options)
        moderator.typing("subscribe", "timezone", "shang")
        moderator.typing("story", "story", "")
        moderator.ask("subscriptions")
    again = moderator.click(subscribed.message, "post-today")
    listed = moderator.ask("subscriptions")
    closed = stage.person(MODERATOR, locked).ask("subscribe")
    gone = moderator.ask("unsubscribe")
    nothing = moderator.ask("subscriptions")
    posts = discord.posts(channel)
    peak = stage.running.peak_megabytes()
    status = stage.running.end()

    print(f"\nready in {took:.1f} s, peak {peak:.0f} MB; in the first reading {slowest(moderator, reader)}")
    tomorrow = stamp(START + DAY)
    assert refused.refused == "default-member-permissions"
    assert subscribed.is_private
    for said in ("08:00", "America/New_York", tomorrow):
        assert said in subscribed.text
    for key in ("subscribed", "first-reading", "zone-guessed"):
        assert speaks(subscribed.text, key)
    assert speaks(waiting.text, "now-waiting")
    assert [text_of(post).startswith("## China tech · Saturday 6 June") for post in posts] == [True]
    assert len(stories_in(posts[0])) >= 10
    assert speaks(again.text, "now-done")
    assert tomorrow in listed.text
    assert speaks(closed.text, "missing-permissions")
    assert speaks(closed.text, "permission-send_messages")
    assert speaks(gone.text, "unsubscribed")
    assert speaks(nothing.text, "no-subscriptions")
    check_quick(moderator, reader)
    discord.check()
    assert took < 20
    assert peak < 800
    assert status == 0
    assert "Traceback" not in stage.running.log()


SEVEN, EIGHT = date(2026, 6, 7), date(2026, 6, 8)
THREAD = "900000000000000003"
PARENT = "900000000000000002"


class TwoDays:
    """Three channels subscribed in different zones and languages, and two recorded days played to their end."""

    def __init__(self, home: Path) -> None:
        self.stage = Stage(home, START, feeds=70)
        self.server = self.stage.discord.server(
            [
                {"name": "general"},
                {"name": "chinese"},
                {"name": "parent", "id": PARENT},
                {"name": "thread", "id": THREAD, "type": 11, "parent_id": PARENT, "owner_id": BOT},
                {"name": "talk"},
            ]
        )
        channels = self.server.channels
        self.english, self.chinese, self.thread = channels["general"], channels["chinese"], THREAD
        self.talk = channels["talk"]
        self.people: list[Person] = []
        self.moderator, self.reader = self.person(self.talk, MODERATOR), self.person(self.talk)
        self.statuses: list[int] = []
        self.peaks: list[float] = []

    async def play(self) -> None:
        """Subscribe, and step through two days with a restart between them."""
        stage, ask = self.stage, self.moderator.ask
        store = await stage.store()
        print(f"\nready in {stage.start():.1f} s")
        ask("subscribe", channel=self.english, time="8:00", timezone="America/New_York", language="en")
        ask("subscribe", channel=self.chinese, time="20点", timezone="上海", language="zh")
        ask("subscribe", channel=self.thread, time="9am", timezone="Berlin", language="en")
        for day in (1, 2):
            while stage.now < START + day * DAY:
                await caught_up(store, stage.now, stage.running)
                stage.set(stage.now + STEP)
            await caught_up(store, stage.now, stage.running, editions=3 * day)
            if day == 1:
                self.restart()
        await store.close()

    def person(self, channel: str, user: str = READER) -> Person:
        """Somebody in a channel, or in direct messages where it is none."""
        self.people.append(self.stage.person(user, channel))
        return self.people[-1]

    def busy(self) -> None:
        """Make every feed due: a poll and a grouping begin beside what is asked next."""
        self.stage.set(self.stage.now + DUE)

    def check(self) -> None:
        """What holds after each test: no rule broken, no error logged, and everybody answered at once."""
        self.stage.discord.check()
        assert "Traceback" not in self.stage.running.log()
        check_quick(*self.people)

    def restart(self) -> None:
        """Stop the program as an operator would and start it again."""
        self.peaks.append(self.stage.running.peak_megabytes())
        self.statuses.append(self.stage.running.end())
        print(f"ready again in {self.stage.start():.1f} s, peak before {self.peaks[-1]:.0f} MB")

    def posts(self) -> dict[str, list[Json]]:
        """What each channel got."""
        return {each: self.stage.discord.posts(each) for each in (self.english, self.chinese, self.thread)}


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoDays]:
    """Two recorded days, played once for the tests below; the program still runs."""
    days = TwoDays(tmp_path_factory.mktemp("two-days"))
    try:
        asyncio.run(days.play())
        yield days
    finally:
        days.stage.close()


@pytest.mark.acceptance
async def test_two_days_in_three_channels(two_days: TwoDays) -> None:
    """Each channel gets one digest a day in its language at its time, and no story as new twice."""
    posts = two_days.posts()
    store = await two_days.stage.store()
    kept = await store.read(told)
    await store.close()

    assert {channel: len(found) for channel, found in posts.items()} == dict.fromkeys(posts, 2)
    assert set(kept) == {(channel, day) for channel in posts for day in (SEVEN, EIGHT)}
    for channel, (first, second) in posts.items():
        for day, message in ((SEVEN, first), (EIGHT, second)):
            items = [item for section in kept[channel, day].sections for item in section.items]
            assert stories_in(message) == [item.telling.story_id for item in items]
            assert len(set(stories_in(message))) == len(items) >= 10
            assert all(re.search(rf"\b{item.number} (?:· )?\S", text_of(message)) for item in items)
            assert not message["x"]["would_ping_if_permitted"]
        known, told_again = set(stories_in(first)), kept[channel, EIGHT].sections
        new = {item.telling.story_id for section in told_again for item in section.items if item.new is None}
        assert not new & known, "a story of the first day is told as new on the second"
    titles = {channel: [text_of(each).split("\n")[0] for each in found] for channel, found in posts.items()}
    assert titles == {
        two_days.english: ["## China tech · Sunday 7 June", "## China tech · Monday 8 June"],
        two_days.chinese: ["## 中国科技简报 · 6月7日 星期日", "## 中国科技简报 · 6月8日 星期一"],
        two_days.thread: ["## China tech · Sunday 7 June", "## China tech · Monday 8 June"],
    }
    assert stamp(START + 3 * DAY) in text_of(posts[two_days.english][1])
    assert two_days.statuses[0] == 0
    two_days.check()


def told_in(key: str, language: Language, answer: Answer) -> bool:
    """Whether an answer is private and has these words."""
    return answer.is_private and speaks(answer.text, key, language)


@pytest.mark.acceptance
def test_digest_asked_for(two_days: TwoDays) -> None:
    """/digest tells a day or a topic to who asks; its pages and languages turn in place, its stories open beside."""
    two_days.busy()
    reader = two_days.reader

    days = reader.typing("digest", "day", "")
    latest, yesterday = reader.ask("digest"), reader.ask("digest", day="yesterday")
    chips, strange = reader.ask("digest", topic="chips"), reader.ask("digest", day="someday")
    every = reader.click(yesterday.message, "all-stories")
    turned = reader.click(every.message, "next-page")
    chinese = reader.click(latest.message, "other-language")
    card = reader.choose(chips.message)

    assert days[:2] == ["2026-06-08", "2026-06-07"]
    assert "## China tech · Monday 8 June" in latest.text
    assert "## China tech · Sunday 7 June" in yesterday.text
    assert chips.text.count("### ") <= 4, "one topic, what one press alone has, and what is told in a line"
    assert told_in("no-such-day", Language.EN, strange)
    assert told_in("page", Language.EN, turned)
    assert turned.message["id"] == yesterday.message["id"], "a private message turns in place"
    assert "中国科技简报" in chinese.text
    assert told_in("why", Language.EN, card)
    assert card.message["id"] != chips.message["id"]
    two_days.check()


@pytest.mark.acceptance
def test_search_and_story(two_days: TwoDays) -> None:
    """/search has pages and opens stories, in direct messages too and in the reader's language; /story offers some."""
    two_days.busy()
    reader, chinese = two_days.reader, two_days.person("")
    chinese.locale = "zh-CN"

    found, many = reader.ask("search", query="huawei tsmc"), reader.ask("search", query="nvidia")
    second = reader.click(many.message, "next-page")
    opened = reader.choose(second.message)
    alike = chinese.ask("search", query="华为 台积电")
    two_days.busy()
    offered = reader.typing("story", "story", "nvidia")
    chosen, typed = reader.ask("story", story=offered[0]), reader.ask("story", story="英伟达")

    assert "## huawei tsmc" in found.text
    assert "Page 2 " in second.text
    assert told_in("why", Language.EN, opened)
    assert "## 华为 台积电" in alike.text
    assert {*stories_in(alike.message)} & {*stories_in(found.message)}
    assert offered[0] in chosen.text
    assert told_in("why", Language.EN, typed)
    two_days.check()


@pytest.mark.acceptance
def test_posting_in_the_channel(two_days: TwoDays) -> None:
    """What somebody posts is public and pings nobody; once a minute, where they may write, and in servers alone."""
    reader, muted, alone = two_days.reader, two_days.person(two_days.english), two_days.person("")
    muted_there = [{"id": READER, "type": 1, "deny": SEND}]
    two_days.stage.discord.control("PATCH", f"channel/{two_days.english}", {"overwrites": muted_there})

    found = reader.ask("search", query="nvidia")
    answer = reader.click(found.message, "post-here")
    again = reader.click(reader.ask("digest").message, "post-here")
    refused = muted.click(muted.ask("digest").message, "post-here")
    direct = [alone.ask("digest"), alone.ask("search", query="nvidia")]

    posted = two_days.stage.discord.posts(two_days.talk)
    assert [speaks(text_of(each), "posted-by") for each in posted] == [True]
    assert f"<@{READER}>" in text_of(posted[0])
    assert not posted[0]["x"]["would_ping_if_permitted"]
    assert speaks(text_of(answer.messages[0]), "posted")
    assert told_in("too-soon", Language.EN, again)
    assert told_in("not-allowed-to-post", Language.EN, refused)
    for answer in direct:
        assert not [known for known in buttons_of(answer.message).values() if known.startswith("post:")]
        assert stories_in(answer.message)
    two_days.check()


@pytest.mark.acceptance
def test_posted_digest_answers_privately(two_days: TwoDays) -> None:
    """The buttons and the menu of a posted digest answer who pressed them, and the digest stays as it is."""
    two_days.busy()
    posted, visitor = two_days.posts()[two_days.english][1], two_days.person(two_days.english)

    every = visitor.click(posted, "all-stories")
    chinese = visitor.click(posted, "other-language")
    card = visitor.choose(posted, 2)

    assert told_in("list-title", Language.EN, every)
    assert chinese.is_private
    assert "标题均为媒体原题" in chinese.text
    assert stories_in(chinese.message) == stories_in(posted), "the same stories under the same numbers"
    assert told_in("why", Language.EN, card)
    assert two_days.posts()[two_days.english][1] == posted
    two_days.check()


@pytest.mark.acceptance
def test_feeds_curated(two_days: TwoDays) -> None:
    """Everybody sees what is read; moderators look at, add, pause, resume and remove feeds, and take that back."""
    two_days.busy()
    reader, moderator, replay = two_days.reader, two_days.moderator, two_days.stage.replay
    feed = replay.feeds()[72]

    sources, listed = reader.ask("sources"), moderator.ask("feeds list")
    turned = reader.click(sources.message, "next-page")
    assert say("sources-title", Language.EN, count=70) in sources.text
    assert say("sources-title", Language.EN, count=70) in listed.text
    assert "Page 2 " in turned.text
    assert reader.ask("feeds list").refused
    assert speaks(reader.ask("help").text, "help")

    def says(command: str, key: str, **options: str) -> bool:
        return told_in(key, Language.EN, moderator.ask(f"feeds {command}", **options))

    assert says("test", "preview-looked", url=feed["url"])
    assert says("test", "feed-unusable", url=replay.clock)
    looked = moderator.ask("feeds add", url=feed["url"])
    assert told_in("preview-foot", Language.EN, looked)
    assert told_in("done-add", Language.EN, moderator.click(looked.message, "draft-add"))
    assert says("add", "feed-known", url=feed["url"])
    own = moderator.typing("feeds remove", "feed", "")
    assert len(own) == 1
    assert own[0] in moderator.typing("feeds pause", "feed", feed["title"][:10])
    assert says("pause", "done-pause", feed=own[0])
    assert moderator.typing("feeds resume", "feed", "") == own
    assert says("resume", "done-resume", feed=own[0])
    assert says("remove", "done-remove", feed=own[0])
    assert says("undo", "undone")
    assert says("health", "health-title") or says("health", "feeds-well")
    assert says("remove", "no-such-feed", feed="nothing")
    catalogued = moderator.typing("feeds pause", "feed", "ithome")
    assert says("remove", "catalogue-feed", feed=catalogued[0])
    assert says("pause", "done-hide", feed=catalogued[0])
    assert says("resume", "done-show", feed=catalogued[0])
    assert says("log", "acts")
    two_days.check()


@pytest.mark.acceptance
def test_old_buttons_after_a_restart(two_days: TwoDays) -> None:
    """Every button and menu made before a restart works after it."""
    reader, moderator, visitor = two_days.reader, two_days.moderator, two_days.person(two_days.chinese)
    digest, found = reader.ask("digest"), reader.ask("search", query="openai")
    reader.click(reader.ask("digest", day="yesterday").message, "all-stories")
    reader.choose(digest.message)
    reader.choose(found.message)
    reader.ask("sources")
    moderator.ask("feeds list")
    visitor.click(two_days.posts()[two_days.chinese][1], "other-language", Language.ZH)

    two_days.restart()
    pressed = sum(press_all(person) for person in (reader, moderator, visitor))

    print(f"\n{pressed} old buttons and menus pressed; while feeds are read {slowest(*two_days.people)}")
    assert pressed >= 15
    assert two_days.statuses[-1] == 0
    two_days.check()


OVERTAKEN = ("act-overtaken", "undone-already", "gone-draft", "feed-known")
"""What an old button may say of a feed that something else was done to since."""


def press_all(person: Person) -> int:
    """Press every button and menu of the messages somebody has seen that is still there; none may fail."""
    pressed = 0
    for message_id in list(person.seen):
        for custom_id, values in controls(person.discord.message(message_id)).items():
            now = person.discord.message(message_id)
            if custom_id in controls(now) and not custom_id.startswith("post:"):  # who posts waits a minute
                said = person.press(now, custom_id, values).text
                assert not speaks(said, "error-title") or any(speaks(said, key) for key in OVERTAKEN), custom_id
                pressed += 1
    return pressed


def controls(message: Json) -> dict[str, list[str]]:
    """The custom ids of a message's buttons and menus, with what to choose."""
    found = [each for each in walk(message["components"]) if "custom_id" in each]
    return {each["custom_id"]: [each["options"][-1]["value"]] if "options" in each else [] for each in found}


def busiest_second(requests: Iterable[Json]) -> int:
    """The most requests within a second; answers to interactions do not count for Discord's limit."""
    free = ("/interactions/", "/webhooks/")
    times = [request["at"] for request in requests if not request["path"].startswith(free)]
    return max(sum(0 <= later - at < 1 for later in times[place:]) for place, at in enumerate(times))


@pytest.mark.acceptance
async def test_two_hundred_channels_at_once(staged: Staged) -> None:
    """Two hundred digests that are due in one moment arrive once each, below Discord's limit for all requests."""
    stage = staged(feeds=40, strict=False)
    servers = [stage.discord.server([{"name": f"c{n}"} for n in range(20)], name=f"server {n}") for n in range(10)]
    channels = [channel for server in servers for channel in server.channels.values()]
    for server in servers:
        await subscribed(stage, server, list(server.channels.values()))
    store, reader = await stage.store(), stage.person(READER, channels[0])

    stage.start()
    await caught_up(store, stage.now, stage.running)
    stage.set(START + DAY)
    stepped = clock()
    while not stage.discord.posts(channels[-1]):  # people go on asking
        reader.ask("search", query="huawei")
        reader.typing("story", "story", "")
    await caught_up(store, stage.now, stage.running, editions=len(channels))
    await store.close()
    state, sent = stage.discord.state(), stage.discord.requests("POST", "/messages$")
    status = stage.running.end()

    took, since = sent[-1]["at"] - sent[0]["at"], sent[-1]["at"] - stepped
    print(f"\n{len(sent)} posts in {took:.1f} s, the last {since:.1f} s after they were due; {slowest(reader)}")
    peak = busiest_second(stage.discord.requests())
    print(f"peak {peak} requests a second, refused {state['rate_limited']}")
    assert counted(stage, channels) == {1: 200}
    assert len(sent) == 200
    assert state["rate_limited"] == {}
    assert peak <= 50
    check_quick(reader)
    assert status == 0
    assert "Traceback" not in stage.running.log()
    stage.discord.check()
