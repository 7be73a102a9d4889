from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.feed import Feed, FeedState
from bot.model import CATALOGUE, Language
from bot.store import feeds as feed_rows
from bot.store import notices as rows
from bot.store import subscriptions
from bot.store.database import Store
from bot.store.editions import FAILED, SENT
from bot.store.feed_tables import feeds, notices
from tests.fakes import NOW, feed_spec, wish

OFF = FeedState(
    next_poll_at=NOW,
    failing_at=NOW - timedelta(days=4),
    trouble="missing",
    facts={"host": "blog.example", "status": 404},
    failures=9,
    off_at=NOW,
)
LATER = NOW + timedelta(minutes=5)


async def added(store: Store, *, scope: str = "77", channel: str | None = "42", url: str = "https://a.example") -> Feed:
    """A feed that somebody added in a channel."""
    spec = feed_spec(url, title=url)
    await store.write(feed_rows.put, spec, origin=feed_rows.FROM_COMMAND, now=NOW, scope=scope, channel=channel)
    (feed,) = [each for each in await store.read(feed_rows.listed, scope=scope) if each.spec.url == url]
    return feed


async def switch_off(store: Store, feed: Feed, state: FeedState = OFF) -> None:
    """What polling does when it gives a feed up."""

    def both(connection: object) -> None:
        feed_rows.learn(connection, feed, state)  # type: ignore[arg-type]
        rows.write(connection, feed, state)  # type: ignore[arg-type]

    await store.write(both)


async def states(store: Store) -> list[tuple[str, str | None]]:
    query = select(notices.c.state, notices.c.trouble).order_by(notices.c.id)
    return await store.read(lambda connection: [tuple(row) for row in connection.execute(query)])


async def test_a_server_is_told_what_became_of_its_feed(store: Store) -> None:
    """In the channel where it was added, with the reason as it was and what else is read there."""
    feed, other = await added(store), await added(store, url="https://b.example")

    await switch_off(store, feed)

    (notice,) = await store.read(rows.due, NOW)
    assert (notice.channel, notice.made_at, notice.attempts, notice.unclear) == ("42", NOW, 0, False)
    assert notice.feed.state == OFF
    assert [each.id for each in notice.others] == [other.id]


@pytest.mark.parametrize(
    ("scope", "channel", "state"),
    [
        pytest.param(CATALOGUE, "42", OFF, id="the catalogue is the operator's"),
        pytest.param("77", None, OFF, id="nobody knows where it was added"),
        pytest.param("77", "42", replace(OFF, off_at=None), id="it only fails"),
    ],
)
async def test_nobody_is_told_of_others(store: Store, scope: str, channel: str | None, state: FeedState) -> None:
    """A notice is for who added a feed, and only once it is off."""
    await switch_off(store, await added(store, scope=scope, channel=channel), state)

    assert await states(store) == []


async def test_what_is_off_already_is_not_told_again(store: Store) -> None:
    """Whatever else polling writes down of it."""
    feed = await added(store)
    await switch_off(store, replace(feed, state=OFF), replace(OFF, trouble="gone"))

    assert await states(store) == []


@pytest.mark.parametrize(
    ("channels", "language"),
    [
        ({}, Language.EN),
        ({"41": Language.ZH}, Language.ZH),
        ({"41": Language.EN, "42": Language.ZH}, Language.ZH),
        ({"41": Language.ZH, "42": Language.EN}, Language.EN),
    ],
)
async def test_the_notice_speaks_the_servers_language(
    store: Store, channels: dict[str, Language], language: Language
) -> None:
    """That of the channel's digest, else of another of the server's."""
    for channel, spoken in channels.items():
        told = replace(wish(), language=spoken)
        await store.write(subscriptions.subscribe, told, channel=channel, scope="77", now=NOW)

    await switch_off(store, await added(store))

    assert [each.language for each in await store.read(rows.due, NOW)] == [language]


@pytest.mark.parametrize("change", ["removed_at", "paused_at"])
async def test_a_feed_somebody_saw_to_is_not_told_of(store: Store, change: str) -> None:
    """Nor one that is read again; nor is it taken where that happened while it waited."""
    feed = await added(store)
    await switch_off(store, feed)
    (notice,) = await store.read(rows.due, NOW)
    values = feeds.update().where(feeds.c.id == feed.id).values({change: NOW})
    await store.write(lambda connection: connection.execute(values))

    assert await store.read(rows.due, NOW) == []
    assert not await store.write(rows.take, notice, NOW)


async def test_a_feed_that_is_read_again_is_not_told_of(store: Store) -> None:
    """What is over is no news; when it is switched off again that is told instead, once."""
    feed = await added(store)
    await switch_off(store, feed)
    await store.write(feed_rows.learn, replace(feed, state=OFF), FeedState(next_poll_at=NOW))
    over = await store.read(rows.due, NOW)
    await switch_off(store, feed, replace(OFF, trouble="gone", off_at=LATER))

    assert over == []
    assert [each.feed.state.trouble for each in await store.read(rows.due, LATER)] == ["gone"]
    assert await states(store) == [(FAILED, rows.OVERTAKEN), ("waiting", None)]


async def test_a_notice_is_taken_once(store: Store) -> None:
    """By one process, and not again before its lease ends; what arrived or was given up is over."""
    await switch_off(store, await added(store))
    await switch_off(store, await added(store, url="https://b.example"))
    one, two = await store.read(rows.due, NOW)

    taken = [await store.write(rows.take, one, NOW), await store.write(rows.take, one, NOW)]
    meanwhile = await store.read(rows.due, NOW)
    await store.write(rows.mark, one, SENT, {"sent_at": NOW})
    await store.write(rows.give_up, two, "unknown-channel", NOW)

    assert taken == [True, False]
    assert [each.id for each in meanwhile] == [two.id]
    assert await store.read(rows.due, LATER) == []
    assert await states(store) == [(SENT, None), (FAILED, "unknown-channel")]
