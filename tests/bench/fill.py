"""Archives of any size to search: recombined headlines with their vectors and words, written straight into the tables.

An article has the terms that the index of words would hold for each of its two halves; the two are not read together.
"""

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bot.app import App
from bot.config import Settings
from bot.ports import Vectors
from bot.store import words as word_rows
from bot.stories.search.tokens import Reader
from bot.text import index_terms
from tests.bench.archive import Mixer, write_down
from tests.bench.data import headlines
from tests.fakes import Article, article

HEADLINES = 12_000
_AT_ONCE = 20_000


class Filler:
    """Knows the headlines that archives are made of."""

    def __init__(self, titles: list[str], vectors: Vectors, reader: Reader) -> None:
        self._mixer = Mixer(titles, vectors)
        self._words = [tuple(_read(reader, half) for half in _halves(title)) for title in titles]

    @classmethod
    async def load(cls) -> "Filler":
        """Encode and read each headline once; some half a minute."""
        known = headlines(HEADLINES)
        with tempfile.TemporaryDirectory() as home:
            async with App(settings_of(Path(home))) as app:
                return cls(known, await app.encoder.embed(known), app.reader)

    async def fill(self, home: Path, size: int, database: str | None = None) -> None:
        """Make an archive with all that a search reads, in the home or in another database."""
        async with App(settings_of(home, database)) as app:
            for begin, end in _batches(size):
                made, vectors = self._mixer.some(begin, end)
                await app.store.write(write_down, app.encoder.name, begin, made, vectors)
                words = (self.words_of(*pair).split(" ") for pair in self._mixer.halves(begin, end))
                await app.store.write(word_rows.index, dict(enumerate(words, begin + 1)))
            await app.nearest.refresh()

    def words_of(self, one: int, two: int) -> str:
        """The terms of an article of two halves."""
        return f"{self._words[one][0]} {self._words[two][1]}"

    def made(self, size: int) -> Iterator[tuple[int, list[Article], Vectors]]:
        """The same archive again, in batches: what number is first, the articles, and their vectors."""
        for begin, end in _batches(size):
            yield (begin + 1, *self._mixer.some(begin, end))


def settings_of(home: Path, database: str | None = None) -> Settings:
    """An archive's settings, none of this machine's own."""
    return Settings(home=home, database_url=database or f"sqlite:///{home}/jianbao.db")


def _batches(size: int) -> Iterator[tuple[int, int]]:
    return pairwise([*range(0, size, _AT_ONCE), size])


def _halves(title: str) -> tuple[str, str]:
    return title[: len(title) // 2], title[len(title) // 2 :]


def _read(reader: Reader, half: str) -> str:
    return " ".join([*index_terms(half), *reader.tokens(article("half", half))])
