"""A watch (a saved search that alerts) and its alerts, as frozen values."""

from dataclasses import dataclass
from datetime import datetime

from bot.model import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A member's saved search; alerts go to the channel where it was made and name the `owner` alone.

    `seen` is the number of the last article that was looked at. `reason` says why one ended that nobody stopped: a
    code of ChannelError's, or "unreadable".
    """

    id: int
    scope: str
    channel: str
    owner: str
    language: Language
    question: str
    made_at: datetime
    seen: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story in an alert: the headline that answers, with its link, and who reports the story."""

    story: str
    title: str
    link: str
    newsrooms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message on its way to a watch's owner (the outbox row).

    `unclear` tells that an earlier try may have posted it without our knowing, the first one at `first_at`.
    """

    id: int
    watch: Watch
    told: tuple[Told, ...]
    made_at: datetime
    attempts: int = 0
    first_at: datetime | None = None
    unclear: bool = False

    @property
    def channel(self) -> str:
        """Where it goes."""
        return self.watch.channel
