"""The one async door to the database: a few reading threads, one writer, migrations at start."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import StoreError

P = ParamSpec("P")
T = TypeVar("T")
Query = Callable[Concatenate[Connection, P], T]
"""A function of a connection: the store's rooms are full of them."""

_READERS = 2
_TOGETHER = 0.05
"""For how many seconds writings share a transaction: whoever waits for the first of them waits for all."""

_LOCK = 0x6A69616E
"""Any fixed number: two processes that start at once migrate one after the other on PostgreSQL."""

_PRAGMAS = (
    "PRAGMA busy_timeout = 15000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)

_SETTINGS = (
    # a plan made once for any word reads the whole archive for a rare one
    "SET plan_cache_mode = force_custom_plan",
    # PostgreSQL's own 4 is a turning disk's: https://www.postgresql.org/docs/current/runtime-config-query.html
    "SET random_page_cost = 1.1",
)


class Store:
    """Runs queries in threads of its own so that the event loop never waits for the disk.

    Reading runs beside writing. Each writing is kept whole or not at all. Those that wait for one another share a
    transaction, because that is what costs time; where one of them fails, the others are run again without it. What
    is written `behind` comes after everything else that waits.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine | None = None
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._waiting: deque[_Writing] = deque()
        self._behind: deque[_Writing] = deque()

    async def open(self) -> None:
        """Connect and bring the tables up to date; raises StoreError when that cannot be."""
        await asyncio.get_running_loop().run_in_executor(self._writer, self._open)

    async def close(self) -> None:
        """Let running queries end and let the database go."""
        await asyncio.to_thread(self._close)

    async def read(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query that changes nothing."""

        def run() -> T:
            with self._begun(writes=False) as connection:
                return query(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def write(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query that is kept whole, or not at all where it fails."""
        return await self._queued(self._waiting, lambda connection: query(connection, *args, **kwargs))

    async def write_behind(self, query: Query[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for one of many at once, such as a round of polling writes, for which nobody waits at a screen."""
        return await self._queued(self._behind, lambda connection: query(connection, *args, **kwargs))

    async def _queued(self, queue: "deque[_Writing]", query: Callable[[Connection], T]) -> T:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        queue.append(_Writing(query, done))
        if len(queue) == 1:  # else whoever takes the one before will find this one behind it
            self._writer.submit(self._write_waiting)
        return await done

    @contextmanager
    def _begun(self, *, writes: bool) -> Iterator[Connection]:
        """A transaction, kept at the end."""
        if self._engine is None:
            raise StoreError("The database is not open.")
        with translated(self.url), self._engine.connect() as connection:
            connection.execution_options(writes=writes)
            with connection.begin():
                yield connection

    def _write_waiting(self) -> None:
        """Write all that waits, some at a time; what was called off meanwhile is left out."""
        wanted = self._wanted()
        for first in wanted:
            told = self._written(first, wanted)
            first.done.get_loop().call_soon_threadsafe(_tell, told)

    def _wanted(self) -> Iterator["_Writing"]:
        while queue := self._waiting or self._behind:
            if not (writing := queue.popleft()).done.cancelled():
                yield writing

    def _written(self, first: "_Writing", others: Iterator["_Writing"]) -> "list[_Told]":
        """Write for a while in one transaction, or each in its own where one fails: what to tell once it is kept."""
        taken, results, until = [first], list[Any](), monotonic() + _TOGETHER
        try:
            with self._begun(writes=True) as connection:
                results.append(first.query(connection))
                while monotonic() < until and (writing := next(others, None)):
                    taken.append(writing)
                    results.append(writing.query(connection))
        except Exception as error:  # noqa: BLE001  # it belongs to whoever waits
            if len(taken) == 1:
                return [(first.done, None, error)]
            return [told for writing in taken for told in self._written(writing, iter(()))]
        return [(writing.done, result, None) for writing, result in zip(taken, results, strict=True)]

    def _open(self) -> None:
        with translated(self.url):
            engine = _engine(self.url)
            try:
                with engine.connect() as connection:
                    _migrate(connection.execution_options(writes=True), self.url)
            except BaseException:
                engine.dispose()
                raise
            self._engine = engine

    def _close(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        if self._engine is not None:
            self._engine.dispose()


@dataclass(frozen=True, slots=True)
class _Writing:
    """A query that waits for its turn to write, and whoever waits for it."""

    query: Callable[[Connection], Any]
    done: asyncio.Future[Any]


_Told = tuple[asyncio.Future[Any], Any, Exception | None]


def _tell(told: Sequence[_Told]) -> None:
    """Let all who wait go on."""
    for done, result, error in told:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn the database's own exceptions into ours, once, at this wall."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence(url, str(error.orig)), cause=str(error.orig)) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            f"JIANBAO_DATABASE_URL is not a database address: {error}; "
            "write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME."
        ) from error
    except ModuleNotFoundError as error:
        raise StoreError(
            "PostgreSQL needs its driver: install it with pip install 'jianbao[postgres]'.", cause=str(error)
        ) from error
    except OSError as error:
        raise StoreError(
            f"The folder of the database {_shown(url)} cannot be used: {error.strerror}.", cause=str(error)
        ) from error


def _sentence(url: str, cause: str) -> str:
    """Say what is the matter with the database, and what to do."""
    where = _shown(url)
    if "not a database" in cause or "malformed" in cause:
        return f"{where} is not a database of Jianbao's or is damaged; move it away or restore a backup."
    if "locked" in cause:
        return f"{where} is busy with another program's writing; try again when that has ended."
    if "readonly" in cause or "unable to open" in cause:
        return f"{where} cannot be opened for writing; check that the folder exists and who may write there."
    if "connection" in cause.lower():
        return f"{where} does not answer; check that PostgreSQL runs and the address and password are right."
    return f"{where} refused a query: {cause.splitlines()[0] if cause else 'no reason given'}."


def _shown(url: str) -> str:
    """The address without its password; for SQLite the path alone."""
    parsed = make_url(url)
    return str(parsed.database) if parsed.get_backend_name() == "sqlite" else parsed.render_as_string()


def _engine(url: str) -> Engine:
    parsed = _address(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_size=_READERS + 1, pool_pre_ping=True)
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _address(url: str) -> URL:
    """The address, if it is of a kind we know; a database in memory would be another one in each thread."""
    try:
        parsed = make_url(url)
    except ValueError as error:  # a port that is no number
        raise ArgumentError(str(error)) from error
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise ArgumentError(f"{backend} is neither SQLite nor PostgreSQL")
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ArgumentError("SQLite needs a file")
    return parsed


def _prepare_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    """Take transactions into our own hands: the driver's begin them late and not for reading at all.

    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#serializable-isolation-savepoints-transactional-ddl
    """
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _prepare_postgres(connection: Any, record: ConnectionPoolEntry) -> None:
    """Let each query be planned for the words it asks for."""
    del record
    cursor = connection.cursor()
    for setting in _SETTINGS:
        cursor.execute(setting)
    cursor.close()
    connection.commit()  # else they are taken back with the transaction that the driver began


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once, so that a writer waits its turn and never fails half-way."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(connection: Connection, url: str) -> None:
    """Bring the tables from whatever release wrote them to this one, in one transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        current = MigrationContext.configure(connection).get_current_revision()
        script = ScriptDirectory.from_config(config)
        if current is not None and current not in {step.revision for step in script.walk_revisions()}:
            raise StoreError(
                f"{_shown(url)} was written by a newer Jianbao (step {current}); "
                "install that release again or restore an older backup.",
                revision=current,
            )
        if current != script.get_current_head():
            command.upgrade(config, "head")
