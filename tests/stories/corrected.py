"""Corrections as a moderator would have made them."""

from collections.abc import Mapping, Sequence

from bot.correction import Act, Correction
from bot.model import CATALOGUE
from tests.fakes import NOW


def correction(
    number: int,
    act: Act,
    story: str,
    *,
    other: str | None = None,
    articles: Sequence[str] = (),
    before: Mapping[str, str] | None = None,
    title: str | None = None,
    scope: str = CATALOGUE,
) -> Correction:
    """A correction that holds."""
    return Correction(
        id=number,
        scope=scope,
        act=act,
        story_id=story,
        other_id=other,
        articles=tuple(articles),
        before=before or {},
        title=title,
        made_at=NOW,
        made_by="ada",
    )


def merged(
    number: int, story: Sequence[str], other: Sequence[str], *, ids: str = "st", scope: str = "77"
) -> Correction:
    """The merge of two stories of these articles; `ids` are the one that stays and the one that goes."""
    kept, gone = ids
    before = dict.fromkeys(story, kept) | dict.fromkeys(other, gone)
    return correction(number, Act.MERGE, kept, other=gone, before=before, scope=scope)


def split(number: int, part: Sequence[str], rest: Sequence[str], *, ids: str = "st", scope: str = "77") -> Correction:
    """A part taken out of a story whose first article is of the rest; `ids` are the old and the new one."""
    story, fresh = ids
    before = dict.fromkeys([*rest, *part], story)
    return correction(number, Act.SPLIT, story, other=fresh, articles=part, before=before, scope=scope)
