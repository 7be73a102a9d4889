from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.chat.client import JianbaoClient
from bot.chat.commands.translate import Translations, descriptions
from tests.chat.stage import Stage

ZH = discord.Locale.chinese


@pytest.fixture
async def commands(stage: Stage) -> list[dict[str, Any]]:
    """The commands as Discord is told them."""
    client = stage.env.bot
    assert isinstance(client, JianbaoClient)
    return [
        await each.get_translated_payload(client.tree, Translations())
        for each in client.tree.get_commands(type=discord.AppCommandType.chat_input)
    ]


def nodes(tree: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every command, option and choice."""
    for node in tree:
        yield node
        yield from nodes(node.get("options", []))
        yield from nodes(node.get("choices", []))


def told(node: dict[str, Any]) -> str:
    """What a node is called for people: its description, or a choice's name."""
    return str(node.get("description") or node["name"])


async def test_everything_a_reader_sees_of_the_commands_is_in_chinese(commands: list[dict[str, Any]]) -> None:
    """Each description and choice has its Chinese, for the mainland's Discord and for Taiwan's."""
    for node in nodes(commands):
        key = "description_localizations" if node.get("description") else "name_localizations"

        assert set(node[key]) == {"zh-CN", "zh-TW"}, told(node)
        assert node[key]["zh-CN"] == descriptions()[told(node)]


async def test_no_translation_is_left_over(commands: list[dict[str, Any]]) -> None:
    """What no command says any more needs no Chinese."""
    (search,) = [command for command in commands if command["name"] == "search"]
    options = {option["name"]: option["name_localizations"] for option in search["options"]}

    assert all(told["zh-CN"] == told["zh-TW"] == descriptions()[name] for name, told in options.items())
    assert sorted(set(descriptions()) - {told(node) for node in nodes(commands)} - options.keys()) == []


async def test_the_commands_keep_to_discords_limits(commands: list[dict[str, Any]]) -> None:
    """Names of 32 letters, descriptions of 100, 25 options and choices, 8,000 characters a command in any language."""
    for node in nodes(commands):
        said = [node.get("description", ""), *(node.get("description_localizations") or {}).values()]

        assert 1 <= len(node["name"]) <= (100 if "value" in node else 32)
        assert all(len(each) <= 100 for each in said)
        assert all(len(node.get(several, [])) <= 25 for several in ("options", "choices"))
    assert all(sum(longest(node) for node in nodes([command])) <= 8000 for command in commands)


def longest(node: dict[str, Any]) -> int:
    """What a node counts: its name, its description in the longest language, and its value."""
    names = [node["name"], *(node.get("name_localizations") or {}).values()]
    said = [node.get("description", ""), *(node.get("description_localizations") or {}).values()]
    return max(map(len, names)) + max(map(len, said)) + len(str(node.get("value", "")))


async def test_required_options_come_first(commands: list[dict[str, Any]]) -> None:
    """Discord refuses an optional option before a required one."""
    for node in nodes(commands):
        required = [option.get("required", False) for option in node.get("options", [])]

        assert required == sorted(required, reverse=True)


@pytest.mark.parametrize(
    ("locale", "location", "shown"),
    [
        (ZH, app_commands.TranslationContextLocation.command_description, "我能做什么"),
        (discord.Locale.taiwan_chinese, app_commands.TranslationContextLocation.command_description, "我能做什么"),
        (ZH, app_commands.TranslationContextLocation.command_name, None),
        (discord.Locale.german, app_commands.TranslationContextLocation.command_description, None),
    ],
)
async def test_only_what_describes_is_translated_and_only_into_chinese(
    locale: discord.Locale, location: app_commands.TranslationContextLocation, shown: str | None
) -> None:
    """Names stay as they are, since the help calls them so; other languages see the English."""
    context = app_commands.TranslationContext(location, None)  # type: ignore[arg-type, var-annotated]

    assert await Translations().translate(app_commands.locale_str("What I can do"), locale, context) == shown
