"""Names that were typed wrong: which entity somebody meant."""

from bot.stories.entities import Lexicon
from bot.text import fold

_NEAR = 2


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
    return min(last[-1], most + 1)


def nearest_names(typed: str, lexicon: Lexicon, count: int) -> list[str]:
    """The names nearest to one that is none, at most two letters away."""
    said = fold(typed)
    near = ((distance(said, fold(each.name), _NEAR), each.name) for each in lexicon)
    return [name for apart, name in sorted(near) if apart <= _NEAR][:count]
