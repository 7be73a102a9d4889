"""Make strangers' text plain and their links safe, once, where they enter."""

import html
import re
import unicodedata
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import nh3
import yarl

TITLE_LIMIT = 500
SUMMARY_LIMIT = 2000
LONGEST_LINK = 2048

_READ_AT_MOST = 60_000
"""How much markup is looked at for one field; a summary's two thousand letters come early."""

# Characters without a look of their own: controls, bidi overrides, zero-width, soft hyphen, tags, surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LOOKS_BLANK = re.compile("[\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
_EMOJI = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
_LOOSE_SELECTOR = re.compile(f"[\ufe00-\ufe0e]|(?<![{_EMOJI}0-9#*\u00a9\u00ae\u203c\u2049\u2122\u2139])\ufe0f")
_LOOSE_JOINER = re.compile(f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])")
_ZALGO = re.compile(r"([\u0300-\u036f]{4})[\u0300-\u036f]+")

# `[^<>]` and never `[^>]`: a storm of unclosed tags must not make this quadratic.
_PARAGRAPH = re.compile(
    r"</?(?:p|div|h[1-6]|li|ul|ol|dl|dt|dd|tr|table|section|article|blockquote|pre|hr|figure|figcaption)\b[^<>]*>",
    re.IGNORECASE,
)
_LINE = re.compile(r"<(?:br|td|th)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = {"script", "style", "template", "noscript", "iframe", "object", "svg", "title", "head"}
_CLEANER = nh3.Cleaner(tags=set(), clean_content_tags=_HIDDEN)
_STILL_MARKUP = re.compile(
    r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip|middot|bull);"
    r"|</?(?:p|br|b|i|em|strong|a|img|div|span|font|u|h[1-6]|li|ul|ol|code|sup|sub)\b[^<>]*>",
    re.IGNORECASE,
)

_BREAK = "\u2029"  # Unicode's paragraph separator, while the text is in the works
_WIDE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_WORDS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SENTENCE_EDGE = re.compile(f"(?<=[{_WORDS}])\\s*{_BREAK}[\\s{_BREAK}]*(?=[{_WORDS}])")
_WRAPPED = re.compile(f"(?<=[{_WIDE}])[^\\S\\n]*[\\n{_BREAK}][\\s{_BREAK}]*(?=[{_WIDE}])")
_BLANKS = re.compile(f"[\\s{_BREAK}]+")

# Letters that are what they seem, wherever they stand, and mean nothing in markup.
_CALM = re.compile(
    "[ !-%'-;=?-~\u4e00-\u9fff\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u3001\u3002\u3008-\u3011\uff01-\uff5e]*"
)
_PLAIN_LINK = re.compile(
    r"https?://(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}/[\w/.,~!$&*+:;=%@'-]*(?:\?[\w/.,~!$&*+:;=%@'-]+)?", re.ASCII
)

_UNSAFE_IN_LINK = re.compile(r"""[\s()<>\[\]"\\^`{|}\x00-\x20\x7f-\xa0]""")


def plain(markup: str, limit: int) -> str:
    """The text of a title or summary: no markup, nothing unseen, one line, at most `limit` characters."""
    if _is_calm(markup):
        return cut(markup.strip(" "), limit)
    text = _stripped(markup[:_READ_AT_MOST])
    if _STILL_MARKUP.search(text):  # escaped twice; once more, and never a third time
        text = _stripped(text)
    return cut(_tidy(text), limit)


def cut(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters without splitting what is seen as one."""
    if len(text) <= limit:
        return text
    at = limit
    while at and _continues(text, at):
        at -= 1
    return text[: at or limit].rstrip()


def safe_link(link: str, base: str) -> str | None:
    """An address that can be shown and clicked, made whole against `base`; None where it is not safe."""
    if len(link) <= LONGEST_LINK and _PLAIN_LINK.fullmatch(link):
        return link
    try:
        parts = urlsplit(urljoin(base, link.strip()))
        host = yarl.URL.build(scheme="http", host=parts.hostname or "").raw_host
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    if not host or not _is_web(parts) or _escaped(host) != host:
        return None
    whole = _escaped(parts._replace(netloc=host + port).geturl())
    return whole if len(whole) <= LONGEST_LINK else None


def _is_web(parts: SplitResult) -> bool:
    return parts.scheme in {"http", "https"} and not {"@", "[", "\\", "%"} & set(parts.netloc)


def _escaped(link: str) -> str:
    link = _UNSEEN.sub(lambda unseen: quote(unseen[0], errors="replace"), link).replace("\u200d", "%E2%80%8D")
    return _UNSAFE_IN_LINK.sub(lambda odd: f"{quote(odd[0], safe='')}", link)


def _stripped(markup: str) -> str:
    """The text between the tags, with a break where a paragraph ends and a line where a line does."""
    markup = _UNSEEN.sub("", markup)
    markup = _LINE.sub("\n", _PARAGRAPH.sub(_BREAK, markup))
    return html.unescape(_CLEANER.clean(markup))


def _is_calm(text: str) -> bool:
    """Whether a text is plain already, but for blanks at its ends: most titles are, and need no second look."""
    return len(text) <= _READ_AT_MOST and "  " not in text and _CALM.fullmatch(text) is not None


def _tidy(text: str) -> str:
    text = text.strip(f"{_BREAK} \n")
    if _is_calm(text):
        return text
    text = _LOOSE_SELECTOR.sub("", _LOOKS_BLANK.sub(" ", _UNSEEN.sub("", text)))
    text = _ZALGO.sub(r"\1", unicodedata.normalize("NFC", _LOOSE_JOINER.sub("", text)))
    text = _WRAPPED.sub("", _SENTENCE_EDGE.sub("。", text.strip(f"{_BREAK} \n")))
    return _BLANKS.sub(" ", text).strip()


def _continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it."""
    here, before = text[at], text[at - 1]
    if unicodedata.category(here).startswith("M") or "\u200d" in (here, before):
        return True
    return "\U0001f3fb" <= here <= "\U0001f3ff" or (_is_flag(here) and _flags_before(text, at) % 2 == 1)


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    start = at
    while start and _is_flag(text[start - 1]):
        start -= 1
    return at - start
