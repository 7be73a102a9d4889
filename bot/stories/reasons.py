"""What can be told of why a story is there: likeness with all that it is the sum of, and what kept others out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.correction import Correction
from bot.model import Article, Story
from bot.stories.likeness import MOST, probability
from bot.stories.topics import Verdict

_FAMILIES = {
    "meaning": ("meaning",),
    "words": ("words", "said", "shorter"),
    "names": ("names", "no names", "first name", "another first name", "shared "),
    "numbers": ("amounts", "versions", "other amounts", "other versions", "unlike versions"),
    "time": ("days apart", "hours apart", "same newsroom, same moment"),
    "newsrooms": ("both press", "same language", "same newsroom"),
    "actions": ("actions", "other actions", "one ", "both "),
    "round_up": ("round-up",),
}
"""Whatever begins so is evidence of one family; the first that fits is it."""
FAMILIES = (*_FAMILIES, "others", "start")


class Kept(StrEnum):
    """What kept an article out of a story."""

    CORRECTION = "kept apart by a correction"
    UNLIKE = "not alike enough"
    AS_A_WHOLE = "the stories as a whole are not alike enough"
    NOTHING = "alike enough by now, but not linked anew since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An article beside the one in question, and how alike the two are.

    `parts` are all kinds of evidence with what each adds, the weightiest first; `offset` and they sum up to the
    likeness, which is kept between -4 and 4.
    """

    other: Article
    offset: float
    parts: tuple[tuple[str, float], ...]

    @property
    def summed(self) -> float:
        """What the offset and all parts sum up to, with two decimals."""
        return round(self.offset + sum(value for _, value in self.parts), 2)

    @property
    def likeness(self) -> float:
        """The logarithm of the odds that the two report one event."""
        return max(-MOST, min(MOST, self.offset + sum(value for _, value in self.parts)))

    def weightiest(self, most: int) -> tuple[tuple[str, float], ...]:
        """The first parts with two decimals, and the rest as one: those that are shown sum up to `summed`."""
        return _closed([(name, value) for name, value in self.parts[:most]], self.summed, "the rest")

    def families(self) -> tuple[tuple[str, float], ...]:
        """The evidence by FAMILIES, each with two decimals, the weightiest first; they sum up to `summed`."""
        sums: dict[str, float] = {}
        for name, value in self.parts:
            sums[family(name)] = sums.get(family(name), 0.0) + value
        return _closed(sorted(sums.items(), key=lambda part: -abs(part[1])), self.summed, "start")

    @property
    def probability(self) -> float:
        """How probable that is."""
        return probability(self.likeness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The likest article of another story, how alike the two stories are as a whole, and what kept it out."""

    pair: Pair
    story_id: str
    whole: float
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one article is where it is; None where nothing is at all like it. `verdict` tells what it is about.

    `bound` tells that a correction holds it together with another one of its story, `measured` that there is a vector
    to compare it by.
    """

    article: Article
    verdict: Verdict
    inside: Pair | None
    outside: Outside | None
    bound: bool = False
    measured: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A story with a reason for each article; `threshold` is the likeness from which two stories are one.

    `corrections` are those that bind or change it: the operator's, and those of the server that it is told to, which
    may have `hidden` it.
    """

    story: Story
    threshold: float
    reasons: tuple[Reason, ...]
    corrections: tuple[Correction, ...]
    hidden: bool = False


def changed(why: Why, change: Callable[[Article], Article]) -> Why:
    """The same with every article in it changed for whoever is told."""

    def pair(one: Pair | None) -> Pair | None:
        return replace(one, other=change(one.other)) if one else None

    def outside(one: Outside | None) -> Outside | None:
        return replace(one, pair=replace(one.pair, other=change(one.pair.other))) if one else None

    reasons = tuple(
        replace(each, article=change(each.article), inside=pair(each.inside), outside=outside(each.outside))
        for each in why.reasons
    )
    return replace(why, reasons=reasons)


def family(kind: str) -> str:
    """The family of a kind of evidence: meaning, words, names, numbers, time, newsrooms, actions or others."""
    fitting = (name for name, begins in _FAMILIES.items() if kind.startswith(begins))
    return next(fitting, "others")


def _closed(parts: Sequence[tuple[str, float]], total: float, rest: str) -> tuple[tuple[str, float], ...]:
    """The parts with two decimals, and what is left of the total."""
    shown = [(name, round(value, 2)) for name, value in parts]
    return *shown, (rest, round(total - sum(value for _, value in shown), 2))


def concerning(corrections: Sequence[Correction], story: Story, leads: Mapping[str, str]) -> tuple[Correction, ...]:
    """Those that bind an article of a story, or name the story by an id that leads to it."""
    ids = {article.id for article in story.articles}
    return tuple(
        each
        for each in corrections
        if ids & each.before.keys()
        or story.id in {leads.get(name, name) for name in (each.story_id, each.other_id) if name}
    )


def kept_out(pair: float, whole: float, threshold: float, *, apart: bool) -> Kept:
    """What kept an article out, given its likeness and that of the two stories."""
    if apart:
        return Kept.CORRECTION
    if pair < threshold:
        return Kept.UNLIKE
    return Kept.AS_A_WHOLE if whole < threshold else Kept.NOTHING
