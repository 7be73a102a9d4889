"""Editions asked for ahead of their time, first editions with little to tell, and what one message has no room for."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, update

from bot.model import Digest, Language, Topic, Window
from bot.store import editions, schema, subscriptions
from bot.store.database import Store
from bot.stories.choose import ALSO, TOP, without_last
from bot.stories.digest import Digester, Fit, Memory
from bot.stories.due import PATIENCE
from tests.fakes import ITHOME, NOW, REUTERS, FakeClock, settle
from tests.stories.mornings import (
    DAY,
    HOUR,
    MINUTE,
    arrive,
    deciding,
    found,
    listed,
    morning,
    rows,
    subscribe,
    telling,
    told,
)

MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)
SEVERAL = ("s1", "s2", "s3", "s4", "s5")
"""Enough stories for a day of their own."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW - HOUR)


@pytest.fixture
def digester(sqlite: Store, clock: FakeClock) -> Digester:
    return deciding(sqlite, clock)


async def want(store: Store, clock: FakeClock, subscription_id: int = 1) -> None:
    await store.write(subscriptions.want, subscription_id, clock.now)


async def merge(store: Store, story_id: str, *, into: str) -> None:
    """Put a story's articles into another, whose id the old one leads to from now on."""

    def merged(connection: Connection) -> None:
        moved = update(schema.articles).where(schema.articles.c.story_id == story_id).values(story_id=into)
        led = update(schema.stories).where(schema.stories.c.id == story_id).values(merged_into=into)
        for statement in (moved, led):
            connection.execute(statement)

    await store.write(merged)


def at_most(stories: int) -> Fit:
    """A message that holds so many stories."""

    def fit(digest: Digest) -> Digest:
        while len(listed(digest)) > stories:
            digest = without_last(digest)
        return digest

    return fit


# Asked for: the channel's time is eight in the evening, twelve hours after NOW.


async def test_who_asks_gets_the_edition_at_once(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """With what the last reading brought, however long ago: what came later belongs to the next."""
    await subscribe(sqlite, at="20:00", now=NOW - 2 * HOUR)
    await settle(sqlite, found("a", "s1"), found("late", "s2", hours=-0.25))
    clock.now = NOW
    await want(sqlite, clock)

    (edition,) = await digester.run(read_at=NOW - HOUR / 2)

    assert (edition.local_date, listed(edition)) == (MONDAY, ["s1"])
    assert edition.digest.window.end == NOW - HOUR / 2
    assert edition.digest.next_at == NOW + 36 * HOUR
    assert await rows(sqlite) == (1, 1, 1)


async def test_an_edition_that_was_asked_for_waits_for_the_first_reading(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """However long that takes: an empty digest is not what was asked for."""
    await subscribe(sqlite, at="20:00", now=NOW - 2 * HOUR)
    clock.now = NOW - HOUR
    await want(sqlite, clock)

    before = []
    for _ in range(12):
        clock.advance(hours=1)
        before += await digester.run(read_at=None)
    await settle(sqlite, found("a", "s1", hours=11))
    (edition,) = await digester.run(read_at=clock.now)

    assert before == []
    assert (edition.local_date, listed(edition)) == (MONDAY, ["s1"])


async def test_an_edition_that_was_asked_for_is_that_days(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The day's own time brings none, whoever asks again gets none, and tomorrow's comes at its time with the rest."""
    await subscribe(sqlite, at="20:00", now=NOW - 2 * HOUR)
    await settle(sqlite, found("a", "s1"))
    clock.now = NOW
    await want(sqlite, clock)
    (first,) = await digester.run(read_at=NOW)
    await arrive(sqlite)
    await settle(sqlite, found("b", "s2", hours=3))

    again = []
    for hours in (0, 1, 12, 13, 15, 35):
        clock.now = NOW + hours * HOUR
        again += await digester.run(read_at=clock.now)
    clock.now = NOW + 36 * HOUR
    (second,) = await digester.run(read_at=clock.now)

    assert again == []
    assert [(each.local_date, listed(each)) for each in (first, second)] == [(MONDAY, ["s1"]), (TUESDAY, ["s2"])]
    assert second.digest.window.start == first.digest.window.end


async def test_who_asks_after_the_days_edition_gets_none(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Neither today nor, for having asked, tomorrow before its time."""
    await subscribe(sqlite)
    await morning(sqlite, digester, clock)
    await want(sqlite, clock)

    made = []
    for hours in (0, 12, 17, 23):
        clock.now = NOW + hours * HOUR
        made += await digester.run(read_at=clock.now)

    assert made == []
    assert [each.local_date for each in await morning(sqlite, digester, clock, days=1)] == [TUESDAY]


async def test_who_asks_before_midnight_has_that_days_edition(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """Though the reading ends after it; the next day keeps its own, at its time."""
    await subscribe(sqlite, at="08:00", now=NOW + HOUR)
    clock.now = NOW + 16 * HOUR - MINUTE
    await want(sqlite, clock)

    clock.now = NOW + 16 * HOUR + MINUTE
    (asked,) = await digester.run(read_at=clock.now)
    (next_one,) = await morning(sqlite, digester, clock, days=1)

    assert (asked.local_date, next_one.local_date) == (MONDAY, TUESDAY)


async def test_one_who_asks_does_not_hurry_the_others(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Each channel has its own time."""
    await subscribe(sqlite, "hurried", at="20:00", now=NOW - 2 * HOUR)
    await subscribe(sqlite, "calm", at="20:00", now=NOW - 2 * HOUR)
    clock.now = NOW
    await want(sqlite, clock)

    made = await digester.run(read_at=NOW)

    assert [edition.subscription.channel for edition in made] == ["hurried"]


async def test_the_days_time_comes_before_what_was_asked_for(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """When both wait the day's own rule decides: five minutes of patience, and one edition."""
    await subscribe(sqlite)
    await want(sqlite, clock)
    clock.now = NOW

    at_its_time = await digester.run(read_at=None)
    clock.now = NOW + PATIENCE
    made = await digester.run(read_at=None)
    after = await digester.run(read_at=clock.now)

    assert (at_its_time, [each.local_date for each in made], after) == ([], [MONDAY], [])


# A first edition with little to tell.


@pytest.mark.parametrize(
    ("in_a_day", "widened"),
    [
        pytest.param(SEVERAL[:0], True, id="nothing"),
        pytest.param(SEVERAL[:4], True, id="four"),
        pytest.param(SEVERAL, False, id="five"),
    ],
)
async def test_a_first_edition_with_little_to_tell_looks_further_back(
    sqlite: Store, digester: Digester, clock: FakeClock, in_a_day: tuple[str, ...], widened: bool
) -> None:
    """Fewer than five stories in a day are filled up from three, and it says so."""
    await subscribe(sqlite)
    await settle(
        sqlite,
        *(found(name, name) for name in in_a_day),
        found("before", "before", hours=-60),
        found("too-old", "too-old", hours=-73),
    )

    (edition,) = await morning(sqlite, digester, clock)

    days = 3 if widened else 1
    assert edition.digest.widened is widened
    assert edition.digest.window == Window(start=NOW - days * DAY, end=NOW)
    assert set(listed(edition)) == {*in_a_day, *(["before"] if widened else [])}
    assert edition.digest.stories == edition.digest.articles == len(in_a_day) + widened


async def test_what_a_widened_edition_told_is_known(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Of the days before too; the second edition, however little it has, begins where the first ended."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s2", hours=-60))
    await morning(sqlite, digester, clock)
    await settle(sqlite, found("c", "s3", hours=3))

    (second,) = await morning(sqlite, digester, clock, days=1)

    assert listed(second) == ["s3"]
    assert (second.digest.window, second.digest.widened) == (Window(start=NOW, end=NOW + DAY), False)


async def test_one_topic_looks_back_when_it_has_too_little(sqlite: Store, clock: FakeClock) -> None:
    """However much the whole day has: fewer than five stories of the topic are filled up from three days."""
    wish, teller = await subscribe(sqlite), telling(sqlite, clock)
    day = Window(start=NOW - DAY, end=NOW)
    await settle(
        sqlite,
        *(found(f"models-{name}", f"models-{name}", topic=Topic.MODELS) for name in SEVERAL),
        *(found(name, name, topic=Topic.CHIPS) for name in SEVERAL[:4]),
        found("before", "before", hours=-30, topic=Topic.CHIPS),
        found("models-before", "models-before", hours=-30, topic=Topic.MODELS),
    )

    little, _ = await teller.digest(wish, MONDAY, day, topic=Topic.CHIPS, widen=True)
    whole_day, _ = await teller.digest(wish, MONDAY, day, widen=True)
    await settle(sqlite, found("fifth", "s5", topic=Topic.CHIPS))
    enough, _ = await teller.digest(wish, MONDAY, day, topic=Topic.CHIPS, widen=True)

    assert (set(listed(little)), little.stories, little.widened) == ({*SEVERAL[:4], "before"}, 5, True)
    assert little.window == Window(start=NOW - 3 * DAY, end=NOW)
    assert (whole_day.stories, whole_day.widened) == (9, False)
    assert (set(listed(enough)), enough.stories, enough.widened) == (set(SEVERAL), 5, False)


# What one message has no room for.


async def test_what_does_not_fit_is_told_the_next_day(sqlite: Store, clock: FakeClock) -> None:
    """It is not remembered as seen, and so it is new when it moves again; what was told is not."""
    await subscribe(sqlite)
    digester = deciding(sqlite, clock, fit=at_most(3))
    await settle(sqlite, *(found(name, name) for name in SEVERAL))

    (first,) = await morning(sqlite, digester, clock)
    await settle(sqlite, *(found(f"{name}-again", name, hours=3) for name in SEVERAL))
    (second,) = await morning(sqlite, digester, clock, days=1)

    left = [name for name in SEVERAL if name not in listed(first)]
    assert (len(listed(first)), first.digest.stories) == (3, 5)
    assert sorted(listed(second)) == left
    assert TOP in told(second)


async def test_only_what_fits_is_in_the_outbox(sqlite: Store, clock: FakeClock) -> None:
    """The channel's memory and its message are of one mind, to the last article."""
    subscription = await subscribe(sqlite)
    await settle(sqlite, *(found(name, name) for name in SEVERAL))

    (edition,) = await morning(sqlite, deciding(sqlite, clock, fit=at_most(2)), clock)

    seen = await sqlite.read(editions.seen, subscription.id, SEVERAL)
    assert sorted(seen) == sorted(listed(edition))
    assert await sqlite.read(editions.one, edition.id) == edition


# An edition told again.


async def test_an_edition_is_told_again_in_the_other_language(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """The same stories under the same numbers, as they were when it was decided."""
    await subscribe(sqlite)
    await settle(sqlite, *(found(name, name) for name in SEVERAL), found("zh", "s2", newsroom=ITHOME, title="中芯涨价"))
    (edition,) = await morning(sqlite, digester, clock)
    await settle(sqlite, found("later", "s1", hours=2, newsroom=ITHOME, title="后来的标题"))
    clock.advance(hours=3)

    again = await telling(sqlite, clock).again(edition, Language.ZH)

    titles = {item.telling.story_id: item.telling.headline.title for part in again.sections for item in part.items}
    assert (told(again), again.language) == (told(edition), Language.ZH)
    assert titles == dict.fromkeys(SEVERAL, "SMIC raises prices") | {"s2": "中芯涨价"}
    assert replace(again, language=Language.EN, sections=edition.digest.sections) == edition.digest
    assert await rows(sqlite) == (1, 1, 6)


async def test_an_edition_in_its_own_language_is_the_edition(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """Word for word, whatever came later."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    (edition,) = await morning(sqlite, digester, clock)
    await settle(sqlite, found("b", "s1", hours=-1, newsroom=REUTERS, title="Another headline"))

    assert await telling(sqlite, clock).again(edition, Language.EN) == edition.digest


async def test_an_edition_told_again_fits_its_message(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The other language's words may be longer; what has no room is left out from the end."""
    await subscribe(sqlite)
    await settle(sqlite, *(found(name, name) for name in SEVERAL))
    (edition,) = await morning(sqlite, digester, clock)

    again = await telling(sqlite, clock, fit=at_most(2)).again(edition, Language.ZH)

    assert listed(again) == listed(edition)[:2]


async def test_an_edition_told_again_follows_merges(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Two of its stories that have become one since are told once, under the first's number, with what both had."""
    await subscribe(sqlite)
    await settle(sqlite, *(found(name, name) for name in SEVERAL[:3]))
    await settle(sqlite, found("zh", "s3", newsroom=ITHOME, title="中芯涨价"))
    (edition,) = await morning(sqlite, digester, clock)
    first = listed(edition)[0]
    lost = "s3" if first != "s3" else "s1"
    await merge(sqlite, lost, into=first)

    again = await telling(sqlite, clock).again(edition, Language.ZH)

    lead = again.sections[0].items[0]
    assert (lead.number, lead.telling.story_id, lead.telling.headline.title) == (1, first, "中芯涨价")
    assert listed(again) == [story for story in listed(edition) if story != lost]
    assert listed(await telling(sqlite, clock).again(edition, Language.EN)) == listed(edition)


async def test_what_was_new_before_an_edition_can_be_asked(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The list behind an edition ranks what was new to the channel then, not what is new to it now."""
    subscription = await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    (first,) = await morning(sqlite, digester, clock)
    await settle(sqlite, found("b", "s2", hours=3))
    (second,) = await morning(sqlite, digester, clock, days=1)
    teller = telling(sqlite, clock)

    async def ranked(hours: Window, before: int | None) -> list[str]:
        memory = Memory(subscription_id=subscription.id, before=before)
        chosen, _ = await teller.ranked(hours, scope=subscription.scope, reader=Language.EN, memory=memory)
        return [each.story.id for each in chosen]

    assert await ranked(first.digest.window, first.id) == ["s1"]
    assert await ranked(second.digest.window, second.id) == ["s2"]
    assert await ranked(Window(start=NOW - DAY, end=NOW + DAY), second.id) == ["s2"]
    assert await ranked(Window(start=NOW - DAY, end=NOW + DAY), None) == []


async def test_a_digest_is_for_a_servers_own_eyes(sqlite: Store, clock: FakeClock) -> None:
    """Its feeds are counted with what it added; its own story leads where nobody else has it."""
    wish = replace(await subscribe(sqlite), scope="77")
    await settle(sqlite, found("a", "s1", scope="77"))

    made = await telling(sqlite, clock).preview(wish, NOW)

    assert (told(made), made.feeds) == ({TOP: ["s1"]}, 0)
    assert told(await telling(sqlite, clock).preview(replace(wish, scope="78"), NOW)) == {}
    assert ALSO not in told(made)
