"""The index of words: FTS5 on SQLite, tsvector on PostgreSQL, both fed by our own tokeniser.

Both hold exactly the terms they are given, so both find the same articles. An article is indexed by its words when it
is kept, and by its names and meanings beside them once it was read; until then it stands in `unread`.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select, text

from bot.store.schema import articles, unread
from bot.store.statements import insert_new
from bot.text import index_terms, text_of

_LONGEST = 250
"""Letters of a term that count: PostgreSQL's words end at 2046 bytes, and what is longer is nobody's word."""


def put(connection: Connection, texts: Mapping[int, str]) -> None:
    """Index the words of articles by their numbers, anew where they were indexed before; they wait to be read."""
    index(connection, {number: index_terms(said) for number, said in texts.items()})
    if texts:
        connection.execute(insert_new(connection, unread), [{"article": number} for number in texts])


def add(connection: Connection, terms: Mapping[int, Sequence[str]]) -> None:
    """Index the words of articles that never were; they wait to be read."""
    if terms:
        _insert(connection, terms)
        connection.execute(insert(unread), [{"article": number} for number in terms])


def put_read(connection: Connection, said: Mapping[int, tuple[str, Sequence[str]]]) -> None:
    """Index what articles name and mean beside their words, each as it was read; one edited since goes on waiting."""
    if not said:
        return
    query = select(articles.c.number, articles.c.title, articles.c.summary).where(articles.c.number.in_(list(said)))
    held = connection.execute(query.with_for_update())  # another program may be about to edit them
    now = {row.number: text_of(row.title, row.summary) for row in held}
    same = {number: read for number, read in said.items() if now.get(number) == read[0]}
    index(connection, {number: [*index_terms(words), *tokens] for number, (words, tokens) in same.items()})
    connection.execute(delete(unread).where(unread.c.article.in_(list(same))))


def forget_read(connection: Connection) -> None:
    """Let every article be read anew."""
    connection.execute(delete(unread))
    connection.execute(insert(unread).from_select(["article"], select(articles.c.number)))


def remove(connection: Connection, numbers: Iterable[int]) -> None:
    """Forget the words of articles."""
    sqlite = connection.dialect.name == "sqlite"
    statement = text(f"DELETE FROM article_words WHERE {'rowid' if sqlite else 'number'} = :number")  # noqa: S608  # two fixed names
    if rows := [{"number": number} for number in numbers]:
        connection.execute(statement, rows)


def _shortened(terms: Sequence[str]) -> Sequence[str]:
    return terms if max(map(len, terms), default=0) <= _LONGEST else [shortened(term) for term in terms]


def shortened(term: str) -> str:
    """As much of a term as the index keeps."""
    return term[:_LONGEST]


def index(connection: Connection, terms: Mapping[int, Sequence[str]]) -> None:
    """Index articles by these very terms, and no others."""
    if not terms:
        return
    remove(connection, terms)
    _insert(connection, terms)


def _insert(connection: Connection, terms: Mapping[int, Sequence[str]]) -> None:
    short = {number: _shortened(some) for number, some in terms.items()}
    if connection.dialect.name == "sqlite":
        statement = text("INSERT INTO article_words (rowid, terms) VALUES (:number, :terms)")
        rows = [{"number": number, "terms": " ".join(some)} for number, some in short.items()]
    else:
        statement = text("INSERT INTO article_words VALUES (:number, array_to_tsvector(:terms))")
        rows = [{"number": number, "terms": sorted(set(some))} for number, some in short.items()]
    connection.execute(statement, rows)
