"""The index of vectors finds what an exact search finds, whatever became of its files, on both databases."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, update
from structlog.testing import capture_logs

from bot.model import CATALOGUE
from bot.ports import Vectors
from bot.store import articles as article_rows
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.store.schema import facts as fact_table
from bot.store.schema import unread
from bot.store.schema import vectors as vector_table
from bot.store.words import remove
from bot.stories.search import nearest, view
from bot.stories.search.mapped import Folder, Page
from bot.stories.search.nearest import Nearest
from tests import archive
from tests.fakes import DAY, NOW, article

MODEL = "some/model"
THEIRS = "77"


@pytest.fixture(scope="module")
def cpu() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "index"


@pytest.fixture
def files(folder: Path) -> Path:
    """Where the files of the model are."""
    return folder / "some-model"


@pytest.fixture
def index(store: Store, folder: Path, cpu: Executor) -> Nearest:
    return Nearest(store, model=MODEL, folder=folder, cpu=cpu)


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in batches of a hundred, look at fifty candidates, so that a small archive takes the way of a big one."""
    monkeypatch.setattr(nearest, "_AT_ONCE", 100)
    monkeypatch.setattr(view, "_CANDIDATES", 50)


def like_headlines(number: int, *, seed: int = 1, dimension: int = 64) -> Vectors:
    """Unit vectors in clusters about a common direction, as those of headlines are."""
    dice = np.random.default_rng(seed)
    themes = dice.normal(size=(20, dimension)) + 0.5
    made = themes[dice.integers(len(themes), size=number)] + 0.8 * dice.normal(size=(number, dimension))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


MADE = like_headlines(600)
"""The vectors of articles 1 to 600, a day apart."""


def day(number: int) -> datetime:
    """When the article of this number was published."""
    return NOW + number * DAY


async def keep(store: Store, made: Vectors = MADE, *, begin: int = 1, theirs: Sequence[int] = ()) -> None:
    """Store an article for each vector, numbered from a place on; `theirs` are a server's own."""
    numbers = range(begin, begin + len(made))
    coming = [article(f"a{at}", published=day(at), scope=THEIRS if at in theirs else CATALOGUE) for at in numbers]
    await store.write(article_rows.keep, [(each.id, each) for each in coming], feed_id=None)
    await encode(store, numbers, made)


async def encode(store: Store, numbers: Sequence[int], made: Vectors, *, model: str = MODEL) -> None:
    """Store the vectors of articles that are there."""
    await store.write(vector_rows.encode, model, numbers, made)


async def forget(store: Store, *numbers: int) -> None:
    """Remove vectors, as an edit does."""

    def query(connection: Connection) -> None:
        connection.execute(delete(vector_table).where(vector_table.c.article.in_(numbers)))

    await store.write(query)


async def delete_articles(store: Store, numbers: Sequence[int]) -> None:
    """Remove articles altogether."""

    def query(connection: Connection) -> None:
        remove(connection, numbers)
        connection.execute(delete(unread).where(unread.c.article.in_(numbers)))
        connection.execute(delete(article_table).where(article_table.c.number.in_(numbers)))

    await forget(store, *numbers)
    await store.write(query)


def exactly(asked: NDArray[np.float32], count: int, *, made: Vectors = MADE, among: Sequence[int] = ()) -> list[int]:
    """The numbers of the nearest, by every vector there is."""
    near = made.astype(np.float16).astype(np.float32) @ asked
    numbers = among or range(1, len(made) + 1)
    return sorted(numbers, key=lambda number: (-near[number - 1], -number))[:count]


async def found(index: Nearest, asked: NDArray[np.float32], count: int = 20, **limits: object) -> list[int]:
    """The numbers it finds, after looking for what is new."""
    await index.refresh()
    return [number for number, _ in await index.find(asked, count=count, **limits)]  # type: ignore[arg-type]


def names(files: Path, pattern: str = "*") -> set[str]:
    """The files there are."""
    return {path.name for path in files.glob(pattern)}


def page(files: Path) -> Page:
    """What the files say of themselves."""
    read = Folder(files).page()
    assert read
    return read


async def test_an_empty_archive_finds_nothing(index: Nearest, files: Path) -> None:
    """Before it is looked at, and after; and no files are made for nothing."""
    before = await index.find(MADE[0], count=5), await index.likeness(MADE[0], [1])

    await index.refresh()

    assert before == ([], {})
    assert (await index.find(MADE[0], count=5), await index.likeness(MADE[0], [1]), len(index)) == ([], {}, 0)
    assert not names(files, "*.json")


async def test_the_nearest_are_found_with_their_exact_likeness(store: Store, index: Nearest) -> None:
    """The same articles in the same order as an exact search, to the precision of what is stored."""
    await keep(store)
    await index.refresh()

    for asked in like_headlines(20, seed=2):
        answer = await index.find(asked, count=50)
        assert [number for number, _ in answer] == exactly(asked, 50)
        assert np.allclose([like for _, like in answer], [MADE[number - 1] @ asked for number, _ in answer], atol=2e-3)
    assert len(index) == 600


@pytest.mark.usefixtures("few_at_once")
async def test_few_candidates_hold_nearly_all_of_the_nearest(store: Store, index: Nearest) -> None:
    """Of vectors as long as real ones, the fifty of six hundred that signs choose have the nearest ten."""
    made = like_headlines(600, dimension=512)
    await keep(store, made)
    await index.refresh()

    asked = (made[::20] + made[1::20]) / 2
    hits = [len({*await found(index, each, 10)} & {*exactly(each, 10, made=made)}) for each in asked]

    assert sum(hits) >= 0.95 * 10 * len(hits)


async def test_likeness_is_told_for_any_article(store: Store, index: Nearest) -> None:
    """Right to some thousandths, for those that are known, in any order and said twice."""
    await keep(store)
    await index.refresh()

    near = await index.likeness(MADE[7], [600, 8, 1, 8, 601, 0, -5])

    assert near.keys() == {600, 8, 1}
    assert all(abs(like - MADE[number - 1] @ MADE[7]) < 0.01 for number, like in near.items())


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({"since": day(590)}, range(590, 601)),
        ({"until": day(9)}, range(1, 9)),
        ({"since": day(100), "until": day(300)}, range(100, 300)),
        ({"since": day(9), "until": day(9)}, ()),
        ({"among": [5, 77, 600, 9999]}, (5, 77, 600)),
        ({"among": []}, ()),
        ({"among": range(1, 500), "since": day(495)}, range(495, 500)),
        ({"scope": CATALOGUE}, [number for number in range(1, 601) if number % 3]),
        ({"scope": "88"}, [number for number in range(1, 601) if number % 3]),
        ({"scope": THEIRS}, range(1, 601)),
        ({"scope": THEIRS, "since": day(598)}, (598, 599, 600)),
    ],
)
async def test_a_limit_never_leaves_too_few(
    sqlite: Store, folder: Path, cpu: Executor, limits: dict[str, object], left: Sequence[int]
) -> None:
    """However much is excluded, as many are found as there are, all within the limits."""
    await keep(sqlite, theirs=range(3, 601, 3))
    index = Nearest(sqlite, model=MODEL, folder=folder, cpu=cpu)

    answer = await found(index, MADE[9], 40, **({"scope": THEIRS} | limits))

    assert {*answer} <= {*left}
    assert len(answer) == min(40, len(left))


async def test_times_part_at_the_microsecond(store: Store, index: Nearest) -> None:
    """`since` and `until` share no article and lose none."""
    await keep(store, MADE[:40])
    cut = day(20) + timedelta(microseconds=1)

    before, after = await found(index, MADE[0], 40, until=cut), await found(index, MADE[0], 40, since=cut)

    assert (sorted(before), sorted(after)) == (list(range(1, 21)), list(range(21, 41)))


@pytest.mark.usefixtures("few_at_once")
async def test_what_is_encoded_later_comes_in(store: Store, index: Nearest, files: Path) -> None:
    """A few at a time, in bounded batches, appended to the same files."""
    await keep(store, MADE[:350])
    await index.refresh()
    first = page(files)

    await keep(store, MADE[350:], begin=351)

    assert await found(index, MADE[499], 1) == [500]
    assert (page(files).name, page(files).count, len(index)) == (first.name, 600, 600)


async def test_an_edited_title_is_found_by_what_it_says_now(store: Store, index: Nearest, files: Path) -> None:
    """Its old vector is nobody's answer any more, neither before the new one is made nor after."""
    await keep(store)
    assert await found(index, MADE[4], 1) == [5]

    await forget(store, 5)
    assert 5 not in await found(index, MADE[4], 600)
    await encode(store, [5], -MADE[4:5])

    assert (await found(index, -MADE[4], 1), len(index), page(files).count) == ([5], 600, 601)
    assert 5 not in await found(index, MADE[4], 100)
    assert (await index.likeness(MADE[4], [5]))[5] == pytest.approx(-1, abs=0.02)
    assert await found(index, MADE[4], 9, among=[5, 6]) == [6, 5]


@pytest.mark.usefixtures("few_at_once")
async def test_vectors_may_come_in_any_order(store: Store, index: Nearest) -> None:
    """An archive encoded anew from its newest articles on is whole in the end."""
    await keep(store)
    await forget(store, *range(1, 601))
    for begin in (501, 301, 401, 1):
        numbers = range(begin, begin + (300 if begin == 1 else 100))
        await encode(store, numbers, MADE[numbers.start - 1 : numbers.stop - 1])
        await index.refresh()

    assert len(index) == 600
    assert (await index.likeness(MADE[0], range(1, 601))).keys() == {*range(1, 601)}
    assert await found(index, MADE[0], 1) == [1]


async def test_another_model_has_an_index_of_its_own(store: Store, index: Nearest, folder: Path, cpu: Executor) -> None:
    """It fills while the first goes on answering."""
    await keep(store)
    await index.refresh()
    turned = like_headlines(2, seed=9, dimension=96)
    other = Nearest(store, model="other", folder=folder, cpu=cpu)
    await encode(store, [1, 2], turned, model="other")

    assert await found(other, turned[1], 5) == [2, 1]
    assert await found(index, MADE[1], 1) == [2]
    assert (len(index), len(other)) == (600, 2)


async def test_articles_that_are_gone_are_no_answer(store: Store, index: Nearest) -> None:
    """Not one of them, and the index is made anew when it meets many."""
    await keep(store)
    await index.refresh()
    gone = exactly(MADE[0], 100)

    await delete_articles(store, gone)

    assert not {*await found(index, MADE[0], 200)} & {*gone}
    assert len(await found(index, MADE[0], 200)) == 200
    assert len(index) == 500


async def test_an_index_that_grew_tenfold_is_made_anew(
    store: Store, index: Nearest, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The centre of the first few is not the centre of all; no file of the old one stays."""
    monkeypatch.setattr(view, "_SETTLED", 10)
    await keep(store, MADE[:59])
    await index.refresh()
    before = page(files)

    await keep(store, MADE[59:590], begin=60)
    await index.refresh()

    assert (before.settled, page(files).settled, len(index)) == (59, 590, 590)
    assert {name.split(".")[0] for name in names(files)} == {page(files).name, "index", "lock"}
    assert await found(index, MADE[70], 20) == exactly(MADE[70], 20, made=MADE[:590])


async def test_an_index_full_of_old_rows_is_made_anew(
    store: Store, index: Nearest, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a quarter of its rows stand for vectors that were replaced."""
    monkeypatch.setattr(view, "_SETTLED", 10)
    await keep(store, MADE[:60])
    await index.refresh()
    for _ in range(2):
        await forget(store, *range(1, 21))
        await encode(store, range(1, 21), -MADE[:20])
        await index.refresh()

    assert (page(files).count, len(index)) == (60, 60)
    assert await found(index, -MADE[5], 1) == [6]


async def test_a_restart_reads_the_files_and_not_the_store(
    store: Store, index: Nearest, files: Path, folder: Path, cpu: Executor
) -> None:
    """What was written is taken as it is."""
    await keep(store)
    await index.refresh()
    before = page(files)

    again = Nearest(store, model=MODEL, folder=folder, cpu=cpu)

    assert await found(again, MADE[3], 30) == exactly(MADE[3], 30)
    assert page(files) == before


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def _turn(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 0x10
    path.write_bytes(body)


def _scatter(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).integers(0, 256, path.stat().st_size, np.uint8).tobytes())


@pytest.mark.parametrize("damage", [_cut, _turn, Path.unlink, lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("part", ["index.json", "*.facts", "*.signs", "*.whole"])
async def test_damaged_files_are_made_anew(
    sqlite: Store, folder: Path, files: Path, cpu: Executor, part: str, damage: Callable[[Path], object]
) -> None:
    """Too short, changed by a bit, gone or empty: the next start notices, and finds what there is to find."""
    await keep(sqlite)
    await Nearest(sqlite, model=MODEL, folder=folder, cpu=cpu).refresh()
    before = page(files)
    damage(files / names(files, part).pop())

    again = Nearest(sqlite, model=MODEL, folder=folder, cpu=cpu)

    assert await found(again, MADE[3], 30) == exactly(MADE[3], 30)
    assert (page(files).name == before.name) is (part == "*.whole" and damage is _turn)


async def test_bytes_that_tell_something_else_are_noticed_by_their_answers(
    store: Store, index: Nearest, folder: Path, files: Path, cpu: Executor
) -> None:
    """They are too many to be checked at the start; where they lie, the index is made anew."""
    await keep(store)
    await index.refresh()
    (name,) = names(files, "*.whole")
    _scatter(files / name)
    again = Nearest(store, model=MODEL, folder=folder, cpu=cpu)

    await found(again, MADE[3], 30)

    assert await found(again, MADE[3], 30) == exactly(MADE[3], 30)
    assert name not in names(files)


async def test_a_crash_before_the_page_is_written_loses_nothing(
    store: Store, index: Nearest, folder: Path, files: Path, cpu: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies behind the page's count is written over."""
    await keep(store, MADE[:300])
    await index.refresh()
    await keep(store, MADE[300:], begin=301)
    with monkeypatch.context() as broken:
        broken.setattr(Folder, "publish", _crash)
        with pytest.raises(KeyboardInterrupt):
            await index.refresh()
    left = page(files)

    again = Nearest(store, model=MODEL, folder=folder, cpu=cpu)

    assert left.count == 300
    assert await found(again, MADE[403], 30) == exactly(MADE[403], 30)
    assert (page(files).name, page(files).count) == (left.name, 600)
    assert [(files / f"{left.name}.{part}").stat().st_size for part in ("facts", "signs", "whole")] == [
        600 * 20,
        600 * 8,
        600 * 64,
    ]


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


async def test_a_restored_backup_is_noticed(store: Store, index: Nearest, folder: Path, cpu: Executor) -> None:
    """The store is older than the files, and has new articles under the same numbers."""
    await keep(store, MADE[:50])
    before = await store.read(_stamp)
    await keep(store, MADE[50:60], begin=51)
    await index.refresh()
    await forget(store, *range(51, 61))
    await store.write(_set_stamp, before)
    await encode(store, range(51, 61), MADE[200:210])

    again = Nearest(store, model=MODEL, folder=folder, cpu=cpu)

    assert await found(again, MADE[205], 1) == [56]
    assert (await again.likeness(MADE[205], [56]))[56] == pytest.approx(1, abs=0.02)


def _stamp(connection: Connection) -> str:
    return connection.execute(fact_table.select().where(fact_table.c.name == "vectors")).one().value


def _set_stamp(connection: Connection, value: str) -> None:
    connection.execute(update(fact_table).where(fact_table.c.name == "vectors").values(value=value))


async def test_another_archive_does_not_take_these_files(
    store: Store, index: Nearest, folder: Path, cpu: Executor, tmp_path: Path
) -> None:
    """One home, two databases: each gets the files made for it."""
    await keep(store)
    await index.refresh()
    elsewhere = Store(archive.empty(tmp_path / "elsewhere.db"))
    await elsewhere.open()
    await keep(elsewhere, -MADE)

    there = await found(Nearest(elsewhere, model=MODEL, folder=folder, cpu=cpu), MADE[0], 20)
    here = await found(Nearest(store, model=MODEL, folder=folder, cpu=cpu), MADE[0], 20)
    await elsewhere.close()

    assert (there, here) == (exactly(MADE[0], 20, made=-MADE), exactly(MADE[0], 20))


async def test_another_dimension_under_the_same_name_is_another_index(
    store: Store, index: Nearest, folder: Path, cpu: Executor
) -> None:
    """A folder may hold another model than it did."""
    await keep(store)
    await index.refresh()
    await forget(store, *range(1, 601))
    await encode(store, range(1, 601), other := like_headlines(600, dimension=130))

    again = Nearest(store, model=MODEL, folder=folder, cpu=cpu)

    assert await found(again, other[3], 30) == exactly(other[3], 30, made=other)


@pytest.mark.usefixtures("few_at_once")
async def test_two_at_once_do_not_damage_each_other(store: Store, index: Nearest, folder: Path, cpu: Executor) -> None:
    """Whoever finds the files taken keeps what is new in memory; both find everything, and so does who comes later."""
    other = Nearest(store, model=MODEL, folder=folder, cpu=cpu)
    for begin in range(0, 600, 150):
        await keep(store, MADE[begin : begin + 150], begin=begin + 1)
        await asyncio.gather(index.refresh(), other.refresh(), index.refresh(), other.refresh())
        assert (len(index), len(other)) == (begin + 150, begin + 150)

    answers = [await found(each, MADE[5], 10, among=range(1, 601, 9)) for each in (index, other)]

    again = Nearest(store, model=MODEL, folder=folder, cpu=cpu)
    assert answers == [exactly(MADE[5], 10, among=range(1, 601, 9))] * 2
    assert (await found(again, MADE[5], 10, among=range(1, 601, 9)), len(again)) == (answers[0], 600)


async def test_who_finds_the_files_taken_goes_on_in_memory(
    store: Store, index: Nearest, folder: Path, files: Path, cpu: Executor
) -> None:
    """And writes down what it has once they are free; until then the other's files stay as they are."""
    await keep(store, MADE[:300])
    await index.refresh()
    other = Nearest(store, model=MODEL, folder=folder, cpu=cpu)
    with Folder(files).locked() as taken:
        assert taken
        for begin in range(300, 600, 30):
            await keep(store, MADE[begin : begin + 30], begin=begin + 1)
            await other.refresh()
        meanwhile = page(files).count, len(other), await found(other, MADE[550], 9, among=range(300, 600))

    await other.refresh()
    await index.refresh()

    assert meanwhile == (300, 600, exactly(MADE[550], 9, among=range(300, 600)))
    assert (page(files).count, len(other), len(index)) == (600, 600, 600)
    assert await found(index, MADE[550], 30) == await found(other, MADE[550], 30) == exactly(MADE[550], 30)


async def test_two_processes_write_the_same_files(sqlite: Store, folder: Path, files: Path, cpu: Executor) -> None:
    """Real ones, each bringing in articles as fast as it can."""
    await keep(sqlite)
    await forget(sqlite, *range(101, 601))
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(sqlite.url, folder, begin)) for begin in (100, 350)]
    for writer in writers:
        writer.start()
    index = Nearest(sqlite, model=MODEL, folder=folder, cpu=cpu)
    while any(writer.is_alive() for writer in writers):
        await index.refresh()
        await index.find(MADE[0], count=50)
        await asyncio.sleep(0.01)

    again = Nearest(sqlite, model=MODEL, folder=folder, cpu=cpu)
    await again.refresh()
    await index.refresh()

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (len(index), len(again), page(files).count) == (600, 600, 600)
    numbers = (await again.likeness(MADE[0], range(1, 601))).keys()
    assert numbers == {*range(1, 601)}


def _write(url: str, folder: Path, begin: int) -> None:
    asyncio.run(_write_some(url, folder, begin))


async def _write_some(url: str, folder: Path, begin: int) -> None:
    store = Store(url)
    await store.open()
    with ThreadPoolExecutor(1) as cpu:
        index = Nearest(store, model=MODEL, folder=folder, cpu=cpu)
        for at in range(begin, begin + 250, 10):
            await encode(store, range(at + 1, at + 11), MADE[at : at + 10])
            await index.refresh()
    await store.close()


async def test_without_a_folder_it_works_in_memory(
    store: Store, cpu: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one warning, and in few blocks however often something comes."""
    monkeypatch.setattr(nearest, "_AT_ONCE", 20)
    (tmp_path / "file").write_text("no folder")
    index = Nearest(store, model=MODEL, folder=tmp_path / "file", cpu=cpu)

    with capture_logs() as logged:
        await keep(store, MADE[:300])
        await index.refresh()
        await keep(store, MADE[300:], begin=301)
        await index.refresh()

    assert await found(index, MADE[3], 30) == exactly(MADE[3], 30)
    assert [each["log_level"] for each in logged].count("warning") == 1


async def test_a_full_disk_stops_nothing(
    store: Store, index: Nearest, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written any more is kept in memory; the files stay as they were."""
    await keep(store, MADE[:300])
    await index.refresh()
    monkeypatch.setattr(os, "fsync", _full)

    with capture_logs() as logged:
        for begin in (300, 450):
            await keep(store, MADE[begin : begin + 150], begin=begin + 1)
            await index.refresh()

    assert await found(index, MADE[3], 30) == exactly(MADE[3], 30)
    assert (page(files).count, [each["log_level"] for each in logged]) == (300, ["warning"])


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


@settings(max_examples=15)
@given(
    st.lists(st.sampled_from(["encode", "edit", "remove", "refresh", "restart", "share"]), max_size=25), st.randoms()
)
def test_whatever_happens_the_index_follows_the_store(acts: Sequence[str], dice: Random) -> None:
    """In the end each article that has a vector is found by it, and no other one."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as cpu:
        asyncio.run(_live(Path(folder), cpu, acts, dice))


async def _live(folder: Path, cpu: Executor, acts: Sequence[str], dice: Random) -> None:
    store = Store(archive.empty(folder / "test.db"))
    await store.open()
    await keep(store, MADE[:20])
    truth = {number: MADE[number - 1] for number in range(1, 21)}
    indexes = [Nearest(store, model=MODEL, folder=folder, cpu=cpu)]
    for act in acts:
        numbers = sorted(dice.sample(range(1, 21), 3))
        new = {number: MADE[dice.randrange(len(MADE))] for number in numbers}
        if act == "restart":
            indexes.pop()
        if act in {"restart", "share"} or not indexes:
            indexes.append(Nearest(store, model=MODEL, folder=folder, cpu=cpu))
        if act in {"edit", "remove"}:
            await forget(store, *numbers)
            truth = {number: each for number, each in truth.items() if number not in numbers}
        if act in {"encode", "edit"}:
            await encode(store, numbers, np.stack(list(new.values())))
            truth = new | truth
        if act == "refresh":
            await asyncio.gather(*(index.refresh() for index in indexes))
    for index in indexes:
        await index.refresh()
        answer = dict(await index.find(MADE[0], count=40))
        assert answer.keys() == truth.keys()
        assert all(abs(answer[number] - truth[number] @ MADE[0]) < 0.01 for number in truth)
        near = await index.likeness(MADE[0], list(truth))
        assert all(abs(near[number] - truth[number] @ MADE[0]) < 0.02 for number in truth)
    await store.close()
