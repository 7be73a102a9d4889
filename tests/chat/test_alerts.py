"""Alerts on their way: once each, through crashes and Discord's errors; and watches made and stopped in Discord."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord
import pytest
from sqlalchemy import select

from bot.chat.alerts import Crier
from bot.chat.messenger import DiscordMessenger, Pace
from bot.chat.render import watches as look
from bot.errors import ChannelError
from bot.feed import Feed, Notice
from bot.model import Language
from bot.store import alerts as alert_rows
from bot.store import facts, questions
from bot.store import feeds as feed_rows
from bot.store import notices as notice_rows
from bot.store import watches as rows
from bot.store.database import Store
from bot.store.feed_tables import notices
from bot.store.schema import alerts
from bot.watch import Alert, Told, Watch
from tests.chat.looks import buttons_of, text_of
from tests.chat.stage import Stage, said, shown
from tests.fakes import ITHOME, NOW, FakeClock, FakeMessenger, article, feed_spec

TOLD = Told(story="s1", title="Huawei asks TSMC", link="https://example.com/a", newsrooms=("SCMP", "ITHome"))


async def written(store: Store, *, channel: str = "42", owner: str = "5", told: Sequence[Told] = (TOLD,)) -> Watch:
    """A watch with one alert that waits."""
    wanted = Watch(
        id=0, scope="77", channel=channel, owner=owner, language=Language.EN, question="huawei", made_at=NOW, seen=0
    )
    watch = await store.write(rows.make, wanted)
    await store.write(alert_rows.write, watch, told, [], seen=watch.seen, now=NOW)
    return watch


async def states(store: Store) -> list[tuple[str, int, bool]]:
    """How far each alert is."""
    query = select(alerts.c.state, alerts.c.attempts, alerts.c.unclear).order_by(alerts.c.id)
    return await store.read(lambda connection: [tuple(row) for row in connection.execute(query)])


async def test_an_alert_is_sent_once(sqlite: Store) -> None:
    """However often the tick comes; one for another program's channel is left to it."""
    messenger = FakeMessenger()
    crier = Crier(sqlite, messenger, clock=FakeClock())
    await written(sqlite)
    await written(sqlite, channel="elsewhere")

    assert [await crier.run(), await crier.run()] == [1, 0]
    assert [alert.told for alert in messenger.alerts] == [(TOLD,)]


async def test_an_alert_that_failed_is_tried_again(sqlite: Store) -> None:
    """After a wait, until it arrives."""
    messenger, clock = FakeMessenger(), FakeClock()
    crier = Crier(sqlite, messenger, clock=clock)
    await written(sqlite)
    messenger.refusing = True

    tries = [await crier.run(), await crier.run()]
    messenger.refusing = False
    clock.advance(minutes=1)

    assert (tries, await states(sqlite)) == ([0, 0], [("waiting", 1, False)])
    assert await crier.run() == 1


class Hanging(FakeMessenger):
    """Dies while it sends."""

    async def alert(self, alert: Alert) -> str:
        """Arrive, and never come back."""
        await super().alert(alert)
        return await asyncio.get_running_loop().create_future()


async def test_after_a_crash_an_alert_is_looked_for(sqlite: Store) -> None:
    """What a program was sending as it died is tried again when its lease has ended, as one that may be there."""
    hanging, clock = Hanging(), FakeClock()
    await written(sqlite)
    running = asyncio.create_task(Crier(sqlite, hanging, clock=clock).run())
    while not hanging.alerts:  # noqa: ASYNC110  # the messenger tells nobody
        await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    messenger = FakeMessenger()
    crier = Crier(sqlite, messenger, clock=clock)
    at_once = await crier.run()
    clock.advance(minutes=1)
    later = await crier.run()

    assert (at_once, later) == (0, 1)
    assert [alert.unclear for alert in messenger.alerts] == [True]


async def switched_off(store: Store, *, channel: str = "42") -> Feed:
    """A server's own feed that polling gave up, with its notice."""
    spec = feed_spec(f"https://{channel}.example", title="Chip Blog")
    await store.write(feed_rows.put, spec, origin=feed_rows.FROM_COMMAND, now=NOW, scope="77", channel=channel)
    (feed,) = [each for each in await store.read(feed_rows.listed, scope="77") if each.spec == spec]
    off = replace(feed.state, trouble="gone", facts={"host": "a.example", "status": 410}, failing_at=NOW, off_at=NOW)
    await store.write(feed_rows.learn, feed, off)
    await store.write(notice_rows.write, feed, off)
    return feed


async def notices_sent(store: Store) -> list[tuple[str, str | None]]:
    """How far each notice is, and why one was given up."""
    query = select(notices.c.state, notices.c.trouble).order_by(notices.c.id)
    return await store.read(lambda connection: [tuple(row) for row in connection.execute(query)])


async def test_a_notice_is_sent_once(sqlite: Store) -> None:
    """Like an alert: however often the tick comes, and after a wait where it failed."""
    messenger, clock = FakeMessenger(), FakeClock()
    crier = Crier(sqlite, messenger, clock=clock)
    feed = await switched_off(sqlite)
    await switched_off(sqlite, channel="elsewhere")
    messenger.refusing = True
    tries = [await crier.run(), await crier.run()]
    messenger.refusing = False
    clock.advance(minutes=1)

    assert (tries, await crier.run(), await crier.run()) == ([0, 0], 1, 0)
    assert [notice.feed.id for notice in messenger.notices] == [feed.id]


async def test_a_notice_for_a_closed_channel_is_given_up(sqlite: Store) -> None:
    """`/feeds health` says the same; nothing is tried again."""
    await switched_off(sqlite)
    crier = Crier(sqlite, Closed(), clock=FakeClock())

    assert [await crier.run(), await crier.run()] == [0, 0]
    assert await notices_sent(sqlite) == [("failed", "unknown-channel")]


class Closed(FakeMessenger):
    """Every channel is gone."""

    async def alert(self, alert: Alert) -> str:
        """Refuse."""
        raise ChannelError("unknown-channel", "The channel does not exist any more.", alert=alert.id)

    async def notice(self, notice: Notice) -> str:
        """Refuse."""
        raise ChannelError("unknown-channel", "The channel does not exist any more.", notice=notice.id)


async def test_a_closed_channel_ends_its_watch(sqlite: Store) -> None:
    """With the reason; nothing is tried again."""
    await written(sqlite)
    await Crier(sqlite, Closed(), clock=FakeClock()).run()

    (watch,) = await sqlite.read(rows.of_owner, "5", "77", NOW)
    assert watch.reason == "unknown-channel"
    assert await states(sqlite) == [("failed", 1, True)]


async def test_what_a_stopped_watch_had_is_not_sent(sqlite: Store) -> None:
    """Its owner wants no more of it."""
    watch = await written(sqlite)
    await sqlite.write(rows.end, watch.id, NOW)

    assert await Crier(sqlite, FakeMessenger(), clock=FakeClock()).run() == 0


@pytest.fixture
async def messenger(stage: Stage) -> DiscordMessenger:
    home = await stage.store.write(facts.installation)
    return DiscordMessenger(stage.env.bot, stage.app.headings, home=home, pace=Pace(10_000))


async def offered(stage: Stage, question: str = "huawei tsmc", channel: Any = None) -> discord.Message:
    """A message with the button that begins a watch."""
    kept = await stage.store.write(questions.keep, question, NOW)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(look.begin(kept, Language.EN)))
    where = stage.env.bot.get_partial_messageable((channel or stage.channel).id)
    return await where.send(view=view)


async def begin(stage: Stage, question: str = "huawei tsmc") -> str:
    """Press that button, and say what was answered."""
    message = await offered(stage, question)
    (custom_id,) = buttons_of([each.to_dict() for each in message.components]).values()
    return said(await stage.member.click(message, custom_id=custom_id))


async def tell(stage: Stage, messenger: DiscordMessenger) -> int:
    """What the bot does at each tick once something came."""
    await stage.app.indexer.run()
    await stage.app.watcher.run()
    return await Crier(stage.store, messenger, clock=stage.env.now).run()


async def test_a_watch_from_the_button_to_the_alert(stage: Stage, messenger: DiscordMessenger) -> None:
    """It survives a restart, mentions its owner alone, and its own button ends it."""
    stage.pinged.append(stage.member.id)
    answered = await begin(stage)
    await stage.restart()
    both = [article("a", "Huawei asks TSMC", story_id="s1"), article("b", "华为台积电", story_id="s1", newsroom=ITHOME)]
    await stage.settle(*both, article("c", "Huawei ships a phone", story_id="s2"))
    messenger = DiscordMessenger(stage.env.bot, stage.app.headings, home="abcd1234", pace=Pace(10_000))

    sent = [await tell(stage, messenger), await tell(stage, messenger)]

    *_, message = stage.channel.history()
    message = next(each for each in stage.channel.history() if "New for" in shown([each])[0])
    assert "When a new story answers “huawei tsmc”" in answered
    assert sent == [1, 0]
    assert shown([message])[0] == (
        f"<@{stage.member.id}> New for “huawei tsmc”\n**[Huawei asks TSMC](https://example.com/a)**\n-# SCMP, ITHome"
    )
    (custom_id,) = buttons_of([each.to_dict() for each in message.components]).values()
    assert "not watched any more" in said(await stage.member.click(message, custom_id=custom_id))
    assert "ended already" in said(await stage.moderator.click(message, custom_id=custom_id))


async def test_an_alert_that_is_there_is_not_posted_again(stage: Stage, messenger: DiscordMessenger) -> None:
    """After a crash between sending and writing down it is found by what stands in its button."""
    stage.pinged.append(stage.member.id)
    await written(stage.store, channel=str(stage.channel.id), owner=str(stage.member.id))
    (alert,) = await stage.store.read(alert_rows.due, NOW)
    posted = await messenger.alert(alert)
    again = Alert(
        id=alert.id, watch=alert.watch, told=alert.told, made_at=NOW, attempts=1, first_at=stage.env.now(), unclear=True
    )

    assert await messenger.alert(again) == posted
    assert len(stage.channel.history()) == 1


async def test_a_notice_that_is_there_is_not_posted_again(stage: Stage, messenger: DiscordMessenger) -> None:
    """It mentions nobody, and after a crash it is found by what stands in its buttons."""
    await switched_off(stage.store, channel=str(stage.channel.id))
    (notice,) = await stage.store.read(notice_rows.due, NOW)
    posted = await messenger.notice(notice)
    again = replace(notice, attempts=1, first_at=stage.env.now(), unclear=True)

    assert await messenger.notice(again) == posted
    (told,) = shown(stage.channel.history())
    assert told == (
        "### A feed of this server was switched off\n"
        "**Chip Blog** says that its feed is gone for good (410), so I stopped asking <t:1780920000:R>. "
        "Readers lose one English newsroom. Give its new address, or remove it."
    )


async def test_watches_are_their_owners_own(stage: Stage) -> None:
    """`/watches` lists one's own with buttons; asked for twice is one; others stop it only if they moderate."""
    await begin(stage)
    await begin(stage)

    mine = await stage.member.slash(stage.channel, "watches")
    others = await stage.moderator.slash(stage.channel, "watches")

    assert said(mine).count("huawei tsmc") == 1
    assert "You watch nothing in this server" in said(others)


async def test_there_is_an_end_to_watches(stage: Stage) -> None:
    """Ten a person; and what everything answers is none."""
    for number in range(10):
        await begin(stage, f"huawei {number}nm")

    assert "10 watches, which is the most" in await begin(stage, "huawei 99nm")
    assert "Everything would answer that" in await begin(stage, "sort:new")


async def test_a_server_that_is_left_ends_its_watches(stage: Stage) -> None:
    """Those of others stay."""
    await begin(stage)
    (watch,) = await stage.store.read(rows.of_owner, str(stage.member.id), str(stage.server.id), stage.clock())
    await stage.app.store.write(rows.end_all, "another", stage.clock())
    still = await stage.store.read(rows.live, watch.id)
    client: Any = stage.env.bot
    await client.desk.leave(str(stage.server.id))

    assert still
    assert await stage.store.read(rows.live, watch.id) is None


async def test_a_channel_that_is_closed_is_refused(stage: Stage) -> None:
    """Who may not write there has nothing posted for them, and the bot must be able to find what it posted."""
    silence = {
        stage.server.default_role: discord.PermissionOverwrite(send_messages=False),
        stage.bot: discord.PermissionOverwrite(send_messages=True),
    }
    told = []
    for channel in (
        stage.server.create_text_channel("silent", overwrites=silence),
        stage.quiet_channel("lost", read_message_history=False),
    ):
        message = await offered(stage, channel=channel)
        (custom_id,) = buttons_of([each.to_dict() for each in message.components]).values()
        told.append(said(await stage.member.click(message, custom_id=custom_id)))

    assert "You may not send messages" in told[0]
    assert "Read Message History" in told[1]


@pytest.mark.parametrize("language", list(Language))
def test_a_long_alert_fits(language: Language) -> None:
    """However many stories and however long their links."""
    many = tuple(
        Told(story=str(n), title="长" * 300, link=f"https://e.com/{'x' * 280}", newsrooms=("n" * 90,) * 9)
        for n in range(30)
    )
    watch = Watch(id=1, scope="7", channel="4", owner="5", language=language, question="q" * 200, made_at=NOW, seen=0)

    view = look.alert(Alert(id=1, watch=watch, told=many, made_at=NOW), "abcd1234/1/1/")

    assert "22" in text_of(view.to_components())
    assert view.content_length() < 4000
