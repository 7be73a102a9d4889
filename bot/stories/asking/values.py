"""What stands behind the operators of a query: topics, languages, names, dates; a wrong one is told the right one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Literal, get_args

from bot.model import Language, Topic
from bot.stories.asking.letters import distance
from bot.stories.asking.pieces import OPERATORS, Operator, Piece
from bot.stories.asking.sentences import wrong
from bot.stories.asking.spelling import nearest_names
from bot.stories.asking.when import Span, span_of
from bot.stories.entities import Lexicon
from bot.text import fold, is_chinese

Sort = Literal["best", "new"]
SORTS: tuple[Sort, ...] = get_args(Sort)
Headings = Mapping[Language, Mapping[str, str]]
"""What stands over each topic's section, by the reader's language and the topic's value."""

_LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english", "英文", "英语"), Language.EN),
    **dict.fromkeys(("zh", "cn", "zh-cn", "zh-tw", "chinese", "中文", "汉语", "华文"), Language.ZH),
}
_SORTS: Mapping[str, Sort] = {
    **dict.fromkeys(("best", "relevance", "最佳", "相关", "相关度"), SORTS[0]),
    **dict.fromkeys(("new", "newest", "latest", "date", "time", "新", "最新", "时间", "日期"), SORTS[1]),
}
_EXAMPLES: Mapping[Operator, str] = {
    "source": "source:36kr",
    "topic": "topic:chips",
    "lang": "lang:zh",
    "entity": "entity:huawei",
    "since": "since:7d",
    "until": "until:2026-06-09",
    "sort": "sort:new",
}
_CALLED_ELSEWHERE: Mapping[str, Operator] = {
    **dict.fromkeys(("site", "from", "newsroom", "feed"), "source"),
    **dict.fromkeys(("tag", "section", "category"), "topic"),
    **dict.fromkeys(("after", "newer"), "since"),
    **dict.fromkeys(("before", "older"), "until"),
    **dict.fromkeys(("order", "orderby", "sortby"), "sort"),
}
"""What other search boxes call an operator."""

ONE: frozenset[Operator] = frozenset({"since", "until", "sort"})
"""The operators whose values are no lists, so that june 1, 2026 is a date."""
_LISTED = re.compile(r"[,，、|]")
_TELLING, _LONG = 5, 6
"""The letters from which an operator's name may have one wrong, and two; shorter ones are too near to common words."""
_NEAR = 3


def check_name(piece: Piece) -> None:
    """Raises QueryError where the word before a colon is nearly an operator; most such words are none."""
    name, value = piece.text[: len(piece.named or "")], piece.text[len(piece.named or "") + 1 :]
    if piece.named and value and (meant := _operator_near(fold(name))):
        raise wrong("no-operator", typed=name, right=f"{meant}:{value}")


def _operator_near(name: str) -> Operator | None:
    if name in _CALLED_ELSEWHERE:
        return _CALLED_ELSEWHERE[name]
    return next((operator for operator in OPERATORS if _is_nearly(name, operator)), None)


def _is_nearly(name: str, operator: str) -> bool:
    """Whether a name is an operator's with its letters in disorder, or with one or two of them wrong."""
    if sorted(name) == sorted(operator):
        return True
    most = 2 if min(len(name), len(operator)) >= _LONG else 1
    return name[:1] == operator[:1] and len(operator) >= _TELLING and distance(name, operator, most) <= most


def values(found: Iterable[Piece], operator: Operator, *, unwanted: bool = False) -> list[str]:
    """What was typed behind an operator, lists taken apart where no quotes hold them; raises QueryError for nothing."""
    told: list[str] = []
    for piece in found:
        if piece.operator == operator and piece.unwanted == unwanted:
            listed = [piece.text] if piece.is_quoted or operator in ONE else _LISTED.split(piece.text)
            parts = [part for part in map(str.strip, listed) if part]
            if not parts:
                raise wrong("no-value", name=operator, right=_EXAMPLES[operator])
            told += parts
    return told


def sources_of(typed: Iterable[str]) -> tuple[str, ...]:
    """Newsrooms as they were typed, folded."""
    return tuple(dict.fromkeys(map(fold, typed)))


def topics_of(typed: Iterable[str], headings: Headings) -> tuple[Topic, ...]:
    """Topics by their key, their heading in either language, or a part of it that no other has; raises QueryError."""
    return tuple(dict.fromkeys(_topic(each, headings) for each in typed))


def _topic(typed: str, headings: Headings) -> Topic:
    said = fold(typed)
    for matches in (_is_topic, _is_part):
        fitting = [topic for topic in Topic if matches(said, topic, headings)]
        if len(fitting) == 1:
            return fitting[0]
    near = min(Topic, key=lambda topic: distance(said, topic, len(topic)))
    others = ", ".join(topic for topic in Topic if topic != near)
    raise wrong("no-topic", typed=typed, near=near, others=others)


def _is_topic(said: str, topic: Topic, headings: Headings) -> bool:
    return said in {topic, *(fold(by_topic[topic]) for by_topic in headings.values())}


def _is_part(said: str, topic: Topic, headings: Headings) -> bool:
    """Whether a heading has a Chinese word, or an English one that begins so."""
    told = [topic, *(fold(by_topic[topic]) for by_topic in headings.values())]
    if is_chinese(said):
        return any(said in heading for heading in told)
    return any(f" {heading}".find(f" {said}") >= 0 for heading in told)


def languages_of(wanted: Iterable[str], unwanted: Iterable[str]) -> frozenset[Language]:
    """The newsrooms' languages that may answer: those that are named, else all, without those behind a minus.

    Raises QueryError where none is left.
    """
    named = frozenset(map(_language, wanted)) or frozenset(Language)
    if not (left := named - frozenset(map(_language, unwanted))):
        raise wrong("no-language-left")
    return left


def _language(typed: str) -> Language:
    if (language := _LANGUAGES.get(fold(typed))) is None:
        raise wrong("no-language", typed=typed)
    return language


def sort_of(wanted: Sequence[str]) -> Sort:
    """The order that was named last; raises QueryError."""
    if not wanted:
        return "best"
    if (sort := _SORTS.get(fold(wanted[-1]))) is None:
        raise wrong("no-sort", typed=wanted[-1])
    return sort


def entities_of(typed: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """The ids of names in either language and any spelling; raises QueryError with those near it."""
    return tuple(dict.fromkeys(_entity(each, lexicon) for each in typed))


def _entity(typed: str, lexicon: Lexicon) -> str:
    if owner := lexicon.owner(typed):
        return owner.id
    if near := nearest_names(typed, lexicon, _NEAR):
        shown = ", ".join(f'entity:"{name}"' if " " in name else f"entity:{name}" for name in near)
        raise wrong("near-entity", typed=typed, near=shown)
    raise wrong("no-entity", typed=typed)


def since_of(typed: Iterable[str], *, now: datetime, zone: tzinfo) -> datetime | None:
    """The latest of the instants from which answers are wanted; raises QueryError."""
    return max((_span("since", each, now=now, zone=zone).start for each in typed), default=None)


def until_of(typed: Iterable[str], *, now: datetime, zone: tzinfo) -> datetime | None:
    """The earliest of the instants before which answers are wanted: the end of what is named; raises QueryError."""
    return min((_span("until", each, now=now, zone=zone).end for each in typed), default=None)


def _span(name: Operator, typed: str, *, now: datetime, zone: tzinfo) -> Span:
    if (span := span_of(typed, now=now, zone=zone)) is None:
        raise wrong("no-date", name=name, typed=typed)
    return span


def check_minus(found: Iterable[Piece]) -> None:
    """Raises QueryError for a minus before a date or an order."""
    for piece in found:
        if piece.unwanted and piece.operator in ONE:
            raise wrong("no-minus", name=piece.operator, right=_EXAMPLES[piece.operator])
