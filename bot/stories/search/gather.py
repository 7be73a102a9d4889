"""What to ask the word index, so that whatever may answer well is among what it gives."""

from collections.abc import Sequence

from bot.store.candidates import Want
from bot.stories.search.parts import STRONG, Part

_TOGETHER, _ALONE, _FEWEST = 120, 80, 40
_MOST_LEFT_OUT = 5
"""Up to how many parts each is left out once."""


def alone(part: Part, parts: Sequence[Part]) -> Want:
    """Whatever says the very thing, the required parts beside it."""
    needed = [each for each in parts if each.required and each is not part]
    count = max(_FEWEST, _ALONE - 5 * len(parts))
    return Want((_ways(part, STRONG), *(_ways(each, 0.0) for each in needed)), count)


def together(parts: Sequence[Part]) -> list[Want]:
    """All parts at once, said as they were asked; then in any way; then all but one."""
    if len(parts) < 2:  # noqa: PLR2004  # one part alone is asked for by itself
        return [Want((_ways(part, 0.0),), _TOGETHER) for part in parts]
    wants = [Want(tuple(_ways(part, least) for part in parts), _TOGETHER) for least in (STRONG, 0.0)]
    if len(parts) in range(3, _MOST_LEFT_OUT + 1):  # of two parts, all but one is one alone
        wants += [
            Want(tuple(_ways(part, 0.0) for part in parts if part is not out), _ALONE)
            for out in parts
            if not out.required
        ]
    return list(dict.fromkeys(wants))


def _ways(part: Part, least: float) -> tuple[tuple[str, ...], ...]:
    return tuple(part.by(least)) or tuple(part.by(0.0))
