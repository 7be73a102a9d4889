"""Lists of feeds as readers exchange them (http://opml.org/spec2.opml), read and written.

listparser reads; what reaches it was parsed strictly before and written anew, outlines alone: it is built on
Python's HTML parser, which is quadratic on malformed input, and takes an address for something to fetch. Document
types are refused, since entities are declared there (https://pypi.org/project/defusedxml/ names the attacks).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from io import StringIO
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import listparser

from bot.feed import FeedSpec
from bot.feeds.clean import plain
from bot.feeds.encoding import decoded
from bot.feeds.prepare import visible
from bot.feeds.troubles import unread
from bot.model import Language, Topic

MOST_BYTES = 512 * 1024
MOST_FEEDS = 1000
"""Larger lists are of whole directories; nobody's own."""

_DEEPEST = 12
_LONGEST_TITLE, _LONGEST_URL = 200, 2048
_KEPT = frozenset({"text", "title", "type", "xmlurl", "htmlurl", "category", "url"})

_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)")
"""Addresses in lists written by hand have these."""

_FOLDERS = {Language.EN: "English", Language.ZH: "中文"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list; `url` is empty where it names none, `topics` are those of ours among its categories."""

    url: str
    title: str
    topics: tuple[Topic, ...] = ()


def read(body: bytes) -> tuple[Outline, ...]:
    """The feeds of a list, each once, in its order; raises ParseError."""
    if len(body) > MOST_BYTES:
        raise unread("too-big.list", kilobytes=MOST_BYTES // 1024)
    text = visible(decoded(body, content_type="").text)
    if _DOCTYPE.search(text):
        raise unread("not-a-list.doctype")
    harvest = listparser.parse(_calm(text).encode())
    found = [_outline(each) for each in (*harvest.feeds, *harvest.opportunities)]
    if not found:
        raise unread("not-a-list")
    return tuple(found)


def written(feeds: Iterable[FeedSpec], *, now: datetime) -> str:
    """A list of feeds, in a folder for each language."""
    listed = list(feeds)
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = "Jianbao 简报"
    ET.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = ET.SubElement(root, "body")
    for language, name in _FOLDERS.items():
        if those := [spec for spec in listed if spec.newsroom.language is language]:
            folder = ET.SubElement(body, "outline", text=name)
            for spec in those:
                ET.SubElement(folder, "outline", _attributes(spec))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, "unicode")}\n'


def _attributes(spec: FeedSpec) -> dict[str, str]:
    said = {
        "type": "rss",
        "text": spec.title,
        "title": spec.title,
        "xmlUrl": spec.url,
        "htmlUrl": spec.home or "",
        "language": spec.newsroom.language,
        "category": ",".join(f"/{topic}" for topic in spec.topics),
    }
    return {name: visible(value) for name, value in said.items() if value}


def _calm(text: str) -> str:
    """The outlines of a well-formed list and nothing else of it; raises ParseError."""
    try:
        return f'<opml version="2.0"><body>{"".join(_outlines(_BARE_AMPERSAND.sub("&amp;", text)))}</body></opml>'
    except ET.ParseError as error:
        raise unread("not-a-list") from error


def _outlines(text: str) -> Iterator[str]:
    """Each outline's tags, as they open and close."""
    depth = feeds = 0
    for event, element in ET.iterparse(StringIO(text), events=("start", "end")):  # noqa: S314  # no document type comes here
        if element.tag.rpartition("}")[2].lower() != "outline":
            continue
        if event == "end":
            depth -= 1
            element.clear()
            yield "</outline>"
            continue
        depth, feeds = depth + 1, feeds + any(name.lower() == "xmlurl" for name in element.attrib)
        if depth > _DEEPEST:
            raise unread("not-a-list.deep")
        if feeds > MOST_FEEDS:
            raise unread("too-big.feeds", most=MOST_FEEDS)
        said = (f" {name}={quoteattr(value)}" for name, value in element.items() if name.lower() in _KEPT)
        yield f"<outline{''.join(said)}>"


def _outline(found: "listparser.common.SuperDict") -> Outline:
    names = [name for category in found.categories for name in category]
    return Outline(
        url=found.url if len(found.url) <= _LONGEST_URL else "",
        title=plain(found.title, _LONGEST_TITLE),
        topics=tuple(topic for topic in Topic if topic in names),
    )
