"""A digest on its whole way: wished for, decided, posted, and read from its message."""

from datetime import timedelta

import discord
import pytest

from bot.chat.delivery import Courier
from bot.chat.messenger import DiscordMessenger, Pace
from bot.model import Article
from bot.store import articles as article_rows
from bot.store import facts
from bot.store import feeds as feed_rows
from bot.store import subscriptions as rows
from bot.store.database import Store
from tests.chat.looks import buttons_of, options_of
from tests.chat.stage import Stage, answer, said, shown
from tests.fakes import ITHOME, NOW, article, feed_spec

WISH = {"time": "9:00", "timezone": "America/New_York"}


def stories(count: int, at: timedelta = timedelta()) -> list[Article]:
    """So many stories, the first told by both presses."""
    many = [
        article(f"a{number}.{at}", f"Huawei story {number}", story_id=f"s{number}.{at}", published=NOW + at)
        for number in range(count)
    ]
    other = article(f"zh.{at}", "华为的第一件事", story_id=many[0].story_id, newsroom=ITHOME, published=NOW + at)
    return [*many, other]


async def post(stage: Stage) -> int:
    """What the bot does at each tick, once the feeds were read; returns how many parts arrived."""
    home = await stage.store.write(facts.installation)
    messenger = DiscordMessenger(stage.env.bot, stage.app.headings, home=home, pace=Pace(10_000))
    await stage.app.digester.run(read_at=stage.clock(), reaches=messenger.reaches)
    return await Courier(stage.store, messenger, clock=stage.clock).run()


async def subscribe(stage: Stage, **options: object) -> None:
    said(await stage.moderator.slash(stage.channel, "subscribe", **(WISH | options)))


async def posted(stage: Stage) -> discord.Message:
    """The edition that was posted at nine."""
    await subscribe(stage)
    await stage.settle(*stories(20))
    stage.clock.advance(hours=1)
    assert await post(stage) == 1
    (message,) = stage.channel.history()
    return message


def components(message: discord.Message) -> list[dict[str, object]]:
    return [each.to_dict() for each in message.components]


async def test_a_digest_comes_at_its_time_and_once(stage: Stage) -> None:
    """Not before nine, at nine, and not again until the next day."""
    await subscribe(stage)
    await stage.settle(*stories(6))

    early = await post(stage)
    stage.clock.advance(hours=1)
    at_nine = await post(stage)
    stage.clock.advance(minutes=5)
    after = await post(stage)
    await stage.settle(*stories(2, timedelta(hours=20)))
    stage.clock.advance(hours=24)
    tomorrow = await post(stage)

    assert (early, at_nine, after, tomorrow) == (0, 1, 0, 1)
    second, first = sorted(shown(stage.channel.history()), key=lambda text: "8 June" in text.splitlines()[0])
    assert first.startswith(
        "## China tech · Monday 8 June\n6 stories since 7 June 09:00, told in 7 articles. Here are 6."
    )
    assert second.startswith("## China tech · Tuesday 9 June\n2 stories since")


async def test_a_posted_digest_is_opened_by_anyone(stage: Stage) -> None:
    """Its menu opens a story, its buttons the other language and every story, each for who pressed alone."""
    message = await posted(stage)
    before = shown([message])

    opened = await stage.member.select(message, [next(iter(options_of(components(message)).values()))])
    chinese = await stage.member.click(message, label="中文")
    every = await stage.member.click(message, label="Every story (20)")

    assert said(opened).splitlines()[0] == "## Huawei story 0"
    assert "中国科技简报" in said(chinese)
    assert "[华为的第一件事](https://example.com/zh." in said(chinese)
    assert said(every).startswith("## Every story since 7 June 09:00")
    assert len(options_of(answer(chinese).components)) == len(options_of(components(message)))
    assert shown(stage.channel.history()) == before


async def test_an_editions_list_is_turned_page_by_page(stage: Stage) -> None:
    """In the private message that shows it."""
    every = answer(await stage.member.click(await posted(stage), label="Every story (20)"))

    await stage.member.click(every, label="Next")
    await stage.member.click(every, label="Next")

    assert list(buttons_of(stage.components(every))) == ["Back"]


async def test_a_posted_digest_is_read_after_a_restart(stage: Stage) -> None:
    """By a program that knows nothing but the database."""
    message = await posted(stage)
    await stage.restart()

    chinese = await stage.member.click(message, label="中文")
    opened = await stage.member.select(message, [next(iter(options_of(components(message)).values()))])

    assert "中国科技简报" in said(chinese)
    assert "## Huawei story 0" in said(opened)


async def test_a_digest_of_another_database_is_not_known(stage: Stage) -> None:
    """Where the bot begins anew, old messages say so and open no other digest."""
    message = await posted(stage)
    await stage.store.write(facts.note, "installation", "ffffffff")
    await stage.restart()

    pressed = await stage.member.click(message, label="中文")

    assert "I do not know that digest any more; `/digest` shows another day’s." in said(pressed)


async def test_a_digest_that_was_posted_before_a_crash_is_found_again(stage: Stage) -> None:
    """Between Discord's answer and our writing it down the machine went off: nothing comes twice."""
    message = await posted(stage)
    await forget_the_sending(stage.store)
    stage.clock.advance(minutes=5)

    arrived = await post(stage)

    assert arrived == 1
    assert [each.id for each in stage.channel.history()] == [message.id]


async def forget_the_sending(store: Store) -> None:
    from bot.store.schema import deliveries

    def back(connection: object) -> None:
        connection.execute(deliveries.update().values(state="sending", message_id=None))  # type: ignore[attr-defined]

    await store.write(back)


@pytest.mark.parametrize(
    ("denied", "reason"),
    [({"send_messages": False}, "I may not post there"), ({"view_channel": False}, "I cannot see the channel")],
)
async def test_a_channel_that_was_closed_is_paused_and_says_why(
    stage: Stage, denied: dict[str, bool], reason: str
) -> None:
    """Nothing is tried in a loop; the list of digests tells a moderator what to do."""
    await subscribe(stage)
    await stage.settle(*stories(3))
    stage.deny(stage.channel, **denied)
    stage.clock.advance(hours=1)

    arrived = [await post(stage), await post(stage)]

    office = stage.server.create_text_channel("office")
    listed = said(await stage.moderator.slash(office, "subscriptions"))
    assert arrived == [0, 0]
    assert f"<#{stage.channel.id}> · **paused**: {reason}" in listed


async def test_todays_digest_comes_now_when_it_is_asked_for(stage: Stage) -> None:
    """Ahead of its time, once, and the day has had its digest then."""
    await stage.settle(*stories(6))
    message = answer(await stage.moderator.slash(stage.channel, "subscribe", time="23:00"))

    coming = said(await stage.moderator.click(message, label="Post today’s now"))
    arrived = await post(stage)
    done = said(await stage.moderator.click(message, label="Post today’s now"))
    stage.clock.advance(hours=15)
    again = await post(stage)

    assert coming == f"Today’s digest comes to <#{stage.channel.id}> in a moment."
    assert done.startswith(f"Today’s digest of <#{stage.channel.id}> was posted already; the next one comes <t:")
    assert (arrived, again, len(stage.channel.history())) == (1, 0, 1)


async def test_todays_digest_waits_for_the_first_reading(stage: Stage) -> None:
    """How far it is is told: what was read, and what has no story yet."""
    await stage.store.write(feed_rows.sync, [feed_spec()], NOW)
    await stage.store.write(article_rows.keep, [("g1", article("a1"))], feed_id=None)
    message = answer(await stage.moderator.slash(stage.channel, "subscribe"))

    waiting = said(await stage.moderator.click(message, label="Post today’s now"))

    assert waiting == (
        f"Today’s digest comes to <#{stage.channel.id}> as soon as the first reading is done: "
        "0 of 1 feeds so far, 1 articles."
    )


async def test_todays_digest_of_a_channel_that_ended_is_refused(stage: Stage) -> None:
    """The button outlives the subscription."""
    message = answer(await stage.moderator.slash(stage.channel, "subscribe"))
    await stage.moderator.slash(stage.channel, "unsubscribe")

    pressed = said(await stage.moderator.click(message, label="Post today’s now"))

    assert "That channel gets no digests any more; `/subscribe` brings them back." in pressed


async def test_todays_digest_of_a_paused_channel_is_refused(stage: Stage) -> None:
    """Nothing would come of it; subscribing again is what helps."""
    message = answer(await stage.moderator.slash(stage.channel, "subscribe"))
    (known,) = await stage.store.read(rows.listed, str(stage.server.id))
    await stage.store.write(rows.pause, known.id, "missing-permission", NOW)

    pressed = said(await stage.moderator.click(message, label="Post today’s now"))

    assert "That channel gets no digests any more; `/subscribe` brings them back." in pressed


async def test_another_servers_digest_cannot_be_asked_for(stage: Stage) -> None:
    """Whatever number stands in a button."""
    await subscribe(stage)
    (theirs,) = await stage.store.read(rows.listed, str(stage.server.id))
    elsewhere = stage.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("here")
    eve = elsewhere.add_member(
        stage.env.create_user("eve"),
        roles=[elsewhere.create_role("Mods", permissions=discord.Permissions(manage_guild=True))],
    )
    message = answer(await eve.slash(channel, "subscribe"))
    stage.rewrite(message, {f"today:{theirs.id + 1}": f"today:{theirs.id}"})

    pressed = said(await eve.click(message, label="Post today’s now"))

    assert "That channel gets no digests any more" in pressed
    (theirs,) = await stage.store.read(rows.listed, str(stage.server.id))
    assert theirs.wanted_at is None


async def test_a_chinese_channel_gets_a_chinese_digest(stage: Stage) -> None:
    """The subscription's language is the digest's; the other language is a button away."""
    await subscribe(stage, language="zh")
    await stage.settle(*stories(6))
    stage.clock.advance(hours=1)

    await post(stage)

    (message,) = stage.channel.history()
    english = said(await stage.member.click(message, label="English"))
    assert shown([message])[0].startswith(
        "## 中国科技简报 · 6月8日 星期一\n6月7日 09:00 以来 6 个事件、7 篇报道，这里列出 6 个。"
    )
    assert list(buttons_of(components(message))) == ["全部 6 个事件", "English"]
    assert english.startswith("## China tech · Monday 8 June")
