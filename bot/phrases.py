"""What this program itself says around the headlines, in both languages; the headlines are the sources' own."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.model import Article, Digest, Headline, Item, Language, Name, Telling, Update
from bot.stories.rank import independent
from bot.text import shorten

EN, ZH = Language.EN, Language.ZH
_A_DAY = timedelta(days=1)

_CALLED = 60
"""The most characters by which a sibling is called."""

_WEEKDAYS = {
    EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ZH: ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_HEADINGS: Mapping[str, Mapping[Language, str]] = {
    "top": {EN: "", ZH: ""},
    "only-zh": {EN: "Only in Chinese so far", ZH: "只有中文报道"},
    "only-en": {EN: "Only in English so far", ZH: "只有外媒报道"},
    "updates": {EN: "Updates", ZH: "后续"},
    "also": {EN: "Also", ZH: "另有"},
}
_PRESS: Mapping[Language, Mapping[Language, str]] = {
    EN: {EN: "English", ZH: "Chinese"},
    ZH: {EN: "英文", ZH: "中文"},
}


def day(when: date, language: Language) -> str:
    """A date with its weekday: Monday 8 June, 6月8日 星期一."""
    named = _WEEKDAYS[language][when.weekday()]
    if language is ZH:
        return f"{when.month}月{when.day}日 {named}"
    return f"{named} {when.day} {_MONTHS[when.month - 1]}"


def weekday(when: date, language: Language) -> str:
    """The day of the week: Friday, 周五."""
    return _WEEKDAYS[language][when.weekday()].replace("星期", "周")


def moment(when: datetime, zone: str, language: Language) -> str:
    """An instant in the reader's zone: 8 June 20:00, 6月8日 20:00."""
    local = when.astimezone(ZoneInfo(zone))
    date_part = f"{local.month}月{local.day}日" if language is ZH else f"{local.day} {_MONTHS[local.month - 1]}"
    return f"{date_part} {local:%H:%M}"


def month_day(when: datetime, zone: tzinfo, language: Language) -> str:
    """The day of an instant as a sentence says it: 8 June, 6 月 8 日."""
    local = when.astimezone(zone)
    return f"{local.month} 月 {local.day} 日" if language is ZH else f"{local.day} {_MONTHS[local.month - 1]}"


def title(digest: Digest) -> str:
    """The digest's title."""
    name = "中国科技简报" if digest.language is ZH else "China tech"
    return f"{name} · {day(digest.local_date, digest.language)}"


def lead(digest: Digest) -> str:
    """How much there was, since when, and how much of it is listed."""
    since = moment(digest.window.start, digest.zone, digest.language)
    listed = sum(len(section.items) for section in digest.sections)
    if digest.language is ZH:
        if not listed:
            return f"{since} 以来，在所读的 {digest.feeds} 个源中没有新的事件。"
        told = f"{since} 以来 {digest.stories} 个事件、{digest.articles} 篇报道，这里列出 {listed} 个。"
        return told + ("一天内的事件太少，所以这一期涵盖三天。" if digest.widened else "")
    if not listed:
        return f"Nothing new since {since} in the {plural(digest.feeds, 'feed')} read here."
    stories, articles = plural(digest.stories, "story", "stories"), plural(digest.articles, "article")
    told = f"{stories} since {since}, told in {articles}. Here {'is' if listed == 1 else 'are'} {listed}."
    return told + (" One day had too few, so this covers three." if digest.widened else "")


def foot(digest: Digest) -> str:
    """When the next one comes."""
    if digest.next_at is None:
        return ""
    when = moment(digest.next_at, digest.zone, digest.language)
    return f"下一期：{when}" if digest.language is ZH else f"Next: {when}"


def own_words(digest: Digest) -> str:
    """Whose words the headlines are, and what a gloss is where there is one."""
    glossed = any(_is_glossed(item) for section in digest.sections for item in section.items)
    if digest.language is ZH:
        return "标题均为媒体原题；“≈”后是逐词对照，不是翻译。" if glossed else "标题均为媒体原题，点击可看原文。"
    if glossed:
        return "Headlines are the sources’ own. “≈” marks our word-by-word gloss of a Chinese one: not a translation."
    return "Headlines are the sources’ own; each leads to its source."


def scope(digest: Digest) -> str:
    """How far "only" and "not yet" reach, where a digest says so; empty where it does not."""
    told = [item.telling.only for section in digest.sections for item in section.items if item.telling.only]
    if not told:
        return ""
    if digest.language is ZH:
        feeds = f" {digest.feeds} 个源" if digest.feeds else "源"
        return f"“只有”和“尚无”仅就这里所读的{feeds}而言。"
    means = "“Only in Chinese” means" if set(told) == {ZH} else "“Only” and “not yet” mean"
    feeds = plural(digest.feeds, "feed") if digest.feeds else "feeds"
    return f"{means}: in the {feeds} read here."


def _is_glossed(item: Item) -> bool:
    telling = item.telling
    return any(each and each.gloss for each in (telling.headline, telling.beside, telling.second, item.new))


def heading(name: str, topics: Mapping[str, str], language: Language) -> str:
    """A section's heading; `topics` holds those of the topics in the reader's language."""
    return topics.get(name) or _HEADINGS[name][language]


def beside(headline: Headline, reader: Language) -> str:
    """What the other press's headline is introduced by."""
    if reader is ZH:
        return "外媒："
    return "Chinese press: " if headline.language is ZH else "Chinese press, title translated: "


def translated(reader: Language) -> str:
    """The warning beside a title that an aggregator translated."""
    return "（标题由聚合源译出）" if reader is ZH else "(title translated by an aggregator)"


def update(new: Update | None, reader: Language) -> str:
    """What a running story's new headline is introduced by: since when, and whether a press begins to speak."""
    if new is None:
        return "新增：" if reader is ZH else "New: "
    since = weekday(new.since, reader)
    if reader is ZH:
        press = {None: "", EN: "，外媒也已报道", ZH: "，中文媒体也已报道"}[new.press]
        return f"{since}以来新增{press}："
    press = f", now in the {_PRESS[EN][new.press]} press too" if new.press else ""
    return f"New since {since}{press}: "


def update_alone(new: Update | None, reader: Language) -> str:
    """The same where the story's own headline is what is new, and stands there already."""
    return update(new, reader).rstrip(" :：")


def joined_by(new: Update | None, shown: Headline, reader: Language) -> str:
    """Who else has begun to report beside the newsroom whose headline is shown; empty where nobody has."""
    others = [name for name in new.newsrooms if name != shown.newsroom] if new else []
    if not others:
        return ""
    return f"另有 {_joined(others, reader)}" if reader is ZH else f"also {_joined(others, reader)}"


def siblings(theme: Sequence[Name], reader: Language) -> str:
    """What the line of a story's siblings is introduced by."""
    names = [name.to(reader) for name in theme]
    if reader is ZH:
        return f"同日，{'、'.join(names)}相关：" if names else "同日："
    return f"Same day, on {' and '.join(names)}: " if names else "Same day: "


def called(item: Item, reader: Language) -> str:
    """What a sibling is called in that line: a moderator's title, the names in which it differs, else its headline.

    It says so where the headline is in the other language.
    """
    if item.telling.title:
        return shorten(item.telling.title, _CALLED)
    shown = item.telling.headline
    names = _joined([name.to(reader) for name in item.called], reader)
    if not names and shown.gloss:
        return f"≈ {shorten(shown.gloss, _CALLED)}"
    told = names or shorten(shown.title, _CALLED)
    if shown.language is reader:
        return told
    return f"{told}（英文）" if reader is ZH else f"{told} (zh)"


def coverage(telling: Telling, reader: Language, *, names: bool = True) -> str:
    """Who reports a story independently, who speaks in it, and which press was first; empty for one newsroom.

    Without `names` the newsrooms are counted and not named.
    """
    total = sum(len(known) for _, known in telling.newsrooms)
    parts = [_newsrooms(telling, total, reader, names=names)] if total > 1 else []
    if parts and telling.only is reader:
        parts[0] += "；尚无外媒" if reader is ZH else ", not in Chinese yet"
    if telling.companies:
        parts.append(_companies(telling.companies, reader))
    if telling.officials:
        parts.append(("官方：" if reader is ZH else "official: ") + _joined(telling.officials, reader))
    if telling.lead_hours:
        parts.append(_first(telling.lead_hours, reader))
    return " · ".join(parts)


def span(telling: Telling, zone: str, reader: Language) -> str:
    """From when to when a story was told, where that is more than a day; else empty."""
    if telling.last_at - telling.first_at < _A_DAY:
        return ""
    first, last = (each.astimezone(ZoneInfo(zone)) for each in (telling.first_at, telling.last_at))
    if reader is ZH:
        return f"{first.month}月{first.day}日至{last.month}月{last.day}日"
    begins = f"{first.day}" if first.month == last.month else f"{first.day} {_MONTHS[first.month - 1]}"
    return f"{begins} to {last.day} {_MONTHS[last.month - 1]}"


def counted(articles: Sequence[Article], reader: Language) -> str:
    """How many independent newsrooms of each press report a story, in how many articles."""
    own = independent(articles)
    presses = [(press, sum(newsroom.language is press for newsroom in own)) for press in Language]
    told = [(_PRESS[reader][press], count) for press, count in presses if count]
    if reader is ZH:
        newsrooms = f"{len(own)} 家媒体（{'、'.join(f'{press} {count}' for press, count in told)}）"
        return " · ".join([*([newsrooms] if len(own) > 1 else []), f"{len(articles)} 篇报道"])
    newsrooms = f"{len(own)} newsrooms ({', '.join(f'{count} {press}' for press, count in told)})"
    return " · ".join([*([newsrooms] if len(own) > 1 else []), plural(len(articles), "article")])


def _newsrooms(telling: Telling, total: int, reader: Language, *, names: bool) -> str:
    shown = {each.newsroom for each in (telling.headline, telling.beside, telling.second) if each}
    if not names:
        shown |= {name for _, known in telling.newsrooms for name in known}
    heard = [(language, known) for language, known in telling.newsrooms if known]
    if len(heard) == 1:
        return _one_press(*heard[0], shown, reader)
    presses = [_press(language, known, shown, reader) for language, known in heard]
    if reader is ZH:
        return f"{total} 家媒体：" + "、".join(presses)
    return f"{plural(total, 'newsroom')}: " + ", ".join(presses)


def _one_press(language: Language, names: Sequence[str], shown: set[str], reader: Language) -> str:
    rest, press = _rest(names, shown, reader), _PRESS[reader][language]
    if reader is ZH:
        return f"{len(names)} 家媒体，均为{press}{rest}"
    return f"{len(names)} newsrooms, all {press}{rest}"


def _rest(names: Sequence[str], shown: set[str], reader: Language) -> str:
    """Who is not named above the line."""
    rest = [name for name in names if name not in shown]
    if not rest:
        return ""
    return f"（另有 {'、'.join(rest)}）" if reader is ZH else f" (also {', '.join(rest)})"


def _press(language: Language, names: Sequence[str], shown: set[str], reader: Language) -> str:
    rest, press = _rest(names, shown, reader), _PRESS[reader][language]
    return f"{press} {len(names)}{rest}" if reader is ZH else f"{len(names)} {press}{rest}"


def _companies(names: Sequence[str], reader: Language) -> str:
    if reader is ZH:
        return f"另有 {_joined(names, reader)} 官方"
    return f"and {_joined(names, reader)} {'itself' if len(names) == 1 else 'themselves'}"


def _joined(names: Sequence[str], reader: Language) -> str:
    return ("、" if reader is ZH else ", ").join(names)


def _first(lead_hours: int, reader: Language) -> str:
    hours, first = abs(lead_hours), ZH if lead_hours > 0 else EN
    if reader is ZH:
        return f"{_PRESS[ZH][first]}早 {hours} 小时"
    return f"{_PRESS[EN][first]} first by {hours} h"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
