"""A digest on its whole way: wished for, decided, posted, and read from its message."""

import re
from datetime import timedelta

import pytest

from bot.store import facts, schema
from bot.store import subscriptions as rows
from tests.chat.looks import buttons_of, options_of, text_of
from tests.chat.posting import components, forget_the_sending, neighbour, post, posted, stories, subscribe
from tests.chat.stage import Stage, answer, said, shown
from tests.fakes import NOW


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
    await stage.env.advance_time(300)

    arrived = await post(stage)

    assert arrived == 1
    assert [each.id for each in stage.channel.history()] == [message.id]


async def test_a_digest_that_may_be_there_is_not_posted_twice_by_subscribing_again(stage: Stage) -> None:
    """It was posted, its answer got lost, and the channel was closed: once it is open again it is found."""
    message = await posted(stage)
    await forget_the_sending(stage.store, state="waiting", unclear=True)
    stage.deny(stage.channel, read_message_history=False)
    closed = await post(stage)
    (paused,) = await stage.store.read(rows.listed, str(stage.server.id))
    stage.env.backend.delete_overwrite(stage.channel.id, stage.bot.id)

    told = said(await stage.moderator.slash(stage.channel, "subscribe"))
    arrived = await post(stage)

    assert (closed, paused.paused_reason, arrived) == (0, "missing-permission", 1)
    assert "Today’s digest is on its way." in told
    assert [each.id for each in stage.channel.history()] == [message.id]


async def test_a_digest_that_waited_when_its_channel_ended_does_not_come(stage: Stage) -> None:
    """Nor does a later wish begin with it: its stories are in that wish's own first digest."""
    await subscribe(stage)
    await stage.settle(*stories(6))
    stage.clock.advance(hours=1)
    stage.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
    refused = await post(stage)

    await stage.moderator.slash(stage.channel, "unsubscribe")
    await stage.env.advance_time(60)
    ended = await post(stage)
    await subscribe(stage, time="11:00")
    begun = await post(stage)
    stage.clock.advance(hours=2)
    arrived = await post(stage)

    assert (refused, ended, begun, arrived) == (0, 0, 0, 1)
    (text,) = shown(stage.channel.history())
    assert "6 stories since" in text


async def test_a_change_of_language_does_not_lose_todays_digest(stage: Stage) -> None:
    """It was due when the language was changed, and comes in the new one."""
    await subscribe(stage)
    await stage.settle(*stories(6))
    stage.clock.advance(minutes=61)
    said(await stage.moderator.slash(stage.channel, "subscribe", language="zh"))

    assert await post(stage) == 1
    assert shown(stage.channel.history())[0].startswith("## 中国科技简报 · 6月8日 星期一")


async def test_two_stories_that_are_one_since_are_told_once_in_the_other_language(stage: Stage) -> None:
    """Under the first one's number; the other numbers stay, and the menu offers each story once."""
    message = await posted(stage)
    first, second, third, *_ = options_of(components(message)).values()
    merged = schema.stories.update().where(schema.stories.c.id == second).values(merged_into=first)
    await stage.store.write(lambda connection: connection.execute(merged))
    moved = schema.articles.update().where(schema.articles.c.story_id == second).values(story_id=first)
    await stage.store.write(lambda connection: connection.execute(moved))

    chinese = answer(await stage.member.click(message, label="中文"))

    offered = options_of(chinese.components)
    assert list(offered.values())[:2] == [first, third]
    assert [label.split(" · ")[0] for label in offered][:3] == ["1", "3", "4"]
    assert len(offered) == len(options_of(components(message))) - 1
    assert not re.search(r"(?m)^\**2 · ", text_of(chinese.components))


async def test_an_editions_list_begins_as_the_edition(stage: Stage) -> None:
    """What was posted has the same number in the list of every story, and all that it had no room for follows."""
    message = await posted(stage)
    told = {value: label.split(" · ")[0] for label, value in options_of(components(message)).items()}
    every = answer(await stage.member.click(message, label="Every story (20)"))
    listed: dict[str, str] = {}

    for _ in range(3):
        listed |= {value: label.split(" · ")[0] for label, value in options_of(stage.components(every)).items()}
        if "Next" in buttons_of(stage.components(every)):
            await stage.member.click(every, label="Next")

    assert (len(told), len(listed)) == (15, 20)
    assert told.items() <= listed.items()


async def test_another_servers_edition_is_not_known_here(stage: Stage) -> None:
    """Whatever stands in a button: what a server reads of its own is read there alone."""
    message = await posted(stage)
    ids = buttons_of(components(message))
    channel, eve = neighbour(stage)
    theirs = answer(await eve.slash(channel, "search", query="huawei"))
    own = buttons_of(stage.components(theirs))["Next"]

    told = []
    for custom_id in ids.values():
        stage.rewrite(theirs, {own: custom_id})
        told.append(said(await eve.click(theirs, custom_id=custom_id)))
        own = custom_id

    assert len(told) == 2
    assert all("I do not know that digest any more; `/digest` shows another day’s." in each for each in told)


async def test_an_edition_of_another_time_is_not_mistaken_for_it(stage: Stage) -> None:
    """Where a database was brought back from a copy, its numbers are given again."""
    message = await posted(stage)
    decided = schema.editions.update().values(decided_at=NOW + timedelta(days=9))
    await stage.store.write(lambda connection: connection.execute(decided))

    pressed = await stage.member.click(message, label="中文")

    assert "I do not know that digest any more; `/digest` shows another day’s." in said(pressed)


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
