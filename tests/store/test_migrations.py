"""What an earlier release wrote is kept: tests/data/release-N.json holds rows of every table as step N left them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Time,
    create_engine,
    select,
    text,
)

from bot.model import CATALOGUE, Digest, Item, Language, Section, Subscription
from bot.store import articles, candidates, editions, facts, feeds, outbox, stories, subscriptions, vectors
from bot.store import database as door
from bot.store.candidates import Limits, Want
from bot.store.database import Store
from bot.text import index_terms
from tests.fakes import NOW
from tests.store.decided import HEADLINE, TELLING, TODAY, TOMORROW, WISH, decide, digest

RELEASES = sorted(Path(__file__).parent.parent.glob("data/release-*.json"))
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def stepped(connection: Connection, revision: str) -> None:
    """Bring an empty database to a step of the past."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(door.__file__).parent / "migrations"))
    command.upgrade(config, revision)


def fill(connection: Connection, rows: Rows) -> None:
    """Write rows as the release did, and let the numbers go on behind them."""
    tables = MetaData()
    tables.reflect(connection, only=list(rows))
    for name, written in rows.items():
        table = tables.tables[name]
        for row in written:
            connection.execute(
                table.insert().values({key: _value(table.c[key].type, value) for key, value in row.items()})
            )
        counted = [column.name for column in table.primary_key if column.name in {"id", "number"}]
        if connection.dialect.name == "postgresql" and counted and isinstance(written[-1][counted[0]], int):
            last = max(row[counted[0]] for row in written)
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', '{counted[0]}'), {last})"))
    _index(connection, {row["number"]: " ".join(index_terms(row["title"])) for row in rows["articles"]})


def _index(connection: Connection, terms: Mapping[int, str]) -> None:
    """Write the index of words as it was written before there was anything to read into it."""
    sqlite = connection.dialect.name == "sqlite"
    statement = "(rowid, terms) VALUES (:number, :terms)" if sqlite else "VALUES (:number, array_to_tsvector(:terms))"
    for number, said in terms.items():
        given = {"number": number, "terms": said if sqlite else sorted(set(said.split()))}
        connection.execute(text(f"INSERT INTO article_words {statement}"), given)  # two fixed texts


def _value(kind: object, value: Any) -> Any:
    match kind:
        case DateTime():
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        case Date():
            return date.fromisoformat(value)
        case Time():
            return time.fromisoformat(value)
        case LargeBinary():
            return bytes.fromhex(value)
        case Boolean():
            return bool(value)
    return value


def held(connection: Connection, rows: Rows) -> dict[str, list[dict[str, Any]]]:
    """What the columns of those rows hold now."""
    tables = MetaData()
    tables.reflect(connection, only=list(rows))
    found = {}
    for name, written in rows.items():
        table = tables.tables[name]
        columns = [table.c[key] for key in sorted({key for row in written for key in row})]
        order = [column for column in columns if not isinstance(column.type, JSON)]
        found[name] = [dict(row._mapping) for row in connection.execute(select(*columns).order_by(*order))]  # noqa: SLF001  # SQLAlchemy's public way to a mapping
    return found


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def release(request: pytest.FixtureRequest) -> tuple[str, Rows]:
    """A step and what it left behind."""
    path: Path = request.param
    return path.stem.removeprefix("release-"), json.loads(path.read_text("utf-8"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def old(engine: Engine, release: tuple[str, Rows]) -> dict[str, list[dict[str, Any]]]:
    """A database as an earlier release left it; gives what it holds."""
    step, rows = release
    with engine.begin() as connection:
        stepped(connection, step)
        fill(connection, rows)
        return held(connection, rows)


async def test_no_row_is_lost_on_the_way(
    database_url: str, engine: Engine, release: tuple[str, Rows], old: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Opening brings the tables to this release; every row holds what it held."""
    opened = Store(database_url)

    await opened.open()
    await opened.close()

    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() > release[0]
        assert held(connection, release[1]) == old
    assert all(old.values())


def as_it_was_told() -> Digest:
    """What the first releases kept of a digest: all that has come since is left at its default."""
    shown = replace(HEADLINE, gloss=None)
    told = replace(TELLING, headline=shown, excerpt_from=shown, second=None, only=None)
    item = Item(number=1, telling=told, new=shown)
    return replace(digest(), sections=(Section(heading="top", items=(item,)),), widened=False)


async def test_an_old_database_goes_on(database_url: str, old: object) -> None:
    """What was written then is read now: nothing is told twice, and what waited goes out."""
    del old
    store = Store(database_url)
    await store.open()

    (active,) = await store.read(subscriptions.active)
    (paused,) = [each for each in await store.read(subscriptions.listed, CATALOGUE) if each != active]
    (waiting,) = await store.read(outbox.due, NOW)
    (story,) = (await store.read(stories.by_id, ["s1"])).values()

    whole = as_it_was_told()
    assert active == Subscription(
        id=1,
        channel="c1",
        local_time=time(8),
        zone="Asia/Shanghai",
        language=Language.ZH,
        size=12,
        created_at=NOW,
    )
    assert paused == replace(active, id=2, channel="c2", paused_reason="gone")
    assert (waiting.part, waiting.subscription_id, waiting.digest) == (1, 1, whole)
    assert await store.read(editions.last, 1) == (TODAY, NOW)
    assert await store.read(editions.seen, 1, ["a1", "a2", "a3"]) == {"a1": TODAY, "a2": TODAY}
    assert [(feed.spec.title, feed.paused) for feed in await store.read(feeds.listed)] == [("A", False)]
    assert await store.read(feeds.count, scope="77") == 2
    assert [article.id for article in story.articles] == ["a1", "a2"]
    assert await store.read(stories.surviving, "s2") == "s1"
    assert await store.read(candidates.newest, [Want([[["huawei"]]], 9)], limits=Limits()) == [[1]]
    assert (await store.read(vectors.of, "fake", range(1, 9)))[0] == [1]
    assert await store.read(facts.number, facts.GROUPING) == 3
    await store.close()


async def test_what_was_kept_before_waits_to_be_read(database_url: str, release: tuple[str, Rows], old: object) -> None:
    """What an article names and means is read in the background, the newest first, whichever release kept it."""
    del old
    store = Store(database_url)
    await store.open()

    waiting = await store.read(articles.unread_ones, 9)
    encoded = await store.read(vectors.after, "fake", vectors.BEGIN, 9)

    unread = [row["article"] for row in release[1].get("unread", release[1]["articles"]) if "article" in row]
    assert [number for number, _ in waiting] == (sorted(unread, reverse=True) or [3, 2, 1])
    assert encoded
    assert encoded.numbers == [1]
    await store.close()


async def test_an_old_database_takes_new_rows(database_url: str, old: object) -> None:
    """Today stays decided, tomorrow can be; channels can subscribe and begin again."""
    del old
    store = Store(database_url)
    await store.open()
    (active,) = await store.read(subscriptions.active)

    new = await store.write(subscriptions.subscribe, WISH, channel="c3", now=NOW)
    begun = await store.write(subscriptions.subscribe, WISH, channel="c2", now=NOW)

    assert await decide(store, active, day=TODAY) is None
    assert await decide(store, active, day=TOMORROW)
    assert await decide(store, new)
    assert (begun.id, begun.paused_reason) == (2, None)
    assert await store.read(subscriptions.active) == [active, begun, new]
    await store.write(feeds.mute, "77", 1, by="ada", now=NOW)
    assert await store.read(feeds.count, scope="77") == 1
    await store.close()
