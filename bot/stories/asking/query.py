"""A query as it is meant: which words are wanted and which not, and what else an answer must be."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from bot.model import Language, Topic
from bot.stories.asking import values
from bot.stories.asking.pieces import OPERATORS, Operator, Piece, cleaned, pieces, unquoted
from bot.stories.asking.sentences import wrong
from bot.stories.asking.values import Headings, Sort
from bot.stories.asking.when import span_of
from bot.stories.entities import Lexicon
from bot.text import terms

LONGEST = 200
"""The most characters of a query without its operators; with them it may be twice as long."""
MOST_WANTED, MOST_UNWANTED, MOST_ALTERNATIVES = 24, 12, 8
"""How many words may be wanted, left out, and joined by one OR."""

_ONE_VALUE = re.compile(r"[\w.-]+")
_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ANY_DAY = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """A word or phrase as it was typed; `exact` where it stood between quotes."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query as it is meant.

    `text` is all that was typed, for display; `free` the wanted words alone, in order. An answer has one word of each
    group of `wanted` and none of `unwanted`; of sources, topics and entities any will do. It was published from
    `since` on and before `until`.
    """

    text: str
    free: str = ""
    wanted: tuple[tuple[Said, ...], ...] = ()
    unwanted: tuple[Said, ...] = ()
    sources: tuple[str, ...] = ()
    no_sources: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    no_topics: tuple[Topic, ...] = ()
    languages: frozenset[Language] = frozenset(Language)
    entities: tuple[str, ...] = ()
    no_entities: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    sort: Sort = "best"


def names_newsrooms(text: str) -> bool:
    """Whether a query names newsrooms, so that it must be known which there are."""
    return any(piece.operator == "source" for piece in pieces(cleaned(text)[: 2 * LONGEST], _is_one))


def parse(
    text: str,
    *,
    now: datetime,
    zone: tzinfo,
    lexicon: Lexicon,
    headings: Headings,
    is_newsroom: Callable[[str], bool] = lambda _: False,
) -> Asked:
    """Read a query; raises QueryError, whose sentence shows how to write it."""
    asked = cleaned(text)
    if len(asked) > 2 * LONGEST:
        raise wrong("too-long", most=LONGEST)
    found = pieces(asked, lambda operator, value: _is_one(operator, value, lexicon, is_newsroom))
    if len(asked) - sum(piece.end - piece.start + 1 for piece in found if piece.operator) > LONGEST:
        raise wrong("too-long", most=LONGEST)
    if all(piece.kind == "or" for piece in found):
        raise wrong("empty")
    _check(found)
    wanted = _groups(found)
    unwanted = tuple(dict.fromkeys(_said(piece) for piece in found if piece.unwanted and piece.operator is None))
    _check_bounds(wanted, unwanted)
    words = Asked(text=asked, free=_free(found), wanted=wanted, unwanted=unwanted)
    return _filtered(words, found, now=now, zone=zone, lexicon=lexicon, headings=headings)


def joined(
    text: str,
    *,
    source: str | None = None,
    topic: str | None = None,
    lang: str | None = None,
    since: str | None = None,
    until: str | None = None,
    sort: str | None = None,
) -> str:
    """A typed query and options chosen beside it as one query; an option takes the place of the same operator."""
    chosen: dict[Operator, str | None] = {
        "source": source,
        "topic": topic,
        "lang": lang,
        "since": since,
        "until": until,
        "sort": sort,
    }
    given = {operator: told for operator, value in chosen.items() if value and (told := unquoted(cleaned(value)))}
    typed = cleaned(text)
    for piece in reversed(pieces(typed, _is_one)):
        if piece.operator in given and not piece.unwanted:
            typed = f"{typed[: piece.start]} {typed[piece.end :]}"
    while (first := next(iter(pieces(typed, _is_one)), None)) and first.kind == "or":
        typed = typed[first.end :]
    options = [f"{operator}:{_written(operator, value)}" for operator, value in given.items()]
    return " ".join([*options, *typed.split()])


def _is_one(
    operator: Operator,
    value: str,
    lexicon: Lexicon | None = None,
    is_newsroom: Callable[[str], bool] = lambda _: False,
) -> bool:
    """Whether some words are one value: a date, or a name."""
    if operator in {"since", "until"}:
        return span_of(value, now=_ANY_DAY, zone=UTC) is not None
    if operator == "source":
        return is_newsroom(value)
    return operator == "entity" and lexicon is not None and lexicon.owner(value) is not None


def _written(operator: Operator, value: str) -> str:
    """A value as it stands behind an operator: between quotes where the next word could be taken for a part of it."""
    alone = _A_DATE if operator in {"since", "until"} else _ONE_VALUE
    return value if alone.fullmatch(value) else f'"{value}"'


def _check(found: Sequence[Piece]) -> None:
    """Raises QueryError for what nearly is an operator, and for a minus where none can be."""
    for at, piece in enumerate(found):
        values.check_name(piece)
        if piece.kind == "word" and piece.text == "NOT":
            raise wrong("no-not", right=_minus(found[at + 1 :]))
    values.check_minus(found)


def _minus(found: Sequence[Piece]) -> str:
    """How what stands behind a NOT is left out."""
    after = next((piece for piece in found if piece.kind != "or" and piece.operator not in values.ONE), None)
    if after is None or not after.text:
        return "-stock"
    name = f"{after.operator}:" if after.operator else ""
    return f'-{name}"{after.text}"' if after.kind == "phrase" or after.is_quoted else f"-{name}{after.text}"


def _groups(found: Sequence[Piece]) -> tuple[tuple[Said, ...], ...]:
    """The wanted words, those that OR joins in one group; an OR with nothing on one side is left out.

    What has no letter and no number (an emoji) can only be near in meaning.
    """
    groups: list[list[Said]] = []
    for at, piece in enumerate(found):
        before = _before(found, at)
        joins = before is not None and piece.kind != "or" and _joins(before, piece)
        if joins:
            groups[-1].append(_said(piece))
        elif piece.is_wanted:
            groups.append([_said(piece)])
    telling = ([said for said in dict.fromkeys(group) if terms(said.text)] for group in groups)
    return tuple(tuple(group) for group in telling if group)


def _before(found: Sequence[Piece], at: int) -> Piece | None:
    """What stands on the other side of the OR before a piece; None where there is no OR or nothing."""
    if at == 0 or found[at - 1].kind != "or":
        return None
    return next((piece for piece in reversed(found[:at]) if piece.kind != "or"), None)


def _joins(one: Piece, other: Piece) -> bool:
    """Whether an OR joins two words; values of one operator are alternatives anyway. Raises QueryError elsewhere."""
    if one.is_wanted and other.is_wanted:
        return True
    if one.operator and (one.operator, one.unwanted) == (other.operator, other.unwanted):
        return False
    odd = other if one.is_wanted else one
    minus, name = "-" if odd.unwanted else "", f"{odd.operator}:" if odd.operator else ""
    raise wrong("or-between", typed=f"{minus}{name}{odd.text}")


def _said(piece: Piece) -> Said:
    return Said(piece.text, exact=piece.kind == "phrase")


def _free(found: Iterable[Piece]) -> str:
    return " ".join(piece.text for piece in found if piece.is_wanted)


def _check_bounds(wanted: Sequence[Sequence[Said]], unwanted: Sequence[Said]) -> None:
    """Raises QueryError for more words than an answer can be looked for by."""
    if sum(map(len, wanted)) > MOST_WANTED:
        raise wrong("too-many-words", most=MOST_WANTED)
    if len(unwanted) > MOST_UNWANTED:
        raise wrong("too-many-unwanted", most=MOST_UNWANTED)
    if max(map(len, wanted), default=0) > MOST_ALTERNATIVES:
        raise wrong("too-many-alternatives", most=MOST_ALTERNATIVES)


def _filtered(
    words: Asked, found: Sequence[Piece], *, now: datetime, zone: tzinfo, lexicon: Lexicon, headings: Headings
) -> Asked:
    """The words with what the operators say; raises QueryError."""
    given = {operator: values.values(found, operator) for operator in OPERATORS}
    minus = {operator: values.values(found, operator, unwanted=True) for operator in OPERATORS}
    since = values.since_of(given["since"], now=now, zone=zone)
    until = values.until_of(given["until"], now=now, zone=zone)
    if since and until and since >= until:
        raise wrong("since-after-until")
    return replace(
        words,
        sources=values.sources_of(given["source"]),
        no_sources=values.sources_of(minus["source"]),
        topics=values.topics_of(given["topic"], headings),
        no_topics=values.topics_of(minus["topic"], headings),
        languages=values.languages_of(given["lang"], minus["lang"]),
        entities=values.entities_of(given["entity"], lexicon),
        no_entities=values.entities_of(minus["entity"], lexicon),
        since=since,
        until=until,
        sort=values.sort_of(given["sort"]),
    )
