"""Prepare a feed's text, so that feedparser neither stumbles over it nor is hurt by it.

Measured with feedparser 6.0.14: its DOCTYPE and ENTITY patterns are quadratic (60 kB of blank lines, 42 s),
its loose parser expands entities (65 kB to 744 MB), and 20,000 attributes cost 6 s. So everything before the
root element goes, and storms of attributes with it. A bare ampersand or an HTML entity would send the whole
feed to the loose parser, which puts a semicolon behind AT&T; such references are written out instead.
"""

import re
from html.entities import html5
from xml.sax.saxutils import escape

from bot.errors import ParseError
from bot.feeds.pages import kind_of_page
from bot.feeds.troubles import unread

_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_PAGES = frozenset({"html", "head", "body", "script", "title", "meta", "div", "p", "h1"})
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})")
_LATE_ROOT = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]")
_LATEST_ROOT = 20_000
"""How far into a document a feed may begin, below the warnings of a broken server."""

_MARKUP_END = {"<?": "?>", "<!--": "-->", "<!": ">"}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONG_TAG = re.compile(r"<([A-Za-z][\w:.-]{0,80})\s[^<>]{4000,}>")
_MOST_ATTRIBUTES = 200

# An unclosed CDATA runs to the end, so that a storm of them is read once.
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#(?:(\d{1,7})|[xX]([0-9a-fA-F]{1,6}));|([A-Za-z]\w{0,31});)?", re.DOTALL
)
_KNOWN_TO_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_HIGHEST = 0x10FFFF


_ELEMENT = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?:(?P<item>(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>])|(?P<other>[A-Za-z]))", re.DOTALL
)
_MOST_ITEMS = 1000
"""More than any feed has that is read for its news; of those of a hostile one, the first and last halves are read."""

_MOST_ELEMENTS = 50_000
"""Twenty times what a long feed has; each costs feedparser some 40 millionths of a second."""


def visible(text: str) -> str:
    """The text without the characters no XML may hold, and without blank edges."""
    return _ILLEGAL.sub("", text).strip()


def prepared(text: str, site: str) -> str:
    """The document from its root element on, well-formed and calm; raises ParseError where it is none."""
    return _REFERENCE.sub(_legal_reference, _LONG_TAG.sub(_without_storm, _bearable(_rooted(text, site))))


def not_a_feed(site: str) -> ParseError:
    """The error for what is neither a feed nor anything known."""
    return unread("not-a-feed", host=site)


def _rooted(text: str, site: str) -> str:
    at = _root_at(text)
    root = _ROOT.match(text, at) if at >= 0 else None
    name = root[1].lower() if root else ""
    if name in _ROOTS:
        return text[at:]
    if name in _PAGES:
        raise unread(kind_of_page(text), host=site)
    if late := _LATE_ROOT.search(text, 0, _LATEST_ROOT):
        return text[late.start() :]
    raise not_a_feed(site)


def _bearable(text: str) -> str:
    """The document, if what feedparser would have to do for it is within bounds; the quick counts come first."""
    if text.count("item") + text.count("entry") > _MOST_ITEMS:
        text = _thinned(text)
    if text.count("<") > _MOST_ELEMENTS:
        elements = sum(element.lastgroup is not None for element in _ELEMENT.finditer(text))
        if elements > _MOST_ELEMENTS:
            raise unread("too-costly")
    return text


def _thinned(text: str) -> str:
    """A document of a bearable number of items: its beginning and its end, since either may hold the newest."""
    places = [element.start() for element in _ELEMENT.finditer(text) if element["item"]]
    if len(places) <= _MOST_ITEMS:
        return text
    half = _MOST_ITEMS // 2
    return text[: places[half]] + text[places[-half] :]


def _root_at(text: str) -> int:
    """Where the root element begins, past declarations, comments and a DOCTYPE with all it holds."""
    at = text.find("<")
    while at >= 0 and text.startswith(("<?", "<!"), at):
        kind = "<!--" if text.startswith("<!--", at) else text[at : at + 2]
        end = text.find(_MARKUP_END[kind], at)
        at = text.find("<", end) if end >= 0 else -1
    return at


def _without_storm(tag: re.Match[str]) -> str:
    """A tag with thousands of attributes keeps its name alone."""
    return f"<{tag[1]}>" if tag[0].count("=") > _MOST_ATTRIBUTES else tag[0]


def _legal_reference(match: re.Match[str]) -> str:
    whole, decimal, hexadecimal, name = match.group(0, 1, 2, 3)
    if whole.startswith("<") or name in _KNOWN_TO_XML:
        return whole
    if name:
        return escape(html5.get(f"{name};", f"&{name};"))
    if decimal or hexadecimal:
        return whole if _is_legal(int(decimal) if decimal else int(hexadecimal, 16)) else ""
    return "&amp;"


def _is_legal(code: int) -> bool:
    """Whether XML may hold this character: https://www.w3.org/TR/xml/#charsets."""
    is_surrogate = "\ud800" <= chr(min(code, _HIGHEST)) <= "\udfff"
    return code <= _HIGHEST and not is_surrogate and not _ILLEGAL.match(chr(code))
