"""A question taken apart: what an answer should name and say, and by which terms of the word index that is found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.stories.asking.query import Asked, Said
from bot.stories.asking.sizes import sizes, spellings, without_sizes
from bot.stories.asking.spelling import Guess
from bot.stories.entities import Lexicon
from bot.stories.meanings import blanked
from bot.stories.search.tokens import EXCERPT, TITLE, Content, Reader, named, token, under
from bot.stories.thesaurus import Thesaurus
from bot.text import fold, is_chinese, terms

_EXCERPT, _CHILD, _AS_WRITTEN, _SHARE = 0.6, 0.7, 0.9, 0.4
"""What a part is worth beside the word itself in the title: in the excerpt, something that belongs to the entity,
the letters alone, and half of a Chinese word."""
_NEAR, _NEAR_STEP = 0.5, 0.03
"""What the nearest related word is worth, and how much less each after it."""

STRONG = 0.85
"""From what worth a way says the very thing."""
TOUCHED, SAID = 0.4, 0.55
"""From what worth on an article touches an entity, by what is related to it, and names it or says a word itself."""
_MAYBE = 0.9
"""What a name is worth that a word may be a misspelling of."""
_THEMES = frozenset(("place", "technology", "law", "standard"))
"""Kinds that are named by what belongs to them too: Beijing as China's government, a data centre as its power."""
_NO_NAME = 0.39
"""The most that is worth what is related to a name: another company in its place never counts as named."""

_LETTERS = re.compile("[a-z]+")

Kind = Literal["entity", "word", "phrase"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that was asked for; `ways` are terms that say it together, each with what it is then worth (0 to 1).

    What is `required` no answer may lack; the rest decides the order.
    """

    kind: Kind
    name: str
    ways: tuple[tuple[tuple[str, ...], float], ...]
    required: bool = False

    def by(self, least: float) -> list[tuple[str, ...]]:
        """The ways that are worth at least so much."""
        return [way for way, worth in self.ways if worth >= least]


def loose(asked: Asked) -> str:
    """The words of a query that no operator and no quotes tie to anything."""
    return " ".join(said.text for (said, *others) in asked.wanted if not others and not said.exact)


def unnamed(text: str, lexicon: Lexicon) -> str:
    """What of a text is in no name; a size is none."""
    folded = fold(text)
    names = ((each.start, each.end) for each in lexicon.mentions(text))
    return blanked(folded, ((start, end) for start, end in names if not spellings(folded[start:end])))


def spelt(free: str, guesses: Sequence[Guess], lexicon: Lexicon) -> str:
    """Loose words with the names in place of what is certainly a misspelling of them."""
    folded, at, told = fold(free), 0, []
    for guess in guesses:
        if guess.certain:
            told += [folded[at : guess.start], lexicon.get(guess.entity_id).name]
            at = guess.end
    return "".join((*told, folded[at:])) if at else free


def parts_of(
    asked: Asked, reader: Reader, lexicon: Lexicon, thesaurus: Thesaurus, guesses: Sequence[Guess] = ()
) -> tuple[Part, ...]:
    """The parts of a query, names first; the same thing said twice is one part.

    A name that was certainly meant stands in place of its misspelling; one that may be meant is one more way to say
    the same.
    """
    free = spelt(loose(asked), guesses, lexicon)
    found = [*_read(free, reader, lexicon, thesaurus)] if free else []
    found = _with_guesses(found, [guess for guess in guesses if not guess.certain], reader, lexicon, thesaurus)
    for group in asked.wanted:
        if len(group) > 1:
            found.append(_choice(group, reader, lexicon, thesaurus))
        elif group[0].exact:
            found.append(phrase(group[0].text))
    if asked.entities:
        found.insert(0, _any_entity(asked.entities, lexicon))
    once = {(part.kind, part.name): part for part in reversed(found) if part.ways}
    return tuple(reversed(once.values()))


def unwanted_by(asked: Asked, lexicon: Lexicon) -> tuple[tuple[str, ...], ...]:
    """The ways to say what is not wanted, as far as terms tell: what stands together and what not they cannot."""
    said = [(term,) for unwanted in asked.unwanted for term in terms(unwanted.text) if terms(unwanted.text) == [term]]
    owners = (lexicon.owner(unwanted.text) for unwanted in asked.unwanted)
    names = dict.fromkeys((*asked.no_entities, *(owner.id for owner in owners if owner)))
    return (*said, *((token(place, named(name)),) for name in names for place in (TITLE, EXCERPT)))


def phrase(text: str) -> Part:
    """Words that must stand together."""
    return Part(kind="phrase", name=text, ways=((tuple(terms(text)), 1.0),) if terms(text) else (), required=True)


def _with_guesses(
    found: Sequence[Part], guesses: Sequence[Guess], reader: Reader, lexicon: Lexicon, thesaurus: Thesaurus
) -> list[Part]:
    """The parts where what may be a misspelt name is found by the name too."""
    parts = list(found)
    for guess in guesses:
        as_typed = {part.name for part in _read(guess.said, reader, lexicon, thesaurus)}
        ways = [(way, worth * _MAYBE) for way, worth in _entity(guess.entity_id, lexicon, thesaurus).ways]
        typed = [way for part in parts if part.name in as_typed for way in part.ways]
        parts = [part for part in parts if part.name not in as_typed]
        parts.append(Part(kind="word", name=guess.said, ways=(*typed, *ways)))
    return parts


def _choice(group: Sequence[Said], reader: Reader, lexicon: Lexicon, thesaurus: Thesaurus) -> Part:
    """Any of some words."""
    chosen = [phrase(said.text) if said.exact else _one(said.text, reader, lexicon, thesaurus) for said in group]
    ways = tuple(way for part in chosen for way in part.ways)
    return Part(kind="word", name=" OR ".join(said.text for said in group), ways=ways, required=True)


def _one(text: str, reader: Reader, lexicon: Lexicon, thesaurus: Thesaurus) -> Part:
    """One alternative, all of whose parts count alike."""
    found = list(_read(text, reader, lexicon, thesaurus))
    return Part(kind="word", name=text, ways=tuple(way for part in found for way in part.ways))


def _read(text: str, reader: Reader, lexicon: Lexicon, thesaurus: Thesaurus) -> Iterator[Part]:
    """What a free text names and says; a size is a word of its own, also where it is a name (2nm is TSMC's N2)."""
    for size in sizes(fold(text)):
        yield _size(size, lexicon)
    text = without_sizes(text)
    content = reader.read(text, lexicon)
    for entity in content.names:
        yield _entity(entity, lexicon, thesaurus)
    phrases = thesaurus.read(content.rest)
    for said in phrases:
        yield _word(said, thesaurus)
    in_phrases = {word for said in phrases for word in said.split(" ")}
    in_numbers = {letters for term in terms(text) if _has_digit(term) for letters in _LETTERS.findall(term)}
    for item in sorted(content.said - in_phrases - in_numbers):
        yield _word(item, thesaurus)
    yield from _unread(text, content, lexicon)


def _size(size: str, lexicon: Lexicon) -> Part:
    """A size in any spelling, or nearly: another name of that node, beside its maker's (N2 alone may be a model)."""
    as_terms = dict.fromkeys(tuple(terms(spelling)) for spelling in spellings(size))
    ways = [(way, 1.0 if len(way) == 1 else _AS_WRITTEN) for way in as_terms]
    if (node := lexicon.owner(size)) and node.parent:
        makers = list(_placed(named(node.parent), _NEAR))
        ways += [
            ((*one, *other), min(worth, least))
            for one, worth in _placed(named(node.id), _NEAR)
            for other, least in makers
        ]
    return Part(kind="word", name=size, ways=tuple(ways))


def _entity(entity: str, lexicon: Lexicon, thesaurus: Thesaurus) -> Part:
    """An entity by itself, by what belongs to it, and by names that a server has given it."""
    ways = [*_placed(named(entity), 1.0), *_placed(under(entity), _CHILD)]
    ways += [(said, 1.0) for name in lexicon.added_to(entity) if (said := tuple(terms(name)))]
    most = 1.0 if lexicon.get(entity).kind in _THEMES else _NO_NAME
    ways += [(way, min(worth, most)) for way, worth in _related(entity, thesaurus)]
    return Part(kind="entity", name=entity, ways=tuple(ways))


def _any_entity(entities: Sequence[str], lexicon: Lexicon) -> Part:
    """Any of the entities that an operator names; nothing related will do."""
    ways = tuple(way for entity in entities for way in _entity(entity, lexicon, Thesaurus(())).ways)
    return Part(kind="entity", name=entities[0], ways=ways, required=True)


def _word(item: str, thesaurus: Thesaurus) -> Part:
    """A concept, a Chinese word, the stem of an English one, or a phrase of the thesaurus."""
    ways = [*_placed(item, 1.0)]
    if is_chinese(item):
        pairs = tuple(terms(item))
        ways.append((pairs, _AS_WRITTEN))
        ways += [((pair,), _SHARE) for pair in pairs if len(pairs) > 1]
    elif not item.startswith("#"):
        ways.append((tuple(item.split(" ")), _AS_WRITTEN))
        ways.append((tuple(token(TITLE, word) for word in item.split(" ")), 1.0))
    return Part(kind="word", name=item, ways=(*ways, *_related(item, thesaurus)))


def _related(item: str, thesaurus: Thesaurus) -> Iterator[tuple[tuple[str, ...], float]]:
    """What may be said instead, the nearest first."""
    for place, near in enumerate(thesaurus.near(item)):
        worth = 1.0 if near.same else _NEAR - _NEAR_STEP * place
        yield from _placed(named(near.said) if near.entity else near.said, worth)


def _unread(text: str, content: Content, lexicon: Lexicon) -> Iterator[Part]:
    """Terms with a digit that belong to no name (5nm, 3.7), lone characters, and what says nothing otherwise."""
    in_names = {term for name in content.names for spelt in lexicon.names(name) for term in terms(spelt)}
    for term in dict.fromkeys(terms(text)):
        if term in in_names:
            continue
        if _has_digit(term) or (not content.names and not content.said):
            yield Part(kind="word", name=term, ways=(((term,), 1.0),))


def _has_digit(term: str) -> bool:
    return any(char.isdigit() for char in term)


def _placed(item: str, worth: float) -> Iterator[tuple[tuple[str, ...], float]]:
    yield (token(TITLE, item),), worth
    yield (token(EXCERPT, item),), worth * _EXCERPT
