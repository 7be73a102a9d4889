"""How far apart two spellings are, and which of many names lie near one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator


def distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or changed places; more than `most` is told as one more.

    The restricted Damerau-Levenshtein distance (optimal string alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, start=1):
        line = [row]
        for column, letter in enumerate(other, start=1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (char != letter))
            if row > 1 and column > 1 and char == other[column - 2] and one[row - 2] == letter:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
        if min(line) > most:  # no line after this one can be better
            return most + 1
    return min(last[-1], most + 1)


def are_swapped(one: str, other: str) -> bool:
    """Whether two neighbouring letters changed places and nothing else."""
    return sorted(one) == sorted(other) and distance(one, other, 1) == 1


def are_doubled(one: str, other: str) -> bool:
    """Whether a letter stands twice in one spelling and once in the other: marvel, marvell."""
    return one != other and abs(len(one) - len(other)) == 1 and _single(one) == _single(other)


def _single(text: str) -> str:
    return "".join(char for at, char in enumerate(text) if at == 0 or text[at - 1] != char)


class Neighbours:
    """Finds the spellings near one; most are ruled out by their length and by which letters they have."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for spelling in spellings:
            self._by_length[len(spelling)].append((_letters(spelling), spelling))

    def of(self, said: str, most: int) -> Iterator[tuple[int, str]]:
        """Every spelling at most so far away, with how far it is."""
        letters = _letters(said)
        for length in range(len(said) - most, len(said) + most + 1):
            for others, spelling in self._by_length.get(length, ()):
                if (letters ^ others).bit_count() <= 2 * most and (apart := distance(said, spelling, most)) <= most:
                    yield apart, spelling


def _letters(text: str) -> int:
    """Which letters a text has, a bit for each."""
    bits = 0
    for char in text:
        bits |= 1 << (ord(char) & 63)
    return bits
