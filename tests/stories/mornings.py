"""New York at eight, which is NOW: channels that wish a digest then, articles in their stories, and what is told."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.model import Article, Digest, Edition, Newsroom, Subscription
from bot.store import outbox, subscriptions
from bot.store.database import Store
from bot.store.editions import SENT
from bot.store.schema import deliveries, editions, shown
from bot.stories.digest import Digester, Fit, Teller
from bot.stories.entities import Entity, Lexicon
from bot.stories.names import Names
from tests.fakes import NOW, SCMP, FakeClock, article, wish

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LEXICON = Lexicon(
    [
        Entity(id="smic", kind="company", en=("SMIC",), zh=("中芯国际",), china=True),
        Entity(id="tsmc", kind="company", en=("TSMC",), zh=("台积电",)),
    ]
)


def whole(digest: Digest) -> Digest:
    """One message that holds everything."""
    return digest


def telling(store: Store, clock: FakeClock, *, fit: Fit = whole) -> Teller:
    """Tells what the store holds."""
    return Teller(store, names=Names(store, LEXICON), clock=clock, fit=fit)


def deciding(store: Store, clock: FakeClock, *, fit: Fit = whole) -> Digester:
    """Decides editions on the store, as the program that starts now would."""
    return Digester(store, telling(store, clock, fit=fit), clock=clock)


async def subscribe(store: Store, channel: str = "c1", *, now: datetime = NOW - DAY, **said: object) -> Subscription:
    """A channel that has wished its digest since yesterday."""
    return await store.write(subscriptions.subscribe, wish(**said), channel=channel, now=now)  # type: ignore[arg-type]


def found(
    name: str,
    story_id: str,
    *,
    hours: float = -2,
    newsroom: Newsroom = SCMP,
    title: str = "SMIC raises prices",
    **said: object,
) -> Article:
    """An article of a story, published and first seen some hours after NOW."""
    when = NOW + hours * HOUR
    return article(name, title, newsroom=newsroom, published=when, story_id=story_id, **said)  # type: ignore[arg-type]


def told(edition: Edition | Digest) -> dict[str, list[str]]:
    """The stories under each heading, in order."""
    made = edition.digest if isinstance(edition, Edition) else edition
    return {section.heading: [item.telling.story_id for item in section.items] for section in made.sections}


def listed(edition: Edition | Digest) -> list[str]:
    """Every story that is told, in order."""
    return [story for stories in told(edition).values() for story in stories]


async def arrive(store: Store) -> None:
    """All that was decided so far is in its channel."""
    for delivery in await store.read(outbox.due, NOW + 100 * DAY):
        await store.write(outbox.mark, delivery, SENT, {"sent_at": NOW})


async def morning(store: Store, digester: Digester, clock: FakeClock, days: int = 0) -> list[Edition]:
    """Run at eight, some days on, just after a reading; what was decided before has arrived."""
    await arrive(store)
    clock.now = NOW + days * DAY
    return await digester.run(read_at=clock.now)


async def rows(store: Store) -> tuple[int, int, int]:
    """How many editions, outbox rows and remembered articles there are."""
    return await store.read(
        lambda connection: tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (editions, deliveries, shown)
        )
    )
