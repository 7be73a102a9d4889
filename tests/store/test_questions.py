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
