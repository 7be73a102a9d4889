"""Names that moderators added, on both databases."""

from datetime import timedelta

from sqlalchemy import Connection, select

from bot.model import CATALOGUE, Language
from bot.store import names as rows
from bot.store.database import Store
from bot.store.names import AddedName
from bot.store.schema import names
from tests.fakes import NOW

DAY = timedelta(days=1)
OURS, OTHERS = "discord:1", "discord:2"


def wanted(name: str, entity: str = "huawei", language: Language = Language.ZH) -> AddedName:
    return AddedName(id=0, entity=entity, kind="company", name=name, language=language)


def written(connection: Connection, number: int) -> tuple[object, ...]:
    row = connection.execute(select(names).where(names.c.id == number)).one()
    return row.added_at, row.added_by, row.removed_at, row.removed_by


async def add(store: Store, name: AddedName, scope: str = OURS) -> int:
    return await store.write(rows.add, name, scope=scope, by="a moderator", now=NOW)


async def seen(store: Store, scope: str = OURS) -> list[str]:
    return [each.name for each in await store.read(rows.seen_by, scope)]


async def test_a_name_belongs_to_its_server(store: Store) -> None:
    """Others do not see it; the operator's are everybody's, and come first."""
    await add(store, wanted("菊厂"))
    await add(store, wanted("花为"), CATALOGUE)

    assert await seen(store) == ["花为", "菊厂"]
    assert await seen(store, OTHERS) == ["花为"]
    assert await seen(store, CATALOGUE) == ["花为"]


async def test_a_name_comes_back_as_it_was_added(store: Store) -> None:
    """With its entity, kind and language."""
    number = await add(store, wanted("Acme Chips", "acme-chips", Language.EN))

    (kept,) = await store.read(rows.seen_by, OURS)

    assert kept == AddedName(id=number, entity="acme-chips", kind="company", name="Acme Chips", language=Language.EN)


async def test_the_same_name_is_added_once(store: Store) -> None:
    """Two clicks make one row; another server's is its own."""
    first = await add(store, wanted("菊厂"))

    assert await add(store, wanted("菊厂")) == first
    assert await add(store, wanted("菊厂"), OTHERS) != first
    assert await seen(store) == ["菊厂"]


async def test_what_is_taken_back_stays_written(store: Store) -> None:
    """Who added it and who took it back can be read later; it can be added again."""
    number = await add(store, wanted("菊厂"))

    removed = await store.write(rows.remove, number, scope=OURS, by="another", now=NOW + DAY)

    assert removed
    assert await seen(store) == []
    assert await store.read(written, number) == (NOW, "a moderator", NOW + DAY, "another")
    assert await add(store, wanted("菊厂")) != number


async def test_nobody_takes_back_what_is_not_theirs(store: Store) -> None:
    """A number of another server, of nobody, or one that was taken back already does nothing."""
    number = await add(store, wanted("菊厂"))
    theirs = await store.write(rows.remove, number, scope=OTHERS, by="them", now=NOW)
    nobodys = await store.write(rows.remove, number + 100, scope=OURS, by="us", now=NOW)
    await store.write(rows.remove, number, scope=OURS, by="us", now=NOW)

    again = await store.write(rows.remove, number, scope=OURS, by="us again", now=NOW + DAY)

    assert (theirs, nobodys, again) == (False, False, False)
    assert (await store.read(written, number))[2:] == (NOW, "us")
