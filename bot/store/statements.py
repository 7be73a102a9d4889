"""What every room of the store writes its statements with, on either database."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, Text, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

_CHUNK = 500
"""How many values one IN list holds: SQLite's floor is 999 (https://www.sqlite.org/limits.html#max_variable_number)."""


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts of a list short enough for one query."""
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))


def one_of(dialect: str, column: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a number is one of those that `numbered` gives the statement, which is the same however many they are."""
    if dialect == "postgresql":
        return column == any_(bindparam("numbers", type_=postgresql.ARRAY(BigInteger)))
    listed = func.json_each(bindparam("numbers", type_=Text)).table_valued("value")
    return column.in_(select(listed.c.value))


def numbered(connection: Connection, numbers: Iterable[int]) -> dict[str, object]:
    """The one parameter of `one_of`."""
    listed = list(numbers)
    return {"numbers": listed if connection.dialect.name == "postgresql" else json.dumps(listed)}


def insert_new(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves rows alone that are there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
