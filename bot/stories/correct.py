"""Corrections made and undone: the operator's change the stored stories at once, a server's only its own view."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

import structlog
from sqlalchemy import Connection

from bot.correction import Act, Correction
from bot.errors import CorrectionError, NotFoundError
from bot.model import CATALOGUE, Story
from bot.ports import Clock
from bot.store import corrections as rows
from bot.store import facts as fact_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.stories.bonds import Bonds, after, bonds
from bot.stories.overlay import seen
from bot.stories.settle import story_id

log = structlog.get_logger()

_LONGEST_TITLE = 200
_BINDING = (Act.MERGE, Act.SPLIT)
"""What is about articles; the rest is about how a story looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What undoing a merge or split does: where articles go back to, and where ids lead from then on."""

    homes: Mapping[str, str]
    leads: Mapping[str, str | None]


def taken(story: Story, named: Sequence[str]) -> frozenset[str]:
    """The articles of a story that are named by id or link; raises CorrectionError where they make no part of it."""
    found: set[str] = set()
    for name in named:
        matching = {article.id for article in story.articles if name in (article.id, article.link)}
        if not matching:
            raise CorrectionError("no-such-article", f"Story {story.id} has no article {name!r}; name its id or link.")
        found |= matching
    if not found:
        raise CorrectionError("nothing-named", f"Name at least one article of story {story.id} to split off.")
    if len(found) == len(story.articles):
        raise CorrectionError("whole-story", f"That is the whole of story {story.id}; name only what does not belong.")
    return frozenset(found)


def cleaned(title: str) -> str:
    """A title in one line; raises CorrectionError where it is none."""
    said = " ".join(title.split())
    if not said:
        raise CorrectionError("no-title", "A title has at least one word.")
    if len(said) > _LONGEST_TITLE:
        raise CorrectionError("long-title", f"That title is longer than {_LONGEST_TITLE} characters.")
    return said


def built_on(correction: Correction, active: Iterable[Correction]) -> Correction | None:
    """The last correction that was made on top of one, which has to be undone first."""
    mine = correction.before.keys()
    later = [each for each in active if each.id > correction.id and not mine.isdisjoint(each.before)]
    return max(later, key=lambda each: each.id, default=None)


def restored(correction: Correction, members: Mapping[str, str], still: Bonds) -> Restored:
    """What undoing an operator's merge or split changes, given where the articles concerned are now.

    `members` holds every article of the stories concerned. What the correction has moved goes back, unless grouping
    has moved it on since; `still` is what the corrections left in force bind, and none of that is broken.
    Raises CorrectionError where grouping has since left no place to go back to.
    """
    went = after(correction)
    moved = [each for each in went if went[each] != correction.before[each] and each in members]
    stayed = [each for each in went if went[each] == correction.before[each] and each in members]
    if not moved or not stayed:
        return Restored(homes={}, leads={})
    beside = [home for home, _ in Counter(members[each] for each in stayed).most_common()]
    if correction.act is Act.MERGE:
        other = correction.other_id or ""
        back = {each: other for each in moved if members[each] == beside[0]}
        return Restored(homes=back, leads={other: None} if back else {})
    for target in beside:
        if (found := _joined(correction, moved, target, members, still)) is not None:
            return found
    raise CorrectionError(
        "moved-on",
        f"What correction {correction.id} took apart has been grouped anew since; merge the stories instead.",
    )


def _joined(
    correction: Correction, moved: Sequence[str], target: str, members: Mapping[str, str], still: Bonds
) -> Restored | None:
    """A split's moved side back beside the other, with all that is tied across; None where something forbids it.

    What came to the split-off story later goes along, unless another correction names it.
    """
    source = Counter(members[each] for each in moved).most_common(1)[0][0]
    homes = {**members, **{each: target for each in moved if members[each] == source}}
    for each in correction.before:
        tied = still.together(each) & members.keys()
        if len({homes[other] for other in tied}) > 1:
            homes |= dict.fromkeys(tied, target)
    late = [each for each, home in homes.items() if home == source]
    if source == correction.other_id and not any(still.binds(each) for each in late):
        homes |= dict.fromkeys(late, target)
    back = {each: home for each, home in homes.items() if home != members[each]}
    there = [each for each, home in homes.items() if home == target]
    if any(still.apart(each, other) for each in back for other in there):
        return None
    empty = {members[each] for each in back} - set(homes.values())
    return Restored(homes=back, leads=dict.fromkeys(sorted(empty), target))


def _ids(first_article: str) -> Iterator[str]:
    """Ids for a story that begins with an article, the plainest first."""
    yield story_id(first_article)
    yield from (story_id(f"{first_article} {number}") for number in count(2))


class Corrector:
    """Makes corrections and undoes them, each in one transaction; knows no Discord and asks for no permission.

    `scope` is the server whose moderator it is, or the catalogue for the operator; `by` is who. Stories go by any id
    they ever had. Raises NotFoundError for what is not there, CorrectionError for what cannot be.
    """

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def merge(self, story: str, other: str, *, scope: str = CATALOGUE, by: str) -> Correction:
        """Make one story of two; the older one's id stays."""

        def work(connection: Connection) -> Correction:
            return _merge(connection, story, self._asked(Act.MERGE, scope, by), other=other)

        return await self._made(work)

    async def split(self, story: str, articles: Sequence[str], *, scope: str = CATALOGUE, by: str) -> Correction:
        """Take articles, named by id or link, out of a story; the side with the first article keeps the id."""

        def work(connection: Connection) -> Correction:
            return _split(connection, story, self._asked(Act.SPLIT, scope, by), articles)

        return await self._made(work)

    async def hide(self, story: str, *, scope: str = CATALOGUE, by: str) -> Correction:
        """Show a story no more."""
        return await self._made(lambda connection: _look(connection, story, self._asked(Act.HIDE, scope, by)))

    async def keep_on_top(self, story: str, *, scope: str = CATALOGUE, by: str) -> Correction:
        """Show a story before all others."""
        return await self._made(lambda connection: _look(connection, story, self._asked(Act.KEEP_ON_TOP, scope, by)))

    async def retitle(self, story: str, title: str, *, scope: str = CATALOGUE, by: str) -> Correction:
        """Show a story under words of one's own, above its sources' headlines."""
        asked = replace(self._asked(Act.RETITLE, scope, by), title=cleaned(title))
        return await self._made(lambda connection: _look(connection, story, asked))

    async def undo(self, correction_id: int, *, scope: str = CATALOGUE, by: str) -> Correction:
        """Let a correction hold no longer, and everything be as it was before it."""

        def work(connection: Connection) -> Correction:
            return _undo(connection, correction_id, scope, by=by, now=self._clock())

        undone = await self._store.write(work)
        log.info("correction undone", correction=undone.id, act=undone.act, scope=scope)
        return undone

    async def listed(self, *, scope: str = CATALOGUE) -> list[Correction]:
        """What holds for a scope, in the order it was made."""
        return await self._store.read(rows.active, scope)

    def _asked(self, act: Act, scope: str, by: str) -> Correction:
        return Correction(id=0, scope=scope, act=act, story_id="", made_at=self._clock(), made_by=by)

    async def _made(self, work: Callable[[Connection], Correction]) -> Correction:
        made = await self._store.write(work)
        log.info("correction made", correction=made.id, act=made.act, story=made.story_id, scope=made.scope)
        return made


def _merge(connection: Connection, story: str, asked: Correction, *, other: str) -> Correction:
    one, two = _known(connection, story, asked.scope), _known(connection, other, asked.scope)
    if one.id == two.id:
        raise CorrectionError("same-story", f"{story} and {other} are one story already.")
    kept = story_rows.oldest(connection, [one.id, two.id]) or one.id
    gone = two.id if kept == one.id else one.id
    made = replace(asked, story_id=kept, other_id=gone, before=_held(connection, asked.scope, one, two))
    if asked.scope == CATALOGUE:
        _change(connection, after(made), {gone: kept})
    return rows.add(connection, made)


def _split(connection: Connection, story: str, asked: Correction, named: Sequence[str]) -> Correction:
    found = _known(connection, story, asked.scope)
    part = taken(found, named)
    first = found.articles[0].id
    moved = next(each.id for each in found.articles if (each.id in part) is not (first in part))
    fresh = story_rows.unused(connection, _ids(moved))
    story_rows.begin(connection, [(fresh, asked.scope, asked.made_at)])
    before = _held(connection, asked.scope, found)
    order = sorted(before, key=lambda each: each != first)  # the story's first article, as the moderator saw it
    made = replace(
        asked,
        story_id=found.id,
        other_id=fresh,
        articles=tuple(each for each in order if each in part),
        before={each: before[each] for each in order},
    )
    if asked.scope == CATALOGUE:
        _change(connection, after(made), {})
    return rows.add(connection, made)


def _look(connection: Connection, story: str, asked: Correction) -> Correction:
    found = _known(connection, story, asked.scope)
    same = [] if asked.act is Act.RETITLE else rows.active(connection, asked.scope, [asked.act])
    view = seen(connection, [found.id, *(each.story_id for each in same)], scope=asked.scope)
    for each in same:
        if view.story(each.story_id, hidden=True) == view.story(found.id, hidden=True):
            raise CorrectionError("already", f"Story {found.id} is so already, by correction {each.id}.")
    return rows.add(connection, replace(asked, story_id=found.id))


def _undo(connection: Connection, correction_id: int, scope: str, *, by: str, now: datetime) -> Correction:
    found = rows.one(connection, correction_id)
    if found is None or found.scope != scope:
        raise NotFoundError(f"There is no correction {correction_id}; `jianbao correct list` shows those that hold.")
    if found.undone_at:
        raise CorrectionError("undone", f"Correction {correction_id} has been undone already.")
    active = rows.active(connection, scope, _BINDING)
    if above := built_on(found, active):
        raise CorrectionError("built-on", f"Correction {above.id} was made on top of {correction_id}; undo that first.")
    rows.undo(connection, correction_id, by=by, now=now)
    if found.act in _BINDING:
        _take_back(connection, found, bonds([each for each in active if each.id != correction_id]))
    return replace(found, undone_at=now, undone_by=by)


def _take_back(connection: Connection, undone: Correction, still: Bonds) -> None:
    if undone.scope != CATALOGUE:
        if undone.act is Act.SPLIT and undone.other_id:
            story_rows.lead(connection, {undone.other_id: undone.story_id})
        return
    homes = story_rows.homes(connection, undone.before)
    back = restored(undone, story_rows.everyone(connection, set(homes.values())), still)
    _change(connection, back.homes, back.leads)


def _change(connection: Connection, homes: Mapping[str, str], leads: Mapping[str, str | None]) -> None:
    """Change the stored stories, so that whoever has an open window in memory reads it anew."""
    story_rows.move(connection, homes)
    story_rows.lead(connection, leads)
    while not fact_rows.raised(connection, fact_rows.GROUPING, fact_rows.number(connection, fact_rows.GROUPING)):
        pass  # another process has grouped in this very moment


def _known(connection: Connection, story: str, scope: str) -> Story:
    """A story as a scope sees it, a hidden one too."""
    found = seen(connection, [story.strip()], scope=scope).story(story.strip(), hidden=True)
    if found is None:
        raise NotFoundError(f"There is no story {story!r}; `jianbao search` shows each story's id.")
    return found


def _held(connection: Connection, scope: str, *stories: Story) -> dict[str, str]:
    """Which article is in which of these stories; for the operator also those that only a server sees."""
    if scope == CATALOGUE:
        return story_rows.everyone(connection, [story.id for story in stories])
    told = [(article, story.id) for story in stories for article in story.articles]
    return {article.id: home for article, home in sorted(told, key=lambda each: each[0].published_at)}
