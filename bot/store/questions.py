"""What was searched for, without who asked: a button's hundred characters have no room for it."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, delete, func, or_, select, update

from bot.store.schema import asked, questions
from bot.store.statements import insert_new

_KEPT = timedelta(days=90)
"""How long after it was last asked a question's buttons work."""

_DAYS, _SERVERS = 3, 3
"""From how many days in one server, and from how many servers, a question is offered to others."""


def keep(connection: Connection, text: str, now: datetime) -> str:
    """Write down a question and return its id; what nobody has asked for long is forgotten."""
    question = hashlib.sha256(text.encode()).hexdigest()[:12]
    connection.execute(insert_new(connection, questions).values(id=question, text=text, asked_at=now))
    connection.execute(update(questions).where(questions.c.id == question).values(asked_at=now))
    old = select(questions.c.id).where(questions.c.asked_at < now - _KEPT)
    connection.execute(delete(asked).where(asked.c.question.in_(old)))
    connection.execute(delete(questions).where(questions.c.asked_at < now - _KEPT))
    return question


def count(connection: Connection, question: str, scope: str, now: datetime) -> None:
    """Write down that a kept question was asked in a server, once a day however often and by whomever."""
    row = {"question": question, "scope": scope, "days": 1, "asked_at": now}
    if connection.execute(insert_new(connection, asked).values(**row)).rowcount > 0:
        return
    here = and_(asked.c.scope == scope, asked.c.question == question)
    last = connection.execute(select(asked.c.asked_at).where(here)).scalar_one()
    if last.date() < now.date():
        connection.execute(update(asked).where(here).values(days=asked.c.days + 1, asked_at=now))


def popular(connection: Connection, scope: str, most: int) -> list[str]:
    """The questions that may be offered in a server, the most asked first.

    Its own count from the third day on which somebody asked them; those of other servers only where three have asked
    the same, so that nobody reads here what somebody asked elsewhere alone.
    """
    here = func.max(case((asked.c.scope == scope, asked.c.days), else_=0))
    servers = func.count()
    query = (
        select(questions.c.text)
        .join(asked, asked.c.question == questions.c.id)
        .group_by(questions.c.id, questions.c.text)
        .having(or_(here >= _DAYS, servers >= _SERVERS))
        .order_by(here.desc(), servers.desc(), questions.c.text)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def forget(connection: Connection, scope: str) -> None:
    """Forget that a server has asked anything."""
    connection.execute(delete(asked).where(asked.c.scope == scope))


def one(connection: Connection, question: str) -> str | None:
    """The text of a question, unless it was forgotten."""
    return connection.execute(select(questions.c.text).where(questions.c.id == question)).scalar()
