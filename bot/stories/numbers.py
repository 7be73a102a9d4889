"""The amounts and versions a headline says, so that $295bn and 2950亿 are one number, and GPT-5 is not GPT-4."""

import re

_UNITS = {
    "k": 1e3, "thousand": 1e3, "千": 1e3, "万": 1e4, "m": 1e6, "mn": 1e6, "million": 1e6, "百万": 1e6, "亿": 1e8,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "十亿": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12, "万亿": 1e12,
}  # fmt: skip
_AMOUNT = re.compile(
    r"(?<![a-z0-9.])(\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?) ?"
    r"(万亿|十亿|百万|亿|万|千|trillion|billion|million|thousand|bn|mn|tn|[kmbt](?![a-z]))? ?(%|倍|x(?![a-z]))?"
)
_VERSION = re.compile(r"(?<![a-z0-9])([a-z]{1,12})[- ]?v?(\d+(?:\.\d+)?)[a-z]*(?![a-z0-9.])")
_NO_NAMES = frozenset(
    "top in by at for to from of over q may june july day year the and about than just is with its are us some".split()
)
_YEARS = range(2020, 2031)
_SMALL = 10
"""A whole number below this says nothing: two things, three reasons."""


def amounts(folded: str) -> frozenset[str]:
    """The amounts of a folded text by value, to three digits; shares and multiples are other amounts than sums."""
    found = (_amount(*match) for match in _AMOUNT.findall(folded))
    return frozenset(each for each in found if each)


def _amount(digits: str, unit: str, kind: str) -> str | None:
    value = float(digits.replace(",", "")) * _UNITS.get(unit, 1.0)
    telling = unit or kind or "." in digits or (value >= _SMALL and value not in _YEARS)
    return f"{kind}{value:.3g}" if value and telling else None


def versions(folded: str) -> frozenset[str]:
    """The names with a number that a folded text says, each as `name number`: qwen 3.7, h 20."""
    return frozenset(f"{name} {number}" for name, number in _VERSION.findall(folded) if name not in _NO_NAMES)


def other_versions(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts name the same thing in different versions, and in none that both name."""
    return one.isdisjoint(other) and not {each.split()[0] for each in one}.isdisjoint(each.split()[0] for each in other)
