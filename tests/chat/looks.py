"""What Discord takes of a message, and small builders of what a digest is made of."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord

from bot.chat.render.layout import MOST_BYTES, MOST_UNITS
from bot.chat.render.safe import units
from bot.model import Headline, Item, Language, Section, Telling, Topic
from tests.fakes import NOW

EN, ZH = Language.EN, Language.ZH
HEADINGS = {language: {topic.value: topic.value.capitalize() for topic in Topic} for language in Language}

_BUTTON, _MENU, _TEXT = 2, 3, 10
_LIMITS = {"custom_id": 100, "label": 80, "placeholder": 150}


def parts(components: Any) -> Iterator[dict[str, Any]]:
    """Every component of a message, nested ones too."""
    for each in components:
        yield each
        yield from parts(each.get("components", ()))


def payload(view: discord.ui.LayoutView) -> list[dict[str, Any]]:
    """A view as it goes to Discord."""
    return view.to_components()


def text_of(components: Any) -> str:
    """What a message says."""
    return "\n".join(each["content"] for each in parts(components) if each["type"] == _TEXT)


def buttons_of(components: Any) -> dict[str, str]:
    """The custom ids of a message's buttons by their labels."""
    return {each["label"]: each["custom_id"] for each in parts(components) if each["type"] == _BUTTON}


def options_of(components: Any) -> dict[str, str]:
    """The values of a message's menus by their labels."""
    menus = [each for each in parts(components) if each["type"] == _MENU]
    return {option["label"]: option["value"] for menu in menus for option in menu["options"]}


def too_much(components: Any) -> list[str]:
    """Everything about a message that Discord would refuse."""
    every = list(parts(components))
    texts = [each["content"] for each in every if each["type"] == _TEXT]
    ids = Counter(each["custom_id"] for each in every if each.get("custom_id"))
    whole = "".join(texts)
    return [
        *([f"{len(every)} components"] if len(every) > 40 else []),
        *([f"{units(whole)} units"] if units(whole) > MOST_UNITS else []),
        *([f"{len(whole.encode())} bytes"] if len(whole.encode()) > MOST_BYTES else []),
        *[f"empty text in {each['id']}" for each in every if each["type"] == _TEXT and not each["content"].strip()],
        *[f"{name} twice" for name, count in ids.items() if count > 1],
        *[found for each in every for found in _too_long(each)],
        *[found for each in every if each["type"] == _MENU for found in _wrong_menu(each["options"])],
        *["a row without anything" for each in every if each["type"] == 1 and not 1 <= len(each["components"]) <= 5],
    ]


def _too_long(component: Mapping[str, Any]) -> list[str]:
    said = [(name, component[name], most) for name, most in _LIMITS.items() if component.get(name) is not None]
    return [f"{name} {value!r}" for name, value, most in said if not 1 <= units(value) <= most]


def _wrong_menu(options: Sequence[Mapping[str, Any]]) -> list[str]:
    fields = [(name, option[name]) for option in options for name in ("label", "value", "description")]
    values = [option["value"] for option in options]
    return [
        *([f"{len(options)} options"] if not 1 <= len(options) <= 25 else []),
        *(["a value twice"] if len(set(values)) < len(values) else []),
        *[f"option's {name} {value!r}" for name, value in fields if not 1 <= units(value) <= 100],
    ]


def headline(title: str = "SMIC raises prices", *, link: str = "https://example.com/a", **said: Any) -> Headline:
    """A source's headline."""
    given = {"newsroom": "SCMP", "language": EN, "article_id": "a1", "published_at": NOW}
    return Headline(title=title, link=link, **(given | said))


def telling(story_id: str = "s1", shown: Headline | None = None, **said: Any) -> Telling:
    """A story as one newsroom reports it."""
    given: dict[str, Any] = {
        "topic": None,
        "beside": None,
        "excerpt": None,
        "excerpt_from": None,
        "newsrooms": ((EN, ("SCMP",)), (ZH, ())),
        "companies": (),
        "officials": (),
        "lead_hours": None,
        "first_at": NOW,
        "last_at": NOW,
        "articles": 1,
    }
    return Telling(story_id=story_id, headline=shown or headline(), **(given | said))


def items(*tellings: Telling, new: Headline | None = None) -> tuple[Item, ...]:
    """Numbered places for these stories."""
    return tuple(Item(number=number, telling=each, new=new) for number, each in enumerate(tellings, start=1))


def section(*found: Item, heading: str = "top") -> Section:
    """A section of a digest."""
    return Section(heading=heading, items=found)
