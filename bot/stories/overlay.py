"""Stories as a server sees them: the stored ones with what its moderators, and the operator, have corrected.

A server's corrections never touch the store's stories. They are laid over them each time these are read, one after
the other as they were made, and what grouping has done since is kept wherever it contradicts none of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.correction import Act, Correction
from bot.model import CATALOGUE, Article, Story
from bot.store import corrections as correction_rows
from bot.store import stories as story_rows
from bot.stories.bonds import Bonds, after, bonds


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Stories as somebody sees them; `leads` takes any id a story ever had to the one it has here."""

    stories: Mapping[str, Story]
    leads: Mapping[str, str]
    hidden: frozenset[str] = frozenset()

    @property
    def shown(self) -> list[Story]:
        """Those that are not hidden."""
        return [story for story in self.stories.values() if story.id not in self.hidden]

    def story(self, story_id: str, *, hidden: bool = False) -> Story | None:
        """A story by any id it ever had; a `hidden` one only where that is asked for."""
        found = self.stories.get(story_id) or self.stories.get(_end(self.leads, story_id))
        return found if found and (hidden or found.id not in self.hidden) else None


class _Layers:
    """The corrections laid over one another; `homes` says which story each article is in by now.

    What the corrections laid so far bind holds after each: where grouping has since brought together what one of them
    keeps apart, only the articles that a correction names follow it, under an id that it names.
    """

    def __init__(self, homes: Mapping[str, str], survivors: Mapping[str, str]) -> None:
        self.homes = dict(homes)
        self.leads = {old: now for old, now in survivors.items() if old != now}

    def lay(self, correction: Correction, bound: Bonds) -> None:
        """Do what a merge or split did, to what there is now; `bound` is what all up to it bind."""
        if correction.act is Act.MERGE:
            self._merge(correction, bound)
        elif correction.act is Act.SPLIT:
            self._split(correction, bound)

    def _merge(self, correction: Correction, bound: Bonds) -> None:
        named = [correction.story_id, correction.other_id or ""]
        kept, gone = (_end(self.leads, story) for story in named)
        tied = self._tied(correction.before, bound)
        spare = f"{correction.id}-{correction.story_id}"
        target = next(each for each in (kept, gone, *named, spare) if self._fits(tied, each, bound))
        self.leads.pop(target, None)
        self._move(tied, target)
        if target == kept:
            self._follow(self._at(gone), kept, bound)
        for each in (kept, gone):
            self._close(each, target)

    def _split(self, correction: Correction, bound: Bonds) -> None:
        """The side that has the id keeps it; an article that came later goes with the larger side."""
        kept, made = _end(self.leads, correction.story_id), correction.other_id or ""
        part = self._tied(correction.articles, bound)
        others = correction.before.keys() - set(correction.articles)
        rest = self._tied(others & self._at(kept), bound)
        late = self._at(kept) - part - rest
        leaves = after(correction)[correction.articles[0]] == made
        if not leaves:
            self._move(rest, made)
            if leaves := not self._fits(part, kept, bound):
                self._move(rest, kept)
        self._move(part, made if leaves else kept)
        if (len(correction.articles) > len(others)) is leaves:
            self._follow(late, made, bound)
        self._close(made, kept)
        if made not in self.leads:
            self._close(kept, made)

    def _tied(self, articles: Iterable[str], bound: Bonds) -> set[str]:
        return {other for each in articles for other in bound.together(each)} & self.homes.keys()

    def _at(self, home: str) -> set[str]:
        return {each for each, found in self.homes.items() if found == home}

    def _fits(self, articles: Collection[str], home: str, bound: Bonds) -> bool:
        there = self._at(home).difference(articles)
        return not any(bound.apart(each, other) for each in articles for other in there)

    def _move(self, articles: Iterable[str], home: str) -> None:
        self.homes.update(dict.fromkeys(articles, home))

    def _follow(self, articles: Iterable[str], home: str, bound: Bonds) -> None:
        """Let articles, with what is tied to each, go where others went, unless they must not be there."""
        for each in articles:
            tied = self._tied([each], bound)
            if self._fits(tied, home, bound):
                self._move(tied, home)

    def _close(self, story: str, target: str) -> None:
        """Let a story that has lost all its articles lead to where they went."""
        if story != target and story not in self.homes.values():
            self.leads[story] = target


def as_corrected(
    stories: Sequence[Story], corrections: Sequence[Correction], *, survivors: Mapping[str, str] | None = None
) -> View:
    """Lay corrections, in the order they were made, over stored stories.

    `survivors` are the ids that the stories the corrections name go by in the store now. What a merge brings in must
    be among the stories, or it is not there.
    """
    layers = _Layers({article.id: story.id for story in stories for article in story.articles}, survivors or {})
    for number, each in enumerate(corrections, start=1):
        if each.before:
            layers.lay(each, bonds(corrections[:number]))
    found = {story.id: story for story in _regrouped(stories, layers.homes)}
    layers.leads |= {
        story.id: layers.homes[story.articles[0].id]
        for story in stories
        if story.id not in found and story.id not in layers.leads
    }
    hidden: set[str] = set()
    for each in corrections:
        if (story := found.get(_end(layers.leads, each.story_id))) is None:
            continue
        if each.act is Act.HIDE:
            hidden.add(story.id)
        found[story.id] = _said(story, each)
    return View(stories=found, leads=layers.leads, hidden=frozenset(hidden))


def _said(story: Story, correction: Correction) -> Story:
    if correction.act is Act.RETITLE:
        return replace(story, title=correction.title)
    return replace(story, on_top=True) if correction.act is Act.KEEP_ON_TOP else story


def _regrouped(stories: Sequence[Story], homes: Mapping[str, str]) -> list[Story]:
    """The same articles in other stories; a story that lost and won none stays as it is.

    Another has the likeliest echo of those that its articles come from.
    """
    members: dict[str, list[Article]] = defaultdict(list)
    echoes: dict[str, float] = defaultdict(float)
    for story in stories:
        for article in story.articles:
            home = homes[article.id]
            members[home].append(article)
            echoes[home] = max(echoes[home], story.echo)
    known = {story.id: story for story in stories}
    return [
        known[home]
        if home in known and known[home].articles == tuple(found)
        else story_rows.story_of(home, tuple(sorted(found, key=_in_time)), echo=echoes[home])
        for home, found in members.items()
    ]


def _in_time(article: Article) -> tuple[datetime, datetime, str]:
    return article.published_at, article.first_seen_at, article.id


def related(
    ids: Iterable[str], corrections: Sequence[Correction], *, survivors: Mapping[str, str], homes: Mapping[str, str]
) -> set[str]:
    """The stored stories that must be read to see some: whatever merges and splits tie to them, and so on."""
    ties = [tied(each, survivors, homes) for each in corrections if each.before]
    found = set(ids)
    while more := {story for tie in ties if tie & found for story in tie} - found:
        found |= more
    return found


def tied(correction: Correction, survivors: Mapping[str, str], homes: Mapping[str, str]) -> set[str]:
    """The stored stories that hold what a merge or split is about."""
    named = {survivors.get(story, story) for story in (correction.story_id, correction.other_id) if story}
    return named | {homes[article] for article in correction.before if article in homes}


def _end(leads: Mapping[str, str], story_id: str) -> str:
    """Where an id leads in the end; leads never go round, since each begins at a story that led nowhere."""
    while story_id in leads:
        story_id = leads[story_id]
    return story_id


def touched(connection: Connection, start: datetime, end: datetime, *, scope: str = CATALOGUE) -> list[Story]:
    """What a scope sees of the stories with an article first seen after `start` and up to `end`, as they were then."""
    stored = story_rows.touched(connection, start, end, scope=scope)
    found = _view(connection, {story.id: story for story in stored}, scope, until=end).shown
    return [story for story in found if any(start < article.first_seen_at <= end for article in story.articles)]


def around(connection: Connection, ids: Collection[str], *, scope: str = CATALOGUE) -> list[Story]:
    """What a scope sees of some stored stories."""
    return seen(connection, ids, scope=scope).shown


def one(connection: Connection, story_id: str, *, scope: str = CATALOGUE) -> Story | None:
    """A story as a scope sees it, by any id it ever had; None for a hidden one."""
    return seen(connection, [story_id], scope=scope).story(story_id)


def known_as(
    connection: Connection, ids: Sequence[str], *, scope: str, until: datetime | None = None
) -> dict[str, Story]:
    """Stories by ids they once had, as a scope sees them; those hidden since are left out."""
    view = seen(connection, ids, scope=scope, until=until)
    return {story_id: story for story_id in ids if (story := view.story(story_id))}


def seen(
    connection: Connection, ids: Collection[str], *, scope: str = CATALOGUE, until: datetime | None = None
) -> View:
    """A scope's view of some stories, named by any id they ever had, and of what corrections tie to them."""
    now = story_rows.survivors(connection, ids)
    stored = story_rows.by_id(connection, list(dict.fromkeys(now.values())), scope=scope, until=until)
    view = _view(connection, stored, scope, until=until, asked=now.values())
    return replace(view, leads={**{old: found for old, found in now.items() if old != found}, **view.leads})


def _view(
    connection: Connection,
    stored: Mapping[str, Story],
    scope: str,
    *,
    until: datetime | None,
    asked: Collection[str] = (),
) -> View:
    """Lay a scope's corrections over stored stories; `asked` may name ones that only the scope itself has."""
    corrections = correction_rows.seen_by(connection, scope)
    if not corrections:
        return View(stories=stored, leads={})
    named = {story for each in corrections for story in (each.story_id, each.other_id) if story}
    survivors = story_rows.survivors(connection, named)
    homes = story_rows.homes(connection, {article for each in corrections for article in each.before})
    wanted = related({*stored, *asked}, corrections, survivors=survivors, homes=homes)
    more = story_rows.by_id(connection, sorted(wanted - stored.keys()), scope=scope, until=until)
    about = [each for each in corrections if not each.before or tied(each, survivors, homes) & wanted]
    return as_corrected([*stored.values(), *more.values()], about, survivors=survivors)
