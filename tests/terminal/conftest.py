"""Commands typed in this process, with the encoder and the word lists loaded once for all of them."""

import io
import logging
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from bot.__main__ import main
from bot.clock import SteppedClock
from bot.config import BUNDLED_MODEL
from bot.sample.server import serving
from bot.stories.embed import Encoder
from tests import bundled
from tests.terminal.typed import LINES, Jianbao, Said, beside, written


@pytest.fixture
def jianbao(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Jianbao]:
    """Types a command as the console script would; any other model than the bundled one is loaded as ever."""
    encoder, real = bundled.encoder(), Encoder.load

    def load(model: str, cpu: Executor) -> Encoder:
        return encoder if model == BUNDLED_MODEL else real(model, cpu)

    def typed(*words: object, stdin: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["jianbao", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Said(status=int(ended.value.code or 0), out=out, err=err)

    monkeypatch.setattr(Encoder, "load", load)
    bundled.lend(monkeypatch)
    level = logging.getLogger("apscheduler").level
    yield typed
    structlog.reset_defaults()  # it holds on to this test's standard error
    logging.getLogger("apscheduler").setLevel(level)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Where the commands keep their archive."""
    return tmp_path / "home" / "jianbao.db"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A file of four articles, three stories."""
    return written(tmp_path / "articles.jsonl", *LINES)


@pytest.fixture
def filled(
    jianbao: Jianbao,
    articles: Path,
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Jianbao:
    """Types commands on an archive of the four articles (made once and copied), at noon of their last day."""
    monkeypatch.setenv("JIANBAO_CLOCK", "2026-06-08T12:00Z")
    made = tmp_path_factory.getbasetemp() / "filled.db"
    if not made.exists():
        assert jianbao("ingest", articles).status == 0
        shutil.copy(archive, made)
    archive.parent.mkdir(exist_ok=True)
    shutil.copy(made, archive)
    return jianbao


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the sample feeds as they were in the evening of their first day."""
    monkeypatch.setenv("JIANBAO_ALLOW_PRIVATE_HOSTS", "1")
    monkeypatch.setenv("JIANBAO_CLOCK", "2026-03-09T12:00Z")
    with beside(serving(SteppedClock(datetime(2026, 3, 9, 12, tzinfo=UTC)))) as address:
        yield address
