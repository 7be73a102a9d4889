"""The index of words: FTS5 on SQLite, tsvector on PostgreSQL, both fed by our own tokeniser.

Both hold exactly the terms of bot.text, so both find the same articles.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from bot.model import CATALOGUE
from bot.text import index_terms

_LONGEST = 250
"""Letters of a term that count: PostgreSQL's words end at 2046 bytes, and what is longer is nobody's word."""


def put(connection: Connection, texts: Mapping[int, str]) -> None:
    """Index the words of articles by their numbers, anew where they were indexed before."""
    if not texts:
        return
    remove(connection, texts)
    if connection.dialect.name == "sqlite":
        statement = text("INSERT INTO article_words (rowid, terms) VALUES (:number, :terms)")
        rows = [{"number": number, "terms": " ".join(_terms(said))} for number, said in texts.items()]
    else:
        statement = text("INSERT INTO article_words VALUES (:number, array_to_tsvector(:terms))")
        rows = [{"number": number, "terms": sorted(set(_terms(said)))} for number, said in texts.items()]
    connection.execute(statement, rows)


def remove(connection: Connection, numbers: Iterable[int]) -> None:
    """Forget the words of articles."""
    sqlite = connection.dialect.name == "sqlite"
    statement = text(f"DELETE FROM article_words WHERE {'rowid' if sqlite else 'number'} = :number")  # noqa: S608  # two fixed names
    if rows := [{"number": number} for number in numbers]:
        connection.execute(statement, rows)


def matching(connection: Connection, alternatives: Iterable[Sequence[str]], limit: int, *, scope: str) -> list[int]:
    """The numbers of the newest articles a scope may see that have all the terms of any alternative.

    What other servers have for themselves takes no place in anybody's results.
    """
    wanted = [terms for terms in alternatives if terms]
    if not wanted:
        return []
    if connection.dialect.name == "sqlite":
        statement = text(
            "SELECT rowid FROM article_words WHERE article_words MATCH :query AND rowid NOT IN "
            "(SELECT number FROM articles WHERE scope NOT IN (:catalogue, :scope)) ORDER BY rowid DESC LIMIT :limit"
        )
        query = _either(wanted, quote='"', both=" AND ", one=" OR ")
    else:
        statement = text(
            "SELECT number FROM article_words WHERE terms @@ CAST(:query AS tsquery) AND number NOT IN "
            "(SELECT number FROM articles WHERE scope NOT IN (:catalogue, :scope)) ORDER BY number DESC LIMIT :limit"
        )
        query = _either(wanted, quote="'", both=" & ", one=" | ")
    seen = {"catalogue": CATALOGUE, "scope": scope}
    return list(connection.execute(statement, {"query": query, "limit": limit, **seen}).scalars())


def _terms(text: str) -> list[str]:
    return [term[:_LONGEST] for term in index_terms(text)]


def _either(wanted: Iterable[Sequence[str]], *, quote: str, both: str, one: str) -> str:
    """Write a query in the database's own words; a term holds no quotes, but a stranger's might."""
    alternatives = (both.join(_quoted(term[:_LONGEST], quote) for term in terms) for terms in wanted)
    return one.join(f"({alternative})" for alternative in alternatives)


def _quoted(term: str, quote: str) -> str:
    """A term between quotes; PostgreSQL's single ones have the backslash escape too."""
    plain = term.replace("\\", "\\\\") if quote == "'" else term
    return quote + plain.replace(quote, quote * 2) + quote
