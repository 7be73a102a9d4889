import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, select, text
from sqlalchemy.exc import StatementError

from bot.errors import StoreError
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.store.schema import facts, metadata, stories
from tests.fakes import NOW


def fact(connection: Connection, name: str, value: str = "x") -> None:
    connection.execute(insert(facts).values(name=name, value=value))


def names(connection: Connection) -> list[str]:
    return list(connection.execute(select(facts.c.name).order_by(facts.c.name)).scalars())


def ours(connection: Connection) -> list[object]:
    """What the tables have that the schema does not say, and the other way round; the index of words aside."""

    def is_ours(item: object, name: str | None, kind: str, reflected: object, other: object) -> bool:
        del item, reflected, other
        return not (kind == "table" and name and name.startswith("article_words"))

    options = {"compare_type": True, "include_object": is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def refusal(url: str) -> str:
    """The sentence an address is refused with."""
    store = Store(url)
    with pytest.raises(StoreError) as error:
        await store.open()
    await store.close()
    return error.value.sentence


@pytest.fixture
def engine(database_url: str) -> Engine:
    return create_engine(database_url)


async def test_an_empty_database_gets_its_tables(database_url: str) -> None:
    """After opening, the tables are those of the schema, and the index of words."""
    store = Store(database_url)

    await store.open()

    tables = await store.read(lambda connection: inspect(connection).get_table_names())
    assert {"article_words", *metadata.tables} <= set(tables)
    assert await store.read(ours) == []
    await store.close()


async def test_postgresql_plans_each_query_for_what_it_asks(shared_url: str) -> None:
    """No plan is kept for any word on any connection, and ten thousand terms are counted to choose one by."""
    store = Store(shared_url)
    await store.open()
    asked = (
        "SHOW plan_cache_mode",
        "SHOW random_page_cost",
        "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'article_words'::regclass AND attname = 'terms'",
    )

    def told(connection: Connection) -> list[object]:
        return [connection.execute(text(each)).scalar_one() for each in asked]

    assert await store.read(told) == ["force_custom_plan", "1.1", 1000]
    assert await store.write(told) == await store.read(told)
    await store.close()


async def test_opening_again_changes_nothing(store: Store) -> None:
    """A database at its newest step is left as it is, with what is in it."""
    await store.write(fact, "installation")
    again = Store(store.url)

    await again.open()

    assert await again.read(names) == ["installation"]
    assert await again.read(ours) == []
    await again.close()


async def test_a_newer_database_is_refused(database_url: str, engine: Engine) -> None:
    """A step this release does not know is named, and nothing is touched."""
    first = Store(database_url)
    await first.open()
    await first.close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffff'"))

    sentence = await refusal(database_url)

    assert sentence.endswith(
        "was written by a newer Jianbao (step ffff); install that release again or restore an older backup."
    )
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "ffff"
    engine.dispose()


async def test_a_failing_step_leaves_the_database_empty(database_url: str, engine: Engine) -> None:
    """Migrations are one transaction: what stands in their way is named, and no table is half made."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE vectors (mine INTEGER)"))

    sentence = await refusal(database_url)

    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["vectors"]
    assert "vectors" in sentence
    engine.dispose()


async def test_many_may_start_at_once(database_url: str) -> None:
    """Processes that start together wait for each other's migrations."""
    opened = [Store(database_url) for _ in range(6)]

    await asyncio.gather(*(store.open() for store in opened))

    await asyncio.gather(*(store.write(fact, str(number)) for number, store in enumerate(opened)))
    assert await opened[0].read(names) == list("012345")
    await asyncio.gather(*(store.close() for store in opened))


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """The file is named and keeps its words."""
    path = tmp_path / "notes.db"
    path.write_text("Do not forget the milk. " * 100, "utf-8")

    sentence = await refusal(f"sqlite:///{path}")

    assert sentence == f"{path} is not a database of Jianbao's or is damaged; move it away or restore a backup."
    assert path.read_text("utf-8").startswith("Do not forget")


async def test_the_folder_is_made(tmp_path: Path) -> None:
    """A home that is not there yet comes into being."""
    store = Store(f"sqlite:///{tmp_path}/new/home/jianbao.db")

    await store.open()
    await store.close()

    assert (tmp_path / "new/home/jianbao.db").exists()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the folder's place is told."""
    (tmp_path / "home").touch()

    for folder in ("home", "home/deeper"):
        place = f"{tmp_path}/{folder}/jianbao.db"
        assert f"The folder of the database {place} cannot be used: " in await refusal(f"sqlite:///{place}")


async def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    """A folder is not opened as a database."""
    assert await refusal(f"sqlite:///{tmp_path}") == (
        f"{tmp_path} cannot be opened for writing; check that the folder exists and who may write there."
    )


@pytest.mark.parametrize(
    "url",
    ["nonsense", "", "jianbao.db", "mysql://me:secret@host/name", "nosuch://host/name", "postgresql://host:x/name"],
)
async def test_a_bad_address_is_refused(url: str) -> None:
    """What is no address of ours is told as the setting it stands in."""
    sentence = await refusal(url)

    assert sentence.startswith("JIANBAO_DATABASE_URL is not a database address")
    assert sentence.endswith("write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.")
    assert "secret" not in sentence


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
async def test_a_database_that_forgets_is_refused(url: str) -> None:
    """A database in memory is another one for each thread, so that reading would find nothing."""
    assert (await refusal(url)).startswith("JIANBAO_DATABASE_URL is not a database address")


async def test_a_silent_server_is_named_without_its_password() -> None:
    """A PostgreSQL that does not answer is told, and nobody reads the password in the log."""
    sentence = await refusal("postgresql://me:secret@127.0.0.1:1/name")

    assert sentence.endswith("does not answer; check that PostgreSQL runs and the address and password are right.")
    assert "127.0.0.1:1" in sentence
    assert "secret" not in sentence


async def test_a_store_must_be_open() -> None:
    """Reading from a database nobody opened is told, and closing one is nothing."""
    store = Store("sqlite:///never.db")

    with pytest.raises(StoreError, match="not open"):
        await store.read(names)
    await store.close()


async def test_a_failing_write_leaves_nothing_behind(store: Store) -> None:
    """A write is kept whole or not at all, whoever is to blame for its end."""

    def fails(connection: Connection) -> None:
        fact(connection, "half")
        raise LookupError

    def repeats(connection: Connection) -> None:
        fact(connection, "half")
        fact(connection, "half")

    with pytest.raises(LookupError):
        await store.write(fails)
    with pytest.raises(StoreError, match="refused a query"):
        await store.write(repeats)
    await store.write(fact, "whole")

    assert await store.read(names) == ["whole"]


async def test_rows_hang_together(store: Store) -> None:
    """A row that leads nowhere is refused, on SQLite too."""

    def lost(connection: Connection) -> None:
        connection.execute(insert(stories).values(id="a", scope="catalogue", merged_into="b", created_at=NOW))

    with pytest.raises(StoreError):
        await store.write(lost)


@pytest.mark.parametrize(
    "written",
    [
        NOW,
        NOW.astimezone(timezone(timedelta(hours=8))),
        NOW.astimezone(timezone(-timedelta(hours=9, minutes=30))).replace(microsecond=123456),
    ],
)
async def test_times_come_back_in_utc(store: Store, written: datetime) -> None:
    """Whatever zone a time was written in, the same instant comes back in UTC."""
    await store.write(story_rows.begin, [("s", "catalogue", written)])

    told = await store.read(lambda connection: connection.execute(select(stories.c.created_at)).scalar_one())

    assert told == written
    assert told.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    """A naive time would be a guess; it is refused in writing and in asking."""
    naive = datetime(2026, 6, 1)  # noqa: DTZ001  # that is the point

    with pytest.raises(StatementError, match="without its zone"):
        await store.write(story_rows.begin, [("s", "catalogue", naive)])
    with pytest.raises(StatementError, match="without its zone"):
        await store.read(story_rows.touched, naive, NOW)


async def test_reading_goes_on_beside_writing(store: Store) -> None:
    """While a write is under way, readers see what was before, and do not wait."""
    wrote, go_on = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> None:
        fact(connection, "slow")
        wrote.set()
        go_on.wait(10)

    writing = asyncio.create_task(store.write(slowly))
    await asyncio.to_thread(wrote.wait, 10)
    during = await asyncio.wait_for(store.read(names), 5)
    go_on.set()
    await writing

    assert during == []
    assert await store.read(names) == ["slow"]


async def test_writers_wait_their_turn(database_url: str) -> None:
    """Two processes may read and then write the same row without losing a word of either."""

    def add_one(connection: Connection) -> None:
        value = connection.execute(select(facts.c.value).where(facts.c.name == "sum").with_for_update()).scalar_one()
        connection.execute(facts.update().values(value=str(int(value) + 1)))

    first, second = Store(database_url), Store(database_url)
    await first.open()
    await second.open()
    await first.write(fact, "sum", "0")

    await asyncio.gather(*(store.write(add_one) for store in (first, second) for _ in range(20)))

    assert await second.read(lambda connection: connection.execute(select(facts.c.value)).scalar()) == "40"
    await first.close()
    await second.close()


async def test_what_waits_is_written_together_and_fails_alone(store: Store) -> None:
    """Of many writings at once one that fails leaves nothing behind, and the others are kept."""

    def half(connection: Connection) -> None:
        fact(connection, "half")
        fact(connection, "half")

    told = await asyncio.gather(
        *(store.write(half if at == 5 else fact, *([] if at == 5 else [f"fact {at}"])) for at in range(10)),
        return_exceptions=True,
    )

    assert [isinstance(each, StoreError) for each in told] == [at == 5 for at in range(10)]
    assert await store.read(names) == [f"fact {at}" for at in range(10) if at != 5]


async def test_what_is_written_behind_comes_after_all_else(store: Store) -> None:
    """Somebody at a screen does not stand behind a thousand feeds, each of which is written all the same."""
    order: list[str] = []
    busy = asyncio.create_task(store.write(lambda _: time.sleep(0.2)))
    await asyncio.sleep(0.05)

    many = [store.write_behind(lambda _, at=at: order.append(f"feed {at}")) for at in range(3)]
    await asyncio.gather(busy, *many, store.write(lambda _: order.append("somebody")))

    assert order == ["somebody", "feed 0", "feed 1", "feed 2"]


async def test_who_no_longer_waits_writes_nothing(store: Store) -> None:
    """A writing that is called off before its turn does not happen."""
    writing = asyncio.create_task(store.write(lambda _: time.sleep(0.2)))
    await asyncio.sleep(0.05)
    called_off = asyncio.create_task(store.write(fact, "unwanted"))
    await asyncio.sleep(0.01)
    called_off.cancel()
    await asyncio.gather(writing, called_off, return_exceptions=True)

    assert "unwanted" not in await store.read(names)
