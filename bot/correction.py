"""What a moderator may change about stories, as it travels between the rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What a correction does."""

    MERGE = "merge"
    SPLIT = "split"
    HIDE = "hide"
    KEEP_ON_TOP = "keep_on_top"
    RETITLE = "retitle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a moderator changed for a server, or the operator for all; `id` counts up in the order they were made.

    A merge leaves `story_id` and leads `other_id` there. A split takes `articles` from the rest: the side with the
    story's first article keeps `story_id`, the other side is `other_id` from then on. `before` tells for each
    article of a merge or split, the oldest first, which story it was in.
    """

    id: int
    scope: str
    act: Act
    story_id: str
    made_at: datetime
    made_by: str
    other_id: str | None = None
    articles: tuple[str, ...] = ()
    title: str | None = None
    before: Mapping[str, str] = field(default_factory=dict)
    undone_at: datetime | None = None
    undone_by: str | None = None
