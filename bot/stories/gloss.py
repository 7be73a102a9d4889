"""A title told word by word in the other language: a gloss, never passed off as a translation."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from bot.model import Language
from bot.stories.entities import Entity, Lexicon
from bot.stories.meanings import Meanings
from bot.stories.wordbook.cedict import Cedict
from bot.stories.wordbook.chinese import ChineseSplitter
from bot.stories.wordbook.english import EnglishSplitter
from bot.stories.wordbook.render import line
from bot.stories.wordbook.words import Name, Word, Words
from bot.text import simplify

_BUNDLED = Path(__file__).with_name("gloss.yaml")
_UNSEEN = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff]")
_DIGITS = re.compile(r"\d+")


class Glosser:
    """Knows the words; CC-CEDICT is read when the first title needs it."""

    def __init__(self, lexicon: Lexicon, words: Words) -> None:
        self._lexicon = lexicon
        self._words = words

    @classmethod
    def load(cls, lexicon: Lexicon) -> "Glosser":
        """Read the curated words; raises SettingsError with the line that is wrong."""
        return cls(lexicon, Words.load(_BUNDLED))

    def knowing(self, lexicon: Lexicon) -> "Glosser":
        """The same words with other names; the dictionary is shared."""
        if lexicon is self._lexicon:
            return self
        other = Glosser(lexicon, self._words)
        other.__dict__ |= {"cedict": self.cedict, "_chinese": self._chinese, "_english": self._english}
        return other

    def ready(self) -> None:
        """Read CC-CEDICT both ways now, which takes a second."""
        self.cedict.ready()

    def gloss(self, title: str, to: Language) -> str:
        """A title's words in the order of the original, without the mark "≈"; unknown ones stay as they are."""
        return line(self._split(title, to), to)

    def coverage(self, title: str, to: Language) -> tuple[int, int]:
        """How many of a title's words are known, and how many there are; marks and particles are no words."""
        words = [word for word in self._split(title, to) if word.shown and not word.mark]
        return sum(word.known for word in words), len(words)

    @cached_property
    def _meanings(self) -> Meanings:
        return Meanings.load(self.cedict)

    def meanings(self) -> Meanings:
        """What words say in either language, from the same dictionary."""
        return self._meanings

    def _split(self, title: str, to: Language) -> list[Word]:
        title = _UNSEEN.sub("", title)
        plain = simplify(title)
        splitter = self._chinese if to is Language.EN else self._english
        return list(splitter.split(plain, list(self._names(title, plain, to))))

    def _names(self, title: str, plain: str, to: Language) -> Iterator[Name]:
        """The entities of a title, in the places of the plain text, with the names to show."""
        places = [at for at, char in enumerate(plain) for _ in char.casefold()]
        for mention in self._lexicon.mentions(title):
            start, end = places[mention.start], places[mention.end - 1] + 1
            yield Name(start, end, self._shown(self._lexicon.get(mention.id), plain[start:end], to))

    def _shown(self, entity: Entity, said: str, to: Language) -> str:
        """What stands for an entity: the curated word for what was said, else the entity's first name."""
        if to is Language.EN:
            return self._words.english.get(said) or _named(entity.english, said)
        if said.lower() in self._words.as_is:
            return said
        curated = None if said in entity.spelt else self._words.chinese.get(said.lower())
        return curated or _named(entity.chinese, said)

    @cached_property
    def cedict(self) -> Cedict:
        """The dictionary, read when it is first needed."""
        return Cedict.load(self._words.english.keys())

    @cached_property
    def _chinese(self) -> ChineseSplitter:
        return ChineseSplitter(self._words, self.cedict)

    @cached_property
    def _english(self) -> EnglishSplitter:
        return EnglishSplitter(self._words, self.cedict)


def _named(names: Sequence[str], said: str) -> str:
    """The first name; what was said where there is none or its number would be lost."""
    name = names[0] if names else said
    return name if set(_DIGITS.findall(said)) <= set(_DIGITS.findall(name)) else said
