"""Find out how a feed's bytes are written before any parser guesses.

Labels lie: there is UTF-8 labelled gb2312 and GB 18030 labelled utf-8, and feedparser believes both. What the
bytes themselves prove goes first, then the labels, then a detector that knows only what feeds here use.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, which is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# https://www.w3.org/TR/xml/#sec-guessing: what "<?" looks like without a mark.
_BARE_STARTS = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))

# Labels stand for their larger heirs, as browsers read them: https://encoding.spec.whatwg.org/#names-and-labels
_HEIRS = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
_FAMILY = re.compile(r"windows-125[0-8]|iso-8859-(?:[2-9]|1[0-6])|koi8-[ru]|utf-?8")
_ANYTHING_FITS = "cp1252"
"""Every byte is a letter in it, so its label is the default of an old server rather than a statement."""

_DETECTED = ("gb18030", "big5hkscs", "shift_jis", "euc_kr", "cp1252")
_SAMPLE = 100_000
_BROKEN_ALLOWED = 20
"""One in so many letters beyond ASCII may be broken: feeds cut summaries in the middle of a character."""

_BROKEN_ALLOWED_IN_UTF8 = 2
"""Half of them here, since no other code looks like UTF-8: in GB 18030's text nine of ten would be broken."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"""^(\s*<\?xml[^>]{0,200}?)\s+encoding\s*=\s*["'][^"'>]*["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A feed's text, without the XML declaration's encoding, which is no longer true.

    `charset` is there where the feed's label is wrong: what it is called, and what it is.
    """

    text: str
    charset: tuple[str, str] | None


def decoded(body: bytes, *, content_type: str) -> Decoded:
    """Turn a feed's bytes into text; where they show themselves what they are, every reader sees it."""
    shown = next((codec for start, codec in (*_BOMS, *_BARE_STARTS) if body.startswith(start)), None)
    labels = [] if shown else _labels(body, content_type)
    text, codec = (body.decode(shown, "replace").removeprefix("\ufeff"), shown) if shown else _read(body, labels)
    is_wrong = bool(labels) and not _is_true(labels[0], body, text)
    return Decoded(text=_DECLARATION.sub(r"\1", text, count=1), charset=(labels[0], codec) if is_wrong else None)


def _read(body: bytes, labels: list[str]) -> tuple[str, str]:
    """The text and the codec it is written in, where nothing but the bytes and their labels tells."""
    named = [codec for label in labels if (codec := _codec(label))]
    tried = ((text, codec) for codec in _candidates(body, named) if (text := _fitting(body, codec)) is not None)
    return next(tried, (body.decode("utf-8", "replace"), "utf-8"))


def _candidates(body: bytes, named: list[str]) -> Iterator[str]:
    """The codecs to try, most believable first; the detector runs only when the ones before did not fit."""
    yield "utf-8"
    yield from (codec for codec in named if codec != _ANYTHING_FITS)
    yield from _detected(body)
    yield from named


def _labels(body: bytes, content_type: str) -> list[str]:
    """What the server and the document call it, in this order."""
    named = [match[1] for match in [_CHARSET.search(content_type)] if match]
    named += [match[1].decode("ascii", "replace") for match in [_DECLARED.match(body)] if match]
    return [label.lower() for label in named]


def _is_true(label: str, body: bytes, text: str) -> bool:
    """Whether whoever believes the label reads the same text; a few broken letters are no lie."""
    codec = _codec(label)
    return body.isascii() or (codec is not None and body.decode(codec, "replace") == text)


def _codec(label: str) -> str | None:
    if label in _HEIRS:
        return _HEIRS[label]
    return label if _FAMILY.fullmatch(label) else None


def _fitting(body: bytes, codec: str) -> str | None:
    """The text in this codec, if it reads without breaking more than a few letters."""
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        text = body.decode(codec, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    allowed = _BROKEN_ALLOWED_IN_UTF8 if codec == "utf-8" else _BROKEN_ALLOWED
    return text if text.count("\ufffd") * allowed <= beyond_ascii else None


def _detected(body: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    end = body.rfind(b"<", 0, _SAMPLE) if len(body) > _SAMPLE else len(body)
    best = from_bytes(body[:end], cp_isolation=list(_DETECTED)).best()
    return [_HEIRS.get(best.encoding, best.encoding)] if best else []
