from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot.errors import StoreError
from bot.model import (
    CATALOGUE,
    Digest,
    Edition,
    Headline,
    Item,
    Language,
    Section,
    Subscription,
    Telling,
    Topic,
    Window,
)
from bot.store import articles as article_rows
from bot.store import editions as rows
from bot.store.database import Store
from bot.store.schema import subscriptions
from tests.fakes import NOW, article

TODAY = date(2026, 6, 8)
TOMORROW = date(2026, 6, 9)
HEADLINE = Headline(
    title="中芯国际涨价 “10%”",
    link="https://example.com/a1",
    newsroom="IT之家",
    language=Language.ZH,
    article_id="a1",
    published_at=NOW,
    translated=True,
)
TELLING = Telling(
    story_id="s1",
    topic=Topic.CHIPS,
    headline=HEADLINE,
    beside=None,
    excerpt="它涨了。",
    excerpt_from=HEADLINE,
    newsrooms=((Language.ZH, ("IT之家", "36Kr")), (Language.EN, ())),
    companies=("SMIC",),
    officials=(),
    lead_hours=-3,
    first_at=NOW - timedelta(hours=3),
    last_at=NOW,
    articles=3,
)


def digest(day: date = TODAY) -> Digest:
    """A digest with something in every field."""
    return Digest(
        language=Language.EN,
        zone="Asia/Shanghai",
        local_date=day,
        window=Window(start=NOW - timedelta(days=1), end=NOW),
        stories=1,
        articles=3,
        feeds=2,
        sections=(Section(heading="top", items=(Item(number=1, telling=TELLING, new=HEADLINE),)),),
        next_at=NOW + timedelta(days=1),
    )


async def subscribe(store: Store, channel: str = "c1", **said: Any) -> Subscription:
    wish = {"local_time": time(8), "zone": "Asia/Shanghai", "language": Language.EN, "size": 12, "now": NOW}
    return await store.write(rows.subscribe, channel=channel, **(wish | said))


async def decide(
    store: Store, subscription: Subscription, *, day: date = TODAY, told: Sequence[str] = (), parts: int = 1
) -> Edition | None:
    return await store.write(rows.decide, subscription, digest(day), told, parts=parts, now=NOW)


@pytest.fixture
async def archive(store: Store) -> Sequence[str]:
    """Three articles."""
    kept = [article(each) for each in ("a1", "a2", "a3")]
    await store.write(article_rows.keep, [(each.id, each) for each in kept], feed_id=None)
    return [each.id for each in kept]


async def test_a_channel_has_one_wish(store: Store) -> None:
    """The newest wish counts; the subscription stays the one it was."""
    first = await subscribe(store)
    other = await subscribe(store, "c2")

    again = await subscribe(
        store, local_time=time(21, 30), zone="Europe/Berlin", language=Language.ZH, size=5, now=NOW + timedelta(days=1)
    )

    assert first == Subscription(
        id=first.id,
        channel="c1",
        local_time=time(8),
        zone="Asia/Shanghai",
        language=Language.EN,
        size=12,
        created_at=NOW,
        scope=CATALOGUE,
    )
    assert again == replace(first, local_time=time(21, 30), zone="Europe/Berlin", language=Language.ZH, size=5)
    assert await store.read(rows.active) == [again, other]


async def test_a_paused_subscription_is_not_active(store: Store) -> None:
    """Who paused gets nothing; nobody else is touched."""
    paused, other = await subscribe(store), await subscribe(store, "c2")

    def pause(connection: Connection) -> None:
        connection.execute(update(subscriptions).where(subscriptions.c.id == paused.id).values(paused_at=NOW))

    await store.write(pause)

    assert await store.read(rows.active) == [other]


async def test_a_day_is_decided_once(store: Store) -> None:
    """A second decision for the same day is none, and changes nothing; other days and channels are free."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    first = await decide(store, subscription)

    again = await decide(store, subscription, parts=3)

    assert first is not None
    assert (first.subscription, first.local_date, first.decided_at, first.digest) == (
        subscription,
        TODAY,
        NOW,
        digest(),
    )
    assert again is None
    assert len(await store.read(rows.outbox, NOW)) == 1
    assert await decide(store, subscription, day=TOMORROW)
    assert await decide(store, other)


async def test_the_last_edition_is_the_newest_day(store: Store) -> None:
    """Whatever the order they were decided in."""
    subscription, other = await subscribe(store), await subscribe(store, "c2")
    nothing = await store.read(rows.last, subscription.id)
    await decide(store, subscription, day=TOMORROW)
    await decide(store, subscription, day=TODAY)
    await decide(store, other, day=date(2026, 6, 10))

    assert nothing is None
    assert await store.read(rows.last, subscription.id) == (TOMORROW, NOW)


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


async def test_remembering_twice_changes_nothing(store: Store, archive: Sequence[str]) -> None:
    """The same article told twice in one edition, and ids nobody knows, do no harm."""
    subscription = await subscribe(store)
    edition = await decide(store, subscription, told=["a1", "a1", "nobody"])
    assert edition is not None

    await store.write(rows.remember, subscription.id, edition.id, archive)
    await store.write(rows.remember, subscription.id, edition.id, [])

    assert await store.read(rows.seen, subscription.id, archive) == dict.fromkeys(archive, TODAY)


async def test_a_digest_survives_the_outbox(store: Store) -> None:
    """What is delivered is what was decided, to the last field, one row for each part."""
    subscription = await subscribe(store)
    edition = await decide(store, subscription, parts=2)
    assert edition is not None

    first, second = await store.read(rows.outbox, NOW)

    assert (first.edition_id, first.part, first.channel, first.attempts) == (edition.id, 0, "c1", 0)
    assert (second.part, second.digest) == (1, digest())
    assert second.digest.sections[0].items[0].telling == TELLING
    assert second.digest.window.end.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("state", "said", "is_left"),
    [
        (rows.WAITING, {}, True),
        (rows.SENDING, {"started_at": NOW - timedelta(minutes=2), "attempts": 1}, True),
        (rows.SENDING, {"started_at": NOW - timedelta(minutes=1), "attempts": 1}, False),
        (rows.SENT, {"sent_at": NOW, "message_id": "m1"}, False),
        (rows.FAILED, {"trouble": "The channel is gone."}, False),
    ],
)
async def test_the_outbox_holds_what_has_not_arrived(
    store: Store, state: str, said: Mapping[str, datetime | str | int], *, is_left: bool
) -> None:
    """What was being sent when the program died is tried again; what arrived or failed for good is not."""
    await decide(store, await subscribe(store), parts=2)
    first, second = await store.read(rows.outbox, NOW)

    await store.write(rows.mark, first, state, said)

    left = await store.read(rows.outbox, NOW)
    attempts = int(said.get("attempts", 0))  # type: ignore[arg-type]
    assert left == ([replace(first, attempts=attempts), second] if is_left else [second])


async def test_the_oldest_edition_goes_out_first(store: Store) -> None:
    """And in each, part by part."""
    first, second = await subscribe(store, "c2"), await subscribe(store, "c1")
    await decide(store, first, parts=2)
    await decide(store, second, parts=2)

    assert [(each.channel, each.part) for each in await store.read(rows.outbox, NOW)] == [
        ("c2", 0),
        ("c2", 1),
        ("c1", 0),
        ("c1", 1),
    ]


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
    assert await store.read(rows.outbox, NOW) == []


async def test_a_part_is_taken_by_one_process_alone(store: Store) -> None:
    """Two processes that read the same outbox: the second to take a part learns that it is gone."""
    await decide(store, await subscribe(store), parts=1)
    (waiting,) = await store.read(rows.outbox, NOW)

    first = await store.write(rows.take, waiting, NOW)
    second = await store.write(rows.take, waiting, NOW)

    assert (first, second) == (True, False)
