"""Names that servers added, on both databases: they count there, and nowhere else."""

import time
from collections.abc import Sequence
from dataclasses import replace

from bot.model import CATALOGUE, Headline, Language, Window
from bot.store import names as rows
from bot.store.database import Store
from bot.store.names import AddedName
from bot.stories.digest import Teller
from bot.stories.names import Names
from tests import bundled
from tests.fakes import ITHOME, NOW, FakeClock, article, settle, subscription
from tests.stories.mornings import DAY, LEXICON, whole

OURS, OTHERS = "77", "78"


async def add(store: Store, name: str, entity: str = "smic", *, scope: str = OURS) -> int:
    wanted = AddedName(id=0, entity=entity, kind="company", name=name, language=Language.ZH)
    return await store.write(rows.add, wanted, scope=scope, by="mo", now=NOW)


async def found(names: Names, text: str, scope: str = OURS) -> Sequence[str]:
    return (await names.of(scope)).find(text)


async def test_a_name_counts_where_it_was_added(store: Store) -> None:
    """From then on, in that server alone; the operator's count everywhere."""
    names = Names(store, LEXICON)
    before = await found(names, "大芯厂涨价")
    await add(store, "大芯厂")
    await add(store, "湾厂", "tsmc", scope=CATALOGUE)

    assert before == ()
    assert await found(names, "大芯厂涨价") == ("smic",)
    assert await found(names, "大芯厂涨价", OTHERS) == ()
    assert await found(names, "大芯厂涨价", CATALOGUE) == ()
    assert [await found(names, "湾厂涨价", scope) for scope in (OURS, OTHERS, CATALOGUE)] == [("tsmc",)] * 3
    assert LEXICON.find("湾厂涨价") == ()


async def test_a_name_that_was_taken_back_counts_no_more(store: Store) -> None:
    """At once; what stands in the bundled list still does."""
    names = Names(store, LEXICON)
    number = await add(store, "大芯厂")
    with_it = await found(names, "大芯厂和中芯国际")
    await store.write(rows.remove, number, scope=OURS, by="mo", now=NOW)

    assert with_it == ("smic",)
    assert await found(names, "大芯厂") == ()
    assert await found(names, "中芯国际") == ("smic",)


async def test_somebody_unknown_may_be_named(store: Store) -> None:
    """An entity that consists of what a server calls it, and finds what is said in either language."""
    names = Names(store, LEXICON)
    await add(store, "芯火半导体", "xinhuo")
    english = AddedName(id=0, entity="xinhuo", kind="company", name="Xinhuo", language=Language.EN)
    await store.write(rows.add, english, scope=OURS, by="mo", now=NOW)

    assert await found(names, "芯火半导体 and Xinhuo") == ("xinhuo",)
    assert set((await names.of(OURS)).names("xinhuo")) == {"芯火半导体", "Xinhuo"}


async def test_the_lexicon_of_the_same_names_is_made_once(store: Store) -> None:
    """Of the servers that added nothing there is one for all."""
    names = Names(store, LEXICON)
    await add(store, "大芯厂")

    assert await names.of(OURS) is await names.of(OURS)
    assert await names.of(OTHERS) is LEXICON


async def test_asking_for_names_is_cheap(sqlite: Store) -> None:
    """Beside the whole list, with fifty names of one's own: it is asked at every search."""
    names = Names(sqlite, bundled.lexicon())
    for number in range(50):
        await add(sqlite, f"芯厂{number}号", f"e{number}")
    await names.of(OURS)
    began = time.process_time()

    for _ in range(20):
        await names.of(OURS)

    assert (time.process_time() - began) / 20 < 0.05


def telling(store: Store) -> Teller:
    """Tells with glosses."""
    return Teller(
        store,
        names=Names(store, bundled.lexicon()),
        clock=FakeClock(),
        fit=whole,
        glosses=lambda lexicon: bundled.glosser().knowing(lexicon).gloss,
    )


async def headline(teller: Teller, scope: str) -> Headline:
    """The first headline that an English reader is told there."""
    told, _ = await teller.digest(replace(subscription(), scope=scope), NOW.date(), Window(start=NOW - DAY, end=NOW))
    return told.sections[0].items[0].telling.headline


async def test_a_gloss_knows_the_names_of_its_server(sqlite: Store) -> None:
    """And no other's does."""
    await settle(sqlite, article("a1", "大芯厂发布芯片", newsroom=ITHOME, story_id="s1"))
    await add(sqlite, "大芯厂")
    teller = telling(sqlite)

    assert "SMIC" in str((await headline(teller, OURS)).gloss)
    assert "SMIC" not in str((await headline(teller, OTHERS)).gloss)


async def test_what_concerns_china_is_seen_by_its_servers_names(sqlite: Store) -> None:
    """A story is ranked by the names that are known where it is read, and the score that is shown says the same."""
    one = article("a1", "Bayfab raises prices", newsroom=ITHOME, story_id="s1")
    await settle(sqlite, one)
    await add(sqlite, "Bayfab")
    teller, hours = telling(sqlite), Window(start=NOW - DAY, end=NOW)

    for scope, china in ((OURS, 1.5), (OTHERS, 0.0)):
        ((candidate,), stories) = await teller.ranked(hours, scope=scope, reader=Language.EN)
        score = await teller.score(stories["s1"], scope=scope)

        assert (score.china, score.total) == (china, candidate.score)
