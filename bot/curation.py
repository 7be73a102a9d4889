"""What was done to feeds, by whom and when: told in a log, and undone from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OPERATOR = "operator"
"""Who did it in the terminal of whoever runs the bot."""


class Deed(StrEnum):
    """What can be done to a feed."""

    ADD = "add"
    IMPORT = "import"
    REMOVE = "remove"
    PAUSE = "pause"
    RESUME = "resume"
    HIDE = "hide"
    SHOW = "show"
    RENAME = "rename"
    SET = "set"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing done to one feed; `feed` is its title now.

    `before` and `after` hold what the act changed and nothing else, so that undoing it puts `before` back. `batch` is
    the first act of those that were made at once, by an import.
    """

    id: int
    scope: str
    feed_id: int
    feed: str
    deed: Deed
    before: Mapping[str, object]
    after: Mapping[str, object]
    made_at: datetime
    made_by: str
    batch: int | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None


class Undo(StrEnum):
    """What came of undoing: done, done by somebody before, or in the way of what was done to the feed since."""

    DONE = "done"
    ALREADY = "already"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What came of undoing, and what was undone."""

    outcome: Undo
    acts: tuple[Act, ...] = ()
