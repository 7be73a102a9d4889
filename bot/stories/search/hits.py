"""Articles that answer to stories that answer: what names everything first, each name alone after it."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.model import Article, Hit, Story
from bot.stories.search.parts import TOUCHED
from bot.stories.search.score import Found, named_by, story_score

ALL, NEAR, ALONE, OTHER = "all", "near", "alone", "other"
_TIERS = (ALL, NEAR, ALONE, OTHER)

_A_PAIR = 2
_MOST_NEAR = 3
"""How many of the closest in meaning come first where nothing names all that was named."""
_WELL = 0.5
"""What share of the best score an article must reach to be listed by time."""


def hits_of(
    stories: Iterable[Story],
    found: Mapping[str, Found],
    *,
    entities: Mapping[str, int],
    words: Mapping[str, int],
    says: Callable[[Article, int], bool],
    passes: Callable[[Article], bool],
) -> list[Hit]:
    """Stories as hits, the best first; `found` is by article, and only articles that pass are shown.

    `says` tells whether an article that was found says the part at a place.
    """
    hits = [hit for story in stories if (hit := _hit(story, found, entities, words, says, passes))]
    hits.sort(key=lambda hit: (_TIERS.index(hit.tier), -hit.score, hit.story.id))
    if entities and any(hit.tier != OTHER for hit in hits):  # another company's results are no answer
        hits = [hit for hit in hits if hit.tier != OTHER]
    return hits if any(hit.tier == ALL for hit in hits) or len(entities) < _A_PAIR else _apart(hits, found, entities)


def first_of(hits: Sequence[Hit], count: int) -> list[Hit]:
    """The first hits, where names stand apart as many of each as there is room for."""
    place: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
    ranks = []
    for at, hit in enumerate(hits):
        kind = hit.tier, hit.names if hit.tier == ALONE and hits[0].tier == NEAR else ()
        place[kind] += 1
        ranks.append((place[kind] if kind[1] else 0, at))
    return [hits[at] for at in sorted(at for _, at in sorted(ranks)[:count])]


def likeliest(found: Iterable[Found], entities: Mapping[str, int], count: int) -> list[str]:
    """The stories that will answer best, judged by their articles one by one, and the closest in meaning."""
    by_story: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        by_story[each.story].append(each)

    def near(story: str) -> float:
        return max(each.near for each in by_story[story])

    named = {story: named_by(members, entities) for story, members in by_story.items()}
    said = {story: (len(named[story]), max(each.score for each in members)) for story, members in by_story.items()}
    best = heapq.nlargest(count, by_story, key=said.__getitem__)
    for entity in entities if len(entities) >= _A_PAIR else ():
        naming = (story for story in by_story if entity in named[story])
        best += heapq.nlargest(count // len(entities), naming, key=said.__getitem__)
    return list(dict.fromkeys([*best, *heapq.nlargest(_MOST_NEAR, by_story, key=near)]))


def latest(found: Iterable[Found], count: int) -> list[str]:
    """The stories with the newest articles."""
    ordered = sorted(found, key=lambda each: (each.published_at, each.number), reverse=True)
    return list(dict.fromkeys(each.story for each in ordered))[:count]


def good(found: Sequence[Found]) -> list[Found]:
    """The articles that answer well, measured by the best."""
    best = max((each.score for each in found), default=0.0)
    return [each for each in found if each.score >= _WELL * best]


def newest_first(hits: Sequence[Hit]) -> list[Hit]:
    """The hits by the time of the article that answers best; the closest in meaning stand among them."""
    tiers = [replace(hit, tier=ALONE if hit.names else OTHER) if hit.tier == NEAR else hit for hit in hits]
    return sorted(tiers, key=lambda hit: (_published(hit), hit.story.id), reverse=True)


def _published(hit: Hit) -> datetime:
    return hit.story.articles[0].published_at


def _hit(
    story: Story,
    found: Mapping[str, Found],
    entities: Mapping[str, int],
    words: Mapping[str, int],
    says: Callable[[Article, int], bool],
    passes: Callable[[Article], bool],
) -> Hit | None:
    shown = [article for article in story.articles if passes(article)]
    answering = sorted(
        (article for article in shown if article.id in found),
        key=lambda article: (-found[article.id].score, -found[article.id].number),
    )
    if not answering:
        return None
    scores = [found[article.id].score for article in answering]
    named = named_by((found[article.id] for article in answering), entities)
    touched = named_by((found[article.id] for article in answering), entities, TOUCHED)
    answered = {article.id for article in answering}
    rest = [article for article in shown if article.id not in answered]
    return Hit(
        story=replace(story, articles=(*answering, *rest)),
        title=answering[0].title,
        score=round(story_score(scores, len(shown)), 4),
        tier=_tier(named, bool(touched), entities),
        names=tuple(entity for entity in entities if entity in named),
        says=tuple(word for word, place in words.items() if any(says(article, place) for article in answering)),
    )


def _tier(named: frozenset[str], touched: bool, entities: Mapping[str, int]) -> str:
    """How a story answers; one name alone is answered by what is related to it too."""
    if len(named) == len(entities) or (touched and len(entities) < _A_PAIR):
        return ALL
    return ALONE if named else OTHER


def _apart(hits: Sequence[Hit], found: Mapping[str, Found], entities: Mapping[str, int]) -> list[Hit]:
    """First the closest in meaning, then what names each entity, in the order they were asked for."""

    def near(hit: Hit) -> float:
        return max(found[article.id].near for article in hit.story.articles if article.id in found)

    closest = [replace(hit, tier=NEAR) for hit in sorted(hits, key=lambda hit: -near(hit))[:_MOST_NEAR]]
    taken = {hit.story.id for hit in closest}
    rest = [hit for hit in hits if hit.story.id not in taken]
    order = list(entities)
    alone = sorted(rest, key=lambda hit: (-len(hit.names), [order.index(name) for name in hit.names]))
    return [*closest, *alone]
