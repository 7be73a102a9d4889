"""What a story is about: the names in its headlines, and how near the Chinese side is to its heart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Article, Name, Story
from bot.stories.entities import Entity, Lexicon
from bot.text import fold

_CHINESE_SIDE = re.compile(
    "国产|国内|我国|中国|国资|央企|A股|港股|央视|三大运营商|北京|上海|天津|重庆|广东|广州|深圳|东莞|江苏|南京|苏州|无锡|浙江|杭州|宁波"
    "|安徽|合肥|湖北|武汉|湖南|长沙|四川|成都|陕西|西安|山东|青岛|济南|福建|厦门|河北|河南|郑州|辽宁|大连|贵州|贵阳|内蒙古|甘肃|宁夏"
    "|新疆|西藏|海南|云南|广西|江西|吉林|黑龙江|山西|青海|雄安|亦庄|中关村"
    r"|\bchin(?:a|ese)\b|\bmainland\b",
    re.IGNORECASE,
)
"""Words and places that put a headline on the Chinese side where the lexicon has no name for it."""

_LEADERS = frozenset({"company", "lab", "agency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a story is about.

    `china` is 1 where the Chinese side is at its heart, a half where a headline merely mentions it, else 0.
    `leader` is the company or body that comes first in its first headlines, `partners` are others beside it that do
    not belong to it; `named` are all names by id.
    """

    china: float = 0.0
    leader: tuple[str, Name] | None = None
    partners: tuple[tuple[str, Name], ...] = ()
    named: tuple[tuple[str, Name], ...] = ()
    places: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all that is named."""
        return frozenset(entity for entity, _ in self.named)


def originals(story: Story) -> tuple[Article, ...]:
    """A story's articles without copies, which change nothing in how it is judged; all where it has only these."""
    return tuple(article for article in story.articles if article.original_id is None) or story.articles


def about(story: Story, lexicon: Lexicon) -> About:
    """What the headlines say a story is about."""
    titles = [article.title for article in originals(story)]
    found = [[lexicon.get(entity) for entity in lexicon.find(title)] for title in titles]
    near = [is_at_heart(title, names) for title, names in zip(titles, found, strict=True)]
    at_heart = bool(near) and (near[0] or 2 * sum(near) > len(near))
    mentioned = any(_is_chinese(title, names) for title, names in zip(titles, found, strict=True))
    every = {entity.id: entity for names in found for entity in names}
    leader = _leader(found, lexicon)
    return About(
        china=1.0 if at_heart else 0.5 if mentioned else 0.0,
        leader=(leader.id, name_of(leader)) if leader else None,
        partners=tuple((entity.id, name_of(entity)) for entity in every.values() if _is_partner(entity, leader)),
        named=tuple((entity.id, name_of(entity)) for entity in every.values()),
        places=frozenset(entity.id for entity in every.values() if entity.kind == "place"),
    )


def is_at_heart(title: str, names: Sequence[Entity]) -> bool:
    """Whether the Chinese side is what a headline is about: named first, or as often as everybody else together.

    Where nobody we know is named, a word for the Chinese side will do.
    """
    if not names:
        return bool(_CHINESE_SIDE.search(fold(title)))
    return names[0].china or 2 * sum(name.china for name in names) >= len(names)


def name_of(entity: Entity) -> Name:
    """What an entity is called in each language."""
    return Name(en=entity.name, zh=entity.zh[0] if entity.zh else entity.name)


def _is_partner(entity: Entity, leader: Entity | None) -> bool:
    if leader is None or leader.id in {entity.id, entity.parent}:
        return False
    return entity.kind in _LEADERS


def _is_chinese(title: str, names: Sequence[Entity]) -> bool:
    return any(name.china for name in names) or bool(_CHINESE_SIDE.search(fold(title)))


def _leader(found: Sequence[Sequence[Entity]], lexicon: Lexicon) -> Entity | None:
    """The first company or body of the first headline that has one; a person or product stands for its owner."""
    for names in found:
        for entity in names:
            owner = lexicon.get(entity.parent) if entity.parent else entity
            if owner.kind in _LEADERS:
                return owner
    return None
