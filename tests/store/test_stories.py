from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.model import CATALOGUE, Article, Story, Topic
from bot.store import articles as article_rows
from bot.store import stories as rows
from bot.store.database import Store
from bot.store.schema import stories
from tests.fakes import NOW, article

HOUR = timedelta(hours=1)


async def told(store: Store, story: str, *members: Article, topics: Sequence[Topic | None] = ()) -> None:
    """Put articles into a story, with a topic each."""
    topics = topics or [None] * len(members)
    await store.write(article_rows.keep, [(each.id, each) for each in members], feed_id=None)
    numbers = await store.read(numbers_of, members)
    placed = {
        numbers[each.id]: {"story_id": story, "topic": topic, "relevant": True}
        for each, topic in zip(members, topics, strict=True)
    }
    await store.write(article_rows.place, placed)


def numbers_of(connection: Connection, members: Sequence[Article]) -> dict[str, int]:
    found = article_rows.by_number(connection, range(1, 100))
    return {each.id: number for number, each in found.items() if each.id in {member.id for member in members}}


async def begin(store: Store, *ids: str) -> None:
    await store.write(rows.begin, [(each, CATALOGUE, NOW) for each in ids])


async def merge(store: Store, story: str, into: str | None) -> None:
    def query(connection: Connection) -> None:
        connection.execute(update(stories).where(stories.c.id == story).values(merged_into=into))

    await store.write(query)


def ids(story: Story | None) -> list[str]:
    assert story is not None
    return [each.id for each in story.articles]


async def test_a_story_tells_its_articles_in_order(store: Store) -> None:
    """The oldest comes first; of one moment, the one that came first."""
    await begin(store, "s1", "s2")
    await told(
        store, "s1", article("new", published=NOW), article("old", published=NOW - HOUR), article("twin", published=NOW)
    )
    await told(store, "s2", article("other"))

    found = await store.read(rows.by_id, ["s1", "s2", "nobody"])

    assert {key: ids(story) for key, story in found.items()} == {"s1": ["old", "new", "twin"], "s2": ["other"]}
    assert ids(await store.read(rows.one, "s2")) == ["other"]


async def test_there_are_stories_nobody_told(store: Store) -> None:
    """An id that never was, and a story without articles, are None; nothing begun is nothing written."""
    await begin(store, "empty")
    await begin(store)

    assert await store.read(rows.one, "nobody") is None
    assert await store.read(rows.one, "empty") is None
    assert await store.read(rows.by_id, []) == {}


async def test_an_old_id_leads_to_the_surviving_story(store: Store) -> None:
    """Through any number of merges."""
    await begin(store, *"abcd")
    await told(store, "d", article("a1"))
    for story, into in ("ab", "bc", "cd"):
        await merge(store, story, into)

    assert {await store.read(rows.surviving, each) for each in "abcd"} == {"d"}
    assert await store.read(rows.one, "a") == await store.read(rows.one, "d")
    assert await store.read(rows.surviving, "nobody") is None


@pytest.mark.parametrize("circle", [["aa"], ["ab", "ba"], ["ab", "bc", "cb"]])
async def test_a_circle_of_merges_ends(store: Store, circle: list[str]) -> None:
    """Ids that lead round and round lead nowhere, and nobody waits for ever."""
    await begin(store, *"abc")
    for story, into in circle:
        await merge(store, story, into)

    assert await store.read(rows.surviving, "a") is None
    assert await store.read(rows.one, "a") is None


async def test_ids_are_led_and_stand_alone_again(store: Store) -> None:
    """One after the other or many at once; nothing to lead is nothing written."""
    await begin(store, *"abcd")

    await store.write(rows.lead, {"a": "b", "b": "c", "d": "d"})
    led = await store.read(rows.survivors, [*"abcd", "nobody"])
    await store.write(rows.lead, {"b": None, "d": None})
    await store.write(rows.lead, {})

    assert led == {"a": "c", "b": "c", "c": "c"}
    assert await store.read(rows.survivors, "abcd") == {"a": "b", "b": "b", "c": "c", "d": "d"}


async def test_articles_are_moved_by_their_ids(store: Store) -> None:
    """Whoever sees them; all else about them stays, and one without a story has no home."""
    await begin(store, "s1", "s2")
    later = article("later", published=NOW + HOUR)
    await told(store, "s1", later, article("own", scope="77"), article("first", published=NOW - HOUR))
    await store.write(article_rows.keep, [("", article("lonely"))], feed_id=None)

    assert list(await store.read(rows.everyone, ["s1", "s2"])) == ["first", "own", "later"]
    await store.write(rows.move, {"own": "s2", "later": "s2"})
    await store.write(rows.move, {})

    assert await store.read(rows.homes, ["first", "own", "later", "lonely"]) == {
        "first": "s1",
        "own": "s2",
        "later": "s2",
    }
    moved = await store.read(rows.one, "s2")
    assert moved is not None
    assert moved.articles == (replace(later, story_id="s2"),)


async def test_the_oldest_is_the_one_begun_first(store: Store) -> None:
    """Of two begun in one moment the first by name; an id that was ever given is used."""
    await store.write(rows.begin, [("new", CATALOGUE, NOW), ("b", CATALOGUE, NOW - HOUR), ("a", "77", NOW - HOUR)])

    assert await store.read(rows.oldest, ["new", "b", "a"]) == "a"
    assert await store.read(rows.oldest, ["new", "nobody"]) == "new"
    assert await store.read(rows.oldest, []) is None
    assert await store.read(rows.unused, iter(["a", "b", "c", "d"])) == "c"


async def test_each_server_sees_its_own(store: Store) -> None:
    """A server's own articles hang on the story for that server alone."""
    await begin(store, "s1", "s2")
    await told(store, "s1", article("all"), article("own", scope="77"), article("others", scope="78"))
    await told(store, "s2", article("own-only", scope="77"))

    assert ids(await store.read(rows.one, "s1")) == ["all"]
    assert ids(await store.read(rows.one, "s1", scope="77")) == ["all", "own"]
    assert ids(await store.read(rows.one, "s1", scope="78")) == ["all", "others"]
    assert await store.read(rows.one, "s2") is None
    assert ids(await store.read(rows.one, "s2", scope="77")) == ["own-only"]
    assert list(await store.read(rows.by_id, ["s1", "s2"], scope="78")) == ["s1"]


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        ([None, None, None], None),
        ([None, None, Topic.CHIPS], Topic.CHIPS),
        ([Topic.POLICY, Topic.MODELS, Topic.POLICY], Topic.POLICY),
        ([Topic.POLICY, Topic.MODELS, Topic.CHIPS], Topic.CHIPS),
        ([Topic.POLICY, Topic.CHIPS, Topic.MODELS], Topic.CHIPS),
    ],
)
async def test_most_articles_decide_the_topic(store: Store, topics: list[Topic | None], expected: Topic | None) -> None:
    """Of equals the first by name, so that it is the same every time."""
    await begin(store, "s1")
    await told(store, "s1", *(article(f"a{number}") for number in range(3)), topics=topics)

    story = await store.read(rows.one, "s1")

    assert story is not None
    assert story.topic is expected


async def test_a_servers_own_articles_decide_no_topic(store: Store) -> None:
    """The story is the same for everybody."""
    await begin(store, "s1")
    own = [article(f"own{number}", scope="77") for number in range(2)]
    await told(store, "s1", article("all"), *own, topics=[Topic.CHIPS, Topic.MODELS, Topic.MODELS])

    story = await store.read(rows.one, "s1", scope="77")

    assert story is not None
    assert story.topic is Topic.CHIPS


async def test_copies_decide_no_topic(store: Store) -> None:
    """A wire that nine repeat is one voice; a story of copies alone is what these say."""
    await begin(store, "s1", "s2")
    await told(store, "s1", *(article(f"a{number}") for number in range(3)), topics=[Topic.CHIPS, *[Topic.MODELS] * 2])
    await told(store, "s2", article("b"), topics=[Topic.POLICY])
    await store.write(article_rows.place, {number: {"original_id": "a0"} for number in (2, 3, 4)})

    found = await store.read(rows.by_id, ["s1", "s2"])

    assert {name: each.topic for name, each in found.items()} == {"s1": Topic.CHIPS, "s2": Topic.POLICY}


async def test_a_story_has_its_echo(store: Store) -> None:
    """What grouping has noted; until it has, the echo is sure, so that nobody claims that a press is silent."""
    await begin(store, "s1", "s2")
    await told(store, "s1", article("a"))
    await told(store, "s2", article("b"))
    await store.write(rows.echo, {"s1": 0.25})
    await store.write(rows.echo, {})

    found = await store.read(rows.by_id, ["s1", "s2"])

    assert {name: each.echo for name, each in found.items()} == {"s1": 0.25, "s2": 1.0}


async def test_stories_are_known_by_the_ids_they_had(store: Store) -> None:
    """Through any number of merges, as a scope saw them at a time; what is gone or unseen is left out."""
    await begin(store, "s1", "s2", "s3", "s4", "own")
    await told(store, "s3", article("a"), article("mine", scope="77"), article("later", published=NOW + HOUR))
    await told(store, "s4", article("b"))
    await told(store, "own", article("c", scope="77"))
    await merge(store, "s1", "s2")
    await merge(store, "s2", "s3")
    asked = ["s1", "s2", "s4", "own", "nobody"]

    found = await store.read(rows.known_as, asked, scope=CATALOGUE, until=NOW)
    theirs = await store.read(rows.known_as, asked, scope="77")

    assert {old: (story.id, ids(story)) for old, story in found.items()} == {
        "s1": ("s3", ["a"]),
        "s2": ("s3", ["a"]),
        "s4": ("s4", ["b"]),
    }
    assert {old: ids(story) for old, story in theirs.items()} == {
        "s1": ["a", "mine", "later"],
        "s2": ["a", "mine", "later"],
        "s4": ["b"],
        "own": ["c"],
    }


async def test_a_window_touches_what_was_first_seen_in_it(store: Store) -> None:
    """After its start, up to and including its end, and each story whole."""
    await begin(store, *"abcd")
    await told(store, "a", article("a1", seen=NOW - HOUR), article("a2", seen=NOW))
    await told(store, "b", article("b1", seen=NOW - HOUR))
    await told(store, "c", article("c1", seen=NOW + timedelta(microseconds=1)))
    await told(store, "d", article("d1", seen=NOW, scope="77"))
    await store.write(article_rows.keep, [("", article("lonely", seen=NOW))], feed_id=None)

    touched = await store.read(rows.touched, NOW - HOUR, NOW)

    assert {story.id: ids(story) for story in touched} == {"a": ["a1", "a2"]}
    assert {story.id for story in await store.read(rows.touched, NOW - HOUR, NOW, scope="77")} == {"a", "d"}
    assert await store.read(rows.touched, NOW - HOUR, NOW - HOUR) == []


async def test_many_stories_come_at_once(store: Store) -> None:
    """More than one query takes."""
    many = [f"s{number}" for number in range(1100)]
    await begin(store, *many)
    await told(store, "s1099", article("a1"))

    assert list(await store.read(rows.by_id, many)) == ["s1099"]


async def test_a_story_is_told_as_it_was_then(store: Store) -> None:
    """A digest of the past knows nothing of what came later."""
    await begin(store, "s1")
    await told(store, "s1", article("then"), article("later", published=NOW + HOUR))

    (story,) = await store.read(rows.touched, NOW - HOUR, NOW)

    assert ids(story) == ["then"]
