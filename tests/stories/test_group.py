import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from bot.errors import StoreError
from bot.model import CATALOGUE, Article, Newsroom
from bot.store import articles as article_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.store.schema import stories as story_table
from bot.stories.entities import Entity, Lexicon
from bot.stories.group import Grouper, Rule
from bot.stories.topics import Topics
from bot.stories.window import Weights
from tests.fakes import ITHOME, NOW, REUTERS, SCMP, FakeEmbedder, article

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEXICON = Lexicon([Entity(id="smic", kind="company", en=("SMIC",), zh=("中芯国际",), china=True)])
TOPICS = Topics.load()

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


@pytest.fixture(scope="module")
def cpu() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


@pytest.fixture
def new_grouper(sqlite: Store, cpu: Executor) -> Callable[[], Grouper]:
    """A grouper as a restarted program would have it: with nothing in memory."""
    return lambda: Grouper(sqlite, FakeEmbedder(), lexicon=LEXICON, topics=TOPICS, window_days=12, cpu=cpu)


@pytest.fixture
def grouper(new_grouper: Callable[[], Grouper]) -> Grouper:
    return new_grouper()


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


async def test_what_is_alike_stands_together(sqlite: Store, grouper: Grouper) -> None:
    """Two tellings of one event make a story; other events are stories of their own."""
    await keep(
        sqlite,
        said("a"),
        said("b", PRICES_AGAIN, hours=1, newsroom=REUTERS),
        said("c", ROBOTS, hours=2),
        said("d", MODELS, hours=3),
    )

    done = await grouper.run()

    assert done == 4
    assert await stories(sqlite) == groups("ab", "c", "d")


async def test_nothing_waits_and_nothing_happens(sqlite: Store, grouper: Grouper) -> None:
    """An empty archive is grouped at once, and so is a grouped one, which it leaves as it is."""
    empty = await grouper.run()
    await keep(sqlite, said("a"), said("b", PRICES_AGAIN, hours=1), said("c", ROBOTS))
    await grouper.run()
    before = await by_story(sqlite)

    again = await grouper.run()

    assert empty == again == 0
    assert await by_story(sqlite) == before


async def test_every_article_learns_what_it_is(sqlite: Store, grouper: Grouper) -> None:
    """Topic and relevance come with the story; what a feed vouches for stays relevant whatever the words say."""
    await keep(
        sqlite,
        said("a", "SMIC begins 5nm chip production", relevant=False),
        said("b", "A new cake shop opens in Bristol", relevant=False),
        said("c", "A quiet garden in Kyoto", relevant=True),
    )

    await grouper.run()

    assert (await one(sqlite, "a")).relevant
    assert (await one(sqlite, "a")).topic == "chips"
    assert not (await one(sqlite, "b")).relevant
    assert (await one(sqlite, "c")).relevant


async def test_a_reprint_names_its_original(sqlite: Store, grouper: Grouper) -> None:
    """The later of two equal texts is the copy; a telling in other words is none."""
    await keep(
        sqlite,
        said("wire", newsroom=REUTERS),
        said("copy", hours=1),
        said("own", PRICES_AGAIN + " again in spring", hours=2, newsroom=ITHOME),
    )

    await grouper.run()

    assert [(await one(sqlite, name)).original_id for name in ("wire", "copy", "own")] == [None, "wire", None]


async def test_a_late_article_finds_its_company(sqlite: Store, grouper: Grouper) -> None:
    """An article published days ago and found now joins the story of that time, though the window has moved on."""
    await keep(sqlite, said("a"), said("c", ROBOTS, hours=9 * 24), said("d", MODELS, hours=10 * 24))
    await grouper.run()

    await keep(sqlite, said("late", PRICES_AGAIN, hours=1))
    await grouper.run()

    assert await stories(sqlite) == groups("c", "d") | {frozenset({"a", "late"})}


async def test_an_article_older_than_the_kept_window_finds_its_company(
    sqlite: Store, new_grouper: Callable[[], Grouper]
) -> None:
    """What is older than anything the running grouper holds is looked for in the store."""
    await keep(sqlite, said("old"))
    await new_grouper().run()
    restarted = new_grouper()
    await keep(sqlite, said("now", ROBOTS, hours=40 * 24))
    await restarted.run()

    await keep(sqlite, said("late", PRICES_AGAIN, hours=24))
    await restarted.run()

    assert await stories(sqlite) == {frozenset({"old", "late"}), frozenset({"now"})}


async def test_words_that_everybody_uses_join_nothing(sqlite: Store, cpu: Executor) -> None:
    """A series with the same opening is many stories, at once and after a restart: its words are common there."""
    words_alone = Rule(weights=Weights(meaning=0, words=1, names=0, numbers=0), threshold=0.5)

    def new() -> Grouper:
        return Grouper(
            sqlite, FakeEmbedder(), lexicon=LEXICON, topics=TOPICS, window_days=12, cpu=cpu, rule=words_alone
        )

    series = [said(f"a{each}", f"The daily note on chips today: word{each} other{each}") for each in range(30)]
    await keep(sqlite, *series[:29])
    await new().run()
    await keep(sqlite, *series[29:])
    await new().run()

    assert len(await stories(sqlite)) == 30


async def test_an_event_of_last_month_is_another(sqlite: Store, grouper: Grouper) -> None:
    """The same headline beyond the window begins a new story."""
    await keep(sqlite, said("a"), said("b", hours=13 * 24))

    await grouper.run()

    assert await stories(sqlite) == groups("a", "b")


async def test_a_restart_continues_the_same_stories(sqlite: Store, new_grouper: Callable[[], Grouper]) -> None:
    """A program that begins anew puts the next telling where the old one would have."""
    await keep(sqlite, said("a"), said("c", ROBOTS))
    await new_grouper().run()
    before = await by_story(sqlite)

    await keep(sqlite, said("b", PRICES_AGAIN, hours=5))
    await new_grouper().run()

    after = await by_story(sqlite)
    assert await stories(sqlite) == groups("ab", "c")
    assert set(after) == set(before)


async def test_a_restart_between_any_two_articles_changes_nothing(
    sqlite: Store, new_grouper: Callable[[], Grouper], tmp_path: object, cpu: Executor
) -> None:
    """Grouped one by one by one program, by many, or all at once: the stories are the same."""
    titles = [PRICES, ROBOTS, PRICES_AGAIN, MODELS, ROBOTS + " again", PRICES + " once more", MODELS + " today"]
    found = [said(f"a{each}", title, hours=each) for each, title in enumerate(titles)]
    other = Store(f"sqlite:///{tmp_path}/other.db")
    await other.open()
    await keep(other, *found)
    await Grouper(other, FakeEmbedder(), lexicon=LEXICON, topics=TOPICS, window_days=12, cpu=cpu).run()

    for each in found:
        await keep(sqlite, each)
        await new_grouper().run()

    assert await by_story(sqlite) == await by_story(other)
    await other.close()


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
def breaking(sqlite: Store) -> Breaking:
    return Breaking(sqlite)


async def test_a_crash_in_the_save_loses_nothing(sqlite: Store, breaking: Breaking, cpu: Executor) -> None:
    """What could not be saved waits, and the next run puts it where it belongs."""
    grouper = Grouper(breaking, FakeEmbedder(), lexicon=LEXICON, topics=TOPICS, window_days=12, cpu=cpu)  # type: ignore[arg-type]
    await keep(sqlite, said("a"))
    await grouper.run()
    await keep(sqlite, said("b", PRICES_AGAIN, hours=1), said("c", ROBOTS))
    breaking.failing = 1

    with pytest.raises(StoreError):
        await grouper.run()
    after_crash = await stories(sqlite)
    done = await grouper.run()

    assert after_crash == groups("a")
    assert done == 2
    assert await stories(sqlite) == groups("ab", "c")


async def test_a_crash_between_encoding_and_grouping_loses_nothing(
    sqlite: Store, breaking: Breaking, new_grouper: Callable[[], Grouper], cpu: Executor
) -> None:
    """Vectors that were written are used by the program that comes after."""
    grouper = Grouper(breaking, FakeEmbedder(), lexicon=LEXICON, topics=TOPICS, window_days=12, cpu=cpu)  # type: ignore[arg-type]
    await keep(sqlite, said("a"), said("b", PRICES_AGAIN, hours=1))
    breaking.failing = 1
    with pytest.raises(StoreError):
        await grouper.run()

    await new_grouper().run()

    assert await stories(sqlite) == groups("ab")
    assert await sqlite.read(article_rows.unencoded, "fake", 10) == []


async def test_many_articles_are_taken_in_parts(sqlite: Store, grouper: Grouper) -> None:
    """More than fit one step are all grouped in one run, in the order they were published."""
    found = [said(f"a{each}", f"event{each} number{each}", hours=-each / 60) for each in range(600)]
    await keep(sqlite, *found, said("last", "event0 number0", hours=1))

    done = await grouper.run()

    assert done == 601
    assert frozenset({"a0", "last"}) in await stories(sqlite)


async def test_a_servers_own_article_joins_a_catalogue_story(sqlite: Store, grouper: Grouper) -> None:
    """It hangs on the story for that server alone; everybody else's story is as it was."""
    await keep(sqlite, said("a"), said("own", PRICES_AGAIN, hours=1, scope="alpha"))

    await grouper.run()

    ((story_id, names),) = (await by_story(sqlite)).items()
    assert names == ["a", "own"]
    assert [each.id for each in await seen_in(sqlite, story_id)] == ["a"]
    assert [each.id for each in await seen_in(sqlite, story_id, "alpha")] == ["a", "own"]
    assert [each.id for each in await seen_in(sqlite, story_id, "beta")] == ["a"]


async def seen_in(store: Store, story_id: str, scope: str = CATALOGUE) -> Sequence[Article]:
    found = await store.read(story_rows.one, story_id, scope=scope)
    return found.articles if found else ()


async def test_two_servers_never_meet(sqlite: Store, grouper: Grouper) -> None:
    """The same words in two servers' own feeds are two stories, each in its scope."""
    await keep(sqlite, said("a", scope="alpha"), said("b", hours=1, scope="beta"), said("c", hours=2, scope="alpha"))

    await grouper.run()

    assert await stories(sqlite) == groups("ac", "b")
    scopes = await sqlite.read(lambda connection: connection.execute(select(story_table.c.scope)).scalars().all())
    assert sorted(scopes) == ["alpha", "beta"]


async def test_a_catalogue_article_never_joins_a_servers_own_story(sqlite: Store, grouper: Grouper) -> None:
    """What a server alone had first is still a new story for everybody."""
    await keep(sqlite, said("own", scope="alpha"), said("a", PRICES_AGAIN, hours=1))

    await grouper.run()

    assert await stories(sqlite) == {frozenset({"own"}), frozenset({"a"})}


async def test_the_catalogue_groups_as_if_no_server_had_feeds(
    sqlite: Store, grouper: Grouper, tmp_path: object, cpu: Executor
) -> None:
    """With or without servers' own articles between them, catalogue articles stand in the same stories."""
    titles = [PRICES, ROBOTS, PRICES_AGAIN, MODELS, PRICES + " again"]
    found = [said(f"a{each}", title, hours=2 * each) for each, title in enumerate(titles)]
    own = [said(f"o{each}", PRICES, hours=2 * each - 1, scope=f"s{each % 3}") for each in range(9)]
    plain = Store(f"sqlite:///{tmp_path}/plain.db")
    await plain.open()
    await keep(plain, *found)
    await Grouper(plain, FakeEmbedder(), lexicon=LEXICON, topics=TOPICS, window_days=12, cpu=cpu).run()

    await keep(sqlite, *found, *own)
    await grouper.run()

    names = {each.id for each in found}
    mixed = {name: [each for each in story if each in names] for name, story in (await by_story(sqlite)).items()}
    assert {name: story for name, story in mixed.items() if story} == await by_story(plain)
    await plain.close()


async def test_a_servers_own_article_is_nobodys_original(sqlite: Store, grouper: Grouper) -> None:
    """A catalogue article that repeats what one server had first still counts for everybody, and for every server."""
    await keep(
        sqlite,
        said("a"),
        said("own", PRICES_AGAIN + " today", hours=1, scope="alpha"),
        said("b", PRICES_AGAIN + " today", hours=2, newsroom=REUTERS),
        said("other", PRICES_AGAIN + " today", hours=3, scope="beta"),
    )

    await grouper.run()

    assert await stories(sqlite) == {frozenset({"a", "own", "b", "other"})}
    assert (await one(sqlite, "b")).original_id is None
    assert (await one(sqlite, "other")).original_id == "b"


async def test_a_correction_between_runs_is_kept_to_after_a_restart(
    sqlite: Store, new_grouper: Callable[[], Grouper]
) -> None:
    """Where the store says an article stands, its company finds it."""
    await keep(sqlite, said("a"), said("c", ROBOTS, hours=1))
    await new_grouper().run()
    await sqlite.write(story_rows.begin, [("made-by-hand", CATALOGUE, NOW)])
    await sqlite.write(
        lambda connection: connection.execute(
            update(article_table).where(article_table.c.id == "a").values(story_id="made-by-hand")
        )
    )

    await keep(sqlite, said("b", PRICES_AGAIN, hours=2))
    await new_grouper().run()

    assert (await by_story(sqlite))["made-by-hand"] == ["a", "b"]


async def test_two_processes_group_one_archive(sqlite: Store, new_grouper: Callable[[], Grouper]) -> None:
    """A second process's articles are company for the first one's, although that one keeps its window in memory."""
    first, second = new_grouper(), new_grouper()
    await keep(sqlite, said("a", ROBOTS))
    await first.run()
    await keep(sqlite, said("b", PRICES, hours=1))
    await second.run()

    await keep(sqlite, said("c", PRICES_AGAIN, newsroom=REUTERS, hours=2))
    await first.run()

    assert await stories(sqlite) == {frozenset("a"), frozenset("bc")}


async def test_two_processes_at_the_same_moment_group_each_article_once(
    sqlite: Store, new_grouper: Callable[[], Grouper]
) -> None:
    """Whoever writes second sees that the other was there, and starts over with what is left."""
    await keep(sqlite, *(said(f"a{number}", f"{PRICES} {number}", hours=number / 10) for number in range(30)))

    done = await asyncio.gather(*(new_grouper().run() for _ in range(3)))

    assert sum(done) == 30
    assert sum(len(names) for names in await stories(sqlite)) == 30
