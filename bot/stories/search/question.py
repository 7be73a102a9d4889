"""What was typed, understood: its parts, its limits, and who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from bot.model import Language
from bot.ports import Clock
from bot.store import candidates as candidate_rows
from bot.store.candidates import Limits
from bot.store.database import Store
from bot.stories.asking.query import Asked, parse
from bot.stories.asking.values import Headings
from bot.stories.entities import Lexicon
from bot.stories.names import Names
from bot.stories.search.parts import Part, parts_of, unwanted_by
from bot.stories.search.sources import newsrooms_of
from bot.stories.search.tokens import Reader
from bot.stories.thesaurus import Thesaurus


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query as one scope asks it; `beside` are the free words that are in no name."""

    asked: Asked
    parts: tuple[Part, ...]
    unwanted: tuple[tuple[str, ...], ...]
    limits: Limits
    lexicon: Lexicon
    beside: str

    @property
    def entities(self) -> Mapping[str, int]:
        """The entities that are asked for, each with the place of its part."""
        return {part.name: place for place, part in enumerate(self.parts) if part.kind == "entity"}


class Questions:
    """Understands queries with the word lists, and with what each server has added to them."""

    def __init__(
        self, store: Store, *, reader: Reader, thesaurus: Thesaurus, names: Names, headings: Headings, clock: Clock
    ) -> None:
        self._store = store
        self._reader = reader
        self._thesaurus = thesaurus
        self._names = names
        self._headings = headings
        self._clock = clock

    async def read(self, text: str, *, scope: str, zone: tzinfo) -> Question:
        """Understand a query; raises InputError, whose sentence shows how to write it."""
        lexicon = await self._names.of(scope)
        asked = parse(text, now=self._clock(), zone=zone, lexicon=lexicon, headings=self._headings)
        return Question(
            asked=asked,
            parts=parts_of(asked, self._reader, lexicon, self._thesaurus),
            unwanted=unwanted_by(asked, lexicon),
            limits=await self._limits(asked, scope),
            lexicon=lexicon,
            beside=self._reader.read(asked.free, lexicon).rest,
        )

    async def _limits(self, asked: Asked, scope: str) -> Limits:
        """What the operators allow."""
        known = await self._store.read(candidate_rows.newsrooms, scope) if asked.sources or asked.no_sources else []
        return Limits(
            scope=scope,
            since=asked.since,
            until=asked.until,
            newsrooms=newsrooms_of(asked.sources, known) if asked.sources else None,
            not_newsrooms=newsrooms_of(asked.no_sources, known),
            topics=frozenset(asked.topics),
            not_topics=frozenset(asked.no_topics),
            languages=frozenset() if asked.languages == frozenset(Language) else asked.languages,
        )
