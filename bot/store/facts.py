"""Small facts of this installation, one a name: counters that tell one writer of another's work."""

import secrets

from sqlalchemy import Connection, select

from bot.store.schema import facts
from bot.store.statements import insert_new

GROUPING = "grouping"
"""How often the stories have been changed: whoever keeps them in memory sees that somebody else was there."""

COMMANDS = "commands"
"""A fingerprint of the slash commands Discord was last told of."""

TOLD_ALONE = "commands-told-alone"
"""The servers that were told the slash commands by themselves, for trying them out."""

READ_WITH = "read-with"
"""Which word lists the index of words was read with."""

ENCODING = "encoding"
"""How far the walk through the archive has come for articles without a vector, and for which model."""

_INSTALLATION = "installation"


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


def installation(connection: Connection) -> str:
    """This installation's id, made when it is first asked for; it tells our messages from another database's."""
    connection.execute(insert_new(connection, facts).values(name=_INSTALLATION, value=secrets.token_hex(4)))
    return str(text(connection, _INSTALLATION))


def text(connection: Connection, name: str) -> str | None:
    """A fact in words; None where nobody has noted it."""
    return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()


def note(connection: Connection, name: str, value: str) -> None:
    """Note a fact, or what it is now."""
    connection.execute(insert_new(connection, facts).values(name=name, value=value))
    connection.execute(facts.update().where(facts.c.name == name).values(value=value))
