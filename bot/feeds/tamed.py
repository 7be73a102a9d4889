"""feedparser without what hurts, and without the work that nobody here asks for.

It is given a BytesIO alone, because it opens a name or an address it finds in a string. The e-mail pattern it runs
over authors, whom nobody here reads, takes 22 seconds for 60 kB of letters and is switched off
(https://github.com/kurtmckee/feedparser/issues/562). Much of its time goes into habits that change nothing: reading
who wrote an entry, under which headings, and the whole article behind an excerpt, mapping the letters of Windows-1252
one by one in texts that have none, joining the same two addresses for each tag, copying a dictionary of strings
deeply, looking for every name under its former ones, and trying a dozen spellings on each date.
"""

import io
import re
import time
from functools import cache, lru_cache
from typing import Any

import feedparser

from bot.feeds.dates import plain

_WINDOWS = re.compile("[\x80-\x9f]")
_UNREAD = frozenset({"author", "creator", "contributor", "category", "comments", "commentrss"})
"""Elements of entries, whatever their namespace, that nobody here asks for: half of a blog's."""
_WHOLE = frozenset(
    {("http://purl.org/rss/1.0/modules/content/", "encoded"), ("http://www.w3.org/2005/Atom", "content")}
)
"""Where the whole article stands, which is read only where an entry has no excerpt."""
_RENAMED = frozenset(
    {*feedparser.FeedParserDict.keymap, "category", "enclosures", "license", "updated", "updated_parsed"}
)
"""What feedparser's dictionary does not look up as a dictionary does."""


def parsed(document: str) -> Any:
    """What feedparser makes of an XML document."""
    _tame()
    return feedparser.parse(
        io.BytesIO(document.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


@cache
def _tame() -> None:
    """Change feedparser once; there is no other switch for any of this."""
    feedparser.api.PREFERRED_XML_PARSERS = []  # or a libxml2 driver lying about would be used
    mixin = feedparser.mixin
    parser = mixin._FeedParserMixin  # noqa: SLF001
    parser._sync_author_detail = _ignore_authors  # noqa: SLF001
    parser.can_be_relative_uri = parser.can_be_relative_uri - {"id"}  # a guid is a name: kept as written
    feedparser.api.StrictFeedParser = _Selective
    mixin._urljoin = lru_cache(maxsize=64)(mixin._urljoin)  # noqa: SLF001
    feedparser.FeedParserDict.__deepcopy__ = _copied
    feedparser.FeedParserDict.get = _got
    feedparser.registerDateHandler(_plain_date)


def _plain_date(raw: str) -> time.struct_time | None:
    moment = plain(raw)
    return moment.utctimetuple() if moment else None


def _ignore_authors(*_: object, **__: object) -> None:
    """Stand in for feedparser's look for e-mail addresses in author names."""


class _Modern(str):
    """A text that is known to have no letters of Windows-1252, so that mapping them leaves it as it is."""

    __slots__ = ()

    def translate(self, table: object) -> str:
        del table
        return self


class _Selective(feedparser.api.StrictFeedParser):  # type: ignore[misc]
    """The strict parser, deaf to what nobody asks for."""

    _deaf = 0
    """How deep in an element that is not read."""

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:  # noqa: N802
        if self._deaf or name[1].lower() in _UNREAD or (name in _WHOLE and self._has_excerpt()):
            self._deaf += 1
        else:
            super().startElementNS(name, qname, attrs)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        if self._deaf:
            self._deaf -= 1
        else:
            super().endElementNS(name, qname)

    def characters(self, text: str) -> None:
        if not self._deaf:
            super().characters(text)

    def _has_excerpt(self) -> bool:
        """Whether the entry at hand has one; the whole article is then noted as there, and not read."""
        if not self.inentry or self.insource or not dict.get(self.entries[-1], "summary"):
            return False
        self.hasContent = 1
        return True

    @staticmethod
    def decode_entities(element: str, text: str) -> str:
        """Nothing is left to decode here."""
        del element
        return text if text.isascii() or _WINDOWS.search(text) else _Modern(text)


def _got(found: dict[str, Any], name: str, default: Any = None) -> Any:
    """What feedparser's dictionary holds under a name, without the long way round for most."""
    if name not in _RENAMED:
        return dict.get(found, name, default)
    try:
        return found[name]
    except KeyError:
        return default


def _copied(params: dict[str, str], memo: object) -> dict[str, str]:
    """A copy of what feedparser knows of a text: strings by name."""
    del memo
    return type(params)(params)
