"""What may answer a question: the newest articles that have its terms and pass its limits, on either database.

Nothing here reads a whole list of matches: the newest come first and are cut, so that a word which every tenth article
has costs no more than a rare one.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from bot.model import CATALOGUE, Language, Topic
from bot.store.schema import aliases, articles
from bot.store.sight import visible, within
from bot.store.statements import chunks, numbered, one_of
from bot.store.words import shortened

Way = Sequence[str]
"""Terms that an article must all have."""

_WORDS = {
    "sqlite": Table("article_words", MetaData(), Column("rowid", Integer, key="number"), Column("terms", Text)),
    "postgresql": Table("article_words", MetaData(), Column("number", BigInteger), Column("terms", TSVECTOR)),
}
"""The index of words as each database has it; made once, so that statements on it are written once."""

_KEPT = Table(
    "article_words_content",
    MetaData(),
    Column("id", Integer, key="number"),
    Column("c0", Text, key="terms"),
)

_EDGE = 20_000
"""How many articles at an edge of a time are looked at to find the numbers in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an article must be, whatever it says: `since` and before `until`, of these newsrooms, topics, languages."""

    scope: str = CATALOGUE
    since: datetime | None = None
    until: datetime | None = None
    newsrooms: frozenset[str] | None = None
    not_newsrooms: frozenset[str] = frozenset()
    topics: frozenset[Topic] = frozenset()
    not_topics: frozenset[Topic] = frozenset()
    languages: frozenset[Language] = frozenset()

    @property
    def is_narrow(self) -> bool:
        """Whether they may leave so few articles that all of them can be looked at."""
        return bool(self.newsrooms or self.since or self.until)


class Place(NamedTuple):
    """Where an article stands."""

    number: int
    article: str
    story: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Want:
    """The newest `count` articles that for each part have one of its ways."""

    parts: Sequence[Sequence[Way]]
    count: int


def newest(
    connection: Connection, wants: Sequence[Want], *, limits: Limits, unwanted: Sequence[Way] = ()
) -> list[list[int]]:
    """For each want the newest articles that pass the limits and have nothing unwanted."""
    if not wants:
        return []
    dialect = connection.dialect.name
    words = _WORDS[dialect]
    number = words.c.number
    within = _passing(number, limits), *_between(connection, number, limits)
    query = select(number).where(_has(dialect, words), *within).order_by(number.desc()).limit(bindparam("count"))

    def found(want: Want) -> list[int]:
        if not want.parts or not all(want.parts):
            return []
        asked = {"asked": _asked(dialect, want.parts, unwanted), "count": want.count}
        return list(connection.execute(query, asked).scalars().all())

    return [found(want) for want in wants]


def passing(connection: Connection, limits: Limits, count: int) -> list[int]:
    """The newest articles that pass the limits, at most so many."""
    number = articles.c.number
    query = select(number).where(*_conditions(limits)).limit(count)
    if limits.newsrooms is None:
        query = query.order_by(articles.c.published_at.desc(), number.desc())
    else:  # in the order of the newsroom's index, which is that of coming
        query = query.where(*_between(connection, number, limits)).order_by(number.desc())
    return list(connection.execute(query).scalars())


def terms(
    connection: Connection, numbers: Sequence[int], among: AbstractSet[str] | None = None
) -> dict[int, frozenset[str]]:
    """The terms of these articles: every one, or those `among` some."""
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(_said(connection.dialect.name), numbered(connection, numbers)).all()
    held = ((number, terms.split(" ") if sqlite else terms) for number, terms in rows)
    asked = None if among is None else frozenset(among)
    return {number: frozenset(terms) if asked is None else asked.intersection(terms) for number, terms in held}


@cache
def _said(dialect: str) -> Select[tuple[int, Any]]:
    """The terms of articles: written once, because that takes longer than to ask for a few.

    FTS5 keeps what it was given in a table of its own, from where it is read in half the time:
    https://www.sqlite.org/fts5.html#fts5_data_structures
    """
    words = _KEPT if dialect == "sqlite" else _WORDS[dialect]
    terms = words.c.terms if dialect == "sqlite" else func.tsvector_to_array(words.c.terms, type_=ARRAY(Text))
    return select(words.c.number, terms).where(one_of(dialect, words.c.number))


def newsrooms(connection: Connection, scope: str = CATALOGUE) -> list[str]:
    """The newsrooms of which a scope sees an article; each costs one step in the index, however many it has."""
    found: list[str] = []
    seen = within(scope)
    later = select(articles.c.newsroom).where(articles.c.newsroom > bindparam("after"), seen)
    following = later.order_by(articles.c.newsroom).limit(1)
    while following_one := connection.execute(following, {"after": found[-1] if found else ""}).scalar():
        found.append(following_one)
    return found


def beginning(connection: Connection, scope: str = CATALOGUE) -> datetime | None:
    """When the oldest article was published that a scope sees."""
    query = select(articles.c.published_at).where(within(scope))
    return connection.execute(query.order_by(articles.c.published_at).limit(1)).scalar()


def places(connection: Connection, numbers: Sequence[int], limits: Limits) -> list[Place]:
    """Where articles stand that pass the limits and are in a story, in the order they came."""
    found = connection.execute(_places(connection.dialect.name, limits), numbered(connection, numbers)).all()
    return list(map(Place._make, found))


@lru_cache(64)  # most questions have no limits
def _places(dialect: str, limits: Limits) -> Select[tuple[int, str, str, datetime]]:
    is_told = articles.c.story_id.is_not(None), visible(limits.scope), *_conditions(limits)
    return (
        select(articles.c.number, articles.c.id, articles.c.story_id, articles.c.published_at)
        .where(*is_told, one_of(dialect, articles.c.number))
        .order_by(articles.c.number)
    )


def newest_number(connection: Connection) -> int:
    """The number of the newest article."""
    return connection.execute(select(func.max(articles.c.number))).scalar() or 0


def known_as(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """The further ids of articles, by the ids they have."""
    found: dict[str, list[str]] = {}
    query = select(articles.c.id, aliases.c.id.label("alias")).join(aliases, aliases.c.article == articles.c.number)
    for some in chunks(ids):
        for row in connection.execute(query.where(articles.c.id.in_(some)).order_by(aliases.c.id)):
            found.setdefault(row.id, []).append(row.alias)
    return found


class _Tongue(NamedTuple):
    """How a database writes a query for words."""

    quote: str
    both: str
    one: str
    without: str


_TONGUES = {"sqlite": _Tongue('"', " AND ", " OR ", " NOT "), "postgresql": _Tongue("'", " & ", " | ", " & !")}


def _has(dialect: str, words: Table) -> ColumnElement[bool]:
    """Whether an article has the terms of the parameter `asked`."""
    if dialect == "sqlite":
        return literal_column("article_words").op("MATCH")(bindparam("asked", type_=Text))
    return words.c.terms.op("@@")(cast(bindparam("asked", type_=Text), TSQUERY))


def _asked(dialect: str, wanted: Sequence[Sequence[Way]], unwanted: Sequence[Way]) -> str:
    """The terms an article must have and those it must not, in the database's own words."""
    tongue = _TONGUES[dialect]
    asked = tongue.both.join(_either(ways, tongue) for ways in wanted)
    return f"({asked}){tongue.without}{_either(unwanted, tongue)}" if unwanted else asked


def _either(ways: Sequence[Way], tongue: _Tongue) -> str:
    each = (tongue.both.join(_quoted(term, tongue.quote) for term in way) for way in ways)
    return f"({tongue.one.join(f'({way})' for way in each)})"


def _quoted(term: str, quote: str) -> str:
    """A term between quotes; PostgreSQL's single ones have the backslash escape too."""
    plain = shortened(term).replace("\\", "\\\\") if quote == "'" else shortened(term)
    return quote + plain.replace(quote, quote * 2) + quote


def _passing(number: ColumnElement[int], limits: Limits) -> ColumnElement[bool]:
    return exists().where(articles.c.number == number, *_conditions(limits))


def _conditions(limits: Limits) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [within(limits.scope)]
    found += [articles.c.published_at >= limits.since] if limits.since else []
    found += [articles.c.published_at < limits.until] if limits.until else []
    found += [articles.c.newsroom.in_(sorted(limits.newsrooms))] if limits.newsrooms is not None else []
    found += [articles.c.newsroom.not_in(sorted(limits.not_newsrooms))] if limits.not_newsrooms else []
    found += [articles.c.topic.in_(sorted(limits.topics))] if limits.topics else []
    found += [func.coalesce(articles.c.topic, "").not_in(sorted(limits.not_topics))] if limits.not_topics else []
    found += [articles.c.language.in_(sorted(limits.languages))] if limits.languages else []
    return found


def _between(connection: Connection, number: ColumnElement[int], limits: Limits) -> list[ColumnElement[bool]]:
    """The numbers that articles of the time may have: numbers follow the times but for a few thousand places."""
    found: list[ColumnElement[bool]] = []
    if limits.since:
        first = _edge(articles.c.published_at >= limits.since, articles.c.published_at.asc())
        found.append(number >= (connection.execute(select(func.min(first.c[0]))).scalar() or 0))
    if limits.until:
        last = _edge(articles.c.published_at < limits.until, articles.c.published_at.desc())
        found.append(number <= (connection.execute(select(func.max(last.c[0]))).scalar() or 0))
    return found


def _edge(within: ColumnElement[bool], order: ColumnElement[datetime]) -> Subquery:
    return select(articles.c.number).where(within).order_by(order).limit(_EDGE).subquery()
