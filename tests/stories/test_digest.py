import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, update
from structlog.testing import capture_logs

from bot.model import CATALOGUE, Digest, Edition, Language, Topic, Window
from bot.store import editions as edition_rows
from bot.store import outbox
from bot.store import stories as story_rows
from bot.store import subscriptions as subscription_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.store.schema import subscriptions as subscription_table
from bot.stories.choose import ALSO, TOP, UPDATES
from bot.stories.digest import Digester
from tests.fakes import ITHOME, NOW, REUTERS, FakeClock, settle
from tests.stories.mornings import DAY, HOUR, arrive, deciding, found, listed, morning, rows, subscribe, telling, told


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW - HOUR)


@pytest.fixture
def digester(sqlite: Store, clock: FakeClock) -> Digester:
    return deciding(sqlite, clock)


async def test_the_first_edition(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """At its time a channel gets what the last day brought, written down with its outbox row and its memory."""
    await subscribe(sqlite)
    await settle(
        sqlite,
        found("a", "s1"),
        found("b", "s1", newsroom=ITHOME, hours=-1, title="中芯国际涨价"),
        found("c", "s2", title="TSMC opens a fab"),
        found("off", "s3", relevant=False),
        found("old", "s4", hours=-30),
        *(found(name, name) for name in ("s5", "s6", "s7")),
    )

    (edition,) = await morning(sqlite, digester, clock)

    assert edition.local_date == date(2026, 6, 8)
    assert (edition.digest.stories, edition.digest.articles) == (5, 6)
    assert (edition.digest.window, edition.digest.widened) == (Window(start=NOW - DAY, end=NOW), False)
    assert edition.digest.next_at == NOW + DAY
    assert told(edition) == {TOP: ["s1", "s5", "s6", "s7"], ALSO: ["s2"]}
    assert await rows(sqlite) == (1, 1, 6)


async def test_the_outbox_holds_the_digest_as_it_was_decided(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """What is sent later is what was decided, value for value."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1", topic=Topic.CHIPS), found("b", "s1", newsroom=ITHOME))

    (edition,) = await morning(sqlite, digester, clock)

    (waiting,) = await sqlite.read(outbox.due, NOW)
    assert waiting.digest == edition.digest
    assert (waiting.edition_id, waiting.part, waiting.channel, waiting.attempts) == (edition.id, 0, "c1", 0)


async def test_the_second_day_tells_only_what_is_new(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """A known story comes back only as an update; another copy or nothing at all keeps it away."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s2"), found("c", "s3"))
    await morning(sqlite, digester, clock)
    await settle(
        sqlite,
        found("a2", "s1", hours=5, newsroom=REUTERS),
        found("b2", "s2", hours=5, newsroom=REUTERS, original_id="b"),
        found("d", "s4", hours=6),
    )

    (second,) = await morning(sqlite, digester, clock, days=1)

    assert told(second) == {TOP: ["s4"], UPDATES: ["s1"]}
    (update_item,) = second.digest.sections[-1].items
    assert update_item.new is not None
    assert update_item.new.article_id == "a2"
    assert second.digest.window.start == NOW


async def test_an_update_is_told_once(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The day after an update, the same newsroom's next article is none."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await morning(sqlite, digester, clock)
    await settle(sqlite, found("b", "s1", hours=5, newsroom=REUTERS))
    await morning(sqlite, digester, clock, days=1)
    await settle(sqlite, found("c", "s1", hours=30, newsroom=REUTERS))

    (third,) = await morning(sqlite, digester, clock, days=2)

    assert told(third) == {}


async def test_a_quiet_day_has_an_edition_too(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Nothing new is said, not kept silent, and only once."""
    await subscribe(sqlite)

    (edition,) = await morning(sqlite, digester, clock)

    assert (edition.digest.sections, edition.digest.stories) == ((), 0)
    assert await morning(sqlite, digester, clock) == []


async def test_a_story_left_out_for_room_is_told_when_it_moves(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """What was never shown is no update: it is new."""
    await subscribe(sqlite, size=1)
    await settle(sqlite, found("a", "s1"), found("a1", "s1", newsroom=ITHOME), found("b", "s2"))
    await morning(sqlite, digester, clock)
    await settle(sqlite, found("b2", "s2", hours=3, newsroom=REUTERS))

    (second,) = await morning(sqlite, digester, clock, days=1)

    assert told(second) == {TOP: ["s2"]}


@pytest.mark.parametrize(
    ("read", "minutes", "decided"),
    [
        (None, 0, False),
        (-1, 4, False),
        (0, 0, True),
        (2, 3, True),
        (None, 5, True),
        (-30, 5, True),
    ],
)
async def test_an_edition_waits_for_the_reading(
    sqlite: Store, digester: Digester, clock: FakeClock, read: int | None, minutes: int, decided: bool
) -> None:
    """It is decided after a reading that began since it was due, or after five minutes without one."""
    await subscribe(sqlite)
    clock.now = NOW + timedelta(minutes=minutes)
    read_at = None if read is None else NOW + timedelta(minutes=read)

    made = await digester.run(read_at=read_at)

    assert bool(made) is decided


async def test_what_the_late_reading_brought_is_told_today(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """An edition ends with the last finished reading; what is being read meanwhile is told tomorrow and not lost."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1", hours=1 / 60), found("b", "s2", hours=2 / 60))
    clock.now = NOW + timedelta(minutes=4)

    (edition,) = await digester.run(read_at=NOW + timedelta(minutes=1))
    await settle(sqlite, found("c", "s3", hours=3 / 60))
    (second,) = await morning(sqlite, digester, clock, days=1)

    assert told(edition) == {TOP: ["s1"]}
    assert sorted(story for stories in told(second).values() for story in stories) == ["s2", "s3"]


async def test_a_restart_decides_nothing_again(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Another process on the same database finds the day decided, at once and hours later."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await morning(sqlite, digester, clock)
    before = await rows(sqlite)

    again = deciding(sqlite, clock)
    at_once = await again.run(read_at=clock.now)
    clock.advance(hours=23, minutes=59)
    later = await again.run(read_at=clock.now)

    assert at_once == later == []
    assert await rows(sqlite) == before


async def test_two_at_once_decide_a_day_once(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The store itself refuses a second edition for a local date."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    clock.now = NOW
    twin = deciding(sqlite, clock)

    made = await asyncio.gather(digester.run(read_at=NOW), twin.run(read_at=NOW))

    assert sum(map(len, made)) == 1
    assert await rows(sqlite) == (1, 1, 1)


async def test_who_is_overtaken_decides_nothing(
    sqlite: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that saw the day undecided while another decided it takes nothing back, and leaves it at that."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    first, second = deciding(sqlite, clock), deciding(sqlite, clock)
    clock.now = NOW
    made: list[Edition] = []
    kept = sqlite.write

    async def overtaken(*work: object, **said: object) -> object:
        """Whatever the second is about to write, the first has been there before."""
        monkeypatch.setattr(sqlite, "write", kept)
        made.extend(await first.run(read_at=NOW))
        return await kept(*work, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite, "write", overtaken)
    late = await second.run(read_at=NOW)

    assert late == []
    assert [each.edition_id for each in await sqlite.read(outbox.due, NOW)] == [edition.id for edition in made]
    assert await rows(sqlite) == (1, 1, 1)


async def test_after_downtime_one_edition_covers_the_silence(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """Missed days are not made up one by one; the newest tells of the last three."""
    await subscribe(sqlite)
    await morning(sqlite, digester, clock)
    await settle(sqlite, found("a", "s1", hours=4 * 24 - 2), found("b", "s2", hours=2 * 24), found("c", "s3", hours=1))

    made = await morning(sqlite, digester, clock, days=4)

    assert [edition.local_date for edition in made] == [date(2026, 6, 12)]
    assert {name for names in told(made[0]).values() for name in names} == {"s1", "s2"}


async def test_after_days_without_discord_the_newest_edition_comes(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """It has what the ones that waited had, as new as it was then; they are taken back, for no channel wants three."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await morning(sqlite, digester, clock)
    await arrive(sqlite)
    for day in (1, 2, 3):
        await settle(sqlite, found(f"b{day}", f"t{day}", hours=24 * day - 2))
        clock.now = NOW + day * DAY
        (newest,) = await digester.run(read_at=clock.now)

    waiting = await sqlite.read(outbox.due, clock.now)
    assert [(each.edition_id, each.digest) for each in waiting] == [(newest.id, newest.digest)]
    assert newest.local_date == date(2026, 6, 11)
    assert newest.digest.window == Window(start=NOW, end=NOW + 3 * DAY)
    assert sorted(listed(newest)) == ["t1", "t2", "t3"]
    assert UPDATES not in told(newest)
    assert await rows(sqlite) == (2, 2, 4)


async def test_what_may_have_been_posted_is_not_told_again(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """An edition whose posting nobody can be sure of stays decided, and the next begins where it ended."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    clock.now = NOW
    (first,) = await digester.run(read_at=NOW)
    (delivery,) = await sqlite.read(outbox.due, NOW)
    await sqlite.write(outbox.take, delivery, NOW)
    await settle(sqlite, found("b", "s2", hours=3))
    clock.now = NOW + DAY

    (second,) = await digester.run(read_at=clock.now)

    assert second.digest.window.start == first.digest.window.end
    assert listed(second) == ["s2"]
    assert [each.edition_id for each in await sqlite.read(outbox.due, clock.now)] == [second.id]


async def test_trouble_with_one_channel_is_not_the_others(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """A zone this machine does not know, say: it is logged, and every other channel has its edition."""
    strange = await subscribe(sqlite, "strange")
    for channel in ("c1", "c2"):
        await subscribe(sqlite, channel)
    moved = update(subscription_table).where(subscription_table.c.id == strange.id).values(zone="Mars/Olympus_Mons")
    await sqlite.write(lambda connection: connection.execute(moved))

    with capture_logs() as logged:
        made = await morning(sqlite, digester, clock)

    assert [edition.subscription.channel for edition in made] == ["c1", "c2"]
    assert [(line["event"], line["channel"]) for line in logged if line["log_level"] == "error"] == [
        ("edition not decided", "strange")
    ]


async def test_a_channel_that_ends_while_it_is_decided_gets_nothing(sqlite: Store, clock: FakeClock) -> None:
    """No edition, no memory, nothing on its way; the channel beside it has its own."""
    ending = await subscribe(sqlite)
    await subscribe(sqlite, "c2")
    await settle(sqlite, found("a", "s1"))

    def ends_meanwhile(digest: Digest) -> Digest:
        """Moderators do not wait for us."""
        engine = create_engine(sqlite.url)
        with engine.begin() as connection:
            subscription_rows.end(connection, ending.id, NOW)
        engine.dispose()
        return digest

    made = await morning(sqlite, deciding(sqlite, clock, fit=ends_meanwhile), clock)

    assert [edition.subscription.channel for edition in made] == ["c2"]
    assert [each.channel for each in await sqlite.read(outbox.due, NOW)] == ["c2"]
    assert await sqlite.read(edition_rows.last, ending.id) is None


async def test_editions_come_one_by_one(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Whoever waits for the first has it, written down, before the second is decided."""
    for channel in ("c1", "c2"):
        await subscribe(sqlite, channel)
    clock.now = NOW

    seen = [(edition.subscription.channel, await rows(sqlite)) async for edition in digester.decided(read_at=NOW)]

    assert seen == [("c1", (1, 1, 0)), ("c2", (2, 2, 0))]


async def test_channels_have_memories_of_their_own(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """A story one channel has seen is new to another, each in its language and at its time."""
    await subscribe(sqlite)
    await subscribe(sqlite, "c2", now=NOW, at="22:00", zone="Asia/Shanghai", language=Language.ZH)
    await settle(sqlite, found("a", "s1"), found("b", "s1", newsroom=ITHOME, title="中芯国际涨价"))

    (first,) = await morning(sqlite, digester, clock)
    clock.now = NOW + 2 * HOUR
    (second,) = await digester.run(read_at=clock.now)

    assert told(first) == told(second) == {TOP: ["s1"]}
    assert [edition.digest.sections[0].items[0].telling.headline.title for edition in (first, second)] == [
        "SMIC raises prices",
        "中芯国际涨价",
    ]


async def test_only_channels_that_are_reached_are_decided(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Another program's channel is left to that program, which finds its day undecided."""
    for channel in ("console", "123"):
        await subscribe(sqlite, channel)
    clock.now = NOW

    ours = [edition async for edition in digester.decided(read_at=NOW, reaches=str.isdecimal)]
    theirs = [edition async for edition in digester.decided(read_at=NOW, reaches=lambda name: name == "console")]

    assert [edition.subscription.channel for edition in ours] == ["123"]
    assert [edition.subscription.channel for edition in theirs] == ["console"]


async def test_a_moved_channel_gets_no_second_edition_for_its_date(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """A channel that moves to a later hour or zone on the day of its edition waits for tomorrow."""
    await subscribe(sqlite)
    await morning(sqlite, digester, clock)
    await subscribe(sqlite, at="12:00", zone="America/Los_Angeles", now=clock.now)

    clock.now = NOW + 8 * HOUR
    today = await digester.run(read_at=clock.now)
    clock.now = NOW + 8 * HOUR + DAY
    tomorrow = await digester.run(read_at=clock.now)

    assert today == []
    assert [edition.local_date for edition in tomorrow] == [date(2026, 6, 9)]


async def test_a_preview_leaves_no_trace(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Looking at today's digest, before or after it, changes nothing and remembers nothing."""
    wish = await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))

    before = await telling(sqlite, clock).preview(wish, NOW)
    (edition,) = await morning(sqlite, digester, clock)
    after = await telling(sqlite, clock).preview(wish, NOW)

    assert told(before) == told(edition) == told(after) == {TOP: ["s1"]}
    assert before.next_at is None
    assert await rows(sqlite) == (1, 1, 1)


async def test_a_preview_of_more_days_looks_further_back(sqlite: Store, clock: FakeClock) -> None:
    """Two days hold what one does not."""
    wish = await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s2", hours=-30))

    assert (await telling(sqlite, clock).preview(wish, NOW)).stories == 1
    assert (await telling(sqlite, clock).preview(wish, NOW, days=2)).stories == 2


async def place(store: Store, story_id: str, *names: str) -> None:
    """Put articles into another story, as a merge or a split would."""
    await store.write(
        lambda connection: connection.execute(
            update(article_table).where(article_table.c.id.in_(names)).values(story_id=story_id)
        )
    )


async def test_a_merge_of_known_stories_is_not_told_again(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Two stories the channel knows become one; a further article of a known newsroom brings nothing new."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s2", newsroom=ITHOME))
    await morning(sqlite, digester, clock)
    await place(sqlite, "s1", "b")
    await settle(sqlite, found("c", "s1", hours=5, newsroom=ITHOME))

    (second,) = await morning(sqlite, digester, clock, days=1)

    assert told(second) == {}


async def test_a_split_of_a_known_story_is_not_told_again(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The part that leaves a known story was shown with it; even its next article does not make it new."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s1", newsroom=ITHOME))
    await morning(sqlite, digester, clock)
    await sqlite.write(story_rows.begin, [("s2", CATALOGUE, NOW)])
    await place(sqlite, "s2", "b")
    await settle(sqlite, found("c", "s2", hours=5, newsroom=ITHOME))

    (second,) = await morning(sqlite, digester, clock, days=1)

    assert told(second) == {}


async def test_a_known_story_merged_with_an_unknown_one_is_an_update(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """What is new in the merged story is told as an update, not as a new story."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await morning(sqlite, digester, clock)
    await settle(sqlite, found("b", "s2", hours=5, newsroom=ITHOME))
    await place(sqlite, "s1", "b")

    (second,) = await morning(sqlite, digester, clock, days=1)

    assert told(second) == {UPDATES: ["s1"]}


async def test_a_servers_own_articles_are_not_in_anothers_digest(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """A catalogue channel sees the catalogue's part of a story, and none of a story that is a server's own."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await settle(sqlite, found("b", "s1", newsroom=ITHOME, scope="server"), found("c", "s2", scope="server"))

    (edition,) = await morning(sqlite, digester, clock)

    assert told(edition) == {TOP: ["s1"]}
    assert edition.digest.articles == 1
    assert edition.digest.sections[0].items[0].telling.beside is None
