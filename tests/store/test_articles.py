import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, event, select

from bot.model import Article, Topic
from bot.store import articles as rows
from bot.store import candidates, encoding
from bot.store import feeds as feed_rows
from bot.store import stories as story_rows
from bot.store import vectors as vector_rows
from bot.store.articles import Kept
from bot.store.candidates import Limits, Want
from bot.store.database import Store
from bot.store.schema import findings
from tests.fakes import ITHOME, NOW, SCMP, article, feed_spec

LATER = NOW + timedelta(hours=1)
AFTERWARDS = NOW + timedelta(hours=2)


@pytest.fixture
async def feeds(store: Store) -> Sequence[int]:
    """Two feeds of one newsroom."""
    for url in ("https://example.com/tech", "https://example.com/china"):
        await store.write(feed_rows.put, feed_spec(url), origin="file", now=NOW)
    return sorted(feed.id for feed in await store.read(feed_rows.listed))


async def keep(store: Store, *found: Article, feed: int | None = None) -> Kept:
    """Keep what a feed (or a file) brought, each under its id as guid."""
    return await store.write(rows.keep, [(each.id, each) for each in found], feed_id=feed)


async def stored(store: Store) -> list[Article]:
    """Every article, in the order they came."""
    found = await store.read(rows.by_number, range(1, 50))
    return [found[number] for number in sorted(found)]


async def found_by(store: Store) -> list[tuple[int, str, int]]:
    """Which feed brought which article under which guid."""

    def query(connection: Connection) -> list[tuple[int, str, int]]:
        columns = findings.c.feed_id, findings.c.guid, findings.c.article
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]

    return await store.read(query)


async def embed(store: Store, *ids: str, model: str = "fake") -> None:
    """Give these articles a vector each: a unit vector in the direction of its number."""
    waiting = await store.read(encoding.fresh, model, 100)
    numbers = [number for number, each in waiting if each.id in ids]
    await store.write(vector_rows.encode, model, numbers, np.eye(8, dtype=np.float32)[numbers])


async def test_an_article_comes_back_as_it_was(store: Store, feeds: Sequence[int]) -> None:
    """Every field survives the database."""
    whole = article(
        "a1",
        "中芯国际：成熟制程涨价 ‘10%’ \\ ; -- 🚀",
        newsroom=ITHOME,
        published=NOW - timedelta(minutes=5),
        seen=NOW,
        summary="第一句。第二句。",
        topic=Topic.CHIPS,
        relevant=False,
    )

    kept = await keep(store, whole, feed=feeds[0])

    assert kept == Kept(new=1)
    assert await stored(store) == [whole]


async def test_nothing_found_is_nothing_kept(store: Store, feeds: Sequence[int]) -> None:
    """An empty feed and an empty file change nothing."""
    assert await keep(store, feed=feeds[0]) == Kept()
    assert await keep(store) == Kept()
    assert await store.read(rows.count) == 0


async def test_a_second_poll_knows_its_articles(store: Store, feeds: Sequence[int]) -> None:
    """The same entries again are known, and what was first seen stays."""
    first, second = article("a1"), article("a2")
    await keep(store, first, feed=feeds[0])

    kept = await keep(store, replace(first, first_seen_at=LATER), replace(second, first_seen_at=LATER), feed=feeds[0])

    assert kept == Kept(new=1, known=1)
    assert [each.first_seen_at for each in await stored(store)] == [NOW, LATER]


async def test_one_article_through_two_feeds_is_one(store: Store, feeds: Sequence[int]) -> None:
    """The link tells that it is the same; both feeds are written down as finders."""
    await keep(store, article("a1", "First words"), feed=feeds[0])

    kept = await store.write(rows.keep, [("other-guid", article("a1", "Other words", seen=LATER))], feed_id=feeds[1])

    assert kept == Kept(known=1)
    assert [each.title for each in await stored(store)] == ["First words"]
    assert await found_by(store) == [(feeds[0], "a1", 1), (feeds[1], "other-guid", 1)]


async def test_an_entry_that_moves_stays_one_article(store: Store, feeds: Sequence[int]) -> None:
    """A known guid and title with a new link is the article we know, and is found where it is now."""
    await store.write(rows.keep, [("g", article("a1"))], feed_id=feeds[0])

    kept = await store.write(rows.keep, [("g", article("a2"))], feed_id=feeds[0])

    assert kept == Kept(known=1)
    assert [(each.id, each.link_key) for each in await stored(store)] == [("a1", "example.com/a2")]


async def test_an_entry_never_moves_to_where_another_is(store: Store, feeds: Sequence[int]) -> None:
    """Nor does one that another feed brought first: a link stands for one article."""
    await keep(store, article("a1", "One"), article("a2", "Two"), article("a3", "Three"), feed=feeds[0])
    await keep(store, article("a3", "Three", seen=LATER), feed=feeds[1])

    moved = [("a1", article("a2", "One")), ("a2", article("a9", "Two")), ("a3", article("a9", "Three"))]
    await store.write(rows.keep, moved, feed_id=feeds[0])
    await store.write(rows.keep, [("a3", article("a8", "Three"))], feed_id=feeds[1])

    assert [each.link_key[-2:] for each in await stored(store)] == ["a1", "a9", "a3"]


async def test_a_guid_used_again_for_another_article_means_that(store: Store, feeds: Sequence[int]) -> None:
    """Another link and another title: no headline ever stands over another story's link."""
    await store.write(rows.keep, [("1", article("a1", "Huawei opens its compiler"))], feed_id=feeds[0])

    kept = await store.write(rows.keep, [("1", article("a2", "TSMC raises prices", seen=LATER))], feed_id=feeds[0])

    assert kept == Kept(new=1)
    assert [(each.title, each.link_key) for each in await stored(store)] == [
        ("Huawei opens its compiler", "example.com/a1"),
        ("TSMC raises prices", "example.com/a2"),
    ]
    assert await found_by(store) == [(feeds[0], "1", 2)]


async def test_the_same_guid_in_two_feeds_means_two_articles(store: Store, feeds: Sequence[int]) -> None:
    """A guid is a feed's own; "1" and "1" have nothing to do with each other."""
    await store.write(rows.keep, [("1", article("a1"))], feed_id=feeds[0])

    kept = await store.write(rows.keep, [("1", article("a2"))], feed_id=feeds[1])

    assert kept == Kept(new=1)


async def test_two_entries_of_one_link_are_one_article(store: Store, feeds: Sequence[int]) -> None:
    """In one batch the first entry speaks, and both guids are remembered."""
    first, twin = article("a1", "First words"), article("a1", "Other words")
    batch = [("g1", first), ("g2", twin)]

    kept = await store.write(rows.keep, batch, feed_id=feeds[0])
    again = await store.write(rows.keep, batch, feed_id=feeds[0])

    assert (kept, again) == (Kept(new=1, known=1), Kept(known=2))
    assert [each.title for each in await stored(store)] == ["First words"]
    assert await found_by(store) == [(feeds[0], "g1", 1), (feeds[0], "g2", 1)]


async def test_two_lines_of_one_name_are_one_article(store: Store) -> None:
    """An id names one article: a second link under it is not another one, and stops nobody else."""
    kept = await keep(store, article("a1"), article("a1", link_key="example.com/other"), article("a2"))
    again = await keep(store, article("a1", link_key="example.com/third"), article("a3"))

    assert (kept, again) == (Kept(new=2, known=1), Kept(new=1, known=1))
    assert [each.id for each in await stored(store)] == ["a1", "a2", "a3"]


async def test_a_feed_may_correct_itself(store: Store, feeds: Sequence[int]) -> None:
    """A changed title is taken over: the words are found anew, and the vector is made anew."""
    await keep(store, article("a1", "SMIC raises price"), article("a2"), feed=feeds[0])
    await embed(store, "a1", "a2")

    kept = await keep(store, article("a1", "Hua Hong lowers price", summary="So.", seen=LATER), feed=feeds[0])

    assert kept == Kept(edited=1)
    edited = (await stored(store))[0]
    assert (edited.title, edited.summary, edited.first_seen_at) == ("Hua Hong lowers price", "So.", NOW)
    assert await store.read(candidates.newest, [Want([[["smic"]]], 9)], limits=Limits()) == [[2]]
    assert await store.read(candidates.newest, [Want([[["hua", "lowers"]]], 9)], limits=Limits()) == [[1]]
    assert [number for number, _ in await store.read(encoding.fresh, "fake", 9)] == [1]


async def test_an_excerpt_that_never_rests_is_followed_no_more(store: Store, feeds: Sequence[int]) -> None:
    """What counts comments changes at each poll: after some two dozen changes only a new title is an edit."""
    await keep(store, article("a1", summary="0 comments"), feed=feeds[0])

    edits = [
        await keep(store, article("a1", summary=f"{count} comments", seen=LATER), feed=feeds[0])
        for count in range(1, 30)
    ]
    titled = await keep(store, article("a1", "Another title", seen=LATER), feed=feeds[0])

    assert sum(each.edited for each in edits) == 24
    assert edits[-1] == Kept(known=1)
    assert titled == Kept(edited=1)


@pytest.mark.parametrize("seen", [NOW, LATER])
async def test_nobody_else_corrects_an_article(store: Store, feeds: Sequence[int], seen: object) -> None:
    """A second finder has its own words for it, even one that found it in the same moment; they change nothing."""
    first = article("a1", "First words")
    other = article("a1", "Other words", seen=seen)  # type: ignore[arg-type]
    await keep(store, first, feed=feeds[0])
    await keep(store, other, feed=feeds[1])

    again = await keep(store, replace(other, title="Quite other words", first_seen_at=AFTERWARDS), feed=feeds[1])
    own = await keep(store, replace(first, title="Better words", first_seen_at=AFTERWARDS), feed=feeds[0])

    assert (again, own) == (Kept(known=1), Kept(edited=1))
    assert [each.title for each in await stored(store)] == ["Better words"]


async def test_a_server_keeps_its_own_article(store: Store, feeds: Sequence[int]) -> None:
    """The same link in another scope is another article, and each is known in its own scope."""
    catalogue, own = article("a1"), article("b1", scope="77", link_key="example.com/a1")
    await keep(store, catalogue, feed=feeds[0])

    kept = await keep(store, own, feed=feeds[1])

    assert kept == Kept(new=1)
    assert await store.read(rows.by_link, [catalogue]) == [catalogue]
    assert await store.read(rows.by_link, [own]) == [own]
    assert await store.read(rows.by_link, [replace(own, scope="78")]) == []


async def test_large_batches_are_kept_whole(store: Store, feeds: Sequence[int]) -> None:
    """More entries than one query takes are kept, in their order, and known again."""
    many = [article(f"a{number}") for number in range(1203)]

    kept = await keep(store, *many, feed=feeds[0])
    again = await keep(store, *many, feed=feeds[0])

    assert (kept, again) == (Kept(new=1203), Kept(known=1203))
    assert await store.read(rows.count) == 1203
    assert [each.id for each in await stored(store)] == [f"a{number}" for number in range(49)]


async def test_long_names_are_kept(store: Store, feeds: Sequence[int]) -> None:
    """A link and a guid as long as the parser lets through fit the index of either database."""
    digits = random.Random(1).randbytes(1200).hex()  # noqa: S311  # nothing a database could press together
    odd = article("a1", link_key=f"example.com/{digits[:2030]}")

    kept = await store.write(rows.keep, [(digits[:500], odd)], feed_id=feeds[0])
    again = await store.write(rows.keep, [(digits[:500], odd)], feed_id=feeds[0])

    assert (kept, again) == (Kept(new=1), Kept(known=1))


async def test_long_words_are_kept(store: Store) -> None:
    """A word of thousands of letters is indexed on either database, and its article is still found."""
    scream = article("a1", "ア" * 500 + " SMIC", summary="г" * 2000)

    await keep(store, scream)

    assert await store.read(candidates.newest, [Want([[["smic"]]], 9)], limits=Limits()) == [[1]]


async def test_words_that_were_split_before_are_not_split_again(store: Store) -> None:
    """They are taken as they come; the others are split here."""
    found = [(name, article(name, "TSMC")) for name in ("a1", "a2")]

    await store.write(rows.keep, found, feed_id=None, terms={"a1": "smic hynix"})

    asked = [Want([[[word]]], 9) for word in ("smic", "hynix", "tsmc")]
    assert await store.read(candidates.newest, asked, limits=Limits()) == [[1], [1], [2]]


async def test_encoding_twice_changes_nothing(store: Store) -> None:
    """The first vector stays; no articles are no work."""
    await keep(store, article("a1"))
    await embed(store, "a1")

    await store.write(vector_rows.encode, "fake", [1], np.eye(8, dtype=np.float32)[[5]])
    await store.write(vector_rows.encode, "fake", [], np.zeros((0, 8), np.float32))

    numbers, vectors = await store.read(vector_rows.of, "fake", range(1, 9))
    assert numbers == [1]
    assert np.array_equal(vectors, np.eye(8, dtype=np.float32)[[1]])


async def test_vectors_keep_their_direction(store: Store) -> None:
    """Half precision is enough for likeness; what comes back is float32 in rows."""
    await keep(store, article("a1"), article("a2"))
    made = np.random.default_rng(1).normal(size=(2, 512)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)

    await store.write(vector_rows.encode, "fake", [1, 2], made)

    numbers, vectors = await store.read(vector_rows.of, "fake", range(2, 9))
    assert (numbers, vectors.dtype, vectors.shape) == ([2], np.float32, (1, 512))
    assert np.allclose(vectors, made[1:], atol=1e-3)
    assert (await store.read(vector_rows.of, "fake", range(3, 9)))[1].shape == (0, 0)
    assert (await store.read(vector_rows.of, "other", range(1, 9)))[0] == []


async def test_grouping_takes_what_has_a_vector_and_no_story(store: Store) -> None:
    """Waiting articles come in the order of publication; placed ones are grouped since a time."""
    hours = [timedelta(hours=hour) for hour in (0, -1, -2, -3)]
    await keep(store, *(article(f"a{at}", published=NOW + hour) for at, hour in enumerate(hours, start=1)))
    await embed(store, "a1", "a2", "a3")
    await store.write(story_rows.begin, [("s1", "catalogue", NOW)])
    await store.write(rows.place, {1: {"story_id": "s1", "topic": Topic.CHIPS, "relevant": True}})

    waiting, vectors = await store.read(rows.waiting, "fake", 9)
    grouped, _ = await store.read(rows.grouped, "fake", NOW, LATER)

    assert [each.id for _, each in waiting] == ["a3", "a2"]
    assert np.array_equal(vectors, np.eye(8, dtype=np.float32)[[3, 2]])
    assert [(number, each.story_id, each.topic) for number, each in grouped] == [(1, "s1", Topic.CHIPS)]
    assert [each.id for _, each in (await store.read(rows.waiting, "fake", 1))[0]] == ["a3"]
    assert (await store.read(rows.grouped, "fake", LATER, LATER))[0] == []
    assert (await store.read(rows.waiting, "other", 9))[0] == []


async def test_what_waits_is_found_without_going_through_all_vectors(tmp_path: Path) -> None:
    """SQLite has no statistics: of the indexes that would do it must take the one of articles without a story."""
    said: list[tuple[str, object]] = []

    def plan(connection: Connection) -> str:
        event.listen(connection, "before_cursor_execute", lambda *of: said.append((of[2], of[3])))
        rows.waiting(connection, "fake", 9)
        asked, given = said[0]
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", given).all())

    store = Store(f"sqlite:///{tmp_path}/plan.db")
    await store.open()
    found = await store.read(plan)
    await store.close()

    assert "articles USING INDEX ix_articles_story_id" in found
    assert "ix_vectors_model" not in found


async def test_what_a_feed_brings_is_looked_for_without_going_through_all_articles(sqlite: Store) -> None:
    """However large the archive is, a poll looks only for its own links, ids and guids."""
    await sqlite.write(feed_rows.put, feed_spec("https://example.com/tech"), origin="file", now=NOW)
    (feed,) = await sqlite.read(feed_rows.listed)
    asked: list[tuple[str, object]] = []

    def plans(connection: Connection) -> list[str]:
        event.listen(connection, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
        rows.keep(connection, [("a1", article("a1")), ("a2", article("a2", scope="77"))], feed_id=feed.id)
        looked = [(query, given) for query, given in asked if query.startswith("SELECT")]
        found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given) for query, given in looked]  # type: ignore[call-overload]
        return [row.detail for each in found for row in each]

    found = await sqlite.write(plans)

    assert any("articles USING" in line for line in found)
    assert [line for line in found if line.startswith("SCAN articles")] == []


async def test_a_place_holds_what_grouping_said(store: Store) -> None:
    """Story, topic, relevance, the original and who is credited are written; nothing placed is nothing written."""
    await keep(store, article("a1", relevant=False), article("a2", newsroom=SCMP))
    await store.write(story_rows.begin, [("s1", "catalogue", NOW)])
    said = {"story_id": "s1", "topic": None, "relevant": True}

    credited, copied = {"original_id": None, "via": "Reuters"}, {"original_id": "a1", "via": None}
    await store.write(rows.place, {1: said | credited, 2: said | copied})
    await store.write(rows.place, {})

    first, second = await stored(store)
    assert (first.story_id, first.relevant, first.original_id, first.via) == ("s1", True, None, "Reuters")
    assert (second.story_id, second.original_id, second.via) == ("s1", "a1", None)


async def test_what_is_left_to_do_is_counted(store: Store) -> None:
    """Each article needs a vector and a story."""
    await store.write(rows.keep, [("a", article("a")), ("b", article("b"))], feed_id=None)
    before = await store.read(rows.left, "m")

    await store.write(vector_rows.encode, "m", [1], np.ones((1, 2), np.float32))

    assert (before, await store.read(rows.left, "m")) == (4, 3)


async def test_how_far_the_grouping_is_can_be_asked(store: Store) -> None:
    """How many articles there are, and how many wait for a story, encoded or not."""
    empty = await store.read(rows.progress)
    await store.write(rows.keep, [(name, article(name)) for name in "abc"], feed_id=None)
    await store.write(story_rows.begin, [("s1", "catalogue", NOW)])

    await store.write(rows.place, {1: {"story_id": "s1", "topic": None, "relevant": True}})

    assert (empty, await store.read(rows.progress)) == ((0, 0), (3, 2))
