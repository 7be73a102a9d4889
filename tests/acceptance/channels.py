"""Channels that get their digest at noon UTC, and what they were told."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, select

from bot.model import Digest, Language, Wish
from bot.store import subscriptions
from bot.store.editions import DIGEST
from bot.store.schema import editions
from bot.store.schema import subscriptions as subscription_table
from tests.acceptance.emulator import Server, Stage

START = datetime(2026, 6, 6, 12, tzinfo=UTC)
"""Eight in the morning in New York: a digest that is wished for now comes tomorrow."""

DAY = timedelta(days=1)

Staged = Callable[..., Stage]
"""Sets a stage for a time, with so many feeds."""


async def subscribed(stage: Stage, server: Server, channels: Sequence[str]) -> None:
    """Write down that these channels get their digest at noon UTC, half of them in Chinese."""
    store = await stage.store()
    for place, channel in enumerate(channels):
        language = Language.ZH if place % 2 else Language.EN
        wish = Wish(local_time=time(12), zone="UTC", language=language, size=15)
        await store.write(subscriptions.subscribe, wish, channel=channel, now=stage.now, scope=server.id)
    await store.close()


def told(connection: Connection) -> dict[tuple[str, date], Digest]:
    """Every edition's digest by its channel and local day."""
    query = select(subscription_table.c.channel, editions.c.local_date, editions.c.digest).join(
        editions, editions.c.subscription_id == subscription_table.c.id
    )
    return {(row.channel, row.local_date): DIGEST.validate_python(row.digest) for row in connection.execute(query)}


def counted(stage: Stage, channels: Iterable[str]) -> Counter[int]:
    """How many channels got how many messages."""
    return Counter(len(stage.discord.posts(channel)) for channel in channels)
