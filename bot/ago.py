"""How long something has lasted, how long ago it was and how often it comes, in the words people say."""

from datetime import datetime, timedelta, tzinfo

from bot.model import Language
from bot.phrases import month_day, plural, weekday

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_WEEK, _LONG = timedelta(days=7), timedelta(days=60)
_WEEKS_A_MONTH = 30 / 7


def since(at: datetime, now: datetime, zone: tzinfo, reader: Language) -> str:
    """Since when something lasts: since 09:00, since Monday 09:00, since Friday, for 9 days, since 8 April."""
    local, today, days = at.astimezone(zone), now.astimezone(zone).date(), (now - at) // _DAY
    chinese = reader is Language.ZH
    if now - at >= _LONG:
        told = month_day(at, zone, reader)
    elif now - at >= _WEEK:
        return f"自 {days} 天前起" if chinese else f"for {days} days"
    elif (today - local.date()).days > 1:
        told = weekday(local, reader)
    elif local.date() == today:
        told = f"今天 {local:%H:%M}" if chinese else f"{local:%H:%M}"
    else:
        told = f"{weekday(local, reader)} {local:%H:%M}"
    if not chinese:
        return f"since {told}"
    return f"自{' ' if told[0].isdigit() else ''}{told}{' ' if told[-1].isdigit() else ''}起"


def ago(at: datetime, now: datetime, reader: Language) -> str:
    """How long ago something was: 12 minutes ago, 3 hours ago, 9 days ago."""
    past = max(now - at, _MINUTE)
    units = ((_DAY, "day", "天"), (_HOUR, "hour", "小时"), (_MINUTE, "minute", "分钟"))
    unit, english, chinese = next(each for each in units if past >= each[0])
    count = past // unit
    return f"{count} {chinese}前" if reader is Language.ZH else f"{plural(count, english)} ago"


def often(a_day: float, reader: Language) -> str:
    """How often something comes: 14 a day, 3 a week, 1 a month."""
    a_week = a_day * 7
    for count, english, chinese in ((a_day, "day", "天"), (a_week, "week", "周")):
        if round(count) >= 1:
            return f"每{chinese} {round(count):,} 篇" if reader is Language.ZH else f"{round(count):,} a {english}"
    count = max(1, round(a_week * _WEEKS_A_MONTH))
    return f"每月 {count} 篇" if reader is Language.ZH else f"{count} a month"
