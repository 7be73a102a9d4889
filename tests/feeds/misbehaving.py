"""A server that does, request by request, what a case tells it to, and remembers what it was asked."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What is done with one request; afterwards the connection is read on, unless it was closed."""

_NEVER = 60
_TLS_HELLO = b"\x16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: where to, and with which headers."""

    path: str
    headers: Message

    @property
    def kind(self) -> str:
        """The address, without the host of most cases, and the validators byte for byte."""
        host = self.headers["Host"].partition(":")[0]
        where = self.path if host == "feed.example" else host + self.path
        conditions = [self.headers[name] for name in ("If-None-Match", "If-Modified-Since") if name in self.headers]
        return " if ".join([where, *conditions])


class Server:
    """Answers the first request with the first answer and so on; the last one goes for all that follow."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.asked: list[Asked] = []
        self._answers = list(answers)
        self._served: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, tls: ssl.SSLContext | None = None) -> int:
        """Start on loopback; returns the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop, whatever is still being answered."""
        for task in self._served:
            task.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._talk(reader, writer))
        self._served.add(task)
        await asyncio.wait([task])

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                first = await reader.readexactly(1)
                if first == _TLS_HELLO:
                    writer.write(b"HTTP/1.1 400 This Is A Plain Port\r\n\r\n")
                    break
                head = first + await reader.readuntil(b"\r\n\r\n")
                line, _, rest = head.partition(b"\r\n")
                path = line.split(b" ")[1].decode()
                self.asked.append(Asked(path=path, headers=BytesHeaderParser().parsebytes(rest)))
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                await answer(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def says(body: bytes | str = b"", status: int = 200, **headers: str) -> Answer:
    """An ordinary answer; an underscore in a header's name is a hyphen."""
    content = body.encode() if isinstance(body, str) else body
    named = {"Content_Type": "application/rss+xml", "Content_Length": str(len(content))} | headers
    lines = [f"HTTP/1.1 {status} As The Case Says", *(f"{name.replace('_', '-')}: {named[name]}" for name in named)]
    return sends("\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + content)


def sends(raw: bytes, *, closing: bool = False) -> Answer:
    """These bytes, whatever they are."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        if closing:
            await writer.drain()
            writer.close()

    return answer


def redirects(to: str, status: int = 302, **headers: str) -> Answer:
    """An answer that sends us on."""
    return says(b"moved", status, Location=to, **headers)


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    """Reset the connection without a word."""
    writer.transport.abort()


async def is_silent(_: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.sleep(_NEVER)


def drips(start: bytes) -> Answer:
    """Send a beginning, and then a byte now and then for ever."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(b"x")

    return answer


def floods(start: bytes, part: bytes) -> Answer:
    """Send a beginning, and then the same part over and over."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(part)
            await writer.drain()

    return answer
