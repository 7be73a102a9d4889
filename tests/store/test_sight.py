"""What a server sees of the archive, and what it has muted, on both databases."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.model import CATALOGUE
from bot.store import articles as article_rows
from bot.store import candidates, feeds, stories
from bot.store.candidates import Limits
from bot.store.database import Store
from bot.store.schema import articles
from tests.fakes import NOW, article, feed_spec

HOUR = timedelta(hours=1)
MUTING, OTHER = "77", "78"
FEEDS = ("loud", "calm", "noisy")


def numbers(connection: Connection) -> dict[str, int]:
    return {row.id: row.number for row in connection.execute(select(articles.c.id, articles.c.number))}


async def brought(store: Store, found: Mapping[str, Sequence[str]], *, scope: str = CATALOGUE) -> None:
    """Articles, each with the feeds that bring it (none for one of a file), all in the story s1."""
    known = {feed.spec.title: feed.id for feed in await store.read(feeds.listed)}
    for name, finders in found.items():
        for finder in finders or [None]:
            feed_id = known[finder] if finder else None
            await store.write(
                article_rows.keep, [(name, article(name, f"News of {name}", scope=scope))], feed_id=feed_id
            )
    named = await store.read(numbers)
    placed = {named[name]: {"story_id": "s1", "topic": None, "relevant": True} for name in found}
    await store.write(article_rows.place, placed)


async def mute(store: Store, *titles: str, scope: str = MUTING) -> None:
    known = {feed.spec.title: feed.id for feed in await store.read(feeds.listed)}
    for title in titles:
        await store.write(feeds.mute, scope, known[title], by="ada", now=NOW)


async def seen(store: Store, scope: str) -> list[str]:
    """The articles a scope sees, the same by each of the three ways to look."""
    by_id = await store.read(stories.by_id, ["s1"], scope=scope)
    touched = await store.read(stories.touched, NOW - HOUR, NOW, scope=scope)
    every = sorted((await store.read(numbers)).values())
    places = await store.read(candidates.places, every, Limits(scope=scope))
    found = sorted(each.id for each in by_id["s1"].articles) if by_id else []
    assert sorted(each.id for story in touched for each in story.articles) == found
    assert sorted(each.article for each in places) == found
    assert {each.number: each.article for each in places}.items() <= {
        (number, name) for name, number in (await store.read(numbers)).items()
    }
    return found


@pytest.fixture(autouse=True)
async def _feeds(store: Store) -> None:
    """Three feeds of the catalogue, and a story to put articles into."""
    for name in FEEDS:
        spec = feed_spec(f"https://{name}.example/feed", title=name)
        await store.write(feeds.put, spec, origin=feeds.FROM_FILE, now=NOW)
    await store.write(stories.begin, [("s1", CATALOGUE, NOW)])


@pytest.mark.parametrize(
    ("finders", "muted", "is_seen"),
    [
        pytest.param(["loud"], ["loud"], False, id="only a muted feed brought it"),
        pytest.param(["loud", "noisy"], ["loud", "noisy"], False, id="only muted feeds brought it"),
        pytest.param(["loud", "calm"], ["loud"], True, id="another feed brought it too"),
        pytest.param(["calm", "loud"], ["loud", "noisy"], True, id="another feed brought it first"),
        pytest.param(["calm"], ["loud", "noisy"], True, id="no muted feed brought it"),
        pytest.param(["loud"], [], True, id="nothing is muted"),
        pytest.param([], ["loud", "calm", "noisy"], True, id="a file brought it"),
    ],
)
async def test_what_only_muted_feeds_brought_is_not_seen(
    store: Store, finders: Sequence[str], muted: Sequence[str], is_seen: bool
) -> None:
    """By the server that muted them; everybody else sees it as before."""
    await brought(store, {"a": finders})

    await mute(store, *muted)

    assert await seen(store, MUTING) == (["a"] if is_seen else [])
    assert await seen(store, OTHER) == ["a"]
    assert await seen(store, CATALOGUE) == ["a"]


async def test_a_story_is_told_without_what_is_muted(store: Store) -> None:
    """The rest of its coverage stays, and each server mutes for itself."""
    await brought(store, {"a": ["loud"], "b": ["calm"], "c": ["loud", "calm"], "d": ["noisy"], "e": []})

    await mute(store, "loud")
    await mute(store, "calm", "noisy", scope=OTHER)

    assert await seen(store, MUTING) == ["b", "c", "d", "e"]
    assert await seen(store, OTHER) == ["a", "c", "e"]
    assert await seen(store, CATALOGUE) == ["a", "b", "c", "d", "e"]
    assert await seen(store, "79") == ["a", "b", "c", "d", "e"]


async def test_a_story_nobody_else_tells_is_gone(store: Store) -> None:
    """A story of muted articles alone is no story for that server."""
    await brought(store, {"a": ["loud"]})

    await mute(store, "loud")

    assert await store.read(stories.one, "s1", scope=MUTING) is None
    assert await store.read(stories.one, "s1", scope=OTHER) is not None


async def test_what_is_shown_again_was_never_lost(store: Store) -> None:
    """Muting hides and takes nothing away."""
    await brought(store, {"a": ["loud"]})
    loud = next(feed for feed in await store.read(feeds.listed) if feed.spec.title == "loud")
    await mute(store, "loud")
    assert await seen(store, MUTING) == []

    await store.write(feeds.unmute, MUTING, loud.id)

    assert await seen(store, MUTING) == ["a"]


async def test_a_servers_own_articles_are_its_own(store: Store) -> None:
    """Beside the catalogue's, and whatever it has muted; nobody else sees them."""
    await brought(store, {"a": ["loud"]})
    await brought(store, {"own": []}, scope=MUTING)

    await mute(store, "loud")

    assert await seen(store, MUTING) == ["own"]
    assert await seen(store, OTHER) == await seen(store, CATALOGUE) == ["a"]


async def test_many_articles_are_looked_at_at_once(store: Store) -> None:
    """More than one query takes; numbers nobody has are passed over."""
    await brought(store, {"a": ["calm"]})
    (number,) = (await store.read(numbers)).values()

    limits = Limits(scope=OTHER)

    found = await store.read(candidates.places, range(number, number + 1500), limits)

    assert {each.number for each in found} == {number}
    assert await store.read(candidates.places, [], limits) == []
