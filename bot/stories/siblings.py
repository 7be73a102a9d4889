"""Stories that belong together without being one: one visit and its six deals take one place of a digest."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.model import Name, Story
from bot.stories.heart import About, originals

_A_DAY = timedelta(days=1)
_FEW_NEWSROOMS = 3
"""A sibling of more independent papers than these is news of its own."""

_MOST_NAMES = 2

Each = TypeVar("Each")


def are_siblings(one: Story, its: About, other: Story, others: About) -> bool:
    """Whether two stories are of one day, led by the same company, and told by the same few newsrooms.

    Instead of a newsroom they may share a place or another name.
    """
    if its.leader is None or its.leader != others.leader:
        return False
    leader, _ = its.leader
    first, second = originals(one), originals(other)
    if abs(first[0].published_at - second[0].published_at) > _A_DAY:
        return False
    papers, other_papers = ({each.newsroom.name for each in articles} for articles in (first, second))
    if len(other_papers) > _FEW_NEWSROOMS:
        return False
    return bool(papers & other_papers) or bool((its.ids & others.ids) - {leader})


def bundled(ranked: Sequence[Each], belongs: Callable[[Each, Each], bool], *, most: int) -> list[list[Each]]:
    """Stories in their order, each with its siblings behind it, of which no bundle has more than `most`.

    Siblings belong to the first of their bundle and to no other sibling, so that no chain leads away from it.
    What finds its bundle full is left out.
    """
    bundles: list[list[Each]] = []
    for each in ranked:
        home = next((bundle for bundle in bundles if belongs(bundle[0], each)), None)
        if home is None:
            bundles.append([each])
        elif len(home) <= most:
            home.append(each)
    return bundles


def theme(abouts: Sequence[About]) -> tuple[Name, ...]:
    """What all of a bundle share: its leading company, and a place where there is one."""
    first = abouts[0]
    shared = first.places.intersection(*(each.ids for each in abouts[1:]))
    leading = [first.leader[1]] if first.leader else []
    return (*leading, *[name for entity, name in first.named if entity in shared][:1])


def called(its: About, head: About) -> tuple[Name, ...]:
    """The names in which a sibling differs from the first of its bundle; its headline must do where there is none."""
    known = head.ids | ({head.leader[0]} if head.leader else set())
    own = [name for entity, name in its.named if entity not in known and entity not in its.places]
    return tuple(own[:_MOST_NAMES])
