"""Whose results a headline tells of: where it names several companies, what follows a name is its own."""

import re
from collections.abc import Collection

from bot.stories.entities import Lexicon
from bot.text import fold

OWNED = frozenset(
    f"#{concept}"
    for concept in (
        "earnings",
        "earnings-call",
        "revenue",
        "annualised-revenue",
        "sales",
        "profit",
        "profitable",
        "gross-margin",
        "loss",
        "outlook",
    )
)
"""What somebody has of his own: who asks for Micron's results does not ask for a headline about Broadcom's."""

OWNERS = frozenset(("company", "lab", "investor"))
"""Kinds that have results."""
_IN_A_ROW = re.compile(r"[\s,、，/&]*(?:and|和|与|及|以及)?[\s,、，/&]*")


def own(text: str, entities: Collection[str], lexicon: Lexicon) -> str:
    """What of a text is said of some companies, or of none: all but what follows others' names.

    Companies in a row, as in "Samsung and Micron report", share what follows them.
    """
    folded, at, is_theirs, kept = fold(text), 0, True, list[str]()
    for name in lexicon.mentions(text):
        owner = lexicon.get(name.id)
        if owner.kind not in OWNERS:
            continue
        between = folded[at : name.start]
        if is_theirs:
            kept.append(between)
        in_a_row = at > 0 and _IN_A_ROW.fullmatch(between) is not None
        is_theirs = not {owner.id, owner.parent}.isdisjoint(entities) or (is_theirs and in_a_row)
        at = name.end
    return " ".join([*kept, folded[at:]] if is_theirs else kept)
