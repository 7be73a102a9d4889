import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.pulse import JOBS, SILENCE, Pulse
from bot.store.database import Store
from tests.terminal.typed import Jianbao, is_one_sentence

Beaten = Callable[[timedelta], None]


@pytest.fixture
def beaten(archive: Path) -> Beaten:
    """Writes into the archive that every job ended so long ago."""

    async def beat(ago: timedelta) -> None:
        store = Store(f"sqlite:///{archive}")
        await store.open()
        pulse = Pulse(store, lambda: datetime.now(UTC) - ago)
        for job in JOBS:
            await pulse.beat(job)
        await store.close()

    return lambda ago: asyncio.run(beat(ago))


def test_a_bot_at_work_is_alive(jianbao: Jianbao, beaten: Beaten) -> None:
    """Status 0 and a sentence on what was done when."""
    beaten(timedelta(seconds=12))

    said = jianbao("check", "--alive")

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("At work: reading feeds ended 1")
    assert is_one_sentence(said.out)


def test_a_bot_that_fell_silent_is_not_alive(jianbao: Jianbao, beaten: Beaten) -> None:
    """Status 1 and a sentence on what did not happen."""
    beaten(SILENCE + timedelta(minutes=1))

    said = jianbao("check", "--alive")

    assert (said.status, said.out) == (1, "")
    assert "reading feeds and posting digests did not come to an end" in said.err
    assert is_one_sentence(said.err)


def test_where_nothing_ever_ran_nothing_is_alive(jianbao: Jianbao) -> None:
    """An empty database is no sign of life."""
    said = jianbao("check", "--alive")

    assert (said.status, said.out) == (1, "")
    assert said.err == "jianbao: Nothing has run on this database yet: start `jianbao run`.\n"


def test_a_database_that_does_not_answer_is_no_sign_of_life(jianbao: Jianbao, archive: Path) -> None:
    """What cannot be opened is said as by every other command."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(b"not a database" * 100)

    said = jianbao("check", "--alive")

    assert (said.status, said.out) == (1, "")
    assert is_one_sentence(said.err)
