"""The bundled word lists and the encoder, each loaded once for all tests: it takes seconds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from bot.app import App
from bot.config import BUNDLED_MODEL
from bot.feeds.newsrooms import Newsrooms
from bot.stories.asking.complete import Completer
from bot.stories.asking.spelling import Speller
from bot.stories.embed import Encoder
from bot.stories.entities import Lexicon
from bot.stories.gloss import Glosser
from bot.stories.meanings import Meanings
from bot.stories.thesaurus import Thesaurus
from bot.stories.topics import Topics


@cache
def lexicon() -> Lexicon:
    """The entities."""
    return Lexicon.load()


@cache
def glosser() -> Glosser:
    """Titles word by word in the other language."""
    return Glosser.load(lexicon())


def meanings() -> Meanings:
    """What words say in either language."""
    return glosser().meanings()


@cache
def thesaurus() -> Thesaurus:
    """What else may be said instead of a word."""
    return Thesaurus.load(meanings(), {entity.id for entity in lexicon()})


@cache
def speller() -> Speller:
    """Misspelt names to those that are meant."""
    return Speller.load(lexicon(), glosser().cedict)


@cache
def completer() -> Completer:
    """Names by their beginnings."""
    return Completer(lexicon())


@cache
def topics() -> Topics:
    """The topics."""
    return Topics.load()


@cache
def newsrooms() -> Newsrooms:
    """The known newsrooms."""
    return Newsrooms.load()


LISTS: dict[str, Callable[[], object]] = {
    read.__name__: read for read in (lexicon, glosser, thesaurus, speller, completer, topics, newsrooms)
}
"""By the names that the program has for them."""


def lend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program of this test finds the lists read."""
    for name, read in LISTS.items():
        monkeypatch.setattr(App, name, property(lambda _, read=read: read()))


@cache
def encoder() -> Encoder:
    """The real encoder."""
    return Encoder.load(BUNDLED_MODEL, ThreadPoolExecutor(1))
