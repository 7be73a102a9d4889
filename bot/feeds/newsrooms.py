"""Who stands behind an article, whichever feed, wire or aggregator brought it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from bot.feed import FeedSpec
from bot.feeds.links import host_of
from bot.lined import Part
from bot.model import Kind, Language, Newsroom
from bot.text import HAN, fold, language_of

_BUNDLED = Path(__file__).with_name("newsrooms.yaml")

_SPEAKERS = frozenset({Kind.PRESS, Kind.COMPANY, Kind.OFFICIAL})
"""The kinds that speak for themselves; the others carry what somebody else says."""
_HAN = re.compile(f"[{HAN}]")
_ONE_WORD = re.compile("[a-z]+")
_CHINESE_HOST = re.compile(r"\.(?:cn|tw|hk|mo)$")

_SHORTEST = 4

_ENDINGS = {
    "dash": re.compile(r"(?P<title>.+?\S)(?:\s+[-–—|｜]\s+|\s*——\s*|\s*[|｜_]\s*)(?P<name>[^-–—|｜_]{1,60})"),
    "brackets": re.compile(r"(?P<title>.+\S)\s*[(（](?:[^()（）]*[/／]\s*)?(?P<name>[^()（）/／]{1,60})[)）]"),
}
"""How a newsroom is named behind a headline: "… - Reuters", "…（路透）", "… (Author / Reuters)"."""
_MAY_END = re.compile("[-–—|｜_]|[)）]$")
"""What every such ending has, and most headlines have not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    en: str
    zh: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One host of the file; `credits` tells how an aggregator names its source in the title."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    host: str
    name: _Name
    language: Language
    kind: Kind
    also: tuple[str, ...] = ()
    credits: Literal["dash", "brackets"] | None = None

    @property
    def newsroom(self) -> Newsroom:
        """The newsroom as the rest of the program knows it."""
        return Newsroom(name=self.name.en, language=self.language, kind=self.kind)

    @property
    def names(self) -> tuple[str, ...]:
        """Every way its name is written."""
        return tuple(name for name in (self.name.en, self.name.zh, *self.also) if name)


@dataclass(frozen=True, slots=True)
class Newsrooms:
    """Knows hosts and names, and credits each article to one newsroom; it fetches nothing.

    `habits` tells by newsroom how an aggregator names its source in the title; `inside` finds a name in a source.
    `names` has every name of newsrooms by the English ones, and `chinese` the Chinese one.
    """

    hosts: Mapping[str, Newsroom]
    named: Mapping[str, Newsroom]
    habits: Mapping[str, str]
    inside: re.Pattern[str]
    names: Mapping[str, tuple[str, ...]]
    chinese: Mapping[str, str]

    @classmethod
    def load(cls, path: Path | None = None) -> "Newsrooms":
        """Read the hosts, the bundled ones by default; raises SettingsError with the line that is wrong."""
        whole, reader = Part.read(path or _BUNDLED), TypeAdapter(Known)
        read = [(part, part.made(reader)) for part in whole.items()]
        if not read:
            raise whole.wrong("here must be a list, one host a line")
        _check(read)
        known = [each for _, each in read]
        names: dict[str, tuple[str, ...]] = {}
        for each in known:
            names[each.name.en] = tuple(dict.fromkeys((*names.get(each.name.en, ()), *each.names)))
        return cls(
            hosts={each.host: each.newsroom for each in known},
            named={_key(name): each.newsroom for each in known for name in each.names},
            habits={each.name.en: each.credits for each in known if each.credits},
            inside=_inside(fold(name) for each in known for name in each.names),
            names=names,
            chinese={each.name.en: each.name.zh for each in known if each.name.zh},
        )

    def with_homes(self, feeds: Iterable[FeedSpec]) -> "Newsrooms":
        """The same, knowing also the sites of these feeds: an aggregator's link there is credited to that newsroom."""
        listed = list(feeds)
        homes = {host_of(feed.home): feed.newsroom for feed in listed if feed.home}
        named = {_key(feed.newsroom.name): feed.newsroom for feed in listed if feed.newsroom.kind in _SPEAKERS}
        return replace(self, hosts={**homes, **self.hosts}, named={**named, **self.named})

    def of_host(self, host: str) -> Newsroom | None:
        """The newsroom of a host, by its longest known ending."""
        labels = host.lower().strip(".").split(".")
        endings = (".".join(labels[at:]) for at in range(len(labels)))
        return next((self.hosts[ending] for ending in endings if ending in self.hosts), None)

    def meant(self, typed: str) -> Newsroom | None:
        """The newsroom somebody means by one of its names or its site: 36kr, 36氪, 36kr.com."""
        return self._exactly(typed.strip()) if typed.strip() else None

    def names_of(self, typed: str) -> tuple[str, ...]:
        """Every name of the newsroom that somebody means; none of an unknown one."""
        newsroom = self.meant(typed)
        return self.names.get(newsroom.name, ()) if newsroom else ()

    def credit(
        self, *, title: str, link: str, source_name: str | None, source_link: str | None, feed: Newsroom
    ) -> tuple[Newsroom, str]:
        """The newsroom an article is credited to, and its title without that newsroom's name behind it."""
        host = host_of(link)
        newsroom = (
            self._sourced(source_name or "", host_of(source_link or ""), title, feed)
            or self._linked(host, feed)
            or self._told(title, feed)
            or self._stranger(host, feed)
            or feed
        )
        return newsroom, self.bare(title, newsroom)

    def from_source(self, source: str, link: str, title: str) -> Newsroom:
        """The newsroom of an article in a file, where `source` is whatever its recorder wrote."""
        host = host_of(link)
        linked, named = self.of_host(host), self._named(source)
        if linked and linked.kind in _SPEAKERS:
            return linked
        if named and named.kind in ({Kind.PRESS} if linked else _SPEAKERS):
            return named
        if carrier := linked or named:
            return self._told(title, carrier) or self._stranger(host, carrier) or carrier
        return Newsroom(name=source or host, language=_language(host, title), kind=Kind.PRESS)

    def _sourced(self, name: str, host: str, title: str, feed: Newsroom) -> Newsroom | None:
        """Whom the entry itself names as its source; a stranger only where the feed carries others' words."""
        if not name and not host:
            return None
        if known := self.of_host(host) or self.named.get(_key(name)):
            return known if known.kind in _SPEAKERS else None
        if not name or feed.kind in _SPEAKERS:
            return None
        return Newsroom(name=name, language=_language(host, f"{name} {title}"), kind=Kind.PRESS)

    def _linked(self, host: str, feed: Newsroom) -> Newsroom | None:
        """The known newsroom a link leads to; a platform does not take a speaking feed's words from it."""
        known = self.of_host(host)
        if not known or known.kind is Kind.AGGREGATOR:
            return None
        return None if known.kind is Kind.COMMUNITY and feed.kind in _SPEAKERS else known

    def _told(self, title: str, carrier: Newsroom) -> Newsroom | None:
        """The newsroom an aggregator names behind a headline; an unknown one only where that is its habit."""
        if carrier.kind in _SPEAKERS:
            return None
        habit = self.habits.get(carrier.name)
        for shape, _, name in _endings(title):
            known = self._exactly(name)
            if known and (shape == habit or known.kind is Kind.PRESS):
                return known
            if shape == habit:
                kind = Kind.COMMUNITY if name.startswith("@") else Kind.PRESS
                return Newsroom(name=name, language=language_of(name), kind=kind)
        return None

    def _stranger(self, host: str, carrier: Newsroom) -> Newsroom | None:
        """An unknown site an aggregator leads to; it speaks the aggregator's language unless its host says else."""
        if carrier.kind in _SPEAKERS or not host or self.of_host(host):
            return None
        language = Language.ZH if _CHINESE_HOST.search(host) else carrier.language
        return Newsroom(name=host, language=language, kind=Kind.PRESS)

    def bare(self, title: str, newsroom: Newsroom) -> str:
        """A title without its newsroom's name behind it."""
        for _, shorter, name in _endings(title):
            if _key(name) == _key(newsroom.name) or self._exactly(name) == newsroom:
                return shorter
        return title

    def _exactly(self, name: str) -> Newsroom | None:
        return self.named.get(_key(name)) or (self.of_host(name) if "." in name and " " not in name else None)

    def _named(self, source: str) -> Newsroom | None:
        """A known newsroom named anywhere in a source, such as 36氪 (36Kr)."""
        if exact := self._exactly(source):
            return exact
        found = self.inside.search(fold(source))
        return self.named[_key(found[0])] if found else None


def _endings(title: str) -> Iterator[tuple[str, str, str]]:
    """The ways to read a newsroom's name behind a title: the way, the title without it, the name."""
    if not _MAY_END.search(title):
        return
    for shape, pattern in _ENDINGS.items():
        if found := pattern.fullmatch(title):
            yield shape, found["title"], found["name"].strip()


def _key(name: str) -> str:
    """One spelling of a name: The Wall Street Journal is Wall Street Journal, Bloomberg.com is Bloomberg."""
    return fold(name).strip().replace("’", "'").removeprefix("the ").removesuffix(".com")


def _inside(names: Iterable[str]) -> re.Pattern[str]:
    """A name inside a source: alone in its run of letters, long enough, and one English word only in front."""
    telling = (name for name in set(names) if len(name) >= _SHORTEST or _HAN.search(name))
    ways = ("^" * bool(_ONE_WORD.fullmatch(name)) + re.escape(name) for name in sorted(telling, key=len, reverse=True))
    return re.compile(rf"(?<![a-z0-9{HAN}])(?:{'|'.join(ways)})(?![a-z0-9{HAN}])")


def _language(host: str, title: str) -> Language:
    return Language.ZH if _CHINESE_HOST.search(host) else language_of(title)


def _check(read: Sequence[tuple[Part, Known]]) -> None:
    """Hosts stand once, and a name means one newsroom."""
    hosts: dict[str, int] = {}
    owners: dict[str, Newsroom] = {}
    for part, known in read:
        if known.host in hosts:
            raise part.wrong(f"host: {known.host} is in line {hosts[known.host]} already", key="host")
        hosts[known.host] = part.line
        for name in known.names:
            if (owner := owners.setdefault(_key(name), known.newsroom)) != known.newsroom:
                raise part.wrong(f"name: {name} means {owner.name} of another kind or language", key="name")
