"""feedparser without what hurts, and without the work that nobody here asks for.

It is given a BytesIO alone, because it opens a name or an address it finds in a string. The e-mail pattern it runs
over authors, whom nobody here reads, takes 22 seconds for 60 kB of letters and is switched off
(https://github.com/kurtmckee/feedparser/issues/562). Much of its time goes into three habits that change nothing:
mapping the letters of Windows-1252 one by one in texts that have none, joining the same two addresses for each tag,
and copying a dictionary of strings deeply.
"""

import io
import re
from functools import cache, lru_cache
from typing import Any

import feedparser

_WINDOWS = re.compile("[\x80-\x9f]")


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
    feedparser.api.StrictFeedParser.decode_entities = staticmethod(_modern)
    mixin._urljoin = lru_cache(maxsize=64)(mixin._urljoin)  # noqa: SLF001
    feedparser.util.FeedParserDict.__deepcopy__ = _copied


def _ignore_authors(*_: object, **__: object) -> None:
    """Stand in for feedparser's look for e-mail addresses in author names."""


class _Modern(str):
    """A text that is known to have no letters of Windows-1252, so that mapping them leaves it as it is."""

    __slots__ = ()

    def translate(self, table: object) -> str:
        del table
        return self


def _modern(element: str, text: str) -> str:
    """Stand in for the strict parser's decoding of entities, which has nothing to do."""
    del element
    return text if text.isascii() or _WINDOWS.search(text) else _Modern(text)


def _copied(params: dict[str, str], memo: object) -> dict[str, str]:
    """A copy of what feedparser knows of a text: strings by name."""
    del memo
    return type(params)(params)
