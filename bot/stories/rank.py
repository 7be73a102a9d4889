"""Stories in order: what several newsrooms of both presses report, what concerns China, what is fresh.

A score is the sum of its parts, each printed by `jianbao story` so that anyone can add it up again.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.model import Article, Kind, Language, Newsroom, Story

_HALF_LIFE_HOURS = 24.0
_ENOUGH_NEWSROOMS = 6
"""More newsrooms than this add nothing: the world's biggest story is not always this field's."""

_ROUND_UP = re.compile(
    r"(?<!联合)[早晚]报(?!》)|(?:AI|HOT|IT) ?[日周]报|[日周]报 ?[·|｜]|[|｜] ?[日周]报|一周(?:盘点|回顾|要闻|热点|融资)"
    r"|氪[丨|｜]|[|｜]\s*\d+点|\bround-?up\b|^(?:the )?(?:weekly|daily brief)\b|newsletter",
    re.IGNORECASE,
)
"""Newspapers that are called so (《华尔街日报》, 联合早报) and things that merely last a week are none."""
_TIP = re.compile(
    r"stocks? to (?:buy|watch)|should you buy .*(?:stock|share)|price target|better buy|\bvs\.? .*stock"
    r"|值得买|目标价|荐股|(?<!一)个股|涨停|盘前必读|收评|午评|早评",
    re.IGNORECASE,
)
_JOINS = re.compile(r"[；;]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The parts of a story's score; `total` is their sum."""

    corroboration: float
    both_presses: float
    china: float
    freshness: float
    translated: float
    noise: float

    @property
    def total(self) -> float:
        """What stories are ordered by."""
        return sum(value for _, value in self.parts())

    def parts(self) -> tuple[tuple[str, float], ...]:
        """Each part's name and value."""
        return tuple(asdict(self).items())


def independent(articles: Sequence[Article]) -> tuple[Newsroom, ...]:
    """The press newsrooms that report by themselves, in the order they came; copies and other kinds do not count."""
    own = (
        article.newsroom for article in articles if article.newsroom.kind is Kind.PRESS and article.original_id is None
    )
    return tuple(dict.fromkeys(own))


def score(story: Story, *, now: datetime, china: bool, reader: Language) -> Score:
    """How much a story deserves a place; `china` tells whether a Chinese-side entity is named in it.

    A story of the reader's own press that we know only by an aggregator's translated titles comes last of its kind.
    """
    newsrooms = independent(story.articles)
    presses = {newsroom.language for newsroom in newsrooms}
    age = max(0.0, (now - story.articles[-1].published_at).total_seconds() / 3600)
    return Score(
        corroboration=math.log2(1 + min(len(newsrooms), _ENOUGH_NEWSROOMS)),
        both_presses=1.0 if presses == {Language.EN, Language.ZH} else 0.0,
        china=1.5 if china else 0.0,
        freshness=0.5 ** (age / _HALF_LIFE_HOURS),
        translated=-1.0 if all(_is_translated(article, reader) for article in story.articles) else 0.0,
        noise=-2.0 if all(is_noise(article.title) for article in story.articles) else 0.0,
    )


def _is_translated(article: Article, reader: Language) -> bool:
    return article.newsroom.language is reader and article.title_language is not reader


def is_noise(title: str) -> bool:
    """Whether a headline is a round-up of several items or a stock tip: no event of its own."""
    return bool(_ROUND_UP.search(title) or _TIP.search(title) or len(_JOINS.findall(title)) > 1)
