"""Stories in order: what several newsrooms of both presses report, what concerns China, what is fresh.

A score is the sum of its parts, each with three decimals, so that anyone can add up what is printed and has the very
score. Copies of an article change none of them.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.model import Article, Kind, Language, Newsroom, Story, Topic
from bot.stories.heart import originals
from bot.stories.noise import is_noise

_HALF_LIFE_HOURS = 24.0
_ENOUGH_NEWSROOMS = 6
"""More newsrooms than this add nothing: the world's biggest story is not always this field's."""

_DECIMALS = 3
_CHINA = 1.5
_SOURCES = {Kind.PRESS: 0.5, Kind.COMPANY: 0.25, Kind.OFFICIAL: 0.25, Kind.AGGREGATOR: 0.0, Kind.COMMUNITY: -0.5}
"""What the best of a story's sources is worth."""

_TOPICS = {
    Topic.CHIPS: 0.3,
    Topic.MODELS: 0.3,
    Topic.POLICY: 0.3,
    Topic.COMPUTE: 0.2,
    Topic.ROBOTS: 0.1,
    Topic.RESEARCH: 0.1,
    Topic.CAPITAL: 0.0,
}
"""How much of this field's own a topic is; of money every paper has enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The parts of a story's score; `total` is their sum, in the order in which they stand here.

    `corroboration`: the logarithm to base two of one more than the independent newsrooms, of at most six.
    `both_presses`: 1 where independent newsrooms of both presses report it.
    `china`: 1.5 where the Chinese side is at its heart, half of it where it is merely mentioned.
    `freshness`: 1 when it is new, halved with each day since its newest article.
    `source`: 0.5 where the press reports it, less for a company's or official's own words, below 0 for a forum's.
    `topic`: 0.3 for chips, models and policy, down to 0 for capital and for none.
    `translated`: -1 where the reader's own press has it, but we know only titles translated for others.
    `noise`: -2 where every headline is a round-up, a stock tip or price commentary.
    """

    corroboration: float
    both_presses: float
    china: float
    freshness: float
    source: float
    topic: float
    translated: float
    noise: float

    @property
    def total(self) -> float:
        """What stories are ordered by."""
        return round(sum(value for _, value in self.parts()), _DECIMALS)

    def parts(self) -> tuple[tuple[str, float], ...]:
        """Each part's name and value."""
        return tuple(asdict(self).items())


def independent(articles: Sequence[Article]) -> tuple[Newsroom, ...]:
    """The press newsrooms that report by themselves, in the order they came; copies and other kinds do not count.

    Whoever credits another newsroom counts as that one, and once with it: five that follow Reuters are one source.
    """
    sources: dict[str, Newsroom] = {}
    for article in articles:
        newsroom = article.newsroom
        if newsroom.kind is not Kind.PRESS or article.original_id is not None:
            continue
        source = article.via or newsroom.name
        if source not in sources or source == newsroom.name:
            sources[source] = newsroom
    return tuple(dict.fromkeys(sources.values()))


def score(story: Story, *, now: datetime, china: float, reader: Language) -> Score:
    """How much a story deserves a place; `china` tells from 0 to 1 how near the Chinese side is to its heart.

    A story of the reader's own press that we know only by an aggregator's translated titles comes last of its kind.
    """
    articles = originals(story)
    newsrooms = independent(articles)
    presses = {newsroom.language for newsroom in newsrooms}
    age = max(0.0, (now - articles[-1].published_at).total_seconds() / 3600)
    return Score(
        corroboration=round(math.log2(1 + min(len(newsrooms), _ENOUGH_NEWSROOMS)), _DECIMALS),
        both_presses=1.0 if presses == {Language.EN, Language.ZH} else 0.0,
        china=_CHINA * china,
        freshness=round(0.5 ** (age / _HALF_LIFE_HOURS), _DECIMALS),
        source=max(_SOURCES[article.newsroom.kind] for article in articles),
        topic=_TOPICS[story.topic] if story.topic else 0.0,
        translated=-1.0 if all(_is_translated(article, reader) for article in articles) else 0.0,
        noise=-2.0 if all(is_noise(article.title) for article in articles) else 0.0,
    )


def _is_translated(article: Article, reader: Language) -> bool:
    return article.newsroom.language is reader and article.title_language is not reader
