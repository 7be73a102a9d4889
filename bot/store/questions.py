"""What was searched for, without who asked: a button's hundred characters have no room for it."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.store.schema import questions
from bot.store.statements import insert_new

_KEPT = timedelta(days=90)
"""How long after it was last asked a question's buttons work."""


def keep(connection: Connection, text: str, now: datetime) -> str:
    """Write down a question and return its id; what nobody has asked for long is forgotten."""
    question = hashlib.sha256(text.encode()).hexdigest()[:12]
    connection.execute(insert_new(connection, questions).values(id=question, text=text, asked_at=now))
    connection.execute(update(questions).where(questions.c.id == question).values(asked_at=now))
    connection.execute(delete(questions).where(questions.c.asked_at < now - _KEPT))
    return question


def one(connection: Connection, question: str) -> str | None:
    """The text of a question, unless it was forgotten."""
    return connection.execute(select(questions.c.text).where(questions.c.id == question)).scalar()
