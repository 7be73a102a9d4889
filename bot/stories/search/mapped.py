"""The files of the index of vectors: appended to, mapped into memory, and as true as the page that speaks of them."""

import json
import math
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from bot.model import CATALOGUE
from bot.stories.search.sketch import Shape, Signs, Whole, words_of

try:
    import fcntl
except ImportError:  # not on Windows, where each process keeps what is new in its own memory
    fcntl = None  # type: ignore[assignment]

FORM = 1
"""Raised when the files change their form; older ones are made anew."""

FACTS = np.dtype([("number", "<i8"), ("published", "<i8"), ("scope", "<i4")])
_PAGE = "index.json"
_LOCK = "lock"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Articles in the order their vectors came: what limits a search, the signs, and the vectors in bytes."""

    facts: NDArray[np.void]
    signs: Signs
    whole: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is true of the files: only the first `count` articles in them are.

    `stamp` and `article` are how far the store was read, `settled` how many vectors it had when the files were begun.
    """

    installation: str
    model: str
    dimension: int
    name: str
    centre: str
    step: float
    settled: int
    form: int = FORM
    count: int = 0
    stamp: int = -1
    article: int = 0
    scopes: tuple[str, ...] = (CATALOGUE,)
    sums: tuple[int, int] = (0, 0)

    @classmethod
    def begin(cls, *, installation: str, model: str, shape: Shape, settled: int) -> "Page":
        """The page of files that hold nothing yet, under a name that none had before."""
        return cls(
            installation=installation,
            model=model,
            dimension=len(shape.centre),
            name=secrets.token_hex(8),
            centre=shape.centre.astype("<f4").tobytes().hex(),
            step=shape.step,
            settled=settled,
        )

    def shape(self) -> Shape:
        """What these vectors are measured from."""
        return Shape(np.frombuffer(bytes.fromhex(self.centre), "<f4"), self.step)


class Folder:
    """One folder, one index; raises OSError where it cannot be read or written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        """Where it is."""
        return str(self._path)

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether we alone may write, without waiting for another process that does; yields False there."""
        if fcntl is None:
            yield False
            return
        self._path.mkdir(parents=True, exist_ok=True)
        with (self._path / _LOCK).open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def page(self) -> Page | None:
        """What is true of the files; None where there are none, or what is said of them is damaged."""
        try:
            checked, _, body = (self._path / _PAGE).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        if checked != b"%08x" % zlib.crc32(body):
            return None
        try:
            return _reader().validate_json(body)
        except ValidationError:
            return None

    def block(self, page: Page) -> Block | None:
        """The articles a page speaks of, signs and bytes mapped; None where the files are gone or too short."""
        try:
            return Block(*(self._mapped(page, *each) for each in _parts(page)))
        except (FileNotFoundError, ValueError):
            return None

    def is_whole(self, page: Page, block: Block) -> bool:
        """Whether facts and signs are what was written; bytes are too many to read them all."""
        return page.sums == (zlib.crc32(_raw(block.facts)), zlib.crc32(_raw(block.signs)))

    def append(self, page: Page, block: Block) -> Page:
        """Write articles behind those a page speaks of; returns the page that speaks of them too, not yet written."""
        self._path.mkdir(parents=True, exist_ok=True)
        arrays: tuple[NDArray[Any], ...] = (block.facts, block.signs, block.whole)
        for (part, kind, shape), rows in zip(_parts(page), arrays, strict=True):
            with (self._path / f"{page.name}.{part}").open("r+b" if page.count else "wb") as file:
                file.truncate(page.count * kind.itemsize * math.prod(shape))  # what a crash left behind the last page
                file.seek(0, os.SEEK_END)
                file.write(_raw(rows))
                file.flush()
                os.fsync(file.fileno())
        facts, signs = page.sums
        sums = zlib.crc32(_raw(block.facts), facts), zlib.crc32(_raw(block.signs), signs)
        return replace(page, count=page.count + len(block.facts), sums=sums)

    def publish(self, page: Page) -> None:
        """Make a page true for everybody, at once or not at all."""
        body = json.dumps(asdict(page)).encode()
        written = self._path / f"{page.name}.new"
        with written.open("wb") as file:
            file.write(b"%08x\n" % zlib.crc32(body) + body)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._path / _PAGE)

    def sweep(self, page: Page) -> None:
        """Remove the files that no page speaks of any more; who has them mapped keeps them until it lets go."""
        keep = {_PAGE, _LOCK, *(f"{page.name}.{part}" for part, _, _ in _parts(page))}
        for path in self._path.iterdir():
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def _mapped(self, page: Page, part: str, kind: "np.dtype[Any]", shape: tuple[int, ...]) -> NDArray[Any]:
        if not page.count:  # what is empty cannot be mapped
            return np.empty((0, *shape), kind)
        path = self._path / f"{page.name}.{part}"
        return np.memmap(path, kind, "r", shape=(page.count, *shape)).view(np.ndarray)


@cache
def _reader() -> TypeAdapter[Page]:
    return TypeAdapter(Page)


def _parts(page: Page) -> "tuple[tuple[str, np.dtype[Any], tuple[int, ...]], ...]":
    """The files: what each holds, and what an article has of it."""
    return (
        ("facts", FACTS, ()),
        ("signs", np.dtype("<u8"), (words_of(page.dimension),)),
        ("whole", np.dtype("i1"), (page.dimension,)),
    )


def _raw(rows: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(rows).view(np.uint8).reshape(-1).data
