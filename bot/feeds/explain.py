"""Say what is the matter with a feed, in one sentence and either language: who, what, since when, and what to do."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.ago import often
from bot.feed import Feed
from bot.feeds.health import Ailment, Found, rhythm, table, words
from bot.model import Kind, Language, Topic
from bot.phrases import plural

_UNKNOWN = "…"
_OPEN = re.compile(f" ?[(（]{_UNKNOWN}[)）]")
"""A fact that an earlier release did not write down; in brackets it is left out."""

_PRESS = {Language.EN: {"en": "English", "zh": "Chinese"}, Language.ZH: {"en": "英文", "zh": "中文"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a sentence says what Discord and a terminal say differently.

    `since` and `ago` tell times ("since Friday", "9 days ago"), `name` a feed's, `text` a stranger's words.
    """

    since: Callable[[datetime], str]
    ago: Callable[[datetime], str]
    name: Callable[[str], str] = str
    text: Callable[[str], str] = str


def sentence(ailment: Ailment, reader: Language, manner: Manner) -> str:
    """Who, what, since when, what readers lose and what to do."""
    feed, off_at = ailment.feed, ailment.feed.state.off_at
    said = words(ailment.kind)[reader]
    told = _OPEN.sub("", said["what"].format_map(_values(ailment, reader, manner)))
    if off_at:
        told += table()["stopped"][reader].format(off=manner.ago(off_at))
    if aside := _found(ailment.found, reader, manner) if ailment.found else said.get("aside"):
        told += f"{'；' if ailment.found else '，'}{aside}" if reader is Language.ZH else f"; {aside}"
    loss = _loss(feed, reader, manner) if ailment.loses else ""
    advice = "" if ailment.other or ailment.found else _advised(ailment, reader)
    parts = [each for each in (told, loss, advice) if each]
    return "".join(f"{each}。" for each in parts) if reader is Language.ZH else " ".join(f"{each}." for each in parts)


def _advised(ailment: Ailment, reader: Language) -> str:
    said: dict[str, dict[str, str]] = table()["advice"][ailment.advice]
    return said.get(ailment.view, said["own"])[reader]


def _found(found: Found, reader: Language, manner: Manner) -> str:
    articles = f"{found.count} 篇" if reader is Language.ZH else plural(found.count, "article")
    if found.newest is None:
        return str(table()["found.undated"][reader].format(articles=articles))
    return str(table()["found"][reader].format(articles=articles, newest=manner.ago(found.newest)))


def _loss(feed: Feed, reader: Language, manner: Manner) -> str:
    newsroom, said = feed.spec.newsroom, table()["loss"]
    press = _PRESS[reader][newsroom.language]
    if newsroom.kind is not Kind.PRESS:
        key = "itself" if newsroom.kind in {Kind.COMPANY, Kind.OFFICIAL} else newsroom.kind.value
        return str(said[key][reader].format(newsroom=manner.text(newsroom.name)))
    if not feed.spec.topics:
        return str(said["press"][reader].format(press=press))
    return str(said["topics"][reader].format(topics=_topics(feed.spec.topics, reader), press=press))


def _topics(topics: Sequence[Topic], reader: Language) -> str:
    names = [table()["topics"][topic][reader] for topic in topics]
    if reader is Language.ZH:
        return "、".join(names)
    told = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return told[0].upper() + told[1:]


class _Values(dict[str, object]):
    """What stands in a sentence."""

    def __missing__(self, name: str) -> str:
        """Leave open what is not known."""
        return _UNKNOWN


def _values(ailment: Ailment, reader: Language, manner: Manner) -> _Values:
    facts = {name: manner.text(value) if isinstance(value, str) else value for name, value in ailment.facts.items()}
    brought = ailment.brought
    a_day = rhythm(brought, brought.newest) if brought else None
    return _Values(
        facts,
        who=manner.name(ailment.feed.spec.title),
        since=manner.since(ailment.since),
        newest=manner.ago(brought.newest) if brought else "",
        rate=often(a_day, reader) if a_day else "",
    )
