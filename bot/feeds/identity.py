"""Which entries of a feed are articles it brought before, whatever has become of their names.

An entry is known by its guid, else by its link. Feeds change both: http becomes https, a site moves, another program
writes the guids, or one guid is given to every entry (what other readers do about it:
https://github.com/brendanlong/lion-reader/issues/1535). Decisions only; the store asks them with what it holds.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Article

UNDATED_AGE = timedelta(days=3)
"""How old an undated entry is taken to be that is no news: old enough to be told nowhere."""

_NEAR = timedelta(days=2)
"""How far apart two entries of one title may be and still be one article: a daily column has one title too."""

_MANY = 10
"""Up to so many old entries that look new are latecomers."""

_PLACE = re.compile(r"[/?#].+", re.DOTALL)
_GUID = re.compile(r"https?://[^/?#]*([/?#].*[^/])", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an article that a feed brought was like, and the guid it had."""

    guid: str
    title: str
    summary: str
    link_key: str
    published_at: datetime


def is_meant(known: Known, article: Article) -> bool:
    """Whether a guid stands for the article it stood for; with another link and title it is used anew.

    At the same place of another site, and of the same time, it is an article of a site that moved, and edited.
    """
    if article.link_key == known.link_key or article.title == known.title:
        return True
    return article.published_at == known.published_at and _place(article.link_key) == _place(known.link_key) != ""


def renamed(gone: Sequence[Known], strange: Sequence[tuple[str, Article]]) -> dict[str, str]:
    """Under which guid each entry that comes back under a new one was known before.

    `gone` are those of the feed whose guid is in this poll no more: two entries side by side are two articles.
    """
    by_sign = {sign: known for known in reversed(gone) for sign in _signs(known.guid, known)}
    by_words = {(known.title, known.summary): known for known in reversed(gone)}
    found: dict[str, str] = {}
    for guid, article in strange:
        known = next((by_sign[sign] for sign in _signs(guid, article) if sign in by_sign), None)
        alike = by_words.get((article.title, article.summary))
        known = known or (alike if alike and _is_near(alike, article) else None)
        if known and known.guid not in found.values():
            found[guid] = known.guid
    return found


def _signs(guid: str, said: Known | Article) -> Iterator[tuple[object, ...]]:
    """What of an entry outlives its guid, the surest first; any one of these is enough."""
    place = _place(said.link_key)
    yield "link", said.link_key
    if named := _GUID.match(guid):
        yield "guid", named[1], said.title
    if place:
        yield "place", place, said.title
        yield "place", place, said.published_at
    yield "title", said.title, said.published_at


def _is_near(known: Known, article: Article) -> bool:
    """Whether two entries of the same words may be one in time; an undated one is of any day."""
    return _is_undated(article) or abs(article.published_at - known.published_at) <= _NEAR


def _place(key: str) -> str:
    """What a link says behind its site; empty for a site alone and for what is no link."""
    found = _PLACE.search(key)
    return found[0] if found else ""


def already_seen(fresh: Sequence[Article], *, of: int, newest: datetime | None) -> list[Article]:
    """The fresh articles of a poll `of` so many that are old in truth, as seen before; mostly there are none.

    They are where most of a poll is new and yet dated before the `newest` that its feed brought until now. What is
    dated after that, as after an outage, is news; an undated entry goes with the others.
    """
    old = [article for article in fresh if newest and not _is_undated(article) and article.published_at < newest]
    if len(old) <= _MANY or len(old) * 2 <= of:
        return []
    return [*map(_as_seen, old), *map(_as_seen, filter(_is_undated, fresh))]


def _as_seen(article: Article) -> Article:
    moment = article.first_seen_at - UNDATED_AGE if _is_undated(article) else article.published_at
    return replace(article, published_at=moment, first_seen_at=moment)


def _is_undated(article: Article) -> bool:
    """Whether an article's time is that of the poll."""
    return article.published_at == article.first_seen_at
