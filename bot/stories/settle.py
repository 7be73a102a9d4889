"""Which story is which after stories were linked anew: ids stay with what they began with."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_NAMES = 8
"""How many ids a story may begin under, should the first ones be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Each article's story, the stories that begin (by their first article), and the old ids that now lead on."""

    homes: Mapping[int, str]
    begun: Mapping[str, int]
    leads: Mapping[str, str]


def settle(
    stories: Sequence[Sequence[int]],
    homes: Mapping[int, str],
    named: Mapping[int, Iterable[str]],
) -> Settled:
    """Give each story its id.

    A story goes on under its id where its first article is; of several in one, the oldest keeps its own and the
    others lead to it. What is left without one begins under the first free id of those its first article offers:
    `named` holds these by article, in order of publication.
    """
    order = {article: rank for rank, article in enumerate(named)}
    stories = [sorted(story, key=order.__getitem__) for story in stories]
    owners = _owners(stories, homes, order)
    found: dict[int, str] = {}
    begun: dict[str, int] = {}
    used = set(homes.values())
    leads: dict[str, str] = {}
    for at, story in enumerate(stories):
        claims = owners.get(at, [])
        if claims:
            kept, *merged = claims
            leads |= dict.fromkeys(merged, kept)
        else:
            kept = next(each for each in named[story[0]] if each not in used)
            begun[kept] = story[0]
            used.add(kept)
        found |= dict.fromkeys(story, kept)
    return Settled(homes=found, begun=begun, leads=leads)


def _owners(
    stories: Sequence[Sequence[int]], homes: Mapping[int, str], order: Mapping[int, int]
) -> dict[int, list[str]]:
    """By story the old ids that go on in it, the oldest first."""
    place = {article: at for at, story in enumerate(stories) for article in story}
    first: dict[str, int] = {}
    for article in sorted(place, key=order.__getitem__):
        if home := homes.get(article):
            first.setdefault(home, article)
    owners: dict[int, list[str]] = {}
    for home, article in first.items():
        owners.setdefault(place[article], []).append(home)
    return owners


def names(first_article: str) -> Iterator[str]:
    """The ids a story may have, made from the article that begins it, so that rehearsals can be compared."""
    yield story_id(first_article)
    yield from (story_id(f"{first_article} {again}") for again in range(1, _NAMES))


def story_id(first_article: str) -> str:
    """An opaque id."""
    return hashlib.sha256(f"story {first_article}".encode()).hexdigest()[:12]
