"""What every room of the store writes its statements with, on either database."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, any_, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

_CHUNK = 500
"""How many values one IN list holds: SQLite's floor is 999 (https://www.sqlite.org/limits.html#max_variable_number)."""


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts of a list short enough for one query."""
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))


def one_of(connection: Connection, column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether a number is one of these, which are one parameter: the statement is the same however many there are."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(numbers), postgresql.ARRAY(BigInteger)))
    listed = func.json_each(json.dumps(list(numbers))).table_valued("value")
    return column.in_(select(listed.c.value))


def insert_new(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves rows alone that are there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
