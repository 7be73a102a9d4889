"""Who asks: the language, server and place of whoever used a command or a button."""

from dataclasses import dataclass
from typing import Any

import discord

from bot.chat.times import guessed_zone
from bot.model import CATALOGUE, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A member as an answer needs to know them; nothing here is kept.

    `scope` is the server's id, or the catalogue outside of servers; `server_locale` what the server chose as its
    language, and `zone` a guess from the locales.
    """

    language: Language
    scope: str
    channel: str
    server_locale: str | None
    zone: str


def reader_of(asked: discord.Interaction[Any]) -> Reader:
    """Who asks: their own Discord's language decides the answer's."""
    known = asked.guild.preferred_locale if asked.guild and not asked.guild.unavailable else asked.guild_locale
    server = str(known) if known else None
    return Reader(
        language=language_of(str(asked.locale)),
        scope=str(asked.guild_id) if asked.guild_id else CATALOGUE,
        channel=str(asked.channel_id),
        server_locale=server,
        zone=guessed_zone(server, str(asked.locale)),
    )


def language_of(locale: str | None) -> Language:
    """The language of the two that a Discord locale reads."""
    return Language.ZH if (locale or "").startswith("zh") else Language.EN
