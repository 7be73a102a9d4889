"""What may be asked instead of a query: one of its names only, or the same without what narrows it."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from bot.stories.asking.pieces import Operator, Piece, pieces
from bot.stories.asking.when import span_of
from bot.text import fold

_NARROWING = frozenset[Operator | None]({"source", "topic", "lang", "since", "until"})
_TOLD = frozenset[Operator | None]({"topic", "lang"})
"""Operators of which nothing else says how they were understood."""
_ANY_DAY = datetime(2026, 6, 1, tzinfo=UTC)


def with_one_name(asked: str, name: str, beside: Callable[[str], str], sources: Collection[str]) -> str:
    """A query that names one thing only, beside its operators, its other words, and what it does not want.

    `beside` is what of a text is in no name, `sources` the newsrooms as the query was read.
    """
    found = _pieces(asked, sources)
    words = " ".join(piece.text for piece in found if piece.is_wanted and piece.kind == "word")
    kept = [
        asked[piece.start : piece.end].strip()
        for piece in found
        if (piece.unwanted or piece.kind != "word") and _stays(piece, beside)
    ]
    return " ".join([name, *beside(words).split(), *kept])


def wider(asked: str, sources: Collection[str]) -> str:
    """A query without the operators that narrow it; empty where it has none of them, or nothing else."""
    found = _pieces(asked, sources)
    kept = [piece for piece in found if piece.operator not in _NARROWING or piece.unwanted]
    if len(kept) == len(found) or not any(piece.is_wanted or piece.operator == "entity" for piece in kept):
        return ""
    return " ".join(asked[piece.start : piece.end].strip() for piece in kept)


def phrases(asked: str, sources: Collection[str]) -> list[str]:
    """What a query wants word by word."""
    return [piece.text for piece in _pieces(asked, sources) if piece.kind == "phrase" and piece.is_wanted]


def operators(asked: str, sources: Collection[str]) -> list[str]:
    """What a query does not want, its topics and its languages, as they were typed."""
    told = (piece for piece in _pieces(asked, sources) if piece.unwanted or piece.operator in _TOLD)
    return [asked[piece.start : piece.end].strip() for piece in told]


def _stays(piece: Piece, beside: Callable[[str], str]) -> bool:
    """Whether a piece other than a word says nothing of names."""
    if piece.kind == "or" or (piece.operator == "entity" and not piece.unwanted):
        return False
    return piece.kind != "phrase" or piece.unwanted or beside(piece.text).split() == fold(piece.text).split()


def _pieces(asked: str, sources: Collection[str]) -> list[Piece]:
    return pieces(asked, lambda operator, value: _is_one(operator, value, sources))


def _is_one(operator: Operator, value: str, sources: Collection[str]) -> bool:
    """Whether some words are one date or newsroom; names of several words go together anyway."""
    if operator == "source":
        return fold(value) in sources
    return operator in {"since", "until"} and span_of(value, now=_ANY_DAY, zone=UTC) is not None
