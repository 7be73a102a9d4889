"""One tokeniser and folding for grouping and search on every database.

Folding makes 華為, 华为 and ＨＵＡＷＥＩ comparable: compatibility forms (width) first, then traditional to
simplified, then case. Words are kept whole with their inner dots and digits (qwen3.7, 5nm, at&t) and parted at
hyphens, so that GPT-5.5 and GPT 5.5 are one; 3,000 is 3000. A run of
Chinese becomes its overlapping pairs of characters, because the tokenisers of SQLite and PostgreSQL find
neither 华为 nor 芯片 (FTS5's unicode61 makes one token of a whole run, its trigram needs three characters).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from operator import add

import opencc

from bot.model import Language

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{HAN}]+|\d+(?:,\d{{3}})+(?:\.\d+)?|[^\W_{HAN}]+(?:[.&][^\W_{HAN}]+)*\+*")
_POSSESSIVE = re.compile(r"['’]s\b")
_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+(?=[A-Z\"“‘'0-9])")

_MOSTLY = 0.15
"""The share of Chinese letters from which a title is Chinese; 「Karpathy加入Anthropic团队」 has few."""


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Fold width and traditional characters, and leave the case as it is."""
    if text.isascii():
        return text
    return str(_simplifier().convert(unicodedata.normalize("NFKC", text)))


@lru_cache(1024)  # grouping asks for the same headline a dozen times
def fold(text: str) -> str:
    """Make spellings of one thing equal: width, traditional to simplified, case."""
    return simplify(text).casefold()


@cache
def _traditionaliser() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")


def traditional(text: str) -> str:
    """Simplified Chinese in the characters of Taiwan's newspapers (台, not 臺); the words stay as they are."""
    return str(_traditionaliser().convert(text)).replace("臺", "台")


def is_chinese(piece: str) -> bool:
    """Whether a piece begins with a Chinese character."""
    return piece >= "\u3400" and _HAN.match(piece) is not None


def pieces(text: str) -> list[str]:
    """The words and the whole Chinese runs of a text, folded, in order."""
    return [piece.replace(",", "") for piece in _PIECE.findall(_POSSESSIVE.sub("", fold(text)))]


def terms(text: str) -> list[str]:
    """The words and the Chinese pairs of a text, folded, in order; a lone character stands for itself."""
    return _split(pieces(text))


def text_of(title: str, summary: str) -> str:
    """What is indexed of an article."""
    return f"{title}\n{summary}"


def index_terms(text: str) -> list[str]:
    """The terms, and every single Chinese character beside them, so that a one-character query finds it."""
    found = pieces(text)
    return _split(found) + [char for piece in found if len(piece) > 1 and is_chinese(piece) for char in piece]


def _split(found: Iterable[str]) -> list[str]:
    split: list[str] = []
    for piece in found:
        if len(piece) > 1 and is_chinese(piece):
            split += map(add, piece, piece[1:])
        else:
            split.append(piece)
    return split


def language_of(text: str) -> Language:
    """The language a text is written in, of the two this program knows."""
    if text.isascii():
        return Language.EN
    letters = len(_LETTER.findall(text))
    return Language.ZH if letters and len(_HAN.findall(text)) >= _MOSTLY * letters else Language.EN


def sentences(text: str) -> list[str]:
    """The sentences of a text; each is a substring of it."""
    return [part for piece in _SENTENCE_END.split(text) if piece and (part := piece.strip())]


def shorten(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, at a word's edge where there is one, and say so with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    edge = cut.rfind(" ")
    if edge > limit * 2 // 3 and not is_chinese(text[limit - 1]):
        cut = cut[:edge]
    return cut.rstrip(" ,;:，；：、") + "…"
