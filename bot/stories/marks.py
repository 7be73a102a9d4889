"""What grouping looks at in an article, read once when it comes."""

import re
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.model import Article, Kind, Language
from bot.stories.actions import actions
from bot.stories.copies import Print, printed
from bot.stories.entities import Entity, Lexicon
from bot.stories.meanings import STOP, Meanings, blanked, stem
from bot.stories.numbers import amounts, versions
from bot.text import fold, is_chinese, shorten, terms

_EXCERPT = 300
"""Characters of the excerpt whose words are read beside the title's: the event is in the first sentences."""
_ROUND_UP = re.compile(
    r"[早晚]报|日报|周报|周刊|一周|氪[丨|]|\d+点|round-?up|weekly|盘点|要闻|;.*;",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """An article as grouping sees it; `scope` keeps a server's own articles out of others' stories.

    `names` are entities' ids, and with a caret those of their families; `kinds` tells which id is of what kind.
    `titled` is the title's language, `press` the newsroom's. What is long is packed: thousands of these are open.
    """

    number: int
    id: str
    scope: str
    newsroom: str
    press: Language
    is_press: bool
    titled: Language
    published_at: datetime
    terms: Collection[str]
    names: frozenset[str]
    kinds: frozenset[str]
    first: str | None
    amounts: frozenset[str]
    versions: frozenset[str]
    said: Collection[str]
    senses: Collection[str]
    actions: frozenset[str]
    round_up: bool
    print: Print

    @property
    def latin(self) -> frozenset[str]:
        """The terms that both languages write alike."""
        return frozenset(term for term in self.terms if not is_chinese(term))


class Marker:
    """Reads articles with the lexicon and the dictionary."""

    def __init__(self, lexicon: Lexicon, meanings: Callable[[], Meanings]) -> None:
        self._lexicon = lexicon
        self._meanings = meanings

    def marks(self, number: int, article: Article) -> Marks:
        """What is to be seen in an article.

        Words are the title's and the excerpt's; all else is the title's. An excerpt names companies and numbers that
        others' excerpts name too, whatever the event.
        """
        title, whole = fold(article.title), _with_excerpt(article)
        in_title = self._lexicon.mentions(article.title)
        in_all = self._lexicon.mentions(whole) if article.summary else in_title
        names = tuple(dict.fromkeys(mention.id for mention in in_title))
        meaning = self._meanings().read(blanked(fold(whole), ((each.start, each.end) for each in in_all)))
        return Marks(
            number=number,
            id=article.id,
            scope=article.scope,
            newsroom=article.newsroom.name,
            press=article.newsroom.language,
            is_press=article.newsroom.kind is Kind.PRESS,
            titled=article.title_language,
            published_at=article.published_at,
            terms=_packed({stem(term) for term in terms(whole)} - STOP),
            names=frozenset(self._families(names)) | frozenset(names),
            kinds=frozenset(f"{self._lexicon.get(name).kind} {name}" for name in names),
            first=names[0] if names else None,
            amounts=amounts(title),
            versions=versions(title),
            said=_packed(meaning.said),
            senses=_packed(meaning.senses),
            actions=actions(title),
            round_up=bool(_ROUND_UP.search(title)),
            print=printed(
                number=number,
                title=article.title,
                newsroom=article.newsroom,
                language=article.title_language,
                published_at=article.published_at,
            ),
        )

    def entities(self, marks: Marks) -> list[Entity]:
        """The entities an article names."""
        return [self._lexicon.get(name) for name in sorted(marks.names) if not name.startswith("^")]

    def _families(self, names: Iterable[str]) -> Iterable[str]:
        """Each name as the head of a family, and the heads it belongs to, so that Huawei meets HiSilicon."""
        for name in names:
            yield f"^{name}"
            if parent := self._lexicon.get(name).parent:
                yield f"^{parent}"


def _packed(terms: Iterable[str]) -> tuple[str, ...]:
    """A set of terms in a tenth of a set's memory."""
    return tuple(sorted(map(sys.intern, terms)))


def said_by(article: Article) -> str:
    """What an article says by itself, for the encoder: its title, which is all that likeness.yaml was fitted to."""
    return article.title


def _with_excerpt(article: Article) -> str:
    return f"{article.title}. {shorten(article.summary, _EXCERPT)}" if article.summary else article.title
