"""Times, days and zones as people type them, and the zone a server probably lives in."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.chat.render.safe import plain
from bot.chat.words import refused

DEFAULT_TIME = time(8)
_DEFAULT_LOCALE = "en-US"
"""What Discord gives a server that never chose: it tells little, so the asker's own language is looked at then."""

_ZONE_OF = {
    "id": "Asia/Jakarta",
    "da": "Europe/Copenhagen",
    "de": "Europe/Berlin",
    "en-GB": "Europe/London",
    "en-US": "America/New_York",
    "es-ES": "Europe/Madrid",
    "es-419": "America/Mexico_City",
    "fr": "Europe/Paris",
    "hr": "Europe/Zagreb",
    "it": "Europe/Rome",
    "lt": "Europe/Vilnius",
    "hu": "Europe/Budapest",
    "nl": "Europe/Amsterdam",
    "no": "Europe/Oslo",
    "pl": "Europe/Warsaw",
    "pt-BR": "America/Sao_Paulo",
    "ro": "Europe/Bucharest",
    "fi": "Europe/Helsinki",
    "sv-SE": "Europe/Stockholm",
    "vi": "Asia/Ho_Chi_Minh",
    "tr": "Europe/Istanbul",
    "cs": "Europe/Prague",
    "el": "Europe/Athens",
    "bg": "Europe/Sofia",
    "ru": "Europe/Moscow",
    "uk": "Europe/Kyiv",
    "hi": "Asia/Kolkata",
    "th": "Asia/Bangkok",
    "zh-CN": "Asia/Shanghai",
    "zh-TW": "Asia/Taipei",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
}
"""The zone most speakers of a Discord locale live in."""

_ALIASES = {
    "beijing": "Asia/Shanghai",
    "shenzhen": "Asia/Shanghai",
    "china": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "上海": "Asia/Shanghai",
    "深圳": "Asia/Shanghai",
    "中国": "Asia/Shanghai",
    "香港": "Asia/Hong_Kong",
    "台北": "Asia/Taipei",
    "臺北": "Asia/Taipei",
    "新加坡": "Asia/Singapore",
    "东京": "Asia/Tokyo",
    "首尔": "Asia/Seoul",
    "伦敦": "Europe/London",
    "柏林": "Europe/Berlin",
    "巴黎": "Europe/Paris",
    "纽约": "America/New_York",
    "洛杉矶": "America/Los_Angeles",
    "旧金山": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "washington": "America/New_York",
    "boston": "America/New_York",
    "bangalore": "Asia/Kolkata",
    "india": "Asia/Kolkata",
    "pacific": "America/Los_Angeles",
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "utc": "UTC",
    "gmt": "UTC",
}
"""What people call zones whose names they do not know."""

_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?00)?")
_INVERTED = re.compile(r"Etc/GMT([+-])(\d{1,2})")
_FURTHEST_WEST, _FURTHEST_EAST = 12, 14
_ABBREVIATION = 3
_MOST = 25
_TIME = re.compile(r"(\d{1,2})(?:[:.：点时](\d{2})?)?分?\s*(am|pm)?", re.IGNORECASE)
_NOON = 12
_DAYS_AGO = {"today": 0, "yesterday": 1, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_WEEKDAYS = {
    name: number
    for names in (
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    )
    for number, name in enumerate(names)
}
_FURTHEST = timedelta(days=366)


def guessed_zone(server_locale: str | None, own_locale: str | None) -> str:
    """The zone a server probably lives in: its locale's, or where it never chose one, the asker's."""
    telling = own_locale if server_locale in (None, _DEFAULT_LOCALE) else server_locale
    return _ZONE_OF.get(telling or _DEFAULT_LOCALE, "UTC")


def zones_like(typed: str, *, first: str) -> list[str]:
    """At most 25 zones that what was typed may mean; `first` leads while nothing was typed."""
    wanted = _folded(typed)
    if not wanted:
        return list(dict.fromkeys([first, *_ZONE_OF.values(), "UTC"]))[:_MOST]
    if offset := _offset(wanted):
        return [offset]
    called = [zone for alias, zone in _ALIASES.items() if alias.startswith(wanted)]
    cities = [name for name, zone in _zones().items() if zone.rpartition("/")[2].startswith(wanted)]
    within = [name for name, zone in _zones().items() if wanted in zone]
    return list(dict.fromkeys([*called, *cities, *within]))[:_MOST]


def zone_of(typed: str) -> str:
    """The zone that was typed, in any case, or by what people call it; raises RefusedError."""
    wanted = _folded(typed)
    if exact := _offset(wanted) or _ALIASES.get(wanted):
        return exact
    for name, zone in _zones().items():
        if zone == wanted:
            return name
    like = zones_like(typed, first="UTC") if wanted else []
    if len(like) == 1 and _is_called(like[0], wanted):
        return like[0]
    raise refused("no-such-zone", zone=_shown(typed))


def zone_name(zone: str) -> str:
    """A zone as people call it: the names of fixed offsets have their sign the other way round (Etc/GMT-8 is UTC+8)."""
    match = _INVERTED.fullmatch(zone)
    return f"UTC{'+' if match[1] == '-' else '-'}{match[2]}" if match else zone


def _is_called(zone: str, wanted: str) -> bool:
    """Whether a zone's names begin so: MST stands in Amsterdam's, and few letters may be a clock's name elsewhere."""
    full = _folded(zone)
    called = [full, full.rpartition("/")[2], *(alias for alias, known in _ALIASES.items() if known == zone)]
    short = wanted.isascii() and len(wanted) <= _ABBREVIATION
    return wanted in called or (not short and any(each.startswith(wanted) for each in called))


def _offset(wanted: str) -> str | None:
    """The zone of a fixed offset: utc+8, GMT-5, +08:00."""
    match = _OFFSET.fullmatch(wanted.replace(" ", ""))
    if match is None:
        return None
    east, hours = match[1] == "+", int(match[2])
    if hours > (_FURTHEST_EAST if east else _FURTHEST_WEST):
        return None
    return f"Etc/GMT{'-' if east else '+'}{hours}" if hours else "UTC"


def time_of(typed: str) -> time:
    """A time of day: 08:00, 8, 8:30pm, 20点; raises RefusedError."""
    match = _TIME.fullmatch(typed.strip())
    if match is None:
        raise refused("no-such-time", time=_shown(typed))
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0) if 1 <= hour <= _NOON else 24
    try:
        return time(hour, minute)
    except ValueError as error:
        raise refused("no-such-time", time=_shown(typed)) from error


def day_of(typed: str, today: date) -> date:
    """A day that has begun: 2026-06-08, yesterday, Friday, 昨天; raises RefusedError."""
    wanted = typed.strip().casefold()
    if wanted in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[wanted])
    if wanted in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS[wanted]) % 7)
    try:
        day = date.fromisoformat(wanted)
    except ValueError as error:
        raise refused("no-such-day", day=_shown(typed)) from error
    if not today - _FURTHEST <= day <= today:
        raise refused("day-out-of-reach", day=day.isoformat())
    return day


def clock_in(zone: str, now: datetime) -> str:
    """What the clocks show in a zone."""
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


@cache
def _zones() -> dict[str, str]:
    """Every place's zone by its name, folded, and UTC; what has no summer time or an inverted sign is no place."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return {name: _folded(name) for name in (*places, "UTC")}


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", " ")


def _shown(typed: str) -> str:
    return plain(typed, 40)
