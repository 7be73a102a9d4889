from dataclasses import replace
from datetime import date

import pytest

from bot.chat.delivery import Courier
from bot.errors import UnclearError
from bot.model import Delivery
from bot.store import articles as article_rows
from bot.store import editions as edition_rows
from bot.store import outbox as outbox_rows
from bot.store import subscriptions as subscription_rows
from bot.store.database import Store
from bot.store.editions import FAILED, SENT
from tests.chat.delivery.outbox import GONE, MONDAY, TUESDAY, WatchingMessenger, decided, outbox, waits_until
from tests.fakes import NOW, FakeClock, article, wish


async def test_a_channel_that_cannot_be_posted_to_is_paused(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """With the trouble's short name; nothing is tried there any more, and other channels get theirs."""
    gone, here = await decided(sqlite, "gone"), await decided(sqlite, "here")
    messenger.troubles = {"gone": GONE}

    arrived = await courier.run()
    clock.advance(days=1)
    later = await courier.run()

    assert (arrived, later) == (1, 0)
    assert await sqlite.read(subscription_rows.active) == [here]
    assert await sqlite.read(subscription_rows.of_channel, "gone") == replace(gone, paused_reason="no-channel")
    assert len(messenger.states) == 2


async def test_an_edition_nobody_could_see_is_taken_back(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Its day is undecided, and its stories are new when the channel begins again; what came before stays known."""
    for name in ("a", "b"):
        await sqlite.write(article_rows.keep, [(name, article(name))], feed_id=None)
    subscription = await decided(sqlite, "c1", told=["a"])
    await courier.run()
    await decided(sqlite, "c1", day=TUESDAY, told=["a", "b"])
    messenger.troubles = {"c1": GONE}

    await courier.run()
    last = await sqlite.read(edition_rows.last, subscription.id)
    seen = await sqlite.read(edition_rows.seen, subscription.id, ["a", "b"])
    messenger.troubles = {}
    await decided(sqlite, "c1", day=TUESDAY, told=["b"])
    arrived = await courier.run()

    assert last is not None
    assert (last[0], seen) == (MONDAY, {"a": MONDAY})
    assert arrived == 1
    assert [sent.digest.local_date for sent in messenger.sent] == [MONDAY, TUESDAY]


async def test_an_edition_half_seen_stays(sqlite: Store, courier: Courier, messenger: WatchingMessenger) -> None:
    """Its first part was read: the day is decided and its stories are known, and the rest waits for the channel."""
    await sqlite.write(article_rows.keep, [("a", article("a"))], feed_id=None)
    subscription = await decided(sqlite, parts=2, told=["a"])
    deliver = messenger.deliver

    async def lose_the_second(delivery: Delivery) -> str:
        messenger.troubles = {"c1": GONE} if delivery.part else {}
        return await deliver(delivery)

    messenger.deliver = lose_the_second  # type: ignore[method-assign]

    arrived = await courier.run()

    assert arrived == 1
    assert await sqlite.read(subscription_rows.active) == []
    assert await sqlite.read(edition_rows.seen, subscription.id, ["a"]) == {"a": MONDAY}
    first, _ = await outbox(sqlite)
    assert first.state == SENT


async def test_a_part_that_was_given_up_is_left_alone(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """What is marked as failed is not tried again by itself."""
    await decided(sqlite)
    (waiting,) = await sqlite.read(outbox_rows.due, NOW)
    await sqlite.write(outbox_rows.mark, waiting, FAILED, {})

    assert await courier.run() == 0
    assert messenger.sent == []


@pytest.mark.parametrize("again", [MONDAY, TUESDAY])
async def test_an_edition_that_may_have_been_seen_stays_decided(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock, again: date
) -> None:
    """It is given up with its channel; who subscribes again that day has it looked for, and not an old day's."""
    await sqlite.write(article_rows.keep, [("a", article("a"))], feed_id=None)
    subscription = await decided(sqlite, told=["a"])
    messenger.troubles = {"c1": UnclearError("Discord broke.")}
    await courier.run()
    clock.now = await waits_until(sqlite)
    messenger.troubles = {"c1": GONE}
    await courier.run()
    (given_up,) = await outbox(sqlite)
    seen = await sqlite.read(edition_rows.seen, subscription.id, ["a"])

    messenger.troubles = {}
    await sqlite.write(subscription_rows.subscribe, wish(), channel="c1", now=clock())
    await sqlite.write(outbox_rows.revive, subscription.id, again)
    arrived = await courier.run()

    assert (given_up.state, given_up.unclear) == (FAILED, True)
    assert seen == {"a": MONDAY}
    assert [sent.unclear for sent in messenger.sent] == [True] * arrived
    assert arrived == (1 if again == MONDAY else 0)


async def test_every_old_edition_is_given_up_with_its_channel(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """A channel that is opened again after a week does not begin with last week's news."""
    await decided(sqlite)
    await decided(sqlite, day=TUESDAY)
    messenger.troubles = {"c1": GONE}

    await courier.run()
    messenger.troubles = {}
    await sqlite.write(subscription_rows.subscribe, wish(), channel="c1", now=NOW)

    assert await outbox(sqlite) == []
    assert await courier.run() == 0


async def test_a_channel_that_ends_meanwhile_gets_no_more(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """What is under way arrives; the part behind it stays here, now and after a new wish on another day."""
    subscription = await decided(sqlite, parts=2)
    deliver = messenger.deliver

    async def end_first(delivery: Delivery) -> str:
        await sqlite.write(outbox_rows.drop, subscription.id)
        await sqlite.write(subscription_rows.end, subscription.id, NOW)
        return await deliver(delivery)

    messenger.deliver = end_first  # type: ignore[method-assign]

    arrived = await courier.run()
    clock.advance(days=1)
    await sqlite.write(subscription_rows.subscribe, wish(), channel="c1", now=clock())
    await sqlite.write(outbox_rows.revive, subscription.id, TUESDAY)
    later = await courier.run()

    assert (arrived, later) == (1, 0)
    assert [(row.part, row.state) for row in await outbox(sqlite)] == [(0, SENT), (1, FAILED)]
