"""Numbers of an English title with their units in Chinese: $30bn is 300 亿美元."""

import re
from decimal import Decimal

from bot.stories.wordbook.chinese_numbers import MONTHS, NUMERAL, decimal, digits

_LONG = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))
_MONTH = "|".join(f"{each}|{each[:3]}[.]?" for each in MONTHS)

_ENGLISH_SCALES = {
    "trillion": 10**12,
    "tn": 10**12,
    "t": 10**12,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "million": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "m": 10**6,
    "thousand": 10**3,
    "k": 10**3,
}
_SIGNS = {
    "US$": "美元",
    "$": "美元",
    "HK$": "港元",
    "NT$": "新台币",
    "S$": "新元",
    "A$": "澳元",
    "C$": "加元",
    "€": "欧元",
    "£": "英镑",
    "₩": "韩元",
    "RMB": "元",
    "CN¥": "元",
    "¥": "元",
    "₹": "卢比",
}
_AFTER = {
    "percent": "%",
    "per cent": "%",
    "%": "%",
    "yuan": "元",
    "renminbi": "元",
    "yen": "日元",
    "won": "韩元",
    "dollars": "美元",
    "euros": "欧元",
    "pounds": "英镑",
    "rupees": "卢比",
    "US dollars": "美元",
    "x": "倍",
    "times": "倍",
    "fold": "倍",
    "percentage points": "个百分点",
    "basis points": "个基点",
}
_AFTERS = "|".join(sorted(_AFTER, key=len, reverse=True))

ENGLISH = re.compile(
    rf"(?P<month>{_MONTH})\s(?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)?(?![\d,.]*\d)"
    r"|(?P<clock>\d{1,2}:\d{2})(?!\d)"
    rf"|(?:(?P<sign>US\$|HK\$|NT\$|CN¥|[SAC]\$|RMB|[$€£¥₩₹])\s?)?(?P<low>{NUMERAL})"
    r"(?:(?P<tight>[kKMBTmbt])(?![\w])|[\s-]?(?P<scale>trillion|billion|million|thousand|tn|bn|mn|mln)\b)?\+?"
    rf"(?:[\s-]?(?P<unit>{_AFTERS})(?![\w]))?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""A number in an English title with its sign, scale and unit."""


def in_chinese(match: re.Match[str]) -> str:
    """What ENGLISH found, as a Chinese headline writes it."""
    if match["month"]:
        month = next(at for at, name in enumerate(MONTHS, 1) if name.lower().startswith(match["month"].lower()[:3]))
        return f"{month} 月 {match['day']} 日"
    if match["clock"]:
        return match["clock"]
    sign, unit = (match["sign"] or "").upper(), match["unit"]
    if match["tight"] in {"m", "b", "t", "B", "T"} and not sign:
        return match[0]  # 7B parameters, 5m of cable
    scale = (match["scale"] or match["tight"] or "").lower()
    value = decimal(match["low"]) * _ENGLISH_SCALES.get(scale, 1)
    told = match["low"] if not scale and not sign else long(value)
    after = _AFTER[unit.lower()] if unit else _SIGNS.get(sign, "")
    tight = after == "%" or told[-1] in "万亿"
    return told + after if tight else f"{told} {after}".strip()


def long(value: Decimal) -> str:
    """A number as Chinese headlines shorten it: 300 亿, 1.5 万亿, 5 万; exact, however long."""
    for size, name in _LONG:
        if value >= size:
            return f"{digits(value / size).replace(',', '')} {name}"
    return digits(value).replace(",", "")
