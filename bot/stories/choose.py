"""Which stories a digest tells: new ones, updates of running ones, in what order and under which heading."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import CATALOGUE, Article, Digest, Headline, Item, Kind, Language, Section, Story, Topic, Window
from bot.stories.entities import Lexicon
from bot.stories.rank import score
from bot.stories.tell import headline, tell

TOP, UPDATES, ALSO = "top", "updates", "also"
"""The headings beside the topics: the lead, running stories, and what gets a line only."""

_UPDATES_AT_MOST = 3
_ALSO_AT_MOST = 4
_SPEAKERS = frozenset({Kind.PRESS, Kind.COMPANY, Kind.OFFICIAL})

_STALE = timedelta(days=3)
"""What was published longer ago than this is not news when we find it late, as in the first poll of a new feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that may be told: its score, and the headline that is new where the channel knows it already."""

    story: Story
    score: float
    new: Headline | None = None


def candidates(
    stories: Sequence[Story], *, seen: Collection[str], now: datetime, china: Collection[str], reader: Language
) -> list[Candidate]:
    """The stories worth telling, best first: on topic, not stale, new to the channel or with something new.

    `seen` holds the ids of the articles shown there, `china` those of the stories that concern China.
    """
    found = (_candidate(story, seen=seen, now=now, china=story.id in china, reader=reader) for story in stories)
    return sorted((each for each in found if each), key=lambda each: (-each.score, each.story.id))


def _candidate(
    story: Story, *, seen: Collection[str], now: datetime, china: bool, reader: Language
) -> Candidate | None:
    told = as_everybody_sees(story)
    if not is_on_topic(told) or now - told.articles[-1].published_at > _STALE:
        return None
    known = any(article.id in seen for article in story.articles)
    new = whats_new(told, seen) if known else None
    if known and not new:
        return None
    return Candidate(story=told, score=score(told, now=now, china=china, reader=reader).total, new=new)


def as_everybody_sees(story: Story) -> Story:
    """A story without a server's own articles, which count and title nothing; one of those alone stays as it is."""
    catalogue = tuple(article for article in story.articles if article.scope == CATALOGUE)
    return replace(story, articles=catalogue) if catalogue else story


def is_on_topic(story: Story) -> bool:
    """Whether any article belongs in this digest."""
    return any(article.relevant for article in story.articles)


def concerns_china(story: Story, lexicon: Lexicon) -> bool:
    """Whether a headline names an entity of the Chinese side."""
    return any(lexicon.get(entity).china for article in story.articles for entity in lexicon.find(article.title))


def whats_new(story: Story, seen: Collection[str]) -> Headline | None:
    """The latest headline of a newsroom that had not reported yet; copies and forum talk bring nothing new."""
    heard = {article.newsroom.name for article in story.articles if article.id in seen}
    fresh = [article for article in story.articles if _adds(article, seen, heard)]
    return headline(fresh[-1]) if fresh else None


def _adds(article: Article, seen: Collection[str], heard: Collection[str]) -> bool:
    return (
        article.relevant
        and article.id not in seen
        and article.original_id is None
        and article.newsroom.name not in heard
        and article.newsroom.kind in _SPEAKERS
    )


def sections(ranked: Sequence[Candidate], *, reader: Language, size: int) -> tuple[Section, ...]:
    """The chosen stories under their headings: the lead, topics by their best story, updates, the rest in a line."""
    fresh = [each for each in ranked if not each.new]
    room = min(_UPDATES_AT_MOST, max(size // 3, size - len(fresh)))
    updates = [each for each in ranked if each.new][:room]
    fresh = fresh[: size - len(updates)]
    lines = min(_ALSO_AT_MOST, len(fresh) // 4)
    told, also = fresh[: len(fresh) - lines], fresh[len(fresh) - lines :]
    topics: dict[str, list[Candidate]] = defaultdict(list)
    for each in told[1:]:
        topics[each.story.topic or ALSO].append(each)
    also = topics.pop(ALSO, []) + also
    parts = [(TOP, told[:1]), *topics.items(), (UPDATES, updates), (ALSO, also)]
    return _numbered([(heading, found) for heading, found in parts if found], reader)


def _numbered(parts: Sequence[tuple[str, Sequence[Candidate]]], reader: Language) -> tuple[Section, ...]:
    numbers = iter(range(1, 1 + sum(len(found) for _, found in parts)))
    return tuple(
        Section(
            heading=heading,
            items=tuple(Item(number=next(numbers), telling=tell(each.story, reader), new=each.new) for each in found),
        )
        for heading, found in parts
    )


def shown_articles(digest: Digest, stories: Mapping[str, Story]) -> list[str]:
    """The ids of every article of the stories a digest tells: what the channel has seen from now on."""
    told = [item.telling.story_id for section in digest.sections for item in section.items]
    return [article.id for story in told for article in stories[story].articles]


def retold(digest: Digest, stories: Mapping[str, Story], language: Language) -> Digest:
    """The same stories under the same numbers for a reader of another language.

    `stories` are those it tells, by the ids it tells them by; two that have become one since are told once.
    """
    seen: set[str] = set()

    def told(item: Item) -> Item | None:
        story = stories.get(item.telling.story_id)
        now = story.id if story else item.telling.story_id
        if now in seen:
            return None
        seen.add(now)
        return replace(item, telling=tell(as_everybody_sees(story), language)) if story else item

    parts = ((part, tuple(item for item in map(told, part.items) if item)) for part in digest.sections)
    sections = tuple(replace(part, items=items) for part, items in parts if items)
    return replace(digest, language=language, sections=sections)


def without_last(digest: Digest) -> Digest:
    """The digest with its last story less."""
    *before, last = digest.sections
    left = (replace(last, items=last.items[:-1]),) if len(last.items) > 1 else ()
    return replace(digest, sections=(*before, *left))


def within(story: Story, hours: Window) -> int:
    """How many articles of a story were first seen in some hours."""
    return sum(hours.start < article.first_seen_at <= hours.end for article in story.articles)


def on_topic(ranked: Sequence[Candidate], topic: Topic | None) -> list[Candidate]:
    """Those of one topic; all where none is asked for."""
    return [each for each in ranked if topic in (None, each.story.topic)]
