"""The command of members' own watches: /watches."""

import discord
from discord import app_commands

from bot.chat.commands.shared import Commands, desk_of, for_readers
from bot.chat.desk import Asked
from bot.chat.reader import Reader
from bot.chat.render import watches as look


@for_readers
@app_commands.command(description="Your own watches in this server; only you see them")
async def watches(asked: Asked) -> None:
    """What somebody has told of new stories."""
    desk = desk_of(asked)

    async def work(reader: Reader) -> discord.ui.LayoutView:
        return look.watches(await desk.watches.own(str(asked.user.id), reader), reader.language)

    await desk.private(asked, work)


COMMANDS: Commands = (watches,)
