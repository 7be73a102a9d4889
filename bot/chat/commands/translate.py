"""The commands' descriptions in the reader's own Discord language, where that is Chinese."""

from functools import cache
from pathlib import Path
from typing import Any

import discord
import yaml
from discord import app_commands

_FILE = Path(__file__).with_name("zh.yaml")
_CHINESE = frozenset({discord.Locale.chinese, discord.Locale.taiwan_chinese})
_TOLD = frozenset(
    {
        app_commands.TranslationContextLocation.command_description,
        app_commands.TranslationContextLocation.group_description,
        app_commands.TranslationContextLocation.parameter_description,
        app_commands.TranslationContextLocation.choice_name,
    }
)
"""Names of commands and options stay as they are, since the help and the READMEs call them so; but for /search, whose
options say the same as the operators that may be typed instead."""


class Translations(app_commands.Translator):
    """Looks descriptions and choices up in zh.yaml."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The Chinese for a description; None where Discord should show the English."""
        if locale not in _CHINESE or not (context.location in _TOLD or _is_of_search(context)):
            return None
        return descriptions().get(string.message)


def _is_of_search(context: app_commands.TranslationContextTypes) -> bool:
    """Whether it is the name of an option of /search."""
    if context.location is not app_commands.TranslationContextLocation.parameter_name:
        return False
    data: Any = context.data
    return bool(data.command.name == "search")


@cache
def descriptions() -> dict[str, str]:
    """Every description in Chinese, by its English."""
    read: dict[str, str] = yaml.safe_load(_FILE.read_text("utf-8"))
    return read
