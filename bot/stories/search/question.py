"""What was typed, understood: its parts, its limits, and who asks."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from bot.model import Article, Language
from bot.ports import Clock
from bot.store import candidates as candidate_rows
from bot.store.candidates import Limits, Want
from bot.store.database import Store
from bot.stories.asking.query import Asked, names_newsrooms, parse
from bot.stories.asking.sizes import sizes, without_sizes
from bot.stories.asking.spelling import Guess, Speller
from bot.stories.asking.values import Headings
from bot.stories.entities import Lexicon
from bot.stories.names import Names
from bot.stories.search.parts import Part, loose, parts_of, spelt, unnamed, unwanted_by
from bot.stories.search.sources import Called, Sources
from bot.stories.search.tokens import TITLE, Reader, token
from bot.stories.search.whose import OWNED, OWNERS, own
from bot.stories.thesaurus import Thesaurus
from bot.text import pieces, terms, text_of

_SPELLERS = 32
"""How many servers' names are kept ready."""
_USUAL = 5
"""From how many articles on a word is one that people write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query as one scope asks it; `beside` are the free words that are in no name.

    `words` are those of them that are looked for, each with the place of its part. `free` is what the encoder is asked:
    the free words, with the names for what is certainly a misspelling of them.
    """

    asked: Asked
    parts: tuple[Part, ...]
    unwanted: tuple[tuple[str, ...], ...]
    limits: Limits
    lexicon: Lexicon
    free: str
    beside: str
    words: Mapping[str, int]
    guesses: tuple[Guess, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        """All terms that tell anything of an article."""
        ways = (way for part in self.parts for way, _ in part.ways)
        return frozenset(term for way in (*ways, *self.unwanted) for term in way)

    @property
    def entities(self) -> Mapping[str, int]:
        """The entities that are asked for, each with the place of its part."""
        return {part.name: place for place, part in enumerate(self.parts) if part.kind == "entity"}

    def is_owned(self, place: int) -> bool:
        """Whether a part is somebody's own, and it is asked whose."""
        return self.parts[place].name in OWNED and any(
            self.lexicon.get(entity).kind in OWNERS for entity in self.entities
        )


class Questions:
    """Understands queries with the word lists, and with what each server has added to them."""

    def __init__(
        self,
        store: Store,
        *,
        reader: Reader,
        thesaurus: Thesaurus,
        speller: Speller,
        names: Names,
        headings: Headings,
        called: Called,
        clock: Clock,
    ) -> None:
        self._store = store
        self._reader = reader
        self._thesaurus = thesaurus
        self._speller = speller
        self._knowing = lru_cache(_SPELLERS)(speller.knowing)
        self._names = names
        self._headings = headings
        self._called = called
        self._clock = clock

    async def read(self, text: str, *, scope: str, zone: tzinfo) -> Question:
        """Understand a query; raises InputError, whose sentence shows how to write it."""
        lexicon = await self._names.of(scope)
        known = await self._store.read(candidate_rows.newsrooms, scope) if names_newsrooms(text) else []
        sources = Sources(known, called=self._called)
        asked = parse(
            text,
            now=self._clock(),
            zone=zone,
            lexicon=lexicon,
            headings=self._headings,
            is_newsroom=sources.has,
        )
        guesses = await self._guesses(loose(asked), lexicon, scope)
        free = spelt(asked.free, guesses, lexicon) if asked.free == loose(asked) else asked.free
        parts = parts_of(asked, self._reader, lexicon, self._thesaurus, guesses)
        beside = self.beside(free, lexicon)
        return Question(
            asked=asked,
            parts=parts,
            unwanted=unwanted_by(asked, lexicon),
            limits=_limits(asked, scope, sources),
            lexicon=lexicon,
            free=free,
            beside=beside,
            words=self._words(beside, parts, lexicon),
            guesses=guesses,
        )

    def _words(self, beside: str, parts: Sequence[Part], lexicon: Lexicon) -> Mapping[str, int]:
        """The words beside the names, each with the first part that it became."""
        places = {part.name: place for place, part in enumerate(parts) if part.kind == "word"}
        found = {size: places[size] for size in sizes(beside) if size in places}
        for word in without_sizes(beside).split():
            meant = {word, *self._reader.read(word, lexicon).said} & places.keys()
            if meant:
                found[word] = min(places[name] for name in meant)
        return found

    def beside(self, text: str, lexicon: Lexicon) -> str:
        """What of a text is in no name."""
        return unnamed(text, lexicon)

    def own(self, question: Question, article: Article) -> frozenset[str]:
        """The terms that an article says of those who are asked for, or of nobody."""
        asked = {*question.entities, *question.asked.entities}
        told = text_of(*(own(text, asked, question.lexicon) for text in (article.title, article.summary)))
        said = self._reader.read(told, question.lexicon).said
        return frozenset((*terms(told), *(token(TITLE, item) for item in said)))

    async def _guesses(self, free: str, lexicon: Lexicon, scope: str) -> tuple[Guess, ...]:
        """The misspelt names; a word that a fair number of articles have is not certainly one."""
        speller = await self._speller_of(lexicon)
        guesses = speller.guesses(free, _unknown) if free else ()
        if not any(guess.certain for guess in guesses):  # the archive could only make them less so
            return guesses
        words = list(dict.fromkeys(run for run in pieces(free) if len(run) > 1))
        wants = [Want(((tuple(terms(word)),),), _USUAL) for word in words]
        held = await self._store.read(candidate_rows.newest, wants, limits=Limits(scope=scope))
        usual = {word for word, numbers in zip(words, held, strict=True) if len(numbers) == _USUAL}
        return speller.guesses(free, usual.__contains__)

    async def _speller_of(self, lexicon: Lexicon) -> Speller:
        """The speller for these names; one is made, which takes a moment, where a server has added some."""
        return self._speller if self._speller.knows(lexicon) else await asyncio.to_thread(self._knowing, lexicon)


def _limits(asked: Asked, scope: str, sources: Sources) -> Limits:
    """What the operators allow; raises QueryError for a newsroom that is not known."""
    return Limits(
        scope=scope,
        since=asked.since,
        until=asked.until,
        newsrooms=sources.meant(asked.sources) if asked.sources else None,
        not_newsrooms=sources.meant(asked.no_sources),
        topics=frozenset(asked.topics),
        not_topics=frozenset(asked.no_topics),
        languages=frozenset() if asked.languages == frozenset(Language) else asked.languages,
    )


def _unknown(word: str) -> bool:
    """What the archive has of a word before it was looked at: nothing."""
    del word
    return False
