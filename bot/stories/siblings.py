"""Stories that belong together without being one: one visit and its six deals take one place of a digest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from bot.model import Name, Story
from bot.stories.heart import About, originals

_A_DAY = timedelta(days=1)
_FEW_NEWSROOMS = 3
"""A sibling of more independent papers than these is news of its own."""

_A_CROWD = 3
"""From so many stories of one company in a day on they are one place's worth, whatever else they share."""

_MOST_NAMES = 2

_EVERYWHERE = frozenset({"china", "us"})
"""Places that half of all headlines name, so that sharing them tells nothing."""

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """What two stories have in common, as far as it makes them siblings."""

    newsroom: bool
    name: bool


def kin(one: Story, its: About, other: Story, others: About) -> Kin | None:
    """What makes two stories siblings, if they are of one day and led by the same company; else None.

    `name` tells that they share a place or another name beside it.
    """
    if its.leader is None or its.leader != others.leader:
        return None
    first, second = originals(one), originals(other)
    if abs(first[0].published_at - second[0].published_at) > _A_DAY:
        return None
    papers, other_papers = ({each.newsroom.name for each in articles} for articles in (first, second))
    if len(other_papers) > _FEW_NEWSROOMS:
        return None
    leader, _ = its.leader
    return Kin(newsroom=bool(papers & other_papers), name=bool((its.ids & others.ids) - {leader, *_EVERYWHERE}))


def bundled(ranked: Sequence[Each], related: Callable[[Each, Each], Kin | None], *, most: int) -> list[list[Each]]:
    """Stories in their order, each with its siblings behind it, of which no bundle has more than `most`.

    Siblings share a name with the first of their bundle, or a newsroom where its company is told of all day. They
    belong to the first and to no other sibling, so that no chain leads away from it. What finds its bundle full
    stands alone behind all others.
    """
    bundles: list[list[Each]] = []
    spare: list[list[Each]] = []
    placed: set[int] = set()
    for at, head in enumerate(ranked):
        if at in placed:
            continue
        found = {after: kin for after in range(at + 1, len(ranked)) if (kin := related(head, ranked[after]))}
        crowd = 1 + len(found) >= _A_CROWD
        siblings = [after for after, kin in found.items() if after not in placed and _belongs(kin, crowd=crowd)]
        placed.update(siblings)
        bundles.append([head, *(ranked[after] for after in siblings[:most])])
        spare += [[ranked[after]] for after in siblings[most:]]
    return bundles + spare


def _belongs(kin: Kin, *, crowd: bool) -> bool:
    return kin.name or (crowd and kin.newsroom)


def theme(abouts: Sequence[About]) -> tuple[Name, ...]:
    """What all of a bundle share: its leading company, and a place where there is one."""
    first = abouts[0]
    shared = first.places.intersection(*(each.ids for each in abouts[1:])) - _EVERYWHERE
    leading = [first.leader[1]] if first.leader else []
    return (*leading, *[name for entity, name in first.named if entity in shared][:1])


def called(its: About, head: About) -> tuple[Name, ...]:
    """The partners in which a sibling differs from the first of its bundle; its headline must do where it has none."""
    own = [name for entity, name in its.partners if entity not in head.ids]
    return tuple(own[:_MOST_NAMES])
