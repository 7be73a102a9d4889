"""Which stories a digest tells: new ones, what one press alone has, updates, in what order and under which heading."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count

from bot.model import (
    CATALOGUE,
    Article,
    Digest,
    Headline,
    Item,
    Kind,
    Language,
    Section,
    Story,
    Topic,
    Update,
    Window,
)
from bot.stories.heart import About, originals
from bot.stories.only import only_press
from bot.stories.rank import score
from bot.stories.siblings import Kin, bundled, called, kin, theme
from bot.stories.tell import Gloss, batch_stamped, headline, opposite, tell, unglossed

TOP, UPDATES, ALSO = "top", "updates", "also"
ONLY: Mapping[Language, str] = {Language.ZH: "only-zh", Language.EN: "only-en"}
"""The headings beside the topics: the lead, what one press alone has, running stories, what gets a line only."""

_UPDATES_AT_MOST = 3
_ALSO_AT_MOST = 4
_NOISE_AT_MOST = 1
"""A tip or round-up may stand in a line at the end of a thin day."""

_SPEAKERS = frozenset({Kind.PRESS, Kind.COMPANY, Kind.OFFICIAL})

_STALE = timedelta(days=3)
"""What was published longer ago than this is not news when we find it late, as in the first poll of a new feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that may be told: its score, what it is about, and what is new where the channel knows it already.

    `only` is the press that alone has it, `stamped` the newsrooms whose times are not their own.
    """

    story: Story
    score: float
    new: Headline | None = None
    update: Update | None = None
    about: About = field(default=About())
    only: Language | None = None
    noise: bool = False
    stamped: frozenset[str] = frozenset()


def candidates(
    stories: Sequence[Story],
    *,
    seen: Mapping[str, date],
    now: datetime,
    about: Mapping[str, About],
    reader: Language,
) -> list[Candidate]:
    """The stories worth telling, best first: on topic, not stale, new to the channel or with something new.

    `seen` holds the ids of the articles shown there with the date they were shown on, `about` what the stories are
    about, by id.
    """
    stamped = batch_stamped(stories)
    found = (
        _candidate(story, seen=seen, now=now, about=about.get(story.id, About()), reader=reader, stamped=stamped)
        for story in stories
    )
    return sorted((each for each in found if each), key=lambda each: (-each.score, each.story.id))


def _candidate(
    story: Story,
    *,
    seen: Mapping[str, date],
    now: datetime,
    about: About,
    reader: Language,
    stamped: frozenset[str],
) -> Candidate | None:
    told = as_everybody_sees(story)
    if not is_on_topic(told) or now - originals(told)[-1].published_at > _STALE:
        return None
    known = any(article.id in seen for article in story.articles)
    fresh = unheard(told, seen) if known else []
    if known and not fresh:
        return None
    scored = score(told, now=now, china=about.china, reader=reader)
    return Candidate(
        story=told,
        score=scored.total,
        new=headline(_newest(fresh, reader), reader) if fresh else None,
        update=whats_new(told, fresh, seen) if fresh else None,
        about=about,
        only=only_press(story, about),
        noise=scored.noise < 0 and not story.on_top,
        stamped=stamped,
    )


def as_everybody_sees(story: Story) -> Story:
    """A story without a server's own articles, which count and title nothing; one of those alone stays as it is."""
    catalogue = tuple(article for article in story.articles if article.scope == CATALOGUE)
    return replace(story, articles=catalogue) if catalogue else story


def is_on_topic(story: Story) -> bool:
    """Whether any article belongs in this digest."""
    return any(article.relevant for article in originals(story))


def unheard(story: Story, seen: Mapping[str, date]) -> list[Article]:
    """The articles of newsrooms that had not reported yet; copies and forum talk bring nothing new."""
    heard = {article.newsroom.name for article in story.articles if article.id in seen}
    return [article for article in story.articles if _adds(article, seen, heard)]


def _newest(fresh: Sequence[Article], reader: Language) -> Article:
    """The latest of them, in the reader's language where there is one."""
    return next((each for each in reversed(fresh) if each.title_language is reader), fresh[-1])


def whats_new(story: Story, fresh: Sequence[Article], seen: Mapping[str, date]) -> Update:
    """Who has joined since the channel last saw a story, and whether that is a press that had been silent."""
    spoke = {article.newsroom.language for article in story.articles if article.id in seen}
    speak = {article.newsroom.language for article in fresh if article.newsroom.kind is Kind.PRESS}
    silent = speak - spoke
    return Update(
        since=max(seen[article.id] for article in story.articles if article.id in seen),
        newsrooms=tuple(dict.fromkeys(article.newsroom.name for article in fresh)),
        press=next(iter(silent)) if silent else None,
    )


def _adds(article: Article, seen: Mapping[str, date], heard: set[str]) -> bool:
    return (
        article.relevant
        and article.id not in seen
        and article.original_id is None
        and article.newsroom.name not in heard
        and article.newsroom.kind in _SPEAKERS
    )


def sections(
    ranked: Sequence[Candidate], *, reader: Language, size: int, gloss: Gloss = unglossed
) -> tuple[Section, ...]:
    """The chosen stories under their headings.

    First the lead, then what the other press alone has, topics by their best story, updates, the rest in a line.
    Siblings stand behind the first of them and count like any story.
    """
    fresh = [each for each in ranked if not each.new]
    room = min(_UPDATES_AT_MOST, max(size // 3, size - len(fresh)))
    updates = [each for each in ranked if each.new][:room]
    places = size - len(updates)
    news = bundled([each for each in fresh if not each.noise], _related, most=max(1, size // 3))
    chosen = _that_fit(_varied(news, opposite(reader), _most_alone(size)), places, most=size // 3)
    left = places - sum(map(len, chosen))
    noise = [[each] for each in fresh if each.noise][: min(left, _NOISE_AT_MOST)]
    parts = [*_under_headings(chosen, noise, reader, size), (UPDATES, [[each] for each in updates])]
    ordered = sorted(parts, key=lambda part: part[0] == ALSO)
    return _numbered([(heading, bundles) for heading, bundles in ordered if bundles], reader, gloss)


Bundle = list[Candidate]


def _most_alone(size: int) -> int:
    """How many places what one press alone has takes at most."""
    return max(1, size // 3)


def _varied(ranked: Sequence[Bundle], press: Language, most: int) -> list[Bundle]:
    """The bundles in their order, but what the other press alone has only so often before all others, and never rarely.

    So neither an English reader's digest is all Chinese, nor a Chinese reader's without the foreign press.
    """
    alone = [bundle for bundle in ranked if bundle[0].only is press]
    sure, later = alone[: most // 2 + 1], alone[most:]
    return [*sure, *(bundle for bundle in ranked if bundle not in sure and bundle not in later), *later]


def _related(head: Candidate, each: Candidate) -> Kin | None:
    """What makes a story another's sibling; what both presses have never stands under "only"."""
    if head.only not in (None, each.only):
        return None
    return kin(head.story, head.about, each.story, each.about)


def _that_fit(bundles: Sequence[Bundle], places: int, *, most: int) -> list[Bundle]:
    """As many bundles as have a place, with at most so many siblings among them all."""
    for heads in range(min(len(bundles), places), 0, -1):
        siblings = min(most, sum(len(bundle) - 1 for bundle in bundles[:heads]))
        if heads + siblings <= places:
            return _trimmed(bundles[:heads], siblings)
    return []


def _trimmed(bundles: Sequence[Bundle], siblings: int) -> list[Bundle]:
    kept = []
    for bundle in bundles:
        kept.append(bundle[: 1 + siblings])
        siblings -= len(kept[-1]) - 1
    return kept


def _under_headings(
    chosen: Sequence[Bundle], noise: Sequence[Bundle], reader: Language, size: int
) -> list[tuple[str, list[Bundle]]]:
    """The lead is what moderators keep on top, else the best story the other press does not have alone.

    Noise and what has no topic gets a line.
    """
    other = opposite(reader)
    alone = [bundle for bundle in chosen if bundle[0].only is other and not bundle[0].story.on_top]
    only = alone[: _most_alone(size)]
    told = [bundle for bundle in chosen if bundle not in only]
    lines = min(_ALSO_AT_MOST, len(told) // 4)
    told, also = told[: len(told) - lines], told[len(told) - lines :]
    topics: dict[str, list[Bundle]] = defaultdict(list)
    for bundle in told[1:]:
        topics[bundle[0].story.topic or ALSO].append(bundle)
    also = [[each] for bundle in (*topics.pop(ALSO, []), *also, *noise) for each in bundle]
    return [(TOP, told[:1]), (ONLY[other], only), *topics.items(), (ALSO, also)]


def _numbered(parts: Sequence[tuple[str, Sequence[Bundle]]], reader: Language, gloss: Gloss) -> tuple[Section, ...]:
    numbers = count(1)
    return tuple(
        Section(
            heading=heading,
            items=tuple(item for bundle in bundles for item in _items(bundle, numbers, reader, gloss)),
        )
        for heading, bundles in parts
    )


def _items(bundle: Bundle, numbers: Iterator[int], reader: Language, gloss: Gloss) -> Iterator[Item]:
    """The first of a bundle, and its siblings under it."""
    head, *siblings = bundle
    first = item(next(numbers), head, reader, gloss)
    yield replace(first, theme=theme([each.about for each in bundle])) if siblings else first
    for each in siblings:
        sibling = item(next(numbers), each, reader, gloss)
        names = called(each.about, head.about) if len(siblings) > 1 else ()
        yield replace(sibling, under=first.number, called=names)


def item(number: int, each: Candidate, reader: Language, gloss: Gloss = unglossed) -> Item:
    """A candidate as it is told under a number."""
    telling = tell(each.story, reader, gloss=gloss, stamped=each.stamped, only=each.only)
    return Item(number=number, telling=telling, new=_glossed(each.new, reader, gloss), update=each.update)


def _glossed(shown: Headline | None, reader: Language, gloss: Gloss) -> Headline | None:
    if shown is None:
        return None
    return replace(shown, gloss=None if shown.language is reader else gloss(shown.title, reader).strip() or None)


def bundles(items: Sequence[Item]) -> list[tuple[Item, list[Item]]]:
    """The items of a section, each with its siblings; a sibling whose first is gone stands for itself."""
    found: list[tuple[Item, list[Item]]] = []
    for each in items:
        if found and each.under == found[-1][0].number:
            found[-1][1].append(each)
        else:
            found.append((each, []))
    return found


def shown_articles(digest: Digest, stories: Mapping[str, Story]) -> list[str]:
    """The ids of every article of the stories a digest tells: what the channel has seen from now on."""
    told = [item.telling.story_id for section in digest.sections for item in section.items]
    return [article.id for story in told for article in stories[story].articles]


def retold(digest: Digest, stories: Mapping[str, Story], language: Language, gloss: Gloss = unglossed) -> Digest:
    """The same stories under the same numbers for a reader of another language; who was first stays as it was told.

    `stories` are those it tells, by the ids it tells them by; two that have become one since are told once.
    """
    seen: set[str] = set()

    def told(item: Item) -> Item | None:
        story = stories.get(item.telling.story_id)
        now = story.id if story else item.telling.story_id
        if now in seen:
            return None
        seen.add(now)
        if story is None:
            return item
        telling = tell(as_everybody_sees(story), language, gloss=gloss, only=item.telling.only)
        telling = replace(telling, lead_hours=item.telling.lead_hours)
        return replace(item, telling=telling, new=_glossed(item.new, language, gloss))

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
