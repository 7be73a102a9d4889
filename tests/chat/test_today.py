"""Today's digest, asked for ahead of its time by the button below a subscription."""

from bot.store import articles as article_rows
from bot.store import feeds as feed_rows
from bot.store import subscriptions as rows
from tests.chat.looks import buttons_of
from tests.chat.posting import neighbour, post, stories, subscribe
from tests.chat.stage import Stage, answer, said
from tests.fakes import NOW, article, feed_spec


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


async def test_todays_digest_that_is_on_its_way_is_not_said_to_be_there(stage: Stage) -> None:
    """It is decided and has not arrived: it comes in a moment."""
    await stage.settle(*stories(6))
    message = answer(await stage.moderator.slash(stage.channel, "subscribe", time="23:00"))
    await stage.moderator.click(message, label="Post today’s now")
    stage.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
    assert await post(stage) == 0

    coming = said(await stage.moderator.click(message, label="Post today’s now"))
    changed = await stage.moderator.slash(stage.channel, "subscribe", time="22:00")
    await stage.env.advance_time(60)
    arrived = await post(stage)
    after = await stage.moderator.slash(stage.channel, "subscribe", time="23:00")

    assert coming == f"Today’s digest comes to <#{stage.channel.id}> in a moment."
    assert said(changed).splitlines()[1] == "Today’s digest is on its way. The new time counts from tomorrow."
    assert arrived == 1
    assert said(after).splitlines()[1] == "Today’s digest is there already. The new time counts from tomorrow."
    assert buttons_of(answer(changed).components) == buttons_of(answer(after).components) == {}


async def test_todays_digest_is_for_who_subscribed_to_ask_for(stage: Stage) -> None:
    """Whoever else gets at the button has no say in what is posted, and is told how to get one."""
    message = answer(await stage.moderator.slash(stage.channel, "subscribe"))
    (mine,) = buttons_of(stage.components(message)).values()
    stage.rewrite(message, {mine: mine.replace(str(stage.moderator.id), str(stage.member.id))})

    pressed = said(await stage.moderator.click(message, label="Post today’s now"))

    assert pressed == (
        "### That did not work\nThat button is for the moderator who subscribed the channel; "
        "`/subscribe` gives you one of your own."
    )
    (known,) = await stage.store.read(rows.listed, str(stage.server.id))
    assert known.wanted_at is None


async def test_todays_digest_does_not_wait_for_feeds_that_never_answer(stage: Stage) -> None:
    """Nor for what an ordinary poll has just brought: one story is enough to begin with."""
    await stage.store.write(feed_rows.sync, [feed_spec()], NOW)
    await stage.settle(*stories(6))
    await stage.store.write(article_rows.keep, [("g1", article("new"))], feed_id=None)
    message = answer(await stage.moderator.slash(stage.channel, "subscribe"))

    coming = said(await stage.moderator.click(message, label="Post today’s now"))

    assert coming == f"Today’s digest comes to <#{stage.channel.id}> in a moment."


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


async def test_todays_digest_of_a_paused_channel_says_why_it_does_not_come(stage: Stage) -> None:
    """Nothing would come of it; what is the matter and what helps is told, and nothing is wished for."""
    message = answer(await stage.moderator.slash(stage.channel, "subscribe"))
    (known,) = await stage.store.read(rows.listed, str(stage.server.id))
    await stage.store.write(rows.pause, known.id, "missing-permission", NOW)

    pressed = said(await stage.moderator.click(message, label="Post today’s now"))

    assert pressed == (
        f"<#{stage.channel.id}> is paused, so nothing is posted: I may not post there; give me **Send Messages**, "
        "**Embed Links** and **Read Message History**, then `/subscribe` again."
    )
    (known,) = await stage.store.read(rows.listed, str(stage.server.id))
    assert known.wanted_at is None


async def test_another_servers_digest_cannot_be_asked_for(stage: Stage) -> None:
    """Whatever number stands in a button."""
    await subscribe(stage)
    (theirs,) = await stage.store.read(rows.listed, str(stage.server.id))
    channel, eve = neighbour(stage)
    message = answer(await eve.slash(channel, "subscribe"))
    stage.rewrite(message, {f"today:{theirs.id + 1}/{eve.id}": f"today:{theirs.id}/{eve.id}"})
    assert f"today:{theirs.id}/{eve.id}" in buttons_of(stage.components(message)).values()

    pressed = said(await eve.click(message, label="Post today’s now"))

    assert "That channel gets no digests any more" in pressed
    (theirs,) = await stage.store.read(rows.listed, str(stage.server.id))
    assert theirs.wanted_at is None
