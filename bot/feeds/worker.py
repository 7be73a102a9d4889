"""Parse feeds in a process of its own that can be killed, because a thread cannot.

The process gets no environment to speak of, one gigabyte and a few seconds; it is replaced when it hangs,
dies or has served long. One is enough: it is for safety and a calm event loop, not for speed.
"""

import asyncio
import json
import os
import struct
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from bot.errors import ParseError
from bot.feed import Entry, Fetched, ParsedFeed
from bot.feeds import parse
from bot.feeds.troubles import unread
from bot.text import index_terms, text_of

MEMORY = 1 << 30
CPU_SECONDS = 15
"""More than the parent's patience: it ends a process whose parent is gone."""

_LONGEST_ANSWER = 32_000_000
_START_SECONDS = 60.0
_NICENESS = 10
"""How far the child stands back from whoever waits for an answer, where processors are few."""
_LENGTH = struct.Struct(">I")
_TOO_COSTLY = b'{"code": "too-costly'
_PASSED_ON = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP")
_FEED, _ENTRY = tuple(ParsedFeed.__dataclass_fields__), tuple(Entry.__dataclass_fields__)
_COMMAND = (sys.executable, "-P", "-m", "bot.feeds.worker")


class ParserProcess:
    """Reads feeds in a child process, one at a time; it starts at the first feed.

    A task has `deadline` seconds. After `tasks` tasks the child is replaced, so that nothing it leaks lasts. Before
    each task it takes a `rest`.
    """

    def __init__(
        self,
        *,
        deadline: float = 10.0,
        tasks: int = 500,
        command: Sequence[str] = _COMMAND,
        rest: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._deadline = deadline
        self._tasks = tasks
        self._command = tuple(command)
        self._rest = rest
        self._child: asyncio.subprocess.Process | None = None
        self._served = 0
        self._turn = asyncio.Lock()

    async def parse(self, fetched: Fetched, *, zone: str | None, now: datetime) -> ParsedFeed:
        """Read the body; raises ParseError, also where reading it costs too much."""
        task = {
            "url": fetched.url,
            "content_type": fetched.content_type,
            "zone": zone,
            "now": now.isoformat(),
        }
        asked = _frame(task) + _block(fetched.body or b"")
        async with self._turn:
            if self._rest is not None:
                await self._rest()
            answer = await self._tried(asked)
        await asyncio.sleep(0)  # the next task goes out before this answer is looked at
        return _feed(answer)

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    async def _tried(self, task: bytes) -> bytes:
        """Ask the child; after anything but a clean answer it is not used again."""
        is_clean = False
        try:
            answer = await self._asked(task)
            is_clean = answer.startswith(b"{") and not answer.startswith(_TOO_COSTLY)
        except TimeoutError as error:
            raise unread("too-costly") from error
        except (asyncio.IncompleteReadError, OSError, ValueError) as error:
            raise unread("crashed") from error
        finally:
            self._served += 1
            if not is_clean or self._served >= self._tasks:
                await self._end()
        return answer

    async def _asked(self, task: bytes) -> bytes:
        child = self._child or await self._start()
        assert child.stdin is not None  # noqa: S101 both are pipes, made in _start
        assert child.stdout is not None  # noqa: S101
        async with asyncio.timeout(self._deadline):
            child.stdin.write(task)
            await child.stdin.drain()
            return await _answer(child.stdout)

    async def _start(self) -> asyncio.subprocess.Process:
        child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for us; we end the child
        )
        self._child, self._served = child, 0
        assert child.stdout is not None  # noqa: S101 a pipe
        try:
            async with asyncio.timeout(_START_SECONDS):
                await _answer(child.stdout)  # it says when it has loaded, so that loading is on nobody's deadline
        except TimeoutError as error:
            raise ChildProcessError("the parser did not start") from error
        return child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        if child.stdin is not None:
            child.stdin.close()
        await child.communicate()  # reads what is left and waits, so that no pipe stays open


def _environment() -> dict[str, str]:
    """What the child may know: where the program is, and nothing secret."""
    here = str(Path(__file__).parents[2])
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": here}


async def _answer(stream: asyncio.StreamReader) -> bytes:
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    if length > _LONGEST_ANSWER:
        raise ValueError("an answer too long to be true")
    return await stream.readexactly(length)


def _feed(said: bytes) -> ParsedFeed:
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError as error:
        raise unread("crashed") from error
    if "code" in answer:
        raise ParseError(answer["code"], answer["sentence"], facts=answer["facts"])
    entries = tuple(map(_entry, answer.pop("entries")))
    pairs = {name: tuple(value) for name, value in answer.items() if isinstance(value, list)}  # JSON knows no tuples
    return ParsedFeed(**answer | pairs, entries=entries)


def _entry(values: dict[str, Any]) -> Entry:
    return Entry(**values | {"published": _moment(values["published"])})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _block(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


def _frame(values: dict[str, Any]) -> bytes:
    return _block(json.dumps(values, default=datetime.isoformat, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def main() -> None:
    """Serve as the child: answer every task on standard input until it ends."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a stray print must not look like an answer
    _limit_memory()
    _stand_back()
    _warm_up()
    answers.write(_frame({"ready": True}))
    answers.flush()
    while header := _read_block(tasks):
        _limit_cpu()
        answers.write(_frame(_served(json.loads(header), _read_block(tasks))))
        answers.flush()


def _warm_up() -> None:
    import feedparser  # noqa: F401 loaded before the first deadline runs


def _read_block(stream: BinaryIO) -> bytes:
    length = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(length)[0]) if len(length) == _LENGTH.size else b""


def _served(task: dict[str, Any], body: bytes) -> dict[str, Any]:
    now = datetime.fromisoformat(task.pop("now"))
    try:
        return _plain(parse.read(body, **task, now=now))
    except ParseError as error:
        return _refusal(error)
    except MemoryError:
        return _refusal(unread("too-costly"))


def _plain(feed: ParsedFeed) -> dict[str, Any]:
    """A feed as JSON has it, with the work of splitting words done; `asdict` would copy every text on the way."""
    entries = [{name: getattr(entry, name) for name in _ENTRY} | {"terms": _terms(entry)} for entry in feed.entries]
    return {name: getattr(feed, name) for name in _FEED} | {"entries": entries}


def _terms(entry: Entry) -> str:
    return " ".join(index_terms(text_of(entry.title, entry.summary)))


def _refusal(error: ParseError) -> dict[str, Any]:
    return {"code": error.key, "sentence": error.sentence, "facts": error.facts}


def _limit_memory() -> None:
    """Bound the memory where the platform can."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(ValueError, OSError):  # macOS has the limit and refuses to set it
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _stand_back() -> None:
    if sys.platform != "win32":
        os.nice(_NICENESS)


def _limit_cpu() -> None:
    """Bound the next task's processor time where the platform can; it counts from the process's start."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
