"""Numbers of a Chinese title with their units in English: 20 亿美元 is US$2bn."""

import re
from decimal import Decimal

NUMERAL = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TO = r"\s?[-~–—～至到]\s?"

_SCALES = {"百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8}
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_NUMBER = "(?:万(?=亿)|[一二两三四五六七八九十百千])[一二两三四五六七八九十百千万亿]*"
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SHORT = ((10**12, "tn"), (10**9, "bn"), (10**6, "m"))
_MONEY = {
    "美元": "US${}",
    "美金": "US${}",
    "元人民币": "{} yuan",
    "人民币": "{} yuan",
    "元": "{} yuan",
    "块钱": "{} yuan",
    "港元": "HK${}",
    "港币": "HK${}",
    "欧元": "€{}",
    "英镑": "£{}",
    "日元": "{} yen",
    "韩元": "{} won",
    "新台币": "NT${}",
    "台币": "NT${}",
    "卢比": "{} rupees",
    "新元": "S${}",
    "澳元": "A${}",
    "加元": "C${}",
}
_SIZES = {
    "%": "{}%",
    "个百分点": "{} percentage-points",
    "个基点": "{} basis-points",
    "倍": "{}x",
    "纳米": "{}nm",
    "微米": "{}µm",
    "毫米": "{}mm",
    "厘米": "{}cm",
    "米": "{}m",
    "公里": "{}km",
    "千米": "{}km",
    "吨": "{} tonnes",
    "公斤": "{}kg",
    "千克": "{}kg",
    "兆瓦": "{}MW",
    "吉瓦": "{}GW",
    "千瓦时": "{}kWh",
    "千瓦": "{}kW",
    "瓦": "{}W",
    "英寸": "{}-inch",
    "平方米": "{} sq-m",
    "平方公里": "{} sq-km",
    "度": "{} degrees",
    "英里": "{} miles",
}
_SPANS = {
    "年代": "{}s",
    "年": "{} year",
    "季度": "{} quarter",
    "个月": "{} month",
    "个星期": "{} week",
    "周": "{} week",
    "天": "{} day",
    "个小时": "{} hour",
    "小时": "{} hour",
    "分钟": "{} minute",
    "秒": "{} second",
    "岁": "{} year-old",
    "个季度": "{} quarter",
    "次": "{} time",
    "轮": "{} round",
    "人": "{} people",
    "股": "{} share",
    "步": "{} step",
    "代": "{} generation",
    "层": "{} layer",
    "期": "{} phase",
    "字": "{} character",
    "倍以上": "over {}x",
    "大": "{} big",
    "连": "{} in-a-row",
    "个": "{}",
    "年前": "{} years ago",
    "天后": "{} days later",
}
_AFTER_NTH = {
    "代": "-generation",
    "轮": " round",
    "次": " time",
    "期": " phase",
    "批": " batch",
    "大": "-largest",
    "步": " step",
}
_COUNTS = "家款台颗名位项只座条张辆部种块枚份篇支所件门架艘笔场套间处届起"
"""What stands between a number and what is counted, and has no English."""
_UNITS = {**_MONEY, **_SIZES, **_SPANS, **dict.fromkeys(_COUNTS, "{}")}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_FALSE = "(?!素|器件|件事|国|学|型|战|家|会|众|工|才|类|间|气|脑|陆|厂|师|选|额|市|单|道|心)"
"""Letters before which 元, 大, 人 and their like are the beginning of a word: 元素, 大厂, 人工."""

CHINESE = re.compile(
    rf"(?P<year>\d{{4}}年)?(?P<month>1[0-2]|0?[1-9])月(?:(?P<day>[12]\d|3[01]|0?[1-9])[日号])?"
    r"|(?P<date>[12]\d|3[01]|[1-9])[日号](?!元|线|称)"
    r"|(?P<clock>\d{1,2}:\d{2})(?!\d)"
    rf"|(?P<nth>第)?(?P<sign>US\$|HK\$|NT\$|[$€£¥])?(?P<low>{NUMERAL})(?:{_TO}(?P<high>{NUMERAL}))?"
    rf"(?:\s?[多余])?(?:\s?(?P<scale>万亿|[百千]?[万亿]|[百千](?=[{_COUNTS}余多人])))?[多余]?"
    rf"(?:\s?(?P<unit>季度|(?:{_UNIT}){_FALSE}))?"
)
"""A number in a Chinese title, in Arabic digits, with its scale and unit."""
SPELT = re.compile(
    rf"(?P<nth>第)(?P<low>{_HAN_NUMBER})(?P<unit>季度|代|轮|次|家|款|台|个|名|位|大|届|期|批|步)?"
    rf"|(?P<low2>{_HAN_NUMBER})(?P<unit2>(?:{_UNIT}){_FALSE})"
    r"|(?P<low3>[十百千]+[万亿]|万亿)"
)
"""A number in Chinese characters; it needs a unit, because 一旦 and 三思 are words."""


def value_of(han: str) -> int:
    """The value of a number in Chinese characters: 三百五十, 两千亿, 十."""
    total = section = digit = 0
    for char in han:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char == "十":
            section, digit = section + (digit or 1) * 10, 0
        elif char in "百千":
            section, digit = section + (digit or 1) * _SCALES[char], 0
        else:
            total, section, digit = (total + (section + digit or (0 if total else 1))) * _SCALES[char], 0, 0
    return total + section + digit


def in_english(match: re.Match[str]) -> str:
    """What CHINESE found, as an English headline writes it."""
    if match["month"]:
        return _date(match)
    if match["date"]:
        return ordinal(int(match["date"]))
    if match["clock"]:
        return match["clock"]
    times = _times(match["scale"])
    if match["nth"]:
        return _nth(int(decimal(match["low"]) * times), match["unit"])
    numbers = [decimal(match[name]) * times for name in ("low", "high") if match[name]]
    plain = match["low"] if len(numbers) == 1 and not match["scale"] else "–".join(map(short, numbers))
    return _with_unit((match["sign"] or "") + plain, match["unit"], numbers[-1], is_year=plain.isdecimal())


def in_english_words(match: re.Match[str]) -> str:
    """What SPELT found: small numbers as words, others in digits."""
    value = value_of(match["low"] or match["low2"] or match["low3"])
    if match["nth"]:
        return _nth(value, match["unit"])
    told = _WORDS[value] if value < len(_WORDS) else short(Decimal(value))
    unit = match["unit2"]
    if unit in _MONEY or unit in _SIZES:
        told = short(Decimal(value))
    return _with_unit(told, unit, Decimal(value), is_year=False)


def short(value: Decimal | int) -> str:
    """A number as English headlines shorten it: 2bn, 1.5tn, 300m, 50,000; exact, however long."""
    for size, name in _SHORT:
        if value >= size:
            return digits(Decimal(value) / size) + name
    return digits(Decimal(value))


def ordinal(value: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    ending = "th" if value % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _nth(value: int, unit: str | None) -> str:
    return f"Q{value}" if unit == "季度" else ordinal(value) + _AFTER_NTH.get(unit or "", "")


def _date(match: re.Match[str]) -> str:
    day = f"{int(match['day'])} " if match["day"] else ""
    year = f" {match['year'][:-1]}" if match["year"] else ""
    return f"{day}{MONTHS[int(match['month']) - 1]}{year}"


def _with_unit(told: str, unit: str | None, value: Decimal, *, is_year: bool) -> str:
    if unit is None:
        return told
    if unit == "年" and is_year and len(told) == len("2026"):
        return told
    shape = _UNITS[unit].format(told)
    return shape + "s" if unit in _SPANS and shape[-1].isalpha() and _counted(unit) and value != 1 else shape


def _counted(unit: str) -> bool:
    return unit not in {"岁", "人", "大", "连", "个", "年代", "年前", "天后", "倍以上"}


def _times(scale: str | None) -> int:
    return value_of(scale) if scale else 1


def decimal(number: str) -> Decimal:
    """The value of digits with commas."""
    return Decimal(number.replace(",", ""))


def digits(value: Decimal) -> str:
    """All digits of a number, with commas and without empty decimals."""
    told = f"{value:,f}"
    return told.rstrip("0").rstrip(".") if "." in told else told
