"""Find the feeds of a site: those its page declares, and where one usually is.

What a page declares: https://html.spec.whatwg.org/multipage/links.html#rel-alternate, and for JSON Feed
https://www.jsonfeed.org/version/1.1/#discovery. The page is read with bounded expressions, never as a tree: it is
a stranger's, and only its link elements matter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from bot.errors import FetchError
from bot.feeds.clean import plain
from bot.feeds.encoding import decoded
from bot.feeds.guard import check_url
from bot.feeds.links import canonical

USUAL = ("/feed", "/rss", "/atom.xml", "/feed.json", "/rss.xml", "/index.xml")
"""Where a site's feed usually is, the commonest first; each costs its server a request."""

_MOST = 10
_LONGEST = 500
"""Characters of an address that a command takes."""

_LONGEST_TITLE = 200

_READ = 512 * 1024
"""Bytes of a page that are looked at: its head is at the beginning, however long the rest."""

_TAG = re.compile(r"<(link|base)\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40})\s{0,20}=\s{0,20}("[^"]*"|'[^']*'|[^\s"'>]+)""")
_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
_PERHAPS = "application/json"
"""A feed's type in JSON Feed's first version, and of WordPress's interface, which is none."""

_OF_COMMENTS = re.compile(r"comment|评论|評論", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that a page declares, by its address; the page's own title for it may be empty."""

    url: str
    title: str


def declared(page: bytes, *, url: str, content_type: str = "") -> tuple[Candidate, ...]:
    """The feeds a page declares, those of its comments last; each is on the page's own server or the open internet."""
    text = _without_comments(decoded(page[:_READ], content_type=content_type).text)
    base = url
    found: dict[str, Candidate] = {}
    for tag, said in _tags(text):
        if tag == "base":
            base = urljoin(url, said.get("href", ""))
        elif _is_of_a_feed(said) and (address := _address(said["href"], base=base, page=url)):
            title = plain(said.get("title", ""), _LONGEST_TITLE)
            found.setdefault(canonical(address), Candidate(url=address, title=title))
    found.pop(canonical(url), None)
    return tuple(sorted(found.values(), key=_is_of_comments))[:_MOST]


def usual(url: str) -> list[str]:
    """The addresses at which the site of a page usually has its feed."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}{path}" for path in USUAL]


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag in _TAG.finditer(text):
        said = {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(tag[2])}
        yield tag[1].lower(), said


def _is_of_a_feed(said: dict[str, str]) -> bool:
    kind = said.get("type", "").partition(";")[0].strip().lower()
    if "alternate" not in said.get("rel", "").lower().split() or not said.get("href"):
        return False
    return kind in _TYPES or (kind == _PERHAPS and "feed" in said["href"].lower())


def _address(href: str, *, base: str, page: str) -> str | None:
    """Where a link leads, if a feed may be there: nobody's page sends us into our own network."""
    try:
        address = urljoin(base, href.strip()).partition("#")[0]
        at_home = urlsplit(address).netloc == urlsplit(page).netloc
        check_url(address, allow_private=at_home)
    except (ValueError, FetchError):
        return None
    return address if len(address) <= _LONGEST else None


def _is_of_comments(candidate: Candidate) -> bool:
    return bool(_OF_COMMENTS.search(f"{candidate.url} {candidate.title}"))


def _without_comments(text: str) -> str:
    """The page without what it has commented out; an unclosed comment runs to the end."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start)
        at = end + 3 if end >= 0 else len(text)
    return "".join([*kept, text[at:]])
