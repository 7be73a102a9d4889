"""Small facts of this installation, one a name: counters that tell one writer of another's work."""

from sqlalchemy import Connection, select

from bot.store.articles import insert_new
from bot.store.schema import facts

GROUPING = "grouping"
"""How often the stories have been changed: whoever keeps them in memory sees that somebody else was there."""


def number(connection: Connection, name: str) -> int:
    """A counter's value; 0 before it was first raised."""
    return int(connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar() or 0)


def raised(connection: Connection, name: str, expected: int) -> bool:
    """Raise a counter by one if it still has the expected value; returns whether it had."""
    connection.execute(insert_new(connection, facts).values(name=name, value="0"))
    found = connection.execute(
        facts.update().where(facts.c.name == name, facts.c.value == str(expected)).values(value=str(expected + 1))
    )
    return found.rowcount == 1
