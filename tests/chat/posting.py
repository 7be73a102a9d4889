"""What the bot does at each tick, and a digest on its way to its channel."""

from datetime import timedelta

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.chat.delivery import Courier
from bot.chat.messenger import DiscordMessenger, Pace
from bot.model import Article
from bot.store import facts
from bot.store.database import Store
from bot.store.schema import deliveries
from tests.chat.stage import Stage, said
from tests.fakes import ITHOME, NOW, article

WISH = {"time": "9:00", "timezone": "America/New_York"}


def stories(count: int, at: timedelta = timedelta()) -> list[Article]:
    """So many stories, the first told by both presses."""
    many = [
        article(f"a{number}.{at}", f"Huawei story {number}", story_id=f"s{number}.{at}", published=NOW + at)
        for number in range(count)
    ]
    other = article(f"zh.{at}", "华为的第一件事", story_id=many[0].story_id, newsroom=ITHOME, published=NOW + at)
    return [*many, other]


async def post(stage: Stage) -> int:
    """What the bot does at each tick, once the feeds were read; returns how many parts arrived.

    The courier's clock is Discord's here, as it is outside: the ids of messages tell the time.
    """
    home = await stage.store.write(facts.installation)
    messenger = DiscordMessenger(stage.env.bot, stage.app.headings, home=home, pace=Pace(10_000))
    _ = [each async for each in stage.app.digester.decided(read_at=stage.clock(), reaches=messenger.reaches)]
    return await Courier(stage.store, messenger, clock=stage.env.now).run()


async def subscribe(stage: Stage, **options: object) -> None:
    """Wish for a digest at nine in New York, an hour from now."""
    said(await stage.moderator.slash(stage.channel, "subscribe", **(WISH | options)))


async def posted(stage: Stage) -> discord.Message:
    """The edition that was posted at nine."""
    await subscribe(stage)
    await stage.settle(*stories(20))
    stage.clock.advance(hours=1)
    assert await post(stage) == 1
    (message,) = stage.channel.history()
    return message


def neighbour(stage: Stage) -> tuple[ChannelHandle, MemberActor]:
    """A channel of another server, and a moderator there."""
    elsewhere = stage.env.create_guild("Elsewhere")
    mods = elsewhere.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    eve = elsewhere.add_member(stage.env.create_user("eve"), roles=[mods])
    return elsewhere.create_text_channel("here"), eve


def components(message: discord.Message) -> list[dict[str, object]]:
    """What a message is made of."""
    return [each.to_dict() for each in message.components]


async def forget_the_sending(store: Store, **said: object) -> None:
    """As the outbox was before the answer came."""
    row = {"state": "sending", "message_id": None} | said
    await store.write(lambda connection: connection.execute(deliveries.update().values(**row)))
