import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord.results import ResponseMessage

from bot.chat import asks
from bot.model import Article, Topic
from bot.store import questions
from tests.chat.looks import buttons_of, options_of, text_of
from tests.chat.stage import Stage, answer, said, shown
from tests.fakes import ITHOME, NOW, article

POST = "Post in this channel"


def stories(count: int) -> list[Article]:
    """So many stories of Huawei's."""
    return [article(f"a{number}", f"Huawei story {number}", story_id=f"s{number}") for number in range(count)]


async def searched(stage: Stage, query: str = "huawei") -> ResponseMessage:
    """A private answer to a search."""
    return answer(await stage.member.slash(stage.channel, "search", query=query))


async def digested(stage: Stage) -> ResponseMessage:
    """A private digest."""
    return answer(await stage.member.slash(stage.channel, "digest"))


async def press(stage: Stage, message: Any, label: str) -> Any:
    """Press the button whose label begins so."""
    components = stage.components(message)
    (custom_id,) = [each for name, each in buttons_of(components).items() if name.startswith(label)]
    return await stage.member.click(message, custom_id=custom_id)


async def test_a_search_is_turned_page_by_page_in_place(stage: Stage) -> None:
    """On and back again, in the message that is there, for the one who asked alone."""
    await stage.settle(*stories(12))
    found = await searched(stage)

    first = text_of(stage.components(found))
    await press(stage, found, "Next")
    second = text_of(stage.components(found))
    await press(stage, found, "Next")
    third = text_of(stage.components(found))
    await press(stage, found, "Back")

    assert [f"Page {number} of 3" in text for number, text in enumerate((first, second, third), start=1)] == [True] * 3
    assert len({first, second, third}) == 3
    assert text_of(stage.components(found)) == second
    assert stage.channel.history() == []


async def test_a_story_is_opened_beside_the_list(stage: Stage) -> None:
    """The card is a new private message; the list stays, and the card has its own pages."""
    coverage = [article(f"c{number}", f"Huawei card {number}", story_id="s9") for number in range(10)]
    await stage.settle(*coverage)
    found = await searched(stage)
    (story,) = options_of(stage.components(found)).values()

    opened = await stage.member.select(found, [story])
    card = answer(opened)
    await press(stage, card, "Next")

    assert said(opened).splitlines()[0] == "## Huawei card 0"
    assert "-# Page 1 of 2" in said(opened) or "-# Page 2 of 2" in text_of(stage.components(card))
    assert card.id != found.id
    assert "Huawei card 9" in text_of(stage.components(card))
    assert text_of(stage.components(found)).startswith("## huawei")


async def test_a_digest_is_read_in_the_other_language_and_back(stage: Stage) -> None:
    """In place, each with the headline of its own press; the posted language is the one that is shown."""
    await stage.settle(
        article("h1", "Huawei ships a chip", story_id="s1"),
        article("h2", "华为发布芯片", story_id="s1", newsroom=ITHOME),
    )
    message = await digested(stage)

    await press(stage, message, "中文")
    chinese = text_of(stage.components(message))
    await press(stage, message, "English")

    assert "**1 · [华为发布芯片](https://example.com/h2)** IT之家" in chinese
    assert "外媒：[Huawei ships a chip]" in chinese
    assert "**1 · [Huawei ships a chip](https://example.com/h1)** SCMP" in text_of(stage.components(message))


async def test_every_story_of_a_digest_is_listed(stage: Stage) -> None:
    """Those too for which the digest had no room, on pages."""
    await stage.settle(*stories(20))
    message = await digested(stage)

    await press(stage, message, "Every story (20)")
    first = text_of(stage.components(message))
    await press(stage, message, "Next")

    assert first.startswith("## Every story since 7 June 08:00\n**1 · ")
    assert "Page 1 of 3" in first
    assert "**9 · " in text_of(stage.components(message))


@pytest.mark.parametrize("topic", [None, "chips"])
async def test_a_list_of_every_story_begins_as_its_digest(stage: Stage, topic: str | None) -> None:
    """What the digest tells has the same number in the list, and what it had no room for comes after."""
    topics = [Topic.CHIPS, Topic.CAPITAL, Topic.MODELS]
    many = [
        replace(each, title=f"Fab {number} opens", topic=topics[number % 3]) for number, each in enumerate(stories(30))
    ]
    second = [article(f"z{number}", "晶圆厂开业", story_id=f"s{number}", newsroom=ITHOME) for number in range(0, 30, 7)]
    await stage.settle(*many, *second)
    options = {"topic": topic} if topic else {}
    message = answer(await stage.member.slash(stage.channel, "digest", **options))
    told = numbered(text_of(stage.components(message)))

    await press(stage, message, "Every story")
    listed = numbered(text_of(stage.components(message)))
    while "Next" in buttons_of(stage.components(message)):
        await press(stage, message, "Next")
        listed |= numbered(text_of(stage.components(message)))

    assert listed | told == listed
    assert list(listed) == list(range(1, len(listed) + 1))
    assert (len(told), len(listed)) == ((10, 10) if topic else (15, 30))


def numbered(text: str) -> dict[int, str]:
    """The headlines of a message by their numbers."""
    found = re.findall(r"(?m)^\W*(\d+) · \[(.+?)\]", text)
    return {int(number): title for number, title in found}


@pytest.mark.parametrize("ask", ["search", "digest", "story"])
async def test_a_private_answer_is_posted_in_the_channel(stage: Stage, ask: str) -> None:
    """With the name of who asked for it, pinging nobody; what is public cannot be posted again."""
    await stage.settle(*stories(6))
    options = {"search": {"query": "huawei"}, "digest": {}, "story": {"story": "s1"}}[ask]
    message = answer(await stage.member.slash(stage.channel, ask, **options))
    private = text_of(stage.components(message))

    await press(stage, message, POST)

    (posted,) = stage.channel.history()
    (text,) = shown([posted])
    assert text == f"{private}\n-# Asked for by {stage.member.mention}"
    assert text_of(stage.components(message)) == "Posted here."
    assert POST not in buttons_of([each.to_dict() for each in posted.components])
    assert posted.author.id == stage.bot.id


async def test_a_member_does_not_flood_a_channel(stage: Stage) -> None:
    """A second one within a minute waits; another member and another channel do not."""
    await stage.settle(*stories(3))
    first, second = await searched(stage), await searched(stage)
    other = stage.server.create_text_channel("other")
    elsewhere = answer(await stage.member.slash(other, "search", query="huawei"))
    theirs = answer(await stage.moderator.slash(stage.channel, "search", query="huawei"))

    await press(stage, first, POST)
    too_soon = await press(stage, second, POST)
    await press(stage, elsewhere, POST)
    await stage.moderator.click(theirs, label=POST)

    assert said(too_soon) == "### That did not work\nOne moment: you posted here just now. Try again in a minute."
    assert POST in buttons_of(stage.components(second))
    assert (len(stage.channel.history()), len(other.history())) == (2, 1)


async def test_a_minute_later_there_is_room_again(stage: Stage) -> None:
    """The wait is short."""
    await stage.settle(*stories(3))
    first, second = await searched(stage), await searched(stage)

    await press(stage, first, POST)
    await stage.env.advance_time(61)
    await press(stage, second, POST)

    assert len(stage.channel.history()) == 2


async def test_what_could_not_be_posted_does_not_count(stage: Stage) -> None:
    """Who sees that it did not work tries again at once."""
    await stage.settle(*stories(3))
    message = await searched(stage)
    stage.env.inject_error("POST", "/webhooks/*", status=400, code=50035)

    failed = await press(stage, message, POST)
    again = await press(stage, message, POST)

    assert "Something went wrong on my side" in said(failed)
    assert not again.followups or "just now" not in text_of(again.followups[-1].components)
    assert len(stage.channel.history()) == 1
    assert text_of(stage.components(message)) == "Posted here."


@pytest.mark.parametrize(("allowed", "count"), [(True, 1), (False, 0)])
async def test_writing_in_threads_is_a_permission_of_its_own(stage: Stage, allowed: bool, count: int) -> None:
    """A thread is posted in by who may write in threads, whatever holds for the channel around it."""
    await stage.settle(*stories(3))
    rights = discord.PermissionOverwrite(send_messages=not allowed, send_messages_in_threads=allowed)
    parent = stage.server.create_text_channel("parent", overwrites={stage.member.user: rights})
    thread = stage.thread(parent)
    message = answer(await stage.member.slash(thread, "search", query="huawei"))

    await press(stage, message, POST)

    assert len(thread.history()) == count


async def test_who_may_not_write_in_a_channel_does_not_post_there(stage: Stage) -> None:
    """The bot lends nobody its voice."""
    await stage.settle(*stories(3))
    silent = stage.silent_channel("silent")
    message = answer(await stage.member.slash(silent, "search", query="huawei"))

    refused = await stage.member.click(message, label=POST)

    assert "You may not send messages in this channel" in said(refused)
    assert silent.history() == []


async def test_nothing_is_posted_outside_of_servers(stage: Stage) -> None:
    """A private conversation is no channel to post in: there is no button for it, and an old one is refused."""
    await stage.settle(*stories(12))
    user = stage.member.user
    message = answer(await user.slash("search", query="huawei"))
    await user.click(message, label="Next")
    turned = buttons_of(stage.components(message))
    stage.rewrite(message, {turned["Back"]: turned["Back"].replace("show:", "post:")})

    refused = await user.click(message, label="Back")

    assert list(turned) == ["Back", "Next"]
    assert "That works in a server only." in said(refused)


async def test_buttons_of_a_public_message_answer_privately(stage: Stage) -> None:
    """What everybody sees stays as it is; who presses gets a message of their own, in their own language."""
    await stage.settle(*stories(12))
    await press(stage, await searched(stage), POST)
    (posted,) = stage.channel.history()
    before = shown([posted])
    stage.locale = "zh-CN"

    turned = await stage.moderator.click(posted, label="Next")

    assert "第 2 / 3 页" in said(turned)
    assert answer(turned).id != posted.id
    assert shown(stage.channel.history()) == before


async def test_every_button_works_after_a_restart(stage: Stage) -> None:
    """A new program knows old messages by their ids alone: pages, menus, languages and posting."""
    await stage.settle(*stories(12))
    found, digest = await searched(stage), await digested(stage)
    subscribed = answer(await stage.moderator.slash(stage.channel, "subscribe"))

    await stage.restart()

    await press(stage, found, "Next")
    await press(stage, digest, "中文")
    opened = await stage.member.select(found, [next(iter(options_of(stage.components(found)).values()))])
    wanted = await stage.moderator.click(subscribed, label="Post today’s now")
    await press(stage, found, POST)
    assert "Page 2 of 3" in shown(stage.channel.history())[0]
    assert "中国科技简报" in text_of(stage.components(digest))
    assert "## Huawei story" in said(opened)
    assert "Today’s digest comes to" in said(wanted)


async def test_a_search_that_was_forgotten_says_so(stage: Stage) -> None:
    """Questions are kept for ninety days after they were last asked."""
    await stage.settle(*stories(12))
    found = await searched(stage)
    await stage.store.write(questions.keep, "another", NOW + timedelta(days=91))

    turned = await press(stage, found, "Next")

    assert said(turned) == "### That did not work\nThat search is too old for its buttons; search again."
    assert text_of(stage.components(found)).startswith("## huawei")


async def test_a_story_that_is_gone_says_so(stage: Stage) -> None:
    """A card of a story that nobody knows any more is refused, not empty."""
    await stage.settle(*stories(2))
    found = await searched(stage)
    stage.rewrite(found, {"s0": "s404"})

    opened = await stage.member.select(found, ["s404"])

    assert "There is no such story." in said(opened)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        ("found/abc", "This button is from another release of Jianbao; ask again."),
        ("weather/1", "This button is from another release of Jianbao; ask again."),
        ("list/0/29682000/-/1", "This button is from another release of Jianbao; ask again."),
        ("sources/0/999999999999", "This button is from another release of Jianbao; ask again."),
        (
            "list/99999999999999999999/99999999999999999999/-/1",
            "This button is from another release of Jianbao; ask again.",
        ),
        ("hours/1/2/fr/-/0", "This button is from another release of Jianbao; ask again."),
        ("edition/ffffffff/1/1780920000/0/en", "I do not know that digest any more; `/digest` shows another day’s."),
        ("all/ffffffff/1/1780920000/0/1", "I do not know that digest any more; `/digest` shows another day’s."),
    ],
)
async def test_a_button_of_another_release_or_installation_says_so(stage: Stage, ask: str, sentence: str) -> None:
    """What cannot be read or was posted from another database is refused with what to do."""
    await stage.settle(*stories(12))
    found = await searched(stage)
    stage.rewrite(found, {f"show:{asks.encoded(_next(stage, found))}": f"show:{ask}"})

    pressed = await press(stage, found, "Next")

    assert said(pressed) == f"### That did not work\n{sentence}"


def _next(stage: Stage, found: ResponseMessage) -> str:
    return buttons_of(stage.components(found))["Next"].removeprefix("show:")


async def test_the_feeds_pages_keep_to_who_asked(stage: Stage) -> None:
    """A moderator's list turns to a moderator's page."""
    await stage.many_feeds(20)
    message = answer(await stage.moderator.slash(stage.channel, "feeds list"))

    await stage.moderator.click(message, label="Next")

    assert "Page 2 of 2" in text_of(stage.components(message))
    assert buttons_of(stage.components(message)) == {"Back": "show:sources/1/1"}
