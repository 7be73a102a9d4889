"""The word lists, each loaded when it is first asked for, and what reads texts with nothing but them."""

from collections.abc import Mapping
from functools import cached_property

from bot.feeds.newsrooms import Newsrooms
from bot.model import Language
from bot.stories.asking.complete import Completer
from bot.stories.asking.spelling import Speller
from bot.stories.byline import Bylines
from bot.stories.entities import Lexicon
from bot.stories.gloss import Glosser
from bot.stories.marks import Marker
from bot.stories.search.tokens import Reader
from bot.stories.thesaurus import Thesaurus
from bot.stories.topics import Topics


class WordLists:
    """Names, meanings, topics and newsrooms as they come with the program: the same in every installation."""

    @cached_property
    def lexicon(self) -> Lexicon:
        """The entities."""
        return Lexicon.load()

    @cached_property
    def glosser(self) -> Glosser:
        """Titles word by word in the other language."""
        return Glosser.load(self.lexicon)

    @cached_property
    def topics(self) -> Topics:
        """The topics."""
        return Topics.load()

    @cached_property
    def newsrooms(self) -> Newsrooms:
        """The known newsrooms."""
        return Newsrooms.load()

    @cached_property
    def bylines(self) -> Bylines:
        """The newsrooms' names for readers."""
        return Bylines(self.newsrooms.chinese)

    @cached_property
    def marker(self) -> Marker:
        """Articles to what grouping looks at."""
        return Marker(self.lexicon, self.glosser.meanings)

    @cached_property
    def speller(self) -> Speller:
        """Misspelt names to those that are meant."""
        return Speller.load(self.lexicon, self.glosser.cedict)

    @cached_property
    def thesaurus(self) -> Thesaurus:
        """What else may be said instead of a word."""
        return Thesaurus.load(self.glosser.meanings(), {entity.id for entity in self.lexicon})

    @cached_property
    def completer(self) -> Completer:
        """Names by their beginnings."""
        return Completer(self.lexicon)

    @cached_property
    def reader(self) -> Reader:
        """Texts to names and meanings, for search."""
        return Reader(self.lexicon, self.glosser.meanings)

    @cached_property
    def headings(self) -> Mapping[Language, Mapping[str, str]]:
        """The topics' headings in each language."""
        return {language: self.topics.headings(language) for language in Language}
