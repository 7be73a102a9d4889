"""Read a feed's bytes: RSS, Atom or JSON Feed in, clean entries out."""

import hashlib
import html
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.errors import ParseError
from bot.feed import Entry, ParsedFeed
from bot.feeds.clean import SUMMARY_LIMIT, TITLE_LIMIT, plain, safe_link
from bot.feeds.dates import AHEAD, CHINA, published
from bot.feeds.encoding import decoded
from bot.feeds.links import canonical, host_of, untracked
from bot.feeds.prepare import not_a_feed, prepared, visible
from bot.feeds.troubles import unread
from bot.feeds.wishes import NO_WISHES, Wishes, wishes
from bot.model import Language
from bot.text import language_of, sentences, shorten

MOST_ENTRIES = 200

_LONGEST_GUID = 500
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_TAIL = re.compile(
    r"(?:\[?(?:阅读全文|查看全文|点击阅读|(?:… )?继续阅读|Read more|Continue reading|Read the full story)"
    r"[^。.!?]{0,80}"
    r"|The post .{1,300} appeared first on .{1,100})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """One entry as the feed wrote it."""

    guid: str = ""
    title: str = ""
    links: tuple[str, ...] = ()
    summary: str = ""
    date: str | None = None
    date_parsed: time.struct_time | None = None
    source_name: str = ""
    source_link: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    """A feed as it was written; `items` are parsed but not cleaned."""

    title: str
    language: str
    home: str
    items: tuple[_Raw, ...]
    wishes: Wishes = NO_WISHES


def read(body: bytes, *, url: str, content_type: str, zone: str | None, now: datetime) -> ParsedFeed:
    """Read a feed; raises ParseError and nothing else, whatever the bytes.

    `zone` is for dates without one; where nobody knows it, a Chinese feed means China's time.
    """
    site = host_of(url) or "This site"
    letters = decoded(body, content_type=content_type)
    text = visible(letters.text)
    if not text:
        raise unread("empty", host=site)
    feed = _shielded(_read_json if text.startswith("{") else _read_xml, text, site)
    zone = zone or (CHINA if _is_chinese(feed) else None)
    said = [(raw, published(raw.date, raw.date_parsed, zone=zone)) for raw in feed.items]
    dated = [(raw, moment and min(moment, now)) for raw, moment in said]
    entries = [_entry(raw, moment, url) for raw, moment in _newest(dated, now)]
    readable = [entry for entry in entries if entry is not None]
    kept = tuple(_distinct(readable))
    return ParsedFeed(
        title=plain(feed.title, TITLE_LIMIT) or site,
        language=_language(feed.language),
        entries=kept,
        skipped=entries.count(None),
        ahead=sum(moment is not None and moment > now + AHEAD for _, moment in said),
        repeated=len(readable) - len({entry.guid for entry in readable}),
        home=_home(feed.home, url),
        ttl=feed.wishes.ttl,
        skip_hours=feed.wishes.skip_hours,
        skip_days=feed.wishes.skip_days,
        charset=letters.charset,
    )


def _home(link: str, url: str) -> str | None:
    safe = safe_link(link, url) if link.strip() else None
    return untracked(safe, url) if safe else None


def _shielded(reader: Callable[[str, str], _Feed], text: str, site: str) -> _Feed:
    try:
        return reader(text, site)
    except (ParseError, MemoryError):
        raise
    except Exception as error:  # strangers' code over strangers' bytes raises anything at all
        raise not_a_feed(site) from error


def _is_chinese(feed: _Feed) -> bool:
    """Whether a feed is Chinese by most of its titles: its own word for it is often the default of its software."""
    chinese = sum(language_of(item.title) is Language.ZH for item in feed.items)
    return chinese * 2 > len(feed.items) or (not feed.items and feed.language.lower().startswith("zh"))


def _newest(dated: list[tuple[_Raw, datetime | None]], now: datetime) -> list[tuple[_Raw, datetime | None]]:
    """The newest entries in the feed's own order; feeds are in no order that could be relied on."""
    if len(dated) <= MOST_ENTRIES:
        return dated
    places = sorted(range(len(dated)), key=lambda place: dated[place][1] or now, reverse=True)[:MOST_ENTRIES]
    return [dated[place] for place in sorted(places)]


def _entry(raw: _Raw, moment: datetime | None, url: str) -> Entry | None:
    links = (safe_link(link, url) for link in raw.links if link.strip())
    link = untracked(next((link for link in links if link), ""), url)
    summary = _TAIL.sub("", plain(raw.summary, SUMMARY_LIMIT)).rstrip()
    title = plain(raw.title, TITLE_LIMIT) or shorten(next(iter(sentences(summary)), ""), TITLE_LIMIT) or canonical(link)
    if not title:
        return None
    return Entry(
        guid=_identity(raw.guid, link, title + summary),
        title=title,
        link=link,
        summary="" if summary == title else summary,
        published=moment,
        source_name=plain(raw.source_name, TITLE_LIMIT) or None,
        source_link=safe_link(raw.source_link, url) if raw.source_link else None,
        origin=safe_link(raw.origin, url) if raw.origin else None,
    )


def _identity(guid: str, link: str, text: str) -> str:
    known = guid.strip() or link
    if known and len(known) <= _LONGEST_GUID and known.isprintable():  # no database takes a lone surrogate or a NUL
        return known
    return hashlib.sha256((known or text).encode("utf-8", "replace")).hexdigest()


def _distinct(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries with a name each: a guid used twice counts with its link, as miniflux does; true repeats go."""
    seen: set[str] = set()
    for entry in entries:
        named = replace(entry, guid=f"{entry.guid}|{entry.link}") if entry.guid in seen else entry
        if named.guid not in seen and not (named is not entry and f"\n{entry.guid}|{entry.link}" in seen):
            yield named
        seen |= {named.guid, f"\n{entry.guid}|{entry.link}"}


def _language(name: str) -> str | None:
    name = name.strip().lower().replace("_", "-")
    return name if _LANGUAGE.fullmatch(name) else None


def _read_xml(text: str, site: str) -> _Feed:
    from bot.feeds.tamed import parsed as read_xml  # feedparser is loaded where feeds are read

    document = prepared(text, site)
    parsed = read_xml(document)
    if parsed.bozo and not parsed.entries:
        raise not_a_feed(site)
    return _Feed(
        title=_string(parsed.feed.get("title")),
        language=_string(parsed.feed.get("language")),
        home=_string(parsed.feed.get("link")),
        wishes=wishes(parsed.feed, document),
        items=tuple(_from_feedparser(item, is_atom=parsed.version.startswith("atom")) for item in parsed.entries),
    )


def _from_feedparser(item: dict[str, Any], *, is_atom: bool) -> _Raw:
    # dict.get, because feedparser's own maps "updated" to "published" with a DeprecationWarning
    date = next((name for name in ("published", "updated", "created") if dict.get(item, name)), "published")
    content = item.get("content") or [{}]
    source = item.get("source") or {}
    return _Raw(
        guid=_string(item.get("id")),
        title=_title(item, is_atom=is_atom),
        links=_links(item),
        summary=_string(item.get("summary")) or _string(content[0].get("value")),
        date=_string(dict.get(item, date)) or None,
        date_parsed=dict.get(item, f"{date}_parsed"),
        source_name=_string(source.get("title")),
        source_link=_string(source.get("href") or source.get("link")),
        origin=_string(item.get("feedburner_origlink")),
    )


def _title(item: dict[str, Any], *, is_atom: bool) -> str:
    title = _string(item.get("title"))
    is_literal = is_atom and (item.get("title_detail") or {}).get("type") == "text/plain"
    return html.escape(title, quote=False) if is_literal else title


def _links(item: dict[str, Any]) -> tuple[str, ...]:
    """The link, and the guid behind it where that is a whole address.

    feedparser makes a link of any guid where there is none; only what a link element said is in `links`.
    """
    guid = _string(item.get("id"))
    has_link = any(link.get("rel") == "alternate" for link in item.get("links") or ())
    link = _string(item.get("link")) if has_link else ""
    return (link, guid) if guid.startswith(("http://", "https://")) else (link,)


def _read_json(text: str, site: str) -> _Feed:
    feed = json.loads(text)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise not_a_feed(site)
    return _Feed(
        title=_string(feed.get("title")),
        language=_string(feed.get("language")),
        home=_string(feed.get("home_page_url")),
        items=tuple(_from_json(item) for item in feed["items"] if isinstance(item, dict)),
    )


def _from_json(item: dict[str, Any]) -> _Raw:
    """One item of https://www.jsonfeed.org/version/1.1/; its summary and content_text are plain text."""
    text = _string(item.get("summary")) or _string(item.get("content_text"))
    return _Raw(
        guid=_string(item.get("id")),
        title=html.escape(_string(item.get("title")), quote=False),
        links=(_string(item.get("url")), _string(item.get("external_url"))),
        summary=html.escape(text, quote=False) or _string(item.get("content_html")),
        date=_string(item.get("date_published")) or _string(item.get("date_modified")) or None,
    )


def _string(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
