"""A query cut into its pieces: words, phrases, OR, and operators with their values."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.text import fold

Operator = Literal["source", "topic", "lang", "entity", "since", "until", "sort"]
OPERATORS: dict[Operator, tuple[str, ...]] = {
    "source": ("source", "sources", "来源", "媒体"),
    "topic": ("topic", "topics", "主题", "话题"),
    "lang": ("lang", "language", "languages", "语言"),
    "entity": ("entity", "entities", "实体"),
    "since": ("since", "自", "从"),
    "until": ("until", "till", "至", "到"),
    "sort": ("sort", "排序"),
}
"""Each operator's names, the one to show first."""

_OPERATOR_OF = {name: operator for operator, names in OPERATORS.items() for name in names}
_MOST_WORDS = 4
"""How many words a value without quotes may have: the day before yesterday."""

_BETWEEN = r"\s、，。；！？()（）"
_QUOTES = '"“”„‟＂'
_PAIRS = {**dict.fromkeys(_QUOTES, _QUOTES), "「": "」", "『": "』"}
_OPENING, _CLOSING = "".join(_PAIRS), f"{_QUOTES}」』"

_SKIPPED = re.compile(rf"[{_BETWEEN}]+")
_OR = re.compile(rf"[|｜]+|(?:OR|或者?)(?![^{_BETWEEN}])")
_AND = re.compile(rf"AND(?![^{_BETWEEN}])")
_MINUS = re.compile(rf"[-－−﹣]+(?=[^{_BETWEEN}|｜\-－−﹣])")
_NAMED = re.compile(r"([^\W\d_]{1,12})[:：]")
_WORD = re.compile(rf"(?:[^{_BETWEEN}|｜{_OPENING}{_CLOSING}]|(?<=\d)[\"”])+")
_VALUE = re.compile(rf"[^\s{_OPENING}]+")
_NEXT_WORD = re.compile(r"\s+(\S+)")

_SAYS_SOMETHING = ("L", "N", "S")
"""The kinds of characters of which a word needs one: letters, numbers, signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece, and where it stands in the cleaned text; `text` is the word, the phrase or the operator's value.

    `operator` is the one that is named, `is_quoted` tells how its value stood; `named` is what else stands before a
    colon.
    """

    start: int
    end: int
    kind: Literal["word", "phrase", "or", "operator"]
    text: str = ""
    operator: Operator | None = None
    is_quoted: bool = False
    named: str | None = None
    unwanted: bool = False

    @property
    def is_wanted(self) -> bool:
        """Whether it is a word or phrase to look for."""
        return self.kind in {"word", "phrase"} and not self.unwanted


Reaches = Callable[[Operator, str], bool]
"""Whether some words together are one value of an operator: last friday, SK hynix."""


def cleaned(typed: str) -> str:
    """A query in one line, without what nobody sees: controls, marks of direction, halves of characters."""
    return " ".join("".join(map(_seen, typed)).split())


def _seen(char: str) -> str:
    kind = unicodedata.category(char)
    return " " if kind == "Cc" else "" if kind in {"Cf", "Cs"} else char


def unquoted(text: str) -> str:
    """A text without quotes of any kind."""
    return "".join(char for char in text if char not in _OPENING + _CLOSING).strip()


def pieces(text: str, reaches: Reaches) -> list[Piece]:
    """The pieces of a cleaned query in order; what says nothing is left out, unclosed quotes reach to the end."""
    return list(_pieces(text, reaches))


def _pieces(text: str, reaches: Reaches) -> Iterator[Piece]:
    at = 0
    while at < len(text):
        if skipped := _SKIPPED.match(text, at) or _AND.match(text, at):
            at = skipped.end()
        elif either := _OR.match(text, at):
            yield Piece(start=at, end=either.end(), kind="or", text=either[0])
            at = either.end()
        else:
            piece = _piece(text, at, reaches)
            at = max(piece.end, at + 1)
            if piece.kind == "operator" or _says_something(piece.text):
                yield piece


def _piece(text: str, start: int, reaches: Reaches) -> Piece:
    minus = _MINUS.match(text, start) if _is_beginning(text, start) else None
    at = minus.end() if minus else start
    named = _NAMED.match(text, at)
    operator = _OPERATOR_OF.get(fold(named[1])) if named else None
    if named and operator:
        value, end = _value(text, named.end(), operator, reaches)
        return Piece(
            start=start,
            end=end,
            kind="operator",
            text=value,
            operator=operator,
            is_quoted=text[named.end() : end].lstrip()[:1] in _PAIRS,
            unwanted=minus is not None,
        )
    if text[at] in _PAIRS:
        phrase, end = _quoted(text, at)
        return Piece(start=start, end=end, kind="phrase", text=phrase, unwanted=minus is not None)
    word = _WORD.match(text, at)
    end = word.end() if word else at + 1
    said = text[at:end].strip(",;") if word else ""
    return Piece(
        start=start, end=end, kind="word", text=said, named=named[1] if named else None, unwanted=minus is not None
    )


def _is_beginning(text: str, at: int) -> bool:
    """Whether a minus here stands before a word and not inside it."""
    return at == 0 or text[at - 1] in "|｜" or _SKIPPED.match(text, at - 1) is not None


def _quoted(text: str, at: int) -> tuple[str, int]:
    """What stands between the quotes that open here, and where it goes on."""
    closing = _PAIRS[text[at]]
    end = next((place for place in range(at + 1, len(text)) if text[place] in closing), len(text))
    return text[at + 1 : end].strip(), min(end + 1, len(text))


def _value(text: str, at: int, operator: Operator, reaches: Reaches) -> tuple[str, int]:
    """An operator's value: between quotes, else as many words as make sense together, else one."""
    while text[at : at + 1].isspace():
        at += 1
    if text[at : at + 1] in _PAIRS:
        return _quoted(text, at)
    first = _VALUE.match(text, at)
    if first is None:
        return "", at
    ends = [first.end()]
    while len(ends) < _MOST_WORDS and (following := _NEXT_WORD.match(text, ends[-1])):
        ends.append(following.end())
    end = next((end for end in reversed(ends[1:]) if reaches(operator, text[at:end])), ends[0])
    return text[at:end], end


def _says_something(text: str) -> bool:
    return any(unicodedata.category(char).startswith(_SAYS_SOMETHING) for char in text)
