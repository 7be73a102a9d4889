"""What every room of the store writes its statements with, on either database."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

_CHUNK = 500
"""How many values one IN list holds: SQLite's floor is 999 (https://www.sqlite.org/limits.html#max_variable_number)."""


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts of a list short enough for one query."""
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))


def insert_new(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves rows alone that are there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
