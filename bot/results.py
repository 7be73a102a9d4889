"""What is said around the results of a search, in both languages: how it was understood, and what each hit matches."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from bot.model import Answer, Hit, Language
from bot.phrases import month_day
from bot.text import is_chinese

EN, ZH = Language.EN, Language.ZH

_A_PAIR = 2
_MOST_ALONE = 3
_MOST_SPELT = 4
"""How many hits are listed of each name alone, which a search of its own has all of, and spellings of a name."""

_MOST_ROOMS = 3
"""How many newsrooms are named where more were asked."""

_AN_INSTANT = timedelta(microseconds=1)

Section = tuple[str, Sequence[tuple[int, Hit]]]
"""A heading, empty where there is none, and numbered hits."""


def understood(answer: Answer, reader: Language, zone: tzinfo) -> str:
    """How a query was read: other spellings of its names, names typed wrong, dates; empty where that says nothing."""
    parts = [_corrected(typed, name, reader) for typed, name in answer.corrected]
    for entity, known in answer.named.items():
        name = known[reader]
        others = [each for each in answer.spelt.get(entity, ()) if each != name and is_chinese(each) is (reader is EN)]
        if others:
            parts.append(f"{name} = {', '.join(others[:_MOST_SPELT])}")
    if answer.since:
        since = _dated(answer.since, answer, zone, reader)
        parts.append(f"{since}起" if reader is ZH else f"from {since}")
    if answer.until:
        last = _dated(answer.until - _AN_INSTANT, answer, zone, reader)
        parts.append(f"至 {last}" if reader is ZH else f"until {last}")
    return " · ".join(parts)


def nothing(answer: Answer, reader: Language) -> str:
    """Says that nothing was found, and what may help where several things were asked for."""
    several = len(answer.named) + len(answer.words) + len(answer.phrases) > 1
    if reader is ZH:
        return "没有找到相关内容。" + ("可以只搜一个名字，或减少几个词。" if several else "")
    return "Nothing here answers that." + (" Try a name alone, or fewer words." if several else "")


def tried(answer: Answer, reader: Language, zone: tzinfo) -> str:
    """What was looked for, and how, where nothing was found."""
    words = [f"“{word}”" for word in (*answer.words, *answer.phrases)]
    how = "字词和意思都搜过" if reader is ZH else "by words and by meaning"
    if len(answer.languages) > 1:
        how = f"中英文、{how}" if reader is ZH else f"in both languages, {how}"
    since = [] if answer.since or not answer.begins else [_since(answer, reader, zone).strip()]
    rooms = _only(answer.newsrooms, reader)
    return " · ".join(filter(None, [understood(answer, reader, zone), *words, *answer.operators, rooms, how, *since]))


def apart(answer: Answer, reader: Language, zone: tzinfo) -> str:
    """Says so where no hit names and says all that was asked for, and what is listed instead; else empty."""
    if not answer.hits:
        return ""
    since, names = _since(answer, reader, zone), [name[reader] for name in answer.named.values()]
    if names and not any(hit.names for hit in answer.hits):
        return _unnamed(since, names, reader)
    if len(names) >= _A_PAIR and not any(hit.tier == "all" for hit in answer.hits):
        return _pair_apart(since, names, reader, nearest=answer.hits[0].tier == "near")
    if answer.unsaid:
        return _unsaid(since, names, answer.unsaid, reader)
    return ""


def is_apart(answer: Answer) -> bool:
    """Whether no story names all, so that each name has its section."""
    return bool(answer.hits) and answer.hits[0].tier == "near"


def listed(answer: Answer) -> list[Hit]:
    """The hits to show: all, but where names stand apart only the first of each."""
    if not is_apart(answer):
        return list(answer.hits)
    return [hit for _, hits in groupby(answer.hits, key=_place) for hit in _first(list(hits))]


def sections(shown: Sequence[tuple[int, Hit]], answer: Answer, reader: Language) -> list[Section]:
    """Hits under what they name, where names stand apart; all in one section elsewhere."""
    if not is_apart(answer):
        return [("", shown)]
    grouped = groupby(shown, key=lambda numbered: _place(numbered[1]))
    return [(_heading(place, answer, reader), list(hits)) for place, hits in grouped]


def matched(hit: Hit, answer: Answer, reader: Language) -> str:
    """What of the question a hit names and says, where it has several parts or the hit none of them."""
    asked, had = len(answer.named) + len(answer.words), len(hit.names) + len(hit.says)
    if asked and not had:
        return "意思相近" if reader is ZH else "near in meaning"
    if asked < _A_PAIR or (hit.tier == "alone" and is_apart(answer) and not answer.words):
        return ""
    names = [answer.named[entity][reader] for entity in hit.names if entity in answer.named]
    words = [f"“{word}”" for word in hit.says]
    if reader is ZH:
        told = "，".join(filter(None, [f"提到{_all(names, reader)}" if names else "", _said(words, reader)]))
        return told if had == asked else f"{told}；其余意思相近"
    told = ", ".join(filter(None, [f"names {_all(names, reader)}" if names else "", _said(words, reader)]))
    return told if had == asked else f"{told}; the rest by meaning"


def _said(words: Sequence[str], reader: Language) -> str:
    if not words:
        return ""
    return f"说到{''.join(words)}" if reader is ZH else f"says {', '.join(words)}"


def _corrected(typed: str, name: str, reader: Language) -> str:
    return f"“{typed}”按“{name}”搜索" if reader is ZH else f"“{typed}” taken for {name}"


def _dated(when: datetime, answer: Answer, zone: tzinfo, reader: Language) -> str:
    """A day, with its year where it was asked in another."""
    told, year = month_day(when, zone, reader), when.astimezone(zone).year
    if answer.asked_at is None or answer.asked_at.astimezone(zone).year == year:
        return told
    return f"{year} 年 {told}" if reader is ZH else f"{told} {year}"


def _only(newsrooms: Sequence[str], reader: Language) -> str:
    """Says of which newsrooms alone articles were looked at, where it was asked for."""
    if not newsrooms:
        return ""
    shown, more = newsrooms[:_MOST_ROOMS], len(newsrooms) > _MOST_ROOMS
    if reader is ZH:
        return f"只搜了{'、'.join(shown)}{'等' if more else ''}"
    return f"only in {', '.join(shown)}{' and others' if more else ''}"


def _since(answer: Answer, reader: Language, zone: tzinfo) -> str:
    """Since when there is something here to find, with its year where the newest hit has another."""
    since = answer.since or answer.begins
    if since is None:
        return ""
    newest = max((article.published_at for hit in answer.hits for article in hit.story.articles), default=since)
    day, year = month_day(since, zone, reader), since.astimezone(zone).year
    old = year != newest.astimezone(zone).year
    if reader is ZH:
        return f"{f'{year} 年 ' if old else ''}{day}以来"
    return f" since {day}{f' {year}' if old else ''}"


def _pair_apart(since: str, names: Sequence[str], reader: Language, *, nearest: bool) -> str:
    if reader is ZH:
        then = "先列意思最接近的，再列只提到其一的。" if nearest else "下面各自提到其一。"
        return f"{since}没有同时提到{_all(names, reader)}的报道。{then}"
    both = "both" if len(names) == _A_PAIR else "all of them"
    then = "First the closest in meaning, then each alone." if nearest else "Each of these names one of them."
    return f"No headline here{since} names {both}. {then}"


def _unnamed(since: str, names: Sequence[str], reader: Language) -> str:
    if reader is ZH:
        return f"{since}没有提到{_all(names, reader)}的报道。下面是意思相近的。"
    named = " or ".join(names)
    return f"No headline here{since} names {named}. These are near in meaning."


def _unsaid(since: str, names: Sequence[str], unsaid: str, reader: Language) -> str:
    """Where the names are named, but not with the words beside them."""
    named = _all(names, reader) if names else ""
    if reader is ZH:
        if not names:
            return f"{since}没有提到“{unsaid}”的报道。下面是意思相近的。"
        gap = "" if is_chinese(names[-1]) and is_chinese(unsaid) else " "
        return f"{since}没有“{'、'.join(names)}{gap}{unsaid}”的报道。下面是提到{named}、意思最接近“{unsaid}”的几条。"
    if not names:
        return f"No headline here{since} says “{unsaid}”. These are near in meaning."
    return f"No headline here{since} names {named} with “{unsaid}”. These name {named}, the closest in meaning first."


def _all(names: Sequence[str], reader: Language) -> str:
    *before, last = names
    if not before:
        return last
    return f"{'、'.join(before)}和{last}" if reader is ZH else f"{', '.join(before)} and {last}"


def _place(hit: Hit) -> tuple[str, tuple[str, ...]]:
    return hit.tier, hit.names if hit.tier == "alone" else ()


def _first(hits: Sequence[Hit]) -> Sequence[Hit]:
    return hits[:_MOST_ALONE] if hits[0].tier == "alone" else hits


def _heading(place: tuple[str, tuple[str, ...]], answer: Answer, reader: Language) -> str:
    tier, names = place
    if tier == "near":
        return ""
    if names:
        return _all([answer.named[entity][reader] for entity in names], reader)
    return "意思相近" if reader is ZH else "Near in meaning"
