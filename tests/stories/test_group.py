import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update
from structlog.testing import capture_logs

from bot.correction import Correction
from bot.errors import StoreError
from bot.model import CATALOGUE, Article, Newsroom, Topic
from bot.store import articles as article_rows
from bot.store import corrections as correction_rows
from bot.store import encoding
from bot.store import facts as fact_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.store.schema import stories as story_table
from bot.stories.copies import Credits
from bot.stories.correct import Corrector
from bot.stories.entities import Entity
from bot.stories.group import Grouper
from bot.stories.likeness import Likeness, probability
from bot.stories.settle import story_id
from tests import archive, bundled
from tests.fakes import (
    BY_MEANING,
    HOUR,
    ITHOME,
    NOW,
    REUTERS,
    SCMP,
    CircleEmbedder,
    FakeClock,
    FakeEmbedder,
    article,
    marker,
)
from tests.stories.corrected import merged, split

MARKER = marker(Entity(id="smic", kind="company", en=("SMIC",), zh=("中芯国际",), china=True))
TOPICS = bundled.topics()
CREDITS = Credits(bundled.newsrooms().named)

PRICES = "SMIC raises wafer prices for mature nodes"
PRICES_AGAIN = "Wafer prices for mature nodes: SMIC raises them"
ROBOTS = "Unitree humanoid runs the Beijing half marathon"
MODELS = "DeepSeek releases an open reasoning model"


def said(
    name: str,
    title: str = PRICES,
    *,
    hours: float = 0,
    newsroom: Newsroom = SCMP,
    scope: str = CATALOGUE,
    **rest: object,
) -> Article:
    """An article some hours after NOW."""
    return article(name, title, newsroom=newsroom, published=NOW + hours * HOUR, scope=scope, **rest)


def placed(name: str, degrees: float, **rest: object) -> Article:
    """An article at a place on the circle; b is published an hour after a."""
    hours = (ord(name[0]) - ord("a")) + len(name)
    return said(name, f"{degrees} degrees {name}", **({"hours": hours} | rest))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def cpu() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


def grouping(
    store: Store, cpu: Executor, *, embedder: FakeEmbedder | None = None, model: Likeness = BY_MEANING
) -> Grouper:
    """A grouper with nothing in memory, for which likeness of meaning decides."""
    return Grouper(
        store,
        embedder or FakeEmbedder(),
        marker=MARKER,
        topics=TOPICS,
        credit=CREDITS,
        window_days=12,
        cpu=cpu,
        model=model,
    )


@pytest.fixture
def new_grouper(store: Store, cpu: Executor) -> Callable[[], Grouper]:
    """A grouper as a restarted program would have it."""
    return lambda: grouping(store, cpu)


@pytest.fixture
def grouper(new_grouper: Callable[[], Grouper]) -> Grouper:
    return new_grouper()


@pytest.fixture
def circle(store: Store, cpu: Executor) -> Grouper:
    """A grouper for articles on the circle."""
    return grouping(store, cpu, embedder=CircleEmbedder())


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Store]:
    """A second archive to compare with."""
    opened = Store(archive.empty(tmp_path / "other.db"))
    await opened.open()
    yield opened
    await opened.close()


async def keep(store: Store, *found: Article) -> None:
    await store.write(article_rows.keep, [(each.id, each) for each in found], feed_id=None)


async def stories(store: Store) -> set[frozenset[str]]:
    """The articles that stand together; those without a story are left out."""
    return {frozenset(names) for names in (await by_story(store)).values()}


async def by_story(store: Store) -> dict[str, list[str]]:
    def read(connection: Connection) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        query = select(article_table.c.story_id, article_table.c.id).order_by(article_table.c.number)
        for row in connection.execute(query.where(article_table.c.story_id.is_not(None))):
            found[row.story_id].append(row.id)
        return dict(found)

    return await store.read(read)


async def one(store: Store, name: str) -> Article:
    def read(connection: Connection) -> Article:
        return article_rows.article_of(
            connection.execute(select(article_table).where(article_table.c.id == name)).one()
        )

    return await store.read(read)


def groups(*names: str) -> set[frozenset[str]]:
    """Written as "ab c": a and b together, c alone."""
    return {frozenset(each) for each in names}


async def test_what_is_alike_stands_together(store: Store, grouper: Grouper) -> None:
    """Two tellings of one event make a story; other events are stories of their own."""
    await keep(
        store,
        said("a"),
        said("b", PRICES_AGAIN, hours=1, newsroom=REUTERS),
        said("c", ROBOTS, hours=2),
        said("d", MODELS, hours=3),
    )

    done = await grouper.run()

    assert done == 4
    assert await stories(store) == groups("ab", "c", "d")


async def test_nothing_waits_and_nothing_happens(store: Store, grouper: Grouper) -> None:
    """An empty archive is grouped at once, and so is a grouped one, which it leaves as it is."""
    empty = await grouper.run()
    await keep(store, said("a"), said("b", PRICES_AGAIN, hours=1), said("c", ROBOTS))
    await grouper.run()
    before = await by_story(store)

    again = await grouper.run()

    assert empty == again == 0
    assert await by_story(store) == before


async def test_every_article_learns_what_it_is(store: Store, grouper: Grouper) -> None:
    """Topic and relevance come with the story; what a feed vouches for stays relevant whatever the words say."""
    await keep(
        store,
        said("a", "SMIC begins 5nm chip production", relevant=False),
        said("b", "A new cake shop opens in Bristol", relevant=False),
        said("c", "A quiet garden in Kyoto", relevant=True),
        said("d", "A loud garden in Kyoto", relevant=True, topic=Topic.CHIPS),
        said("e", "TSMC begins 3nm chip production", relevant=True, topic=Topic.MODELS),
    )

    await grouper.run()

    assert (await one(store, "a")).relevant
    assert (await one(store, "a")).topic == "chips"
    assert not (await one(store, "b")).relevant
    assert (await one(store, "c")).relevant
    assert [(await one(store, name)).topic for name in "cde"] == [None, "chips", "chips"]


async def test_a_reprint_names_its_original(store: Store, grouper: Grouper) -> None:
    """The later of two equal texts is the copy; a telling in other words is none."""
    await keep(
        store,
        said("wire", newsroom=REUTERS),
        said("copy", hours=1),
        said("own", PRICES_AGAIN + " again in spring", hours=2, newsroom=ITHOME),
    )

    await grouper.run()

    assert [(await one(store, name)).original_id for name in ("wire", "copy", "own")] == [None, "wire", None]


async def test_an_original_that_is_found_late_leaves_one_of_both(store: Store, grouper: Grouper) -> None:
    """Of two equal texts one is the copy, whichever came first: never both, never none."""
    await keep(store, said("copy", hours=1))
    await grouper.run()
    await keep(store, said("wire", newsroom=REUTERS))
    await grouper.run()

    assert [(await one(store, name)).original_id for name in ("wire", "copy")] == ["copy", None]


async def test_a_late_article_finds_its_company(store: Store, grouper: Grouper) -> None:
    """An article published days ago and found now joins the story of that time, though the window has moved on."""
    await keep(store, said("a"), said("c", ROBOTS, hours=9 * 24), said("d", MODELS, hours=10 * 24))
    await grouper.run()

    await keep(store, said("late", PRICES_AGAIN, hours=1))
    await grouper.run()

    assert await stories(store) == groups("c", "d") | {frozenset({"a", "late"})}


async def test_an_article_older_than_the_kept_window_finds_its_company(
    store: Store, new_grouper: Callable[[], Grouper]
) -> None:
    """What is older than anything the running grouper holds is looked for in the store."""
    await keep(store, said("old"))
    await new_grouper().run()
    restarted = new_grouper()
    await keep(store, said("now", ROBOTS, hours=40 * 24))
    await restarted.run()

    await keep(store, said("late", PRICES_AGAIN, hours=24))
    await restarted.run()

    assert await stories(store) == {frozenset({"old", "late"}), frozenset({"now"})}


async def test_words_that_everybody_uses_join_nothing(store: Store, cpu: Executor) -> None:
    """A series with the same opening is many stories, at once and after a restart: its words are common there."""
    words_alone = Likeness(encoder="fake", threshold=0, share=0.15, offset=0, weights={"words": (20.0, 0.5, 1.0)})
    series = [said(f"a{each}", f"The daily note on chips today: word{each} other{each}") for each in range(30)]
    await keep(store, *series[:29])
    await grouping(store, cpu, model=words_alone).run()
    await keep(store, *series[29:])
    await grouping(store, cpu, model=words_alone).run()

    assert len(await stories(store)) == 30


async def test_an_event_of_last_month_is_another(store: Store, grouper: Grouper) -> None:
    """The same headline beyond the window begins a new story."""
    await keep(store, said("a"), said("b", hours=13 * 24))

    await grouper.run()

    assert await stories(store) == groups("a", "b")


async def test_a_restart_continues_the_same_stories(store: Store, new_grouper: Callable[[], Grouper]) -> None:
    """A program that begins anew puts the next telling where the old one would have."""
    await keep(store, said("a"), said("c", ROBOTS))
    await new_grouper().run()
    before = await by_story(store)

    await keep(store, said("b", PRICES_AGAIN, hours=5))
    await new_grouper().run()

    after = await by_story(store)
    assert await stories(store) == groups("ab", "c")
    assert set(after) == set(before)


async def test_a_restart_between_any_two_articles_changes_nothing(
    store: Store, new_grouper: Callable[[], Grouper], other: Store, cpu: Executor
) -> None:
    """Grouped one by one by one program, by many, or all at once: the stories are the same."""
    titles = [PRICES, ROBOTS, PRICES_AGAIN, MODELS, ROBOTS + " again", PRICES + " once more", MODELS + " today"]
    found = [said(f"a{each}", title, hours=each) for each, title in enumerate(titles)]
    await keep(other, *found)
    await grouping(other, cpu).run()

    for each in found:
        await keep(store, each)
        await new_grouper().run()

    assert await by_story(store) == await by_story(other)


class Breaking:
    """A store whose next save of stories fails, as if the machine went down there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failing = 0
        self.read = store.read

    async def write(self, query: Callable[..., object], /, *given: object, **named: object) -> object:
        """Fail where stories are saved, else pass it on."""
        if query.__name__ == "_save" and self.failing:
            self.failing -= 1
            raise StoreError("The disk is full.")
        return await self._store.write(query, *given, **named)


@pytest.fixture
def breaking(store: Store) -> Breaking:
    return Breaking(store)


async def test_a_crash_in_the_save_loses_nothing(store: Store, breaking: Breaking, cpu: Executor) -> None:
    """What could not be saved waits, and the next run puts it where it belongs."""
    grouper = grouping(breaking, cpu)  # type: ignore[arg-type]
    await keep(store, said("a"))
    await grouper.run()
    await keep(store, said("b", PRICES_AGAIN, hours=1), said("c", ROBOTS))
    breaking.failing = 1

    with pytest.raises(StoreError):
        await grouper.run()
    after_crash = await stories(store)
    done = await grouper.run()

    assert after_crash == groups("a")
    assert done == 2
    assert await stories(store) == groups("ab", "c")


async def test_a_crash_between_encoding_and_grouping_loses_nothing(
    store: Store, breaking: Breaking, new_grouper: Callable[[], Grouper], cpu: Executor
) -> None:
    """Vectors that were written are used by the program that comes after."""
    grouper = grouping(breaking, cpu)  # type: ignore[arg-type]
    await keep(store, said("a"), said("b", PRICES_AGAIN, hours=1))
    breaking.failing = 1
    with pytest.raises(StoreError):
        await grouper.run()

    await new_grouper().run()

    assert await stories(store) == groups("ab")
    assert await store.read(encoding.progress, "fake") == (2, 2)


async def test_with_another_model_a_story_goes_on_before_the_archive_is_encoded(store: Store, cpu: Executor) -> None:
    """What stands near the new article gets its vector first; the rest follows in parts no run waits for."""
    old = [said(f"old{at}", f"event{at} number{at}", hours=-24 * 40 - at) for at in range(1200)]
    await keep(store, *old, said("a"))
    await grouping(store, cpu).run()
    other = FakeEmbedder()
    other.name = "other"
    grouper = grouping(store, cpu, embedder=other)
    await keep(store, said("b", PRICES_AGAIN, hours=1))

    with capture_logs() as logged:
        done = await grouper.run()

    found = await stories(store)
    assert (done, frozenset("ab") in found) == (1, True)
    assert 2 < (await store.read(encoding.progress, "other"))[0] < 1202
    with capture_logs() as later:
        while await grouper.catch_up():
            pass
    assert [
        (each["articles"], each["left"]) for each in (*logged, *later) if each["event"] == "older articles encoded"
    ] == [(1024, 176), (176, 0)]
    assert await store.read(encoding.progress, "other") == (1202, 1202)
    assert await stories(store) == found


async def test_many_articles_are_taken_in_parts(store: Store, grouper: Grouper) -> None:
    """More than fit one step are all grouped in one run, in the order they were published."""
    found = [said(f"a{each}", f"event{each} number{each}", hours=-each / 60) for each in range(1100)]
    await keep(store, *found, said("last", "event0 number0", hours=1))

    done = await grouper.run()

    assert done == 1101
    assert frozenset({"a0", "last"}) in await stories(store)


async def test_a_servers_own_article_joins_a_catalogue_story(store: Store, grouper: Grouper) -> None:
    """It hangs on the story for that server alone; everybody else's story is as it was."""
    await keep(store, said("a"), said("own", PRICES_AGAIN, hours=1, scope="alpha"))

    await grouper.run()

    ((story_id, names),) = (await by_story(store)).items()
    assert names == ["a", "own"]
    assert [each.id for each in await seen_in(store, story_id)] == ["a"]
    assert [each.id for each in await seen_in(store, story_id, "alpha")] == ["a", "own"]
    assert [each.id for each in await seen_in(store, story_id, "beta")] == ["a"]


async def seen_in(store: Store, story_id: str, scope: str = CATALOGUE) -> Sequence[Article]:
    found = await store.read(story_rows.one, story_id, scope=scope)
    return found.articles if found else ()


async def test_two_servers_never_meet(store: Store, grouper: Grouper) -> None:
    """The same words in two servers' own feeds are two stories, each in its scope."""
    await keep(store, said("a", scope="alpha"), said("b", hours=1, scope="beta"), said("c", hours=2, scope="alpha"))

    await grouper.run()

    assert await stories(store) == groups("ac", "b")
    scopes = await store.read(lambda connection: connection.execute(select(story_table.c.scope)).scalars().all())
    assert sorted(scopes) == ["alpha", "beta"]


async def test_a_catalogue_article_never_joins_a_servers_own_story(store: Store, grouper: Grouper) -> None:
    """What a server alone had first is still a new story for everybody."""
    await keep(store, said("own", scope="alpha"))
    await grouper.run()

    await keep(store, said("a", PRICES_AGAIN, hours=1))
    await grouper.run()

    assert await stories(store) == {frozenset({"own"}), frozenset({"a"})}


async def test_the_catalogue_groups_as_if_no_server_had_feeds(
    store: Store, grouper: Grouper, other: Store, cpu: Executor
) -> None:
    """With or without servers' own articles between them, catalogue articles stand in the same stories."""
    titles = [PRICES, ROBOTS, PRICES_AGAIN, MODELS, PRICES + " again"]
    found = [said(f"a{each}", title, hours=2 * each) for each, title in enumerate(titles)]
    own = [said(f"o{each}", PRICES, hours=2 * each - 1, scope=f"s{each % 3}") for each in range(9)]
    await keep(other, *found)
    await grouping(other, cpu).run()

    await keep(store, *found, *own)
    await grouper.run()

    names = {each.id for each in found}
    mixed = {name: [each for each in story if each in names] for name, story in (await by_story(store)).items()}
    assert {name: story for name, story in mixed.items() if story} == await by_story(other)


async def test_a_servers_own_article_is_nobodys_original(store: Store, grouper: Grouper) -> None:
    """A catalogue article that repeats what one server had first still counts for everybody, and for every server."""
    await keep(
        store,
        said("a"),
        said("own", PRICES_AGAIN + " today", hours=1, scope="alpha"),
        said("b", PRICES_AGAIN + " today", hours=2, newsroom=REUTERS),
        said("other", PRICES_AGAIN + " today", hours=3, newsroom=ITHOME, scope="beta"),
    )

    await grouper.run()

    assert await stories(store) == {frozenset({"a", "own", "b", "other"})}
    assert (await one(store, "b")).original_id is None
    assert (await one(store, "other")).original_id == "b"


async def test_a_correction_between_runs_is_kept_to_after_a_restart(
    store: Store, new_grouper: Callable[[], Grouper]
) -> None:
    """Where the store says an article stands, its company finds it."""
    await keep(store, said("a"), said("c", ROBOTS, hours=1))
    await new_grouper().run()
    await store.write(story_rows.begin, [("made-by-hand", CATALOGUE, NOW)])
    await store.write(
        lambda connection: connection.execute(
            update(article_table).where(article_table.c.id == "a").values(story_id="made-by-hand")
        )
    )

    await keep(store, said("b", PRICES_AGAIN, hours=2))
    await new_grouper().run()

    assert (await by_story(store))["made-by-hand"] == ["a", "b"]


async def test_two_processes_group_one_archive(store: Store, new_grouper: Callable[[], Grouper]) -> None:
    """A second process's articles are company for the first one's, although that one keeps its window in memory."""
    first, second = new_grouper(), new_grouper()
    await keep(store, said("a", ROBOTS))
    await first.run()
    await keep(store, said("b", PRICES, hours=1))
    await second.run()

    await keep(store, said("c", PRICES_AGAIN, newsroom=REUTERS, hours=2))
    await first.run()

    assert await stories(store) == {frozenset("a"), frozenset("bc")}


async def test_two_processes_at_the_same_moment_group_each_article_once(
    store: Store, new_grouper: Callable[[], Grouper]
) -> None:
    """Whoever writes second sees that the other was there, and starts over with what is left."""
    await keep(store, *(said(f"a{number}", f"{PRICES} {number}", hours=number / 10) for number in range(30)))

    done = await asyncio.gather(*(new_grouper().run() for _ in range(3)))

    assert sum(done) == 30
    assert sum(len(names) for names in await stories(store)) == 30


async def test_a_later_article_joins_two_stories(store: Store, circle: Grouper) -> None:
    """What is like both makes one of them: the older goes on, and the younger's id leads to it."""
    await keep(store, placed("a", 0), placed("b", 44))
    await circle.run()
    before = await stories(store)

    await keep(store, placed("c", 22))
    await circle.run()

    assert before == groups("a", "b")
    assert await by_story(store) == {story_id("a"): ["a", "b", "c"]}
    assert await store.read(story_rows.surviving, story_id("b")) == story_id("a")


async def test_what_a_server_hung_on_a_story_follows_it(store: Store, circle: Grouper) -> None:
    """When stories join, each server's own articles come along, and are still seen there alone."""
    await keep(store, placed("a", 0), placed("b", 44), placed("own", 46, scope="alpha"))
    await circle.run()
    await keep(store, placed("c", 22))
    await circle.run()

    assert {name for story in await stories(store) for name in story} == {"a", "b", "c", "own"}
    assert [each.id for each in await seen_in(store, story_id("b"), "alpha")] == ["a", "b", "c", "own"]
    assert [each.id for each in await seen_in(store, story_id("b"))] == ["a", "b", "c"]


async def test_a_story_that_turns_out_to_be_two_is_parted(store: Store, circle: Grouper) -> None:
    """Two that were somewhat alike each find closer company; the part with the first article keeps the id."""
    await keep(store, placed("a", 20), placed("b", 60))
    await circle.run()
    before = await by_story(store)

    await keep(store, placed("c", 0), placed("d", 80))
    await circle.run()

    assert before == {story_id("a"): ["a", "b"]}
    assert await by_story(store) == {story_id("a"): ["a", "c"], story_id("b"): ["b", "d"]}


async def test_an_id_that_was_merged_away_is_not_used_again(store: Store, cpu: Executor, circle: Grouper) -> None:
    """What parts again from the story it was merged into begins under another id; the old one still leads there."""
    await keep(store, placed("a", 0), placed("b", 44))
    await circle.run()
    await keep(store, placed("c", 20))
    await circle.run()
    merged_away = await store.read(story_rows.surviving, story_id("b"))

    await keep(store, placed("d", -15), placed("e", -16), placed("f", 70), placed("g", 71), placed("h", 72))
    await circle.run()
    after = await by_story(store)
    await grouping(store, cpu, embedder=CircleEmbedder()).run()

    assert merged_away == story_id("a")
    assert set(map(frozenset, after.values())) == groups("acde", "bfgh")
    (fresh,) = after.keys() - {story_id("a")}
    assert fresh != story_id("b")
    assert await store.read(story_rows.surviving, story_id("b")) == story_id("a")
    assert [each.id for each in await seen_in(store, fresh)] == ["b", "f", "g", "h"]
    assert await by_story(store) == after


@pytest.mark.parametrize(
    ("made", "together"),
    [
        pytest.param([], "ab c", id="nothing is corrected"),
        pytest.param([merged(1, ["a"], ["c"], scope=CATALOGUE)], "abc", id="what was merged stays merged"),
        pytest.param([split(1, ["b"], ["a"], scope=CATALOGUE)], "a b c", id="what was split stays split"),
        pytest.param([split(1, ["b"], ["a"], scope="77")], "ab c", id="what one server split is split there alone"),
    ],
)
async def test_corrections_hold(store: Store, circle: Grouper, made: Sequence[Correction], together: str) -> None:
    """However alike articles are, and whatever comes later."""
    await store.write(story_rows.begin, [(story, CATALOGUE, NOW) for story in "st"])
    for each in made:
        await store.write(correction_rows.add, each)

    for each in (placed("a", 0), placed("b", 10), placed("c", 90), placed("d", 200)):
        await keep(store, each)
        await circle.run()

    assert await stories(store) == groups(*together.split(), "d")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 24])
async def test_batch_by_batch_or_all_at_once(
    store: Store, circle: Grouper, other: Store, cpu: Executor, size: int
) -> None:
    """The stories in the end are those of all articles, however many came at a time, and in whatever order."""
    degrees = [50 * (at * 3 % 7) + at * 37 % 25 for at in range(24)]
    found = [placed(chr(ord("a") + at), each) for at, each in enumerate(degrees)]
    await keep(other, *found)
    await grouping(other, cpu, embedder=CircleEmbedder()).run()

    late = found[::2] + found[1::2]
    for begin in range(0, len(late), size):
        await keep(store, *late[begin : begin + size])
        await circle.run()

    assert await stories(store) == await stories(other)
    assert 2 < len(await stories(store)) < 12


class Overtaken(Breaking):
    """A store in which another process groups something just before the next save of stories."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.overtaking = 0

    async def write(self, query: Callable[..., object], /, *given: object, **named: object) -> object:
        """Be overtaken where stories are saved."""
        if query.__name__ == "_save" and self.overtaking:
            self.overtaking -= 1
            revision = await self._store.read(fact_rows.number, fact_rows.GROUPING)
            await self._store.write(fact_rows.raised, fact_rows.GROUPING, revision)
        return await super().write(query, *given, **named)


async def test_whoever_is_overtaken_reads_anew(store: Store, cpu: Executor) -> None:
    """What another process wrote meanwhile is not written over; the batch is grouped again with it in view."""
    overtaken = Overtaken(store)
    grouper = grouping(overtaken, cpu)  # type: ignore[arg-type]
    await keep(store, said("a"))
    await grouper.run()
    await keep(store, said("b", PRICES_AGAIN, hours=1), said("c", ROBOTS))
    overtaken.overtaking = 2

    done = await grouper.run()

    assert done == 2
    assert overtaken.overtaking == 0
    assert await stories(store) == groups("ab", "c")


async def echo(store: Store, name: str) -> float:
    """How probably the other press tells of an article's story."""
    found = await store.read(story_rows.one, (await one(store, name)).story_id or "")
    assert found is not None
    return found.echo


async def test_the_echo_of_a_story(store: Store, circle: Grouper) -> None:
    """1 where both presses tell it; else as probable as that the other press's likest article does."""
    await keep(
        store,
        placed("a", 0),
        placed("b", 10, newsroom=ITHOME),
        placed("c", 120),
        placed("d", 162, newsroom=ITHOME),
        placed("e", 250),
    )
    await circle.run()

    assert await stories(store) == groups("ab", "c", "d", "e")
    assert await echo(store, "a") == 1
    assert await echo(store, "c") == pytest.approx(probability(20 * (0.74314 - 0.75)), abs=1e-3)
    assert await echo(store, "d") == await echo(store, "c")
    assert await echo(store, "e") == 0


async def test_the_echo_rises_when_the_other_press_follows(store: Store, circle: Grouper) -> None:
    """An article that stays outside of the story is still heard there."""
    await keep(store, placed("a", 0))
    await circle.run()
    before = await echo(store, "a")

    await keep(store, placed("b", 42, newsroom=ITHOME))
    await circle.run()

    assert before == 0
    assert await stories(store) == groups("a", "b")
    assert await echo(store, "a") > 0.25


async def test_an_article_names_whom_it_credits(store: Store, grouper: Grouper) -> None:
    """The newsroom whose reporting a text repeats, unless it is its own."""
    await keep(
        store,
        said("a", PRICES + " (via Reuters)"),
        said("b", PRICES + " - Reuters", newsroom=REUTERS),
        said("c", ROBOTS),
    )

    await grouper.run()

    assert [(await one(store, name)).via for name in "abc"] == ["Reuters", None, None]


async def test_a_servers_own_article_stays_with_what_the_operator_tied_it_to(store: Store, circle: Grouper) -> None:
    """A story's first article leaves with the id; what is tied goes on together under another, hung-on articles too."""
    await keep(store, placed("a", 0, hours=5), placed("b", 5, hours=6), placed("y", 100, hours=8))
    await circle.run()
    await keep(store, placed("x", 5, hours=9, scope="77"))
    await circle.run()
    homes = await store.read(story_rows.homes, ["a", "y"])
    await Corrector(store, clock=FakeClock()).merge(homes["a"], homes["y"], by="operator")
    await keep(store, placed("c", -39, hours=1))
    await circle.run()
    joined = await store.read(story_rows.homes, ["a", "c", "x"])

    for number, degrees in enumerate((-77, -59, -61, -60, -62, -48)):
        await keep(store, placed(f"d{number}", degrees, hours=2 + number / 10))
        await circle.run()
        tied = await store.read(story_rows.homes, ["a", "b", "x", "y"])
        assert len(set(tied.values())) == 1

    assert len(set(joined.values())) == 1
    assert (await store.read(story_rows.homes, ["c"]))["c"] != tied["x"]
