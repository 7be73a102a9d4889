"""Names that were typed wrong: which entity somebody meant.

A part of a query is taken for a misspelt name where it is no name and no word itself and lies near one name alone:
letters wrong, missing or changed places (hauwei), words joined or parted (deep seek), a Chinese character that sounds
the same (中心国际).
"""

import gc
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.stories.asking.letters import Neighbours, are_doubled, are_swapped
from bot.stories.asking.sounds import Sounds
from bot.stories.entities import Lexicon
from bot.stories.spot import keys_of
from bot.stories.wordbook.cedict import Cedict
from bot.text import fold

_SHORTEST, _SHORT, _LONG, _PERSON = 4, 5, 7, 8
"""The letters of a name that is looked at, the most of an abbreviation, those of one with two slips, of a person's."""
_CASED, _WEAK = 5, 6
"""The letters of a name that only its capitals tell from a word, and of one that is no maker's and no product's."""
_JOINED = 5
"""The letters of a name that was typed in parts, each of which may be a word."""
_MOST_WORDS = 3
_FAR = 2
_STEM, _WORDLIKE = 3, 3
"""The letters of a stem, and up to which what was typed says nothing by itself."""
_MUCH = 2
"""How many times as many belong to the better-known of two names that lie equally near."""
_MADE = frozenset({"company", "lab", "investor", "model", "product", "chip", "fab", "tool"})
"""The kinds whose names are their own; those of places, laws and persons are like many words."""

_LETTERS = "a-z\u00df-\u024f"
_WORD = re.compile(rf"(?<![0-9{_LETTERS}])[{_LETTERS}]+")
_LATIN = re.compile(rf"[{_LETTERS}]+")
_GAP = re.compile(r"[ \-]")
_ENDINGS = (
    *(("ies", "y"), ("ves", "f"), ("s", ""), ("es", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e")),
    *(("ing", ""), ("ier", "y"), ("er", "e"), ("er", ""), ("est", ""), ("ly", "")),
)
_NEWER = frozenset(
    "app apps biotech blog chatbot chatbots chiplet chiplets dataset datasets deepfake emoji fintech fabless gpu gpus "
    "laptop llm llms login meme memes nanometer nanometre offline online podcast prompt prompts robotaxi robotaxis "
    "selfie semis smartphone smartphones startup startups tweet tweets website websites webcam wifi youtuber".split()
)
"""Words that the dictionary is older than."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A part of the folded text that seems to be a misspelt name: where it stands, and whose name is meant.

    Where it is not `certain`, what was said may be meant as it stands, and the name is one more way to read it.
    """

    start: int
    end: int
    said: str
    entity_id: str
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One to three neighbouring words, and the same as one."""

    start: int
    end: int
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        return "".join(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """Whose a spelling is, whether it is an abbreviation, and whether it is a maker's or a product's."""

    owner: str
    is_short: bool
    is_made: bool


class Speller:
    """Knows how names are spelt and how they sound; answers in less than 5 ms."""

    def __init__(self, lexicon: Lexicon, *, cedict: Cedict, ordinary: frozenset[str]) -> None:
        self._lexicon = lexicon
        self._cedict = cedict
        self._ordinary = ordinary
        self._sounds = Sounds(lexicon, reading=cedict.reading, is_word=lambda word: bool(cedict.definitions(word)))
        self._taken = frozenset(keys_of(name for entity in lexicon for name in (*entity.names, *entity.unlike)))
        self._names = dict(_latin_names(lexicon))
        self._near = Neighbours(self._names)
        self._weights = Counter(lexicon.family(entity.id) for entity in lexicon)

    @classmethod
    def load(cls, lexicon: Lexicon, cedict: Cedict) -> "Speller":
        """With the words and the readings of the dictionary; takes a second."""
        loaded = cls(lexicon, cedict=cedict, ordinary=cedict.english_words() | _NEWER)
        # The word lists stay for good: the collector walking through them would hold the event loop up for 0.1 s.
        gc.collect()
        gc.freeze()
        return loaded

    def knows(self, lexicon: Lexicon) -> bool:
        """Whether it was made for this lexicon."""
        return lexicon is self._lexicon

    def knowing(self, lexicon: Lexicon) -> "Speller":
        """The same for a lexicon with other names, such as a server's; made in some 60 ms."""
        return Speller(lexicon, cedict=self._cedict, ordinary=self._ordinary)

    def guesses(self, free: str, known: Callable[[str], bool]) -> tuple[Guess, ...]:
        """The misspelt names of a text, in order.

        `known` tells whether the archive has a word, or some Chinese characters in a row, in a fair number of articles.
        """
        said = fold(free)
        taken = {at for mention in self._lexicon.mentions(free) for at in range(mention.start, mention.end)}
        latin = list(self._latin(said, taken, known))
        taken.update(at for guess in latin for at in range(guess.start, guess.end))
        chinese = (
            _guess(said, each.start, each.end, each.owner, certain=each.alike and not known(each.said))
            for each in self._sounds.heard(said, taken)
        )
        return tuple(sorted([*latin, *chinese], key=lambda guess: guess.start))

    def _latin(self, said: str, taken: Container[int], known: Callable[[str], bool]) -> Iterator[Guess]:
        """The best readings of the parts in Latin letters that do not overlap."""
        parts = (part for part in _parts(said) if not any(at in taken for at in range(part.start, part.end)))
        found = [(*meant, part) for part in parts if (meant := self._meant(part))]
        told: set[int] = set()
        for apart, owner, part in sorted(found, key=lambda each: (each[0], -len(each[2].words), each[2].start)):
            places = range(part.start, part.end)
            if told.isdisjoint(places):
                told.update(places)
                yield _guess(said, part.start, part.end, owner, certain=self._is_certain(apart, part, known))

    def _is_certain(self, apart: int, part: _Part, known: Callable[[str], bool]) -> bool:
        """A name in parts is; else none of the strange words may be one that the archive has."""
        strange = [word for word in part.words if not self._is_ordinary(word)]
        return apart == 0 or (bool(strange) and not any(map(known, strange)))

    def _meant(self, part: _Part) -> tuple[int, str] | None:
        """How far a part is from a name, and whose it is; None where it is none's or more than one's."""
        key, is_one = part.key, len(part.words) == 1
        if not is_one and key in self._names:
            return (0, self._names[key].owner) if len(key) >= _JOINED else None
        if key in self._taken:
            return None
        is_ordinary = all(map(self._is_ordinary, part.words))
        if is_ordinary and not is_one:
            return None
        near = self._near.of(key, _most(key) if is_one and not is_ordinary else 1)
        if is_ordinary:  # a letter once instead of twice: marvel may be Marvell
            return self._best(key, ((apart, name) for apart, name in near if are_doubled(key, name)))
        return self._best(key, ((apart, name) for apart, name in near if _may_be(key, name, apart, self._names[name])))

    def _best(self, key: str, near: Iterable[tuple[int, str]]) -> tuple[int, str] | None:
        """The nearest name's owner; of equally near ones in the end the much better-known."""
        ranks: dict[str, tuple[int, bool]] = {}
        for apart, name in near:
            owner, rank = self._names[name].owner, (apart, name[0] != key[0])
            ranks[owner] = min(rank, ranks.get(owner, rank))
        best = [owner for owner, rank in ranks.items() if rank == min(ranks.values())]
        best.sort(key=lambda owner: (-self._weights[owner], owner))
        if not best or (len(best) > 1 and self._weights[best[0]] < _MUCH * max(1, self._weights[best[1]])):
            return None
        return ranks[best[0]][0], best[0]

    def _is_ordinary(self, word: str) -> bool:
        """Whether a word is one of English, in whatever form, or too short to be a name's misspelt part."""
        if len(word) <= _WORDLIKE or word in self._ordinary:
            return True
        return any(
            word.endswith(ending)
            and len(word) - len(ending) >= _STEM
            and word.removesuffix(ending) + instead in self._ordinary
            for ending, instead in _ENDINGS
        )


def nearest_names(typed: str, lexicon: Lexicon, count: int) -> list[str]:
    """The names nearest to one that is none, the nearest first; one of each entity."""
    said = keys_of([typed])[0]
    names, neighbours = _every_name(lexicon)
    near: dict[str, tuple[int, str]] = {}
    for apart, key in neighbours.of(said, 1 if len(said) <= _SHORT else _FAR):
        name, owner = names[key]
        if apart <= len(key) - _FAR:  # one character of two is no likeness
            near[owner] = min((apart, name), near.get(owner, (apart, name)))
    return [name for _, name in sorted(near.values())][:count]


@lru_cache(maxsize=4)
def _every_name(lexicon: Lexicon) -> tuple[dict[str, tuple[str, str]], Neighbours]:
    """Each name with its entity's id, by what is the same for all its spellings; made in some 50 ms."""
    owned = [(name, entity.id) for entity in lexicon for name in entity.names]
    names = dict(zip(keys_of(name for name, _ in owned), owned, strict=True))
    return names, Neighbours(names)


def _latin_names(lexicon: Lexicon) -> Iterator[tuple[str, _Name]]:
    """The names in Latin letters that are long enough, by what is the same for all their spellings."""
    named = [(name, entity) for entity in lexicon for name in (*entity.exact, *entity.en)]
    for key, (name, entity) in zip(keys_of(name for name, _ in named), named, strict=True):
        is_made, is_short = entity.kind in _MADE, name.isupper() and len(name) <= _SHORT
        shortest = max(
            _PERSON if entity.kind == "person" else _SHORTEST if is_made else _WEAK,
            _CASED if name in entity.exact else 0,
        )
        if len(key) >= shortest and _LATIN.fullmatch(key):
            yield key, _Name(owner=entity.id, is_short=is_short, is_made=is_made)


def _parts(said: str) -> Iterator[_Part]:
    """Each word and each two or three that only a blank or hyphen parts."""
    words = list(_WORD.finditer(said))
    for at, first in enumerate(words):
        last = first
        for count in range(1, _MOST_WORDS + 1):
            yield _Part(start=first.start(), end=last.end(), words=tuple(word[0] for word in words[at : at + count]))
            if at + count == len(words) or not _GAP.fullmatch(said, last.end(), words[at + count].start()):
                break
            last = words[at + count]


def _most(key: str) -> int:
    return 0 if len(key) < _SHORTEST else 1 if len(key) < _LONG else _FAR


def _may_be(key: str, name: str, apart: int, known: _Name) -> bool:
    """Whether a name lies near enough: short ones, and two slips, need more to speak for them."""
    if apart == _FAR:
        return known.is_made and len(name) >= _LONG and name[0] == key[0]
    if are_swapped(key, name) or are_doubled(key, name):
        return True
    if known.is_short:
        return False
    return min(len(key), len(name)) > _SHORTEST or (name[0] == key[0] and len(key) == len(name))


def _guess(said: str, start: int, end: int, owner: str, *, certain: bool) -> Guess:
    return Guess(start=start, end=end, said=said[start:end], entity_id=owner, certain=certain)
