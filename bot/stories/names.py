"""The names a server knows: the bundled ones, and those that its moderators and the operator have added.

Only what is shown and searched there is read with them. What everybody sees is grouped by the bundled names alone.
"""

from bot.store import names as name_rows
from bot.store.database import Store
from bot.stories.entities import Lexicon


class Names:
    """Gives each scope its lexicon; an added or removed name counts from the next time it is asked for.

    The table is read each time, which costs less than a millisecond; the lexicon of the same names is made once.
    """

    def __init__(self, store: Store, bundled: Lexicon) -> None:
        self._store = store
        self._bundled = bundled

    async def of(self, scope: str) -> Lexicon:
        """The names that a scope knows; where they differ a later one counts, a server's own after the operator's."""
        return self._bundled.with_added(await self._store.read(name_rows.seen_by, scope))
