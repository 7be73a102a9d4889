"""Editions decided for channels, with a digest that has something in every field."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta

from bot.model import (
    CATALOGUE,
    Digest,
    Edition,
    Headline,
    Item,
    Language,
    Name,
    Section,
    Subscription,
    Telling,
    Topic,
    Update,
    Window,
)
from bot.store import editions, subscriptions
from bot.store.database import Store
from tests.fakes import NOW, wish

Stop = Callable[[Store, Subscription], Awaitable[None]]
"""Pauses or ends a channel's subscription."""

TODAY, TOMORROW = date(2026, 6, 8), date(2026, 6, 9)
WISH = wish(zone="Asia/Shanghai", size=12)
HEADLINE = Headline(
    title="中芯国际涨价 “10%”",
    link="https://example.com/a1",
    newsroom="IT之家",
    language=Language.ZH,
    article_id="a1",
    published_at=NOW,
    translated=True,
    gloss="SMIC raise-price 10%",
)
CALLED = Name(en="SMIC", zh="中芯国际")
UPDATE = Update(since=date(2026, 6, 7), newsrooms=("36Kr",), press=Language.EN)
TELLING = Telling(
    story_id="s1",
    topic=Topic.CHIPS,
    headline=HEADLINE,
    beside=None,
    excerpt="它涨了。",
    excerpt_from=HEADLINE,
    newsrooms=((Language.ZH, ("IT之家", "36Kr")), (Language.EN, ())),
    companies=("SMIC",),
    officials=(),
    lead_hours=-3,
    first_at=NOW - timedelta(hours=3),
    last_at=NOW,
    articles=3,
    second=HEADLINE,
    only=Language.ZH,
)
ITEM = Item(number=1, telling=TELLING, new=HEADLINE, update=UPDATE, under=1, called=(CALLED,), theme=(CALLED, CALLED))


def digest(day: date = TODAY) -> Digest:
    """A digest with something in every field."""
    return Digest(
        language=Language.EN,
        zone="Asia/Shanghai",
        local_date=day,
        window=Window(start=NOW - timedelta(days=1), end=NOW),
        stories=1,
        articles=3,
        feeds=2,
        sections=(Section(heading="top", items=(ITEM,)),),
        next_at=NOW + timedelta(days=1),
        widened=True,
    )


async def subscribe(store: Store, channel: str = "c1", *, scope: str = CATALOGUE, now: datetime = NOW) -> Subscription:
    """A channel that wishes its digest at eight in Shanghai."""
    return await store.write(subscriptions.subscribe, WISH, channel=channel, now=now, scope=scope)


async def decide(
    store: Store, subscription: Subscription, *, day: date = TODAY, told: Sequence[str] = (), parts: int = 1
) -> Edition | None:
    """The edition of a day, unless the day has one; `told` are the ids of the articles shown with it."""
    return await store.write(editions.decide, subscription, digest(day), told, parts=parts, now=NOW)


async def decided(
    store: Store, subscription: Subscription, *, day: date = TODAY, told: Sequence[str] = (), parts: int = 1
) -> Edition:
    """The edition of a day that has none yet."""
    edition = await decide(store, subscription, day=day, told=told, parts=parts)
    assert edition is not None
    return edition


async def pause(store: Store, subscription: Subscription) -> None:
    """Pause a channel that cannot be posted to."""
    await store.write(subscriptions.pause, subscription.id, "no-permission", NOW)


async def end(store: Store, subscription: Subscription) -> None:
    """End a channel's subscription."""
    await store.write(subscriptions.end, subscription.id, NOW)
