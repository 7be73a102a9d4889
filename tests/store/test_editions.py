from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from bot.errors import StoreError
from bot.store import articles as article_rows
from bot.store import editions as rows
from bot.store import outbox, subscriptions
from bot.store.database import Store
from tests.fakes import NOW, article
from tests.store.decided import TODAY, TOMORROW, Stop, decide, decided, digest, end, pause, subscribe


@pytest.fixture
async def archive(store: Store) -> Sequence[str]:
    """Three articles."""
    kept = [article(each) for each in ("a1", "a2", "a3")]
    await store.write(article_rows.keep, [(each.id, each) for each in kept], feed_id=None)
    return [each.id for each in kept]


async def test_a_day_is_decided_once(store: Store) -> None:
    """A second decision for the same day is none, and changes nothing; other days and channels are free."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    first = await decided(store, subscription)

    again = await decide(store, subscription, parts=3)

    assert (first.subscription, first.local_date, first.decided_at, first.digest) == (
        subscription,
        TODAY,
        NOW,
        digest(),
    )
    assert again is None
    assert len(await store.read(outbox.due, NOW)) == 1
    assert await decide(store, subscription, day=TOMORROW)
    assert await decide(store, other)


@pytest.mark.parametrize("stop", [pause, end], ids=["paused", "ended"])
async def test_nothing_is_decided_for_a_channel_that_was_stopped_meanwhile(
    store: Store, archive: Sequence[str], stop: Stop
) -> None:
    """Who ends or loses it while its digest is being made gets none, and has it when it begins again."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    await stop(store, subscription)

    stopped = await decide(store, subscription, told=archive)

    assert stopped is None
    assert await store.read(rows.last, subscription.id) is None
    assert await store.read(rows.seen, subscription.id, archive) == {}
    assert await store.read(outbox.due, NOW) == []
    assert await decide(store, other)
    assert await decide(store, await subscribe(store))


async def test_a_day_has_arrived_with_its_first_part(store: Store) -> None:
    """Of that channel and day alone; what is on its way or was given up has not."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    await decided(store, subscription, parts=2)
    await decided(store, subscription, day=TOMORROW)
    await decided(store, other)
    first, _, tomorrow, _ = await store.read(outbox.due, NOW)
    steps = []

    for delivery, state in ((tomorrow, rows.FAILED), (first, rows.SENDING), (first, rows.SENT)):
        await store.write(outbox.mark, delivery, state, {})
        steps.append(await store.read(rows.has_arrived, subscription.id, TODAY))

    assert steps == [False, False, True]
    assert not await store.read(rows.has_arrived, subscription.id, TOMORROW)
    assert not await store.read(rows.has_arrived, other.id, TODAY)


async def test_the_last_edition_is_the_newest_day(store: Store) -> None:
    """Whatever the order they were decided in."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    nothing = await store.read(rows.last, subscription.id)
    await decide(store, subscription, day=TOMORROW)
    await decide(store, subscription, day=TODAY)
    await decide(store, other, day=date(2026, 6, 10))

    assert nothing is None
    assert await store.read(rows.last, subscription.id) == (TOMORROW, NOW)


async def test_an_edition_is_found_again_as_it_was_decided(store: Store) -> None:
    """To the last field, with its channel; also when the channel has ended meanwhile, and None for one never made."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    await decided(store, other)
    edition = await decided(store, subscription)

    found = await store.read(rows.one, edition.id)
    await store.write(subscriptions.end, subscription.id, NOW)

    assert found == edition
    assert await store.read(rows.one, edition.id) == edition
    assert await store.read(rows.one, edition.id + 1) is None


async def test_an_edition_knows_its_channel_as_it_is_now(store: Store) -> None:
    """What the moderators changed or what paused it is seen with yesterday's edition too."""
    subscription = await subscribe(store)
    edition = await decided(store, subscription)

    await store.write(subscriptions.pause, subscription.id, "no-permission", NOW)

    now = replace(subscription, paused_reason="no-permission")
    assert await store.read(rows.one, edition.id) == replace(edition, subscription=now)


async def test_who_asked_for_todays_edition_has_it(store: Store) -> None:
    """The decision answers the asking, whoever's day it is; another channel's asking stays."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    for each in (subscription, other):
        await store.write(subscriptions.want, each.id, NOW)

    await decided(store, subscription)

    assert await store.read(subscriptions.active) == [subscription, replace(other, wanted_at=NOW)]


async def test_a_channel_remembers_what_it_saw(store: Store, archive: Sequence[str]) -> None:
    """By article, with the day it was first shown; other channels remember for themselves."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    await decide(store, subscription, told=archive[:2])

    await decide(store, subscription, day=TOMORROW, told=archive[1:])

    days = {"a1": TODAY, "a2": TODAY, "a3": TOMORROW}
    assert await store.read(rows.seen, subscription.id, [*archive, "nobody"]) == days
    assert await store.read(rows.seen, subscription.id, ["a3"]) == {"a3": TOMORROW}
    assert await store.read(rows.seen, subscription.id, []) == {}
    assert await store.read(rows.seen, other.id, archive) == {}


async def test_what_was_seen_before_an_edition_is_known(store: Store, archive: Sequence[str]) -> None:
    """The first edition came upon nothing, the second upon the first's stories, and neither upon its own."""
    subscription = await subscribe(store)
    first = await decided(store, subscription, told=archive[:2])
    second = await decided(store, subscription, day=TOMORROW, told=archive[1:])

    assert await store.read(rows.seen, subscription.id, archive, before=first.id) == {}
    assert await store.read(rows.seen, subscription.id, archive, before=second.id) == {"a1": TODAY, "a2": TODAY}
    assert await store.read(rows.seen, subscription.id, ["a2", "a3"], before=second.id) == {"a2": TODAY}


async def test_remembering_twice_changes_nothing(store: Store, archive: Sequence[str]) -> None:
    """The same article told twice in one edition, and ids nobody knows, do no harm."""
    subscription = await subscribe(store)
    edition = await decided(store, subscription, told=["a1", "a1", "nobody"])

    await store.write(rows.remember, subscription.id, edition.id, archive)
    await store.write(rows.remember, subscription.id, edition.id, [])

    assert await store.read(rows.seen, subscription.id, archive) == dict.fromkeys(archive, TODAY)


async def test_an_edition_is_whole_or_not_at_all(store: Store, archive: Sequence[str]) -> None:
    """A decision that fails half-way leaves no edition, no memory and nothing to deliver."""
    subscription = await subscribe(store)

    def crash(connection: Connection) -> None:
        rows.decide(connection, subscription, digest(), archive, parts=1, now=NOW)
        raise StoreError("The lights went out.")

    with pytest.raises(StoreError, match="lights"):
        await store.write(crash)

    assert await store.read(rows.last, subscription.id) is None
    assert await store.read(rows.seen, subscription.id, archive) == {}
    assert await store.read(outbox.due, NOW) == []


async def test_what_nobody_saw_is_taken_back_whole(store: Store, archive: Sequence[str]) -> None:
    """Its day is undecided and its stories are new again; what other editions told stays known."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    await decided(store, subscription, told=archive[:1])
    withdrawn = await decided(store, subscription, day=TOMORROW, told=archive, parts=2)
    await decided(store, other, day=TOMORROW, told=archive)

    taken_back = await store.write(rows.withdraw, withdrawn.id)
    await store.write(rows.withdraw, withdrawn.id)

    assert taken_back
    left = [(each.subscription_id, each.digest.local_date) for each in await store.read(outbox.due, NOW)]
    assert await store.read(rows.one, withdrawn.id) is None
    assert await store.read(rows.last, subscription.id) == (TODAY, NOW)
    assert await store.read(rows.seen, subscription.id, archive) == {"a1": TODAY}
    assert await store.read(rows.seen, other.id, archive) == dict.fromkeys(archive, TOMORROW)
    assert left == [(subscription.id, TODAY), (other.id, TOMORROW)]
    assert await decide(store, subscription, day=TOMORROW, told=archive)


@pytest.mark.parametrize("last", [rows.WAITING, rows.SENDING, rows.FAILED, rows.SENT])
async def test_what_people_have_seen_is_not_taken_back(store: Store, archive: Sequence[str], last: str) -> None:
    """One part that arrived is enough, whatever became of the others."""
    subscription = await subscribe(store)
    edition = await decided(store, subscription, told=archive, parts=2)
    first, second = await store.read(outbox.due, NOW)
    await store.write(outbox.mark, first, rows.SENT, {"sent_at": NOW, "message_id": "m1"})
    await store.write(outbox.mark, second, last, {})

    assert not await store.write(rows.withdraw, edition.id)
    assert await store.read(rows.one, edition.id) == edition
    assert await store.read(rows.seen, subscription.id, archive) == dict.fromkeys(archive, TODAY)
    assert await decide(store, subscription) is None
