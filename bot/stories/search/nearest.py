"""The articles nearest in meaning, found in files that are made from the stored vectors, and anew by themselves."""

import asyncio
import re
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import structlog

from bot.model import CATALOGUE
from bot.store import facts as fact_rows
from bot.store import vectors as vector_rows
from bot.store.database import Store
from bot.store.vectors import Encoded
from bot.stories.search.mapped import FORM, Folder, Page
from bot.stories.search.sketch import Shape, products
from bot.stories.search.view import Limits, Vector, View, is_off, is_worn, joined, placed

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

_AT_ONCE = 10_000
"""How many vectors are read and written at once: some 40 MB while it lasts."""

_SAMPLE = 4096
"""How many vectors tell what all are like."""

_SPARE = 4
"""One in so many more is read from the store than is asked for: bytes may rank the last ones wrongly."""

_TRIES = 3
_UNSAFE = re.compile(r"[^\w.-]+")


class Nearest:
    """The index of an archive's vectors of one model, in a folder that several processes may have open.

    `find` answers from what is there, in the executor `asked`, and waits for nothing; `refresh` brings in what was
    encoded since, and `is_begun` tells whether it ever began to. A view of the index never changes, so the two need
    not wait for each other.
    Where the folder cannot be written, or another process is writing, what is new is kept in memory alone.
    """

    def __init__(self, store: Store, *, model: str, folder: Path, cpu: Executor, asked: Executor | None = None) -> None:
        self._store = store
        self._model = model
        self._folder = Folder(folder / _UNSAFE.sub("-", model))
        self._cpu = cpu
        self._asked = asked or cpu
        self._refreshing = asyncio.Lock()
        self.is_begun = False
        self._view: View | None = None
        self._published: Page | None = None
        self._installation = ""
        self._checked = False
        self._doubted = False
        self._writable = True

    def __len__(self) -> int:
        """How many articles are in the index."""
        return len(self._view) if self._view else 0

    async def find(
        self,
        asked: Vector,
        *,
        count: int,
        scope: str = CATALOGUE,
        since: datetime | None = None,
        until: datetime | None = None,
        among: Collection[int] | None = None,
    ) -> list[tuple[int, float]]:
        """The numbers of the articles nearest to a unit vector with their exact likeness, the best first.

        Published from `since` on and before `until`; `among` are numbers to choose from.
        """
        if not self._view:
            return []
        limits = Limits(scope=scope, since=since, until=until, among=among)
        near = await self._answered(self._view.nearest, asked, limits, count + count // _SPARE)
        numbers, vectors = await self._store.read(vector_rows.of, self._model, list(near))
        exact = dict(zip(numbers, products(vectors, asked).tolist(), strict=True)) if numbers else {}
        self._doubted = self._doubted or is_off(near, exact)
        return sorted(exact.items(), key=lambda each: (-each[1], -each[0]))[:count]

    async def likeness(self, asked: Vector, numbers: Collection[int]) -> dict[int, float]:
        """How near these articles are, right to some thousandths; of those that are in the index."""
        return await self._answered(self._view.likeness_of, asked, numbers) if self._view else {}

    async def refresh(self) -> None:
        """Bring in what was encoded since the last time; make the index anew where it is missing, damaged or worn."""
        self.is_begun = True
        async with self._refreshing:
            with self._locked() as mine:
                view = await self._opened(mine)
                view = await (self._made(mine) if view is None else self._filled(view, mine, show=True))
                if mine and view is not None and is_worn(view):
                    await self._made(mine)

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        """Whether the files are ours to write for now."""
        with ExitStack() as stack:
            mine = False
            if self._writable:
                try:
                    mine = stack.enter_context(self._folder.locked())
                except OSError as error:
                    self._give_up(error)
            yield mine

    async def _opened(self, mine: bool) -> View | None:
        """The index as it is to go on with; None where it must be made anew."""
        if self._doubted and mine:
            return None
        view = await self._run(self._reopened, await self._home(), mine)
        if view is None or (not self._checked and not await self._is_ours(view.page)):
            return None
        self._view, self._checked = view, True
        return view

    async def _home(self) -> str:
        """The installation, asked for once: asking is a writing."""
        self._installation = self._installation or await self._store.write(fact_rows.installation)
        return self._installation

    async def _is_ours(self, page: Page) -> bool:
        """Whether the store still has what was read last: it may be an older copy of itself."""
        position = page.stamp, page.article
        return await self._store.read(vector_rows.dimension_at, self._model, position) == page.dimension

    def _reopened(self, installation: str, mine: bool) -> View | None:
        """The index as the files have it now, or as it is in memory; None where neither is of use.

        What is in memory alone goes on in the files once they are ours.
        """
        held = self._view
        for _ in range(_TRIES):  # another process may remove what the page spoke of a moment ago
            page = self._page(installation)
            if page is None:
                return None if mine else held
            in_memory = held is not None and len(held.numbers) > held.page.count
            if page == self._published and not (mine and in_memory):
                return held
            block = self._folder.block(page)
            if block is not None and (self._checked or self._folder.is_whole(page, block)):
                self._published = page
                return View.of(page, (block,))
        return None if mine else held

    def _page(self, installation: str) -> Page | None:
        """What the files say of themselves, if they are of this release, archive and model."""
        try:
            page = self._folder.page()
        except OSError:
            return None
        ours = FORM, installation, self._model
        return page if page and (page.form, page.installation, page.model) == ours else None

    async def _made(self, mine: bool) -> View | None:
        """Make the index anew from the store; the one that is there answers until then."""
        sample = await self._store.read(vector_rows.sample, self._model, _SAMPLE)
        self._doubted, self._checked = False, True
        if not len(sample):
            self._view = None
            return None
        settled = await self._store.read(vector_rows.count, self._model)
        shape = await self._run(Shape.of, sample)
        page = Page.begin(installation=await self._home(), model=self._model, shape=shape, settled=settled)
        view = await self._filled(View.of(page, ()), mine, show=not len(self))
        await self._run(self._show, view, mine, sweep=True)
        log.info("index of vectors made", articles=len(view))
        return view

    async def _filled(self, view: View, mine: bool, *, show: bool) -> View:
        """Bring in what came after what is in it; a shown view answers and is written down batch by batch."""
        position = view.page.stamp, view.page.article
        while batch := await self._store.read(vector_rows.after, self._model, position, _AT_ONCE):
            view = await self._run(self._added, view, batch, mine)
            if show:
                await self._run(self._show, view, mine)
            position = batch.last
        return view

    def _added(self, view: View, batch: Encoded, mine: bool) -> View:
        page, block = placed(view.page, view.shape, batch)
        if mine and self._writable:
            try:
                longer = self._folder.append(page, block)
                if (whole := self._folder.block(longer)) is not None:
                    return View.of(longer, (whole,))
            except OSError as error:
                self._give_up(error)
        return View.of(page, joined((*view.blocks, block)))

    def _show(self, view: View, mine: bool, *, sweep: bool = False) -> None:
        self._view = view
        if not mine or not self._writable:
            return
        try:
            self._folder.publish(view.page)
            self._published = view.page
            if sweep:
                self._folder.sweep(view.page)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self._writable = False
        log.warning("index of vectors kept in memory alone", folder=str(self._folder), cause=str(error))

    async def _run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._cpu, partial(work, *args, **kwargs))

    async def _answered(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._asked, partial(work, *args, **kwargs))
