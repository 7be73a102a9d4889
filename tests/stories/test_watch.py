"""Watches: which stories are new to a saved search, decided by tables and on a real store."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.model import Article, Language
from bot.store import alerts as alert_rows
from bot.store import watches as rows
from bot.store.database import Store
from bot.stories.asking.spelling import Speller
from bot.stories.byline import Bylines
from bot.stories.entities import Entity, Lexicon
from bot.stories.meanings import Concept, Meanings
from bot.stories.names import Names
from bot.stories.search.index import Indexer
from bot.stories.search.question import Questions
from bot.stories.search.tokens import Reader
from bot.stories.thesaurus import Thesaurus
from bot.stories.watch import UNREADABLE, Watcher, new_stories, telling
from bot.stories.wordbook.cedict import Cedict
from bot.watch import Alert, Watch
from tests.fakes import ITHOME, NOW, REUTERS, FakeClock, article, settle, story

LEXICON = Lexicon(
    [
        Entity(id="huawei", kind="company", en=("Huawei",), zh=("华为",), china=True),
        Entity(id="tsmc", kind="company", en=("TSMC",), zh=("台积电",)),
    ]
)
OURS, OTHERS = "77", "78"


class Desk:
    """A watcher over a store, and what happens around it."""

    def __init__(self, store: Store, clock: FakeClock, cpu: ThreadPoolExecutor) -> None:
        meanings = Meanings([Concept(id="earnings", en=("earnings",), zh=("财报",))], Cedict([], ()))
        reader = Reader(LEXICON, lambda: meanings)
        self.store, self.clock = store, clock
        questions = Questions(
            store,
            reader=reader,
            thesaurus=Thesaurus(()),
            speller=Speller(LEXICON, cedict=Cedict([], ()), ordinary=frozenset()),
            names=Names(store, LEXICON),
            headings={language: {} for language in Language},
            called=lambda _: (),
            clock=clock,
        )
        self._indexer = Indexer(store, reader=reader, cpu=cpu)
        self.watcher = Watcher(store, questions=questions, bylines=Bylines(), clock=clock)

    async def come(self, *articles: Article) -> int:
        """Articles come, in stories and the index; returns how many alerts that makes."""
        await settle(self.store, *articles)
        await self._indexer.run()
        return await self.watcher.run()

    async def alerts(self) -> list[Alert]:
        """Whatever waits."""
        return await self.store.read(alert_rows.due, self.clock())

    async def told(self) -> list[list[str]]:
        """The stories of each alert."""
        return [[each.story for each in alert.told] for alert in await self.alerts()]


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    with ThreadPoolExecutor(1) as cpu:
        yield Desk(store, FakeClock(), cpu)


async def make(store: Store, question: str = "huawei tsmc", *, scope: str = OURS, owner: str = "5") -> Watch:
    wanted = Watch(
        id=0, scope=scope, channel="42", owner=owner, language=Language.EN, question=question, made_at=NOW, seen=0
    )
    return await store.write(rows.make, wanted)


def both(name: str, story_id: str = "s1", title: str = "Huawei asks TSMC for wafers", **said: object) -> Article:
    return article(name, title, story_id=story_id, **said)  # type: ignore[arg-type]


A, B = article("a"), article("b")


@pytest.mark.parametrize(
    ("articles", "answering", "fresh", "known", "new"),
    [
        pytest.param([A], {"a"}, {"a"}, set(), True, id="a new answer"),
        pytest.param([A], set(), {"a"}, set(), False, id="new, and no answer"),
        pytest.param([A], {"a"}, set(), set(), False, id="an answer that came before"),
        pytest.param([A, B], {"b"}, {"b"}, set(), True, id="an old story begins to answer"),
        pytest.param([A, B], {"a", "b"}, {"b"}, {"a"}, False, id="an article of it was told"),
        pytest.param([A, B], {"a", "b"}, {"a", "b"}, set(), True, id="two at once are one story"),
    ],
)
def test_a_story_is_new_once(
    articles: Sequence[Article], answering: set[str], fresh: set[str], known: set[str], new: bool
) -> None:
    """It begins to answer with something that came since, and nothing of it was told."""
    found = new_stories([story(*articles)], answering=answering, fresh=fresh, known=known)

    assert bool(found) == new


@pytest.mark.parametrize(("reader", "title"), [(Language.EN, "Huawei"), (Language.ZH, "华为")])
def test_a_story_is_told_by_the_readers_press(reader: Language, title: str) -> None:
    """Where it answers; every newsroom is named once, the shown one first."""
    answers = [article("a", "Huawei"), article("b", "华为", newsroom=ITHOME), article("c", newsroom=REUTERS)]

    told = telling(story(*answers), answers, reader, Bylines())

    assert told.title == title
    assert sorted(told.newsrooms) == ["ITHome", "Reuters", "SCMP"]


@pytest.mark.parametrize(
    ("title", "answers"),
    [
        ("Huawei asks TSMC for wafers", True),
        ("华为与台积电谈判", True),
        ("Huawei ships a phone", False),
        ("TSMC raises prices", False),
        ("A bakery opens", False),
    ],
)
async def test_only_what_says_every_part_is_told(desk: Desk, title: str, answers: bool) -> None:
    """In either language; one name of two is no answer."""
    await make(desk.store)

    assert await desk.come(both("a", title=title)) == answers


@pytest.mark.parametrize(
    ("title", "answers"),
    [("TSMC earnings beat estimates", True), ("台积电财报亮眼", True), ("Huawei earnings weigh on TSMC", False)],
)
async def test_anothers_results_are_not_told(desk: Desk, title: str, answers: bool) -> None:
    """Who waits for one company's results is not told of a headline about another's that names it."""
    await make(desk.store, "tsmc earnings")

    assert await desk.come(both("a", title=title)) == answers


async def test_all_that_is_new_is_one_message(desk: Desk) -> None:
    """Two stories of one tick stand in one alert, and the next look finds nothing."""
    await make(desk.store)

    made = await desk.come(both("a"), both("b", "s2"), both("c", "s2"))

    assert (made, await desk.told()) == (1, [["s1", "s2"]])
    assert await desk.watcher.run() == 0


async def test_a_story_is_not_told_again(desk: Desk) -> None:
    """Neither as it grows, nor when it is merged into another one."""
    await make(desk.store)
    await desk.come(both("a"))
    grown = await desk.come(both("b"))
    merged = await desk.come(both("a", "s9"), both("c", "s9"))

    assert (grown, merged) == (0, 0)


async def test_what_was_there_before_is_not_told(desk: Desk) -> None:
    """Its reader has just seen it; more of the same story is no news either, another story is."""
    await desk.come(both("a"))
    await make(desk.store)

    assert await desk.come(both("b")) == 0
    assert await desk.come(both("c", "s2")) == 1


async def test_what_is_not_in_the_index_yet_waits(desk: Desk) -> None:
    """Nothing is passed over: it is told once it was read."""
    await make(desk.store)
    await settle(desk.store, both("a"))

    assert await desk.watcher.run() == 0
    assert await desk.come() == 1


async def test_another_servers_own_articles_are_not_told(desk: Desk) -> None:
    """What a server's own feed brings is told in that server alone."""
    ours, _ = await make(desk.store, scope=OURS), await make(desk.store, scope=OTHERS)

    await desk.come(both("a", scope=OURS))

    assert [alert.watch.id for alert in await desk.alerts()] == [ours.id]


async def test_three_messages_a_day(desk: Desk) -> None:
    """The fourth waits until a day has passed since the first, with all that came meanwhile."""
    await make(desk.store)
    made = [await desk.come(both(f"a{number}", f"s{number}")) for number in range(5)]
    desk.clock.advance(hours=24)
    late = await desk.watcher.run()

    assert (made, late) == ([1, 1, 1, 0, 0], 1)
    assert (await desk.told())[-1] == ["s3", "s4"]


async def test_a_watch_that_ended_tells_nothing(desk: Desk) -> None:
    """Stopped by its owner, or because its question cannot be read any more, which is noted."""
    stopped = await make(desk.store)
    await desk.store.write(rows.end, stopped.id, NOW)
    await make(desk.store, "lang:klingon huawei")

    assert await desk.come(both("a")) == 0
    (left,) = await desk.store.read(rows.of_owner, "5", OURS, NOW)
    assert left.reason == UNREADABLE


async def test_two_at_once_tell_once(desk: Desk) -> None:
    """Of two processes that looked at the same, one writes."""
    watch = await make(desk.store)
    first = await desk.store.write(alert_rows.write, watch, [], [], seen=9, now=NOW)
    second = await desk.store.write(alert_rows.write, watch, [], [], seen=9, now=NOW)

    assert (first, second) == (True, False)


async def test_why_a_watch_ended_is_shown_for_a_month(store: Store) -> None:
    """To its owner, in its server; one that its owner stopped is gone at once, and a server that is left ends all."""
    await make(store)
    mine = await make(store, owner="6")
    await store.write(rows.end, mine.id, NOW)
    await store.write(rows.end_all, OURS, NOW)

    assert [each.reason for each in await store.read(rows.of_owner, "5", OURS, NOW)] == ["missing-access"]
    assert await store.read(rows.of_owner, "5", OURS, NOW + timedelta(days=31)) == []
    assert await store.read(rows.of_owner, "6", OURS, NOW) == []
    assert await store.read(rows.of_owner, "5", OTHERS, NOW) == []
