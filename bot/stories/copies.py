"""Which articles repeat another newsroom's words: reprints, wires, translated copies, and what a text credits.

Copies are found so that corroboration counts reporting and not printing; what is unsure is no copy.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.model import Kind, Language, Newsroom
from bot.text import HAN, fold, terms

_SAME_TEXT = 0.9
"""The share of terms from which one text is a copy of another: reprints change a word or a suffix."""
_SAME_NEWSROOM = 0.6
"""Likewise for two findings of one newsroom's article: aggregators shorten, and desks edit their headlines."""
_SAME_MEANING = 0.8
"""The cosine from which a title is another's translation; the bundled encoder gives translations 0.8 and more."""
_SOON = timedelta(days=2)
"""A reprint follows within two days; later, the same words are a rubric or the next quarter."""
_FEWEST = 3
"""Titles of fewer terms are alike by chance."""

_LONGEST = 400
"""The characters of an excerpt in which a newsroom is credited: a dateline, or the first sentences."""

_BRACKETS = re.compile(
    r"^\s*(?:\[[^\]]{1,20}\]|【[^】]{1,20}】|\([^)]{1,20}\))|(?:\([^()]{1,40}\)|\[[^\]]{1,40}\])\s*$"
)
_SITE = re.compile(rf"\s*(?:\s[-–—]{{1,2}}\s|[|_丨]|——)\s*(?:[^-–—|_丨{HAN}]{{1,30}}|[{HAN}a-z0-9]{{2,8}})$")
_LATIN = re.compile("[a-z]")


class Told(Protocol):
    """What must be known of an article to call it a copy; the press copies nobody but the press."""

    @property
    def number(self) -> int: ...  # noqa: D102  # as in the store
    @property
    def is_press(self) -> bool: ...  # noqa: D102
    @property
    def published_at(self) -> datetime: ...  # noqa: D102
    @property
    def terms(self) -> frozenset[str]: ...  # noqa: D102


T = TypeVar("T", bound=Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """An article as it is compared: `language` is the title's, `bare` the title without site names and marks."""

    number: int
    is_press: bool
    published_at: datetime
    newsroom: str
    language: Language
    bare: str
    terms: frozenset[str]


def printed(*, number: int, title: str, newsroom: Newsroom, language: Language, published_at: datetime) -> Print:
    """An article ready to be compared."""
    text = bare(title)
    return Print(
        number=number,
        is_press=newsroom.kind is Kind.PRESS,
        published_at=published_at,
        newsroom=newsroom.name,
        language=language,
        bare=text,
        terms=frozenset(terms(text)),
    )


def bare(title: str) -> str:
    """A title as every site prints it: without brackets and site names around it, folded."""
    text = _BRACKETS.sub("", fold(title)).strip()
    shorter = _SITE.sub("", text)
    return _BRACKETS.sub("", shorter if len(shorter) * 3 > len(text) else text).strip()


def same_terms(one: Told, other: Told) -> bool:
    """Whether two texts say the same in the same words."""
    return _share(one.terms, other.terms) >= _SAME_TEXT


def same_print(one: Print, other: Print, cosine: float | None = None) -> bool:
    """Whether one is the other printed again: the same words, or one newsroom's article found twice.

    `cosine` of their vectors, where at hand, also tells a newsroom's title from its translation. Two articles of one
    newsroom that merely stand in one story are two.
    """
    if abs(one.published_at - other.published_at) > _SOON:
        return False
    if one.language is not other.language:
        return one.newsroom == other.newsroom and cosine is not None and cosine >= _SAME_MEANING
    if one.bare and one.bare == other.bare:
        return True
    if min(len(one.terms), len(other.terms)) < _FEWEST or _numbers(one) != _numbers(other):
        return False
    return _share(one.terms, other.terms) >= (_SAME_NEWSROOM if one.newsroom == other.newsroom else _SAME_TEXT)


def copied(one: T, others: Sequence[T], same: Callable[[T, T], bool] = same_terms) -> T | None:
    """The article whose text this one repeats, if any: the earliest of the press, else the earliest."""
    found = [other for other in others if other.is_press >= one.is_press and same(one, other)]
    return min(found, key=rank, default=None)


def rank(told: Told) -> tuple[bool, datetime, int]:
    """The order in which articles may be the original of others: the press first, then by time."""
    return not told.is_press, told.published_at, told.number


def originals(told: Sequence[T], same: Callable[[T, T], bool] = same_terms) -> dict[int, int]:
    """By the number of each copy the number of its original, whatever order the articles came in.

    A copy of a copy names the original of both.
    """
    found: dict[int, int] = {}
    earlier: list[T] = []
    for one in sorted(told, key=rank):
        if original := copied(one, earlier, same):
            found[one.number] = found.get(original.number, original.number)
        earlier.append(one)
    return found


class Credits:
    """Finds the press newsroom that a text itself credits; compiled once from the names that are known.

    A reprint ("via Reuters", 转自) and a citation ("according to Reuters", 据路透社报道) both count: each repeats
    that newsroom's reporting. Unnamed sources (消息称, "Sources:") are nobody's, and a newsroom that is merely
    spoken of is not credited.
    """

    def __init__(self, named: Mapping[str, Newsroom]) -> None:
        self._named = {fold(name): room for name, room in named.items() if room.kind is Kind.PRESS}
        self._behind, self._within = _patterns(self._named)

    def credited(self, title: str, summary: str) -> str | None:
        """The name of the newsroom, which may be the article's own; None where the text credits none."""
        for text, pattern in ((title, self._behind), (title, self._within), (summary[:_LONGEST], self._within)):
            for found in pattern.finditer(fold(text)):
                name = next(part for part in found.groups() if part)
                if _is_written(name, text):
                    return self._named[name].name
        return None


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _numbers(told: Print) -> frozenset[str]:
    return frozenset(term for term in told.terms if any(char.isdigit() for char in term))


def _is_written(name: str, text: str) -> bool:
    """Whether a name has a capital in the text as written: Wired is credited, wired is not."""
    if not _LATIN.match(name):
        return True
    return any(found[0][:1].isupper() for found in re.finditer(re.escape(name), text, re.IGNORECASE))


def _patterns(named: Mapping[str, Newsroom]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How newsrooms are credited in a folded text: behind a title, and anywhere in a text."""
    ways = "|".join(map(re.escape, sorted(named, key=len, reverse=True))) or "(?!)"
    latin, any_name = rf"(?:the )?({ways})(?:\.com)?(?![a-z0-9])", f"({ways})"
    quoted = rf"[《「\"“]?{any_name}[》」\"”]?"
    ends = r"\s*(?:$|[.,;:)])"
    weekday = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    day = r"(?:(?:当地时间|北京时间|网站|记者|今日|昨日|周[一二三四五六日]|\d{1,2}月|\d{1,2}日)){0,4}"
    behind = (
        rf"(?:\s[-–—]{{1,2}}\s*|\s*[|]\s*){latin}\s*$",
        rf"\((?:[^()]*/\s*)?{latin}\s*\)\s*$",
        rf"^{any_name}\s*:",
    )
    within = (
        rf"\bvia @?{latin}\s*(?=$|[.,;:!?)\]])",
        rf"\({latin}\)\s*[-–—]",
        rf"\b(?:according to|reported by|per)(?: a(?: report (?:by|from))?)? {latin}(?='s report| report|{ends})",
        rf"(?<![a-z0-9]){latin} (?:reports|reported)(?= that\b|{ends}| (?:on )?{weekday})",
        rf"(?:转载?自|来源|稿源|原文刊于)\s*[:：]?\s*{quoted}",
        rf"(?:据|援引|引述)(?:外媒|美媒|英媒|媒体|美国|英国|日本|韩国|法国)?{quoted}{day}\s*(?:的|独家)*(?:报道|报导|消息|披露|称)",
        rf"(?:^|[。,;\s])(?:外媒)?{quoted}{day}(?:独家)?(?:报道|报导)(?:称|,|:)",
    )
    return re.compile("|".join(behind)), re.compile("|".join(within))
