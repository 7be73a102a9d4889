"""One short sense out of what CC-CEDICT says of a word."""

import re
from collections.abc import Iterator
from itertools import dropwhile

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_REFERENCE = re.compile(
    r"used in |used as |see |CL:|surname |erhua |Taiwan pr|also written|also pr|pr\. |classifier|radical|"
    r"abbr\. |same as |equivalent of |written as |contraction of |particle|onomat|Japanese "
)
_PLACES = frozenset({"county", "district", "township", "prefecture", "surname", "dynasty"})
_LEADING = frozenset({"lit.", "fig.", "esp.", "usually", "also", "to", "be", "a", "an", "the", "of", "in", "on"})
_SOMEBODY = frozenset({"sb", "sb's", "sth", "sth's", "oneself", "one's", "somebody", "something", "etc", "etc."})
_ASIDE_END = re.compile(r",.*| or .*|\.\.\..*| i\.e\..*| e\.g\..*|:.*")
_LETTERS = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.\- ]*")
_RARE = re.compile(
    r"\((?:[^()]*\b)?(?:archaic|old|literary|dialect|slang|coll\.|vulgar|Tw|Buddhism|bound form|onom\.|Cantonese|"
    r"derog\.|obsolete|ancient|in former times|Daoism|bird species|loanword|math\.|music|chemistry|medicine|"
    r"linguistics|grammar|fig\.|idiom|proverb|polite|honorific|prefix|suffix)\b"
)
_COARSE = frozenset(
    {"fuck", "fucking", "shit", "cunt", "penis", "vagina", "whore", "prostitute", "bitch", "bastard", "arse", "damn"}
    | {"sex", "sexual", "vulgar", "breast", "breasts", "anus"}
)

_LONGEST = 4
"""No sense of more words is shown: it explains where it should name."""
_RARE_COSTS, _WORD_COSTS = 2.5, 0.8


def short(sense: str) -> str:
    """A sense without asides, articles and the `to` of verbs; empty where nothing short is left."""
    if "variant of " in sense or _REFERENCE.match(sense):
        return ""
    bare = sense
    if " or " in sense or not (sense.isascii() and sense.replace(" ", "").isalpha()):
        bare = _ASIDE_END.sub("", _ASIDE.sub("", sense)).strip().rstrip(".! ")
        if not _LETTERS.fullmatch(bare):
            return ""
    words = [*dropwhile(_LEADING.__contains__, [word for word in bare.split() if word not in _SOMEBODY])]
    fits = 0 < len(words) <= _LONGEST and words[-1] not in _PLACES and _COARSE.isdisjoint(words)
    return " ".join(words) if fits else ""


def ranked(definitions: str) -> Iterator[tuple[float, str]]:
    """The short senses of a word with what speaks against each: its place, rarity and length."""
    for place, sense in enumerate(definitions.replace(";", "/").split("/")):
        if bare := short(sense.strip()):
            rare = _RARE_COSTS if "(" in sense and _RARE.search(sense) else 0.0
            yield place + rare + _WORD_COSTS * max(0, bare.count(" ") - 1), bare


def best(definitions: str) -> str | None:
    """The sense to show, its words joined by hyphens; None where CC-CEDICT only explains or refers."""
    found = min(ranked(definitions), default=None, key=lambda each: each[0])
    return found[1].replace(" ", "-") if found else None
