"""New articles to stories: what they touch is linked anew, and the store follows."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
import structlog
from sqlalchemy import Connection

from bot.model import CATALOGUE, Article
from bot.ports import Embedder, Vectors
from bot.store import articles as article_rows
from bot.store import corrections as correction_rows
from bot.store import encoding
from bot.store import facts as fact_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories.board import Board
from bot.stories.bonds import Bonds, bonds
from bot.stories.copies import Credits, Print, copied, rank, same_print
from bot.stories.likeness import Likeness
from bot.stories.marks import Marker, Marks, said_by
from bot.stories.settle import names
from bot.stories.topics import Topics
from bot.turns import rest

log = structlog.get_logger()

T = TypeVar("T")

_ENCODE_AT_ONCE = 128
_OLDER_AT_ONCE = 8
"""How many such parts of the older articles are encoded in one run: some seconds, in which no feed is read."""
_GROUP_AT_ONCE = 1024
_LATE = timedelta(days=1)
"""How late an article may come before the window is read anew to find its company."""

Waiting = Sequence[tuple[int, Article]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a batch changes: what is said of the new articles, where known ones move, and the stories themselves.

    `begun` holds a new story's first article; `echoes` how probably the other press tells of a story.
    """

    said: Mapping[int, Mapping[str, object]]
    moves: Mapping[int, str] = field(default_factory=dict)
    begun: Mapping[str, int] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    echoes: Mapping[str, float] = field(default_factory=dict)


class Grouper:
    """Encodes what has no vector, then groups what has no story; run as often as you like.

    Does not fetch, rank or post. The open window is read once and kept; after a failed write it is read anew.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        marker: Marker,
        topics: Topics,
        credit: Credits,
        window_days: int,
        cpu: Executor,
        model: Likeness | None = None,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._marker = marker
        self._topics = topics
        self._credits = credit
        self._span = timedelta(days=window_days)
        self._cpu = cpu
        self._model = model or Likeness.load(embedder.name)
        self._board: Board | None = None
        self._revision = 0

    async def run(self) -> int:
        """Encode and group whatever waits; returns how many articles found their story."""
        await self._encode(encoding.fresh)
        done = 0
        while (placed := await self._group_some()) is not None:
            done += placed
        if done:
            log.info("articles grouped", articles=done)
        await self.catch_up()
        return done

    async def catch_up(self) -> bool:
        """Encode some of the older articles that lack a vector, after edits or with a new model; False at their end."""
        done, left = 0, 0
        for _ in range(_OLDER_AT_ONCE):
            part = await self._store.read(encoding.older, self._embedder.name, _ENCODE_AT_ONCE)
            if part is None:
                break
            await self._store.write(encoding.pass_by, self._embedder.name, part, await self._made(part.articles))
            done, left = done + len(part.articles), max(0, part.below - 1)
        if done:
            log.info("older articles encoded", articles=done, left=left)
        return part is not None

    async def _encode(self, which: Callable[..., Waiting], *when: datetime) -> None:
        """Encode some kind of articles that lack a vector, until there are none."""
        model = self._embedder.name
        while waiting := await self._store.read(which, model, _ENCODE_AT_ONCE, *when):
            await self._store.write(encoding.keep, model, waiting, await self._made(waiting))

    async def _made(self, waiting: Waiting) -> Vectors:
        if not waiting:
            return np.zeros((0, 0), np.float32)
        return await self._embedder.embed([said_by(article) for _, article in waiting])

    async def _group_some(self) -> int | None:
        """Group one batch; returns how many found their story, 0 where another process was faster, None at the end."""
        revision = await self._store.read(fact_rows.number, fact_rows.GROUPING)
        found, vectors = await self._store.read(article_rows.waiting, self._embedder.name, _GROUP_AT_ONCE)
        if not found:
            return None
        waiting = _within(found, self._span)
        held = bonds(await self._store.read(correction_rows.active, CATALOGUE))
        board = await self._opened(waiting, revision)
        self._board = None  # kept again only when what it now holds is also written
        plan = await self._on_cpu(self._take, board, waiting, vectors[: len(waiting)], held)
        plan = await self._with_free_names(board, plan)
        await self._on_cpu(board.close_before, waiting[-1][1].published_at - self._span - _LATE)
        if not await self._store.write(_save, plan, revision):
            return 0
        self._board, self._revision = board, revision + 1
        return len(waiting)

    async def _on_cpu(self, work: Callable[..., T], *said: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._cpu, work, *said)

    async def _opened(self, waiting: Waiting, revision: int) -> Board:
        """The board kept from the last run, or one read anew where others have grouped or it does not reach."""
        since, until = waiting[0][1].published_at - self._span, waiting[-1][1].published_at + self._span
        if self._board is not None and self._revision == revision and self._board.reaches(since, until):
            return self._board
        since, until = since - _LATE, until + _LATE
        await self._encode(encoding.within, since, until)  # unseen, it would be told of as new
        known, vectors = await self._store.read(article_rows.grouped, self._embedder.name, since, until)
        newest = await self._store.read(article_rows.newest)
        board = Board(self._model, span=self._span, since=since, until=until if newest and newest > until else None)
        await self._on_cpu(self._restore, board, known, vectors)
        return board

    def _restore(self, board: Board, known: Waiting, vectors: Vectors) -> None:
        marks = self._marks(known)
        homes = {number: article.story_id for number, article in known if article.story_id}
        board.restore(list(zip(marks, vectors, strict=True)), homes)

    def _take(self, board: Board, waiting: Waiting, vectors: Vectors, held: Bonds) -> Plan:
        """Work out what a batch changes."""
        marks = self._marks(waiting)
        before = dict(board.homes)
        settled = board.take(list(zip(marks, vectors, strict=True)), held)
        new = dict(waiting)
        beside = board.members({board.homes[each.number] for each in marks})
        said = {each.number: self._said(board, each, new, beside[board.homes[each.number]]) for each in marks}
        known = ((number, home) for number, home in settled.homes.items() if number not in new)
        return Plan(
            said=said,
            moves={number: home for number, home in known if settled.leads.get(before[number], before[number]) != home},
            begun=settled.begun,
            leads=settled.leads,
            echoes=board.echoes([*settled.homes]),
        )

    def _marks(self, some: Waiting) -> list[Marks]:
        marks = []
        for number, article in some:
            rest()
            marks.append(self._marker.marks(number, article))
        return marks

    def _said(
        self, board: Board, marks: Marks, new: Mapping[int, Article], beside: Sequence[Marks]
    ) -> dict[str, object]:
        """What grouping finds out about one of the new articles; `beside` are all of its story."""
        rest()
        article = new[marks.number]
        others = [each for each in beside if each.number != marks.number]
        seen = [each for each in others if each.scope in (CATALOGUE, marks.scope)]
        # Of two new articles the later one is the copy, or each would be the other's.
        seen = [each for each in seen if each.number not in new or rank(each.print) < rank(marks.print)]
        verdict = self._topics.judge(article.title, article.summary, self._marker.entities(marks))
        return {
            "story_id": board.homes[marks.number],
            "topic": verdict.topic or article.topic,
            "relevant": article.relevant or verdict.relevant,
            "original_id": _original(board, marks, seen),
            "via": self._credited(article),
        }

    def _credited(self, article: Article) -> str | None:
        """The newsroom whose reporting a text repeats, where that is another than its own."""
        found = self._credits.credited(article.title, article.summary)
        return found if found != article.newsroom.name else None

    async def _with_free_names(self, board: Board, plan: Plan) -> Plan:
        """The plan without an id that some story has or once had: that happens when what was merged is split again."""
        used = await self._store.read(story_rows.survivors, list(plan.begun))
        if not used:
            return plan
        renamed = {
            story: await self._store.read(story_rows.unused, names(board.id_of(plan.begun[story]))) for story in used
        }
        board.rename(renamed)
        return _renamed(plan, renamed)


def _original(board: Board, marks: Marks, others: Sequence[Marks]) -> str | None:
    """The article of the same story that one repeats, if any."""
    by_number = {each.number: each for each in others}

    def same(one: Print, other: Print) -> bool:
        return same_print(one, other, board.meaning(one.number, other.number))

    original = copied(marks.print, [each.print for each in others], same)
    return by_number[original.number].id if original else None


def _renamed(plan: Plan, renamed: Mapping[str, str]) -> Plan:
    def now(story: str) -> str:
        return renamed.get(story, story)

    return replace(
        plan,
        said={number: {**said, "story_id": now(str(said["story_id"]))} for number, said in plan.said.items()},
        moves={number: now(story) for number, story in plan.moves.items()},
        begun={now(story): number for story, number in plan.begun.items()},
        echoes={now(story): echo for story, echo in plan.echoes.items()},
    )


def _within(waiting: Waiting, span: timedelta) -> Waiting:
    """The oldest of these articles and those published at most a span later, so that no window holds years."""
    ends = waiting[0][1].published_at + span
    return [(number, article) for number, article in waiting if article.published_at <= ends]


def _save(connection: Connection, plan: Plan, revision: int) -> bool:
    """Write a plan in one transaction, unless another process has grouped meanwhile."""
    if not fact_rows.raised(connection, fact_rows.GROUPING, revision):
        return False
    firsts = article_rows.by_number(connection, list(plan.begun.values()))
    story_rows.begin(
        connection,
        [(story, firsts[number].scope, firsts[number].first_seen_at) for story, number in plan.begun.items()],
    )
    article_rows.place(connection, {number: {"story_id": story} for number, story in plan.moves.items()})
    article_rows.place(connection, plan.said)
    story_rows.follow(connection, plan.leads)
    story_rows.echo(connection, plan.echoes)
    return True
