"""Questions kept for buttons, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.store import questions as rows
from bot.store.database import Store
from bot.store.schema import questions
from tests.fakes import NOW

DAY = timedelta(days=1)


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(questions)).scalar_one()


@pytest.mark.parametrize("text", ["huawei tsmc", "华为", "🙂 ' \" % _", "x" * 200])
async def test_a_question_is_found_by_its_id(store: Store, text: str) -> None:
    """Word for word, by an id short enough for a button."""
    question = await store.write(rows.keep, text, NOW)

    assert await store.read(rows.one, question) == text
    assert len(question) == 12
    assert question.isascii()


async def test_the_same_question_is_kept_once(store: Store) -> None:
    """Whoever asks it: nobody can tell who did."""
    first = await store.write(rows.keep, "huawei", NOW)
    again = await store.write(rows.keep, "huawei", NOW + DAY)
    other = await store.write(rows.keep, "Huawei", NOW)

    assert first == again != other
    assert await store.read(count) == 2


async def test_a_question_nobody_asks_is_forgotten(store: Store) -> None:
    """After ninety days, when another one is asked; each asking begins them anew."""
    old = await store.write(rows.keep, "old", NOW)
    asked_again = await store.write(rows.keep, "asked again", NOW)
    await store.write(rows.keep, "asked again", NOW + DAY)

    await store.write(rows.keep, "new", NOW + 90 * DAY)
    on_the_day = await store.read(rows.one, old)
    await store.write(rows.keep, "new", NOW + 91 * DAY)

    assert on_the_day == "old"
    assert await store.read(rows.one, old) is None
    assert await store.read(rows.one, asked_again) == "asked again"
    assert await store.read(rows.one, "nobody") is None


async def ask(store: Store, text: str, scope: str, *days: int) -> None:
    for day in days:
        question = await store.write(rows.keep, text, NOW + day * DAY)
        await store.write(rows.count, question, scope, NOW + day * DAY)


async def test_what_one_server_asked_is_offered_to_no_other(store: Store) -> None:
    """However often; from the third server on it is everybody's question."""
    await ask(store, "our own affair", "1", *range(9))
    await ask(store, "huawei", "1", 0)
    await ask(store, "huawei", "2", 0)
    before = await store.read(rows.popular, "9", 5)
    await ask(store, "huawei", "3", 0)

    assert before == []
    assert await store.read(rows.popular, "9", 5) == ["huawei"]
    assert await store.read(rows.popular, "1", 5) == ["our own affair", "huawei"]


async def test_a_server_is_offered_what_was_asked_there_on_three_days(store: Store) -> None:
    """Asked once, or often on one day, it may be one person's: it is offered to nobody."""
    await ask(store, "once", "1", 0, 0, 0, 1)
    await ask(store, "often", "1", 0, 1, 2)

    assert await store.read(rows.popular, "1", 5) == ["often"]
    await store.write(rows.forget, "1")
    assert await store.read(rows.popular, "1", 5) == []


async def test_what_is_forgotten_is_offered_no_more(store: Store) -> None:
    """With the question its counts go."""
    await ask(store, "old", "1", 0, 1, 2)
    await store.write(rows.keep, "new", NOW + 95 * DAY)

    assert await store.read(rows.popular, "1", 5) == []
