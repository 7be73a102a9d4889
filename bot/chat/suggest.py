"""What a menu offers while somebody types a search: names, their own last searches, popular ones, and newsrooms."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from bot.chat.reader import Reader
from bot.model import Language
from bot.ports import Clock
from bot.store import candidates as candidate_rows
from bot.store import names as name_rows
from bot.store import questions
from bot.store.database import Store
from bot.store.names import AddedName
from bot.stories.asking.complete import Completer
from bot.stories.entities import Entity, Lexicon
from bot.text import fold

_MOST, _MOST_OWN, _MOST_POPULAR = 25, 5, 10
_LONGEST = 100
"""Discord's limit for what a menu sends."""

_PEOPLE = 1000
"""Of how many people the last searches are remembered."""

_KEPT = timedelta(minutes=1)


class Suggester:
    """Asks neither the encoder nor the archive.

    People's own last searches stand in memory alone, are offered to nobody else, and are gone after a restart.
    """

    def __init__(
        self,
        store: Store,
        lexicon: Lexicon,
        completer: Completer,
        *,
        called: Callable[[str], Iterable[str]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._lexicon = lexicon
        self._bundled = completer
        self._called = called
        self._clock = clock
        self._own: OrderedDict[int, tuple[str, ...]] = OrderedDict()
        self._newsrooms: dict[str, tuple[datetime, Sequence[str]]] = {}

    def remember(self, person: int, query: str) -> None:
        """Remember a search for who made it."""
        known = self._own.pop(person, ())
        self._own[person] = (query, *(each for each in known if each != query))[:_MOST_OWN]
        while len(self._own) > _PEOPLE:
            self._own.popitem(last=False)

    async def queries(self, typed: str, reader: Reader, person: int) -> list[tuple[str, str]]:
        """What may be meant, each with how it is shown: one's own searches, names, what is asked often."""
        said = fold(typed.strip())
        popular = await self._store.read(questions.popular, reader.scope, _MOST_POPULAR)
        before = [text for text in self._own.get(person, ()) if said in fold(text)]
        often = [text for text in popular if said in fold(text)]
        completed = [*self._added(await self._store.read(name_rows.seen_by, reader.scope)), self._bundled]
        names = [each for completer in completed for each in completer.complete(typed, _MOST)]
        shown = {text: text for text in before}
        for each in names:
            shown.setdefault(each.text, f"{each.text} · {each.beside}" if each.beside else each.text)
        for text in often:
            shown.setdefault(text, text)
        return [(label, text) for text, label in shown.items() if 0 < len(text) <= _LONGEST][:_MOST]

    async def newsrooms(self, typed: str, reader: Reader) -> list[str]:
        """The newsrooms that a server reads with what was typed in a name, of either language; kept for a minute."""
        said, now = fold(typed.strip()), self._clock()
        kept = self._newsrooms.get(reader.scope)
        if kept is None or abs(now - kept[0]) > _KEPT:
            kept = now, await self._store.read(candidate_rows.newsrooms, reader.scope)
            fresh = {scope: known for scope, known in self._newsrooms.items() if abs(now - known[0]) <= _KEPT}
            self._newsrooms = {**fresh, reader.scope: kept}
        named = (name for name in kept[1] if any(said in fold(each) for each in (name, *self._called(name))))
        return [name for name in named if len(name) <= _LONGEST][:_MOST]

    def _added(self, added: Sequence[AddedName]) -> list[Completer]:
        """The names that moderators have added, each for the entity it belongs to."""
        return [Completer([self._entity(each) for each in added])] if added else []

    def _entity(self, added: AddedName) -> Entity:
        kind = self._lexicon.get(added.entity).kind if added.entity in self._lexicon else "company"
        chinese = added.language is Language.ZH
        return Entity(
            id=added.entity, kind=kind, en=() if chinese else (added.name,), zh=(added.name,) if chinese else ()
        )
