"""A Chinese title, cut into words with their English."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.stories.wordbook.cedict import Cedict
from bot.stories.wordbook.chinese_numbers import CHINESE, SPELT, in_english, in_english_words
from bot.stories.wordbook.words import Name, Word, Words
from bot.text import HAN

_LATIN_RUN = "A-Za-z0-9\u00c0-\u024f"
_LATIN = re.compile(rf"[$€£¥]?[{_LATIN_RUN}]+(?:[.\-+&'’/_·@]?[{_LATIN_RUN}]+)*\+*")
_RUN = re.compile(rf"(?:(?!第\d)[{HAN}])+")
_MARK = re.compile(r"\s+|.", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")

_LONGEST = 8
_CURATED, _NUMBER, _LISTED, _MUTE, _LONE = 1.0, 1.0, 1.1, 1.5, 2.0
"""What a word costs on the way through a run: a curated one, a number, one of CC-CEDICT, one that it only refers
elsewhere, and a single character, which is seldom a word. The cheapest way is taken."""
_PERSON, _DOUBLED = {2: 3.2, 3: 3.0}, 2.0
"""What a person's name costs by its length: less than characters that are no words, more than words; a given name
that says a character twice is hardly anything else."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A word on the way: its cost and what stands for it; None where nothing is known, empty where nothing need be."""

    said: str
    cost: float
    shown: str | None
    lone: bool = False


class ChineseSplitter:
    """Cuts at names and numbers first, then each run of characters along the cheapest way through the dictionary."""

    def __init__(self, words: Words, cedict: Cedict) -> None:
        self._words = words
        self._cedict = cedict

    def split(self, title: str, names: Sequence[Name]) -> Iterator[Word]:
        """The words of a title in order; `names` are the entities in it, of which those in English stay as they are."""
        at = 0
        for name in names:
            if _RUN.search(title, name.start, name.end):
                yield from self._between(title[at : name.start])
                yield Word(title[name.start : name.end], name.shown)
                at = name.end
        yield from self._between(title[at:])

    def _between(self, text: str) -> Iterator[Word]:
        """The words where no entity is named."""
        at = 0
        while at < len(text):
            if run := _RUN.match(text, at):
                yield from self._run(run[0])
                at = run.end()
            else:
                word = _other(text, at)
                yield word
                at += len(word.said)

    def _run(self, run: str) -> Iterator[Word]:
        """The words of Chinese characters alone; neighbours that are no words stay together as they are."""
        for lone, group in groupby(self._cheapest(run), key=lambda step: step.lone):
            steps = list(group)
            if lone and len(steps) > 1:
                said = "".join(step.said for step in steps)
                yield Word(said, said, known=False)
                continue
            for step in steps:
                yield Word(step.said, step.said if step.shown is None else step.shown, known=step.shown is not None)

    def _cheapest(self, run: str) -> list[_Step]:
        """The way from the first character to the last that costs least."""
        ways: list[tuple[float, int, _Step | None]] = [(0.0, 0, None)]
        for end in range(1, len(run) + 1):
            starts = range(max(0, end - _LONGEST), end)
            steps = ((start, step) for start in starts for step in self._steps(run[start:end]))
            ways.append(min(((ways[at][0] + step.cost, at, step) for at, step in steps), key=lambda way: way[:2]))
        taken: list[_Step] = []
        at = len(run)
        while (way := ways[at])[2]:
            taken.append(way[2])
            at = way[1]
        return taken[::-1]

    def _steps(self, said: str) -> Iterator[_Step]:
        """What some characters can be, if anything."""
        if said in self._words.drop_zh:
            yield _Step(said, _CURATED, "")
        elif said in self._words.english:
            yield _Step(said, _CURATED, self._words.english[said])
        elif number := SPELT.fullmatch(said):
            yield _Step(said, _NUMBER, in_english_words(number))
        elif len(said) == 1:
            yield _Step(said, _LONE, self._cedict.english(said) or None, lone=True)
        elif (sense := self._cedict.english(said)) is not None:
            yield _Step(said, _LISTED if sense else _MUTE, sense or None)
        if len(said) in _PERSON and said[0] in self._words.surnames:
            doubled = said[1:] == said[-1] * 2
            yield _Step(said, _DOUBLED if doubled else _PERSON[len(said)], self._person(said))

    def _person(self, name: str) -> str:
        """A person's name in pinyin: Gu Quanquan."""
        first, *given = (self._cedict.reading(char) or char for char in name)
        return f"{first.capitalize()} {''.join(given).capitalize()}"


def _other(text: str, at: int) -> Word:
    """What is no Chinese: an English word, a number, or a mark."""
    if (latin := _LATIN.match(text, at)) and _LETTER.search(latin[0]):
        return Word(latin[0], latin[0])
    if number := CHINESE.match(text, at):
        return Word(number[0], in_english(number))
    mark = _MARK.match(text, at)
    said = mark[0] if mark else text[at]
    strange = bool(_LETTER.search(said))
    return Word(said, said, known=not strange, mark=not strange)
