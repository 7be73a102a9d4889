"""Strangers' text made safe where it leaves: it cannot ping, spoof a link, or break the layout of a message.

Discord shows a backslash inside the text of a link instead of obeying it ("Escaping is disabled in masked links for
security reasons", discord-api-docs issue 6185), so signs that mean something are replaced by signs that look alike.
"""

import re
from urllib.parse import quote, urlsplit

_LOOKALIKES = str.maketrans(
    {
        "[": "(",
        "]": ")",
        "<": "‹",
        ">": "›",
        "*": "∗",
        "_": "ˍ",
        "~": "∼",
        "|": "∣",
        "`": "ˋ",
        "\\": "∖",
    }
)
"""Brackets, angles and everything Discord's Markdown reads inside a line."""

_JOINER = "\u200b"
"""A space without width: it parts what Discord would otherwise read as one."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]+")
_BLANKS = re.compile(r"\s+")
_READ_AS_LINK = re.compile(r"(?i)(://|@(?=[a-z&!#\d])|(?:discord(?:app)?\.(?:gg|com)|dsc\.gg)(?=/))")
_READ_AT_LINE_START = re.compile(r"^(?=#{1,3}\s|-#|[-+•]\s|\d+[.)]\s|\W?-#)")
_UNSAFE_IN_LINK = re.compile(r"""[\s()<>\[\]"\\^`{|}\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e]""")
_NO_ADDRESS = re.compile(r"[\\\ud800-\udfff]")


def plain(text: str, limit: int | None = None) -> str:
    """A text as it may stand anywhere in a message, in one line of at most `limit` UTF-16 units."""
    line = _BLANKS.sub(" ", _UNSEEN.sub(" ", text)).strip().translate(_LOOKALIKES)
    line = _READ_AS_LINK.sub(lambda sign: sign[0][:1] + _JOINER + sign[0][1:], line)
    line = _READ_AT_LINE_START.sub(_JOINER, line)
    return cut(line, limit) if limit is not None else line


def bare(text: str, limit: int) -> str:
    """A text for a label, where nothing is read as Markdown: one line of at most `limit` UTF-16 units."""
    return cut(_BLANKS.sub(" ", _UNSEEN.sub(" ", text)).strip(), limit) or "…"


def code(text: str, limit: int) -> str:
    """A text as it is, to be copied: between backticks, where Discord reads nothing into it."""
    return f"`{bare(text.replace('`', ''), limit)}`"


def link(text: str, url: str, *, limit: int | None = None, longest: int = 512) -> str:
    """A text that leads to an address; the text alone where the address is none that can be shown, or is too long."""
    shown = plain(text, limit)
    target = href(url)
    return f"[{shown}]({target})" if target and shown and units(target) <= longest else shown


def href(url: str) -> str | None:
    """An address as it may stand in a link: http or https, with a host, without a name and password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or _NO_ADDRESS.search(url):
        return None
    return _UNSAFE_IN_LINK.sub(lambda odd: quote(odd[0], safe=""), url)


def root_of(url: str) -> str:
    """The site an address belongs to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}/"


def units(text: str) -> int:
    """The length in UTF-16 units, by which Discord's limits are kept whether they count these or characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` UTF-16 units, cut at a word where there is one, with an ellipsis where it was cut."""
    if units(text) <= limit:
        return text
    room = limit - 1
    while units(text[:room]) > limit - 1:
        room -= 1
    head = text[:room]
    edge = head.rfind(" ")
    if edge > room * 2 // 3 and text[room : room + 1].isascii():
        head = head[:edge]
    return head.rstrip(" ,;:，；：、") + "…"
