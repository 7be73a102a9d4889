import asyncio

from sqlalchemy import update

from bot.chat.delivery import Courier
from bot.errors import DeliveryError
from bot.model import Delivery
from bot.store.database import Store
from bot.store.editions import SENDING, SENT, WAITING
from bot.store.schema import editions
from tests.chat.delivery.outbox import MONDAY, TUESDAY, WatchingMessenger, decided, outbox
from tests.fakes import NOW, FakeClock, digest


async def test_an_empty_outbox_sends_nothing(courier: Courier, messenger: WatchingMessenger) -> None:
    """A run without editions is a run without messages."""
    assert await courier.run() == 0
    assert messenger.sent == []


async def test_a_part_is_marked_before_it_is_sent(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """While Discord is being asked the outbox already says so, and afterwards it says what came back."""
    await decided(sqlite)

    arrived = await courier.run()

    (row,) = await outbox(sqlite)
    assert arrived == 1
    assert messenger.states == [(SENDING, 1)]
    assert (row.state, row.message_id, row.attempts) == (SENT, "message-1", 1)
    assert (row.started_at, row.sent_at, row.trouble) == (NOW, NOW, None)


async def test_the_digest_arrives_as_it_was_decided(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """The message part carries the whole digest and where it goes."""
    subscription = await decided(sqlite)

    await courier.run()

    (sent,) = messenger.sent
    assert (sent.channel, sent.part, sent.digest) == ("c1", 0, digest())
    assert sent.subscription_id == subscription.id


async def test_what_was_sent_is_never_sent_again(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """Neither the next run nor a restarted courier touches what has arrived."""
    await decided(sqlite)
    await courier.run()

    again = await courier.run()
    restarted = await Courier(sqlite, messenger, clock=clock).run()

    assert again == restarted == 0
    assert len(messenger.sent) == 1


async def test_one_refused_channel_does_not_hold_up_the_others(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Each part is on its own way."""
    await decided(sqlite, "gone")
    await decided(sqlite, "here")
    messenger.troubles = {"gone": DeliveryError("The channel cannot be reached.")}

    arrived = await courier.run()

    assert arrived == 1
    assert [row.state for row in await outbox(sqlite)] == [WAITING, SENT]


async def test_a_part_that_breaks_does_not_hold_up_the_others(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Neither other channels nor the next edition of its own."""
    await decided(sqlite, "odd")
    await decided(sqlite, "odd", day=TUESDAY)
    await decided(sqlite, "here")
    deliver = messenger.deliver

    async def break_on_monday(delivery: Delivery) -> str:
        if delivery.channel == "odd" and delivery.digest.local_date == MONDAY:
            raise KeyError("a component nobody thought of")
        return await deliver(delivery)

    messenger.deliver = break_on_monday  # type: ignore[method-assign]

    arrived = await courier.run()

    assert arrived == 2
    assert [row.state for row in await outbox(sqlite)] == [WAITING, SENT, SENT]


async def test_a_digest_that_cannot_be_read_does_not_hold_up_the_others(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Whatever another release or a full disk left in the database."""
    await decided(sqlite, "odd")
    await decided(sqlite, "here")
    await sqlite.write(lambda rows: rows.execute(update(editions).where(editions.c.id == 1).values(digest={})))

    arrived = await courier.run()

    assert arrived == 1
    assert [sent.channel for sent in messenger.sent] == ["here"]


async def test_one_slow_channel_does_not_hold_up_the_others(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """They arrive while it still hangs, and it arrives when Discord answers."""
    for channel in ("slow", "b", "c", "d"):
        await decided(sqlite, channel)
    messenger.slow = {"slow"}

    messenger.enough = 3

    arrived = await asyncio.wait_for(courier.run(), 10)

    order = [sent.channel for sent in messenger.sent]
    assert (sorted(order[:3]), order[3:]) == (["b", "c", "d"], ["slow"])
    assert arrived == 4
    assert {row.state for row in await outbox(sqlite)} == {SENT}


async def test_not_all_channels_are_posted_to_at_once(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """Ten side by side are enough; the others follow in the same run."""
    for number in range(25):
        await decided(sqlite, f"c{number}")

    arrived = await courier.run()

    assert arrived == 25
    assert 1 < messenger.most_at_once <= 10


async def test_the_oldest_edition_goes_first_and_its_parts_in_order(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """In each channel the editions go in the order they were decided, parts as they are counted."""
    await decided(sqlite, "one", parts=3)
    await decided(sqlite, "two", parts=2)
    await decided(sqlite, "one", day=TUESDAY)

    await courier.run()

    order = {channel: [] for channel in ("one", "two")}  # type: dict[str, list[tuple[int, int]]]
    for sent in messenger.sent:
        order[sent.channel].append((sent.digest.local_date.day, sent.part))
    assert order == {"one": [(8, 0), (8, 1), (8, 2), (9, 0)], "two": [(8, 0), (8, 1)]}


async def test_a_channel_has_its_old_edition_before_its_new_one(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """However slow the older one is, yesterday's news does not come after today's."""
    await decided(sqlite, "slow")
    await decided(sqlite, "slow", day=TUESDAY)
    messenger.slow = {"slow"}

    running = asyncio.create_task(courier.run())
    await asyncio.sleep(0.1)
    under_way = messenger.at_once
    messenger.go_on.set()
    await running

    assert under_way == 1
    assert [sent.digest.local_date for sent in messenger.sent] == [MONDAY, TUESDAY]


async def test_parts_behind_one_that_failed_wait_for_it(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """Also in the runs before it is tried again: a digest is not read from its middle."""
    await decided(sqlite, parts=3)
    messenger.refusing = True
    await courier.run()
    messenger.refusing = False

    meanwhile = await courier.run()
    clock.advance(minutes=1)
    arrived = await courier.run()

    assert (meanwhile, arrived) == (0, 3)
    assert [sent.part for sent in messenger.sent] == [0, 1, 2]


async def test_an_edition_that_fails_is_not_in_the_way_of_the_next(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger
) -> None:
    """One message that Discord will not take does not silence its channel."""
    await decided(sqlite, parts=2)
    await decided(sqlite, day=TUESDAY)
    deliver = messenger.deliver

    async def refuse_monday(delivery: Delivery) -> str:
        messenger.refusing = delivery.digest.local_date == MONDAY
        return await deliver(delivery)

    messenger.deliver = refuse_monday  # type: ignore[method-assign]

    arrived = await courier.run()

    assert arrived == 1
    assert [row.state for row in await outbox(sqlite)] == [WAITING, WAITING, SENT]
    assert len(messenger.states) == 2


async def test_what_another_program_posts_is_left_to_it(sqlite: Store, courier: Courier) -> None:
    """A terminal and Discord may share one archive: neither takes nor marks what is the other's."""
    await decided(sqlite, "elsewhere")
    await decided(sqlite, "here")

    arrived = await courier.run()

    assert arrived == 1
    assert [(row.state, row.attempts) for row in await outbox(sqlite)] == [(WAITING, 0), (SENT, 1)]
    assert (courier.reaches("elsewhere"), courier.reaches("here")) == (False, True)


async def test_two_couriers_send_a_part_once(
    sqlite: Store, courier: Courier, messenger: WatchingMessenger, clock: FakeClock
) -> None:
    """Whichever takes it first."""
    for channel in "abcde":
        await decided(sqlite, channel)

    arrived = await asyncio.gather(courier.run(), Courier(sqlite, messenger, clock=clock).run())

    assert sum(arrived) == 5
    assert sorted(sent.channel for sent in messenger.sent) == list("abcde")
