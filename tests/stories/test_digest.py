import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot.model import (
    CATALOGUE,
    Article,
    Digest,
    Edition,
    Headline,
    Kind,
    Language,
    Newsroom,
    Story,
    Subscription,
    Topic,
)
from bot.store import editions as edition_rows
from bot.store import stories as story_rows
from bot.store.database import Store
from bot.store.schema import articles as article_table
from bot.store.schema import deliveries, editions, shown
from bot.stories.digest import (
    ALSO,
    TOP,
    UPDATES,
    Candidate,
    Digester,
    as_everybody_sees,
    candidates,
    concerns_china,
    is_on_topic,
    sections,
    shown_articles,
    whats_new,
)
from bot.stories.entities import Entity, Lexicon
from tests.fakes import (
    ITHOME,
    KR36,
    NOW,
    NVIDIA,
    REUTERS,
    SCMP,
    TECHMEME,
    FakeClock,
    article,
    digest,
    settle,
    story,
)

REDDIT = Newsroom(name="Reddit", language=Language.EN, kind=Kind.COMMUNITY)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEXICON = Lexicon(
    [
        Entity(id="smic", kind="company", en=("SMIC",), zh=("中芯国际",), china=True),
        Entity(id="tsmc", kind="company", en=("TSMC",), zh=("台积电",)),
    ]
)


def ids(found: Sequence[Candidate]) -> list[str]:
    return [each.story.id for each in found]


def chosen(*stories: Story, seen: Sequence[str] = (), now: datetime = NOW, china: Sequence[str] = ()) -> list[str]:
    return ids(candidates(stories, seen=seen, now=now, china=china, reader=Language.EN))


@pytest.mark.parametrize(
    ("told", "seen", "new"),
    [
        pytest.param(story(article("a")), [], True, id="never shown"),
        pytest.param(story(article("a")), ["a"], False, id="shown before"),
        pytest.param(story(article("a"), article("b")), ["a"], False, id="the same newsroom again"),
        pytest.param(story(article("a"), article("b", newsroom=REUTERS)), ["a"], True, id="a second newsroom"),
        pytest.param(
            story(article("a"), article("b", newsroom=REUTERS, original_id="a")), ["a"], False, id="a copy of it"
        ),
        pytest.param(story(article("a"), article("b", newsroom=TECHMEME)), ["a"], False, id="an aggregator found it"),
        pytest.param(story(article("a"), article("b", newsroom=REDDIT)), ["a"], False, id="a forum talks about it"),
        pytest.param(story(article("a"), article("b", newsroom=NVIDIA)), ["a"], True, id="the company speaks"),
        pytest.param(story(article("a"), article("b", newsroom=ITHOME)), ["b"], True, id="the other press, earlier"),
        pytest.param(story(article("a", relevant=False)), [], False, id="off topic"),
        pytest.param(story(article("a", relevant=False), article("b")), [], True, id="partly on topic"),
        pytest.param(story(article("a", scope="server")), [], True, id="one server's own feed alone has it"),
        pytest.param(
            story(article("a", relevant=False), article("b", scope="server")), [], False, id="its own feed adds nothing"
        ),
        pytest.param(story(article("a", published=NOW - 3 * DAY)), [], True, id="three days old"),
        pytest.param(story(article("a", published=NOW - 3 * DAY - HOUR, seen=NOW)), [], False, id="stale"),
        pytest.param(
            story(article("a", published=NOW - 9 * DAY), article("b", published=NOW)), [], True, id="old but running"
        ),
    ],
)
def test_a_story_is_told_when_it_is_new_and_belongs_here(told: Story, seen: list[str], new: bool) -> None:
    """Nothing twice, nothing off topic, nothing stale; a running story only with something new."""
    assert bool(chosen(told, seen=seen)) is new


def test_the_best_stories_come_first() -> None:
    """What both presses report comes before what one has, and what names China before what does not."""
    one = story(article("a"), id="one")
    two = story(article("b"), article("c", newsroom=ITHOME), id="two")
    chinese = story(article("d"), id="chinese")

    assert chosen(one, two, chinese, china=["chinese"]) == ["two", "chinese", "one"]


def test_equal_stories_keep_one_order() -> None:
    """A tie is broken by the id, so that a digest decided again would be the same."""
    stories = [story(article(name), id=name) for name in ("c", "a", "b")]

    assert chosen(*stories) == chosen(*reversed(stories)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("articles", "seen", "new"),
    [
        ([article("a"), article("b", newsroom=REUTERS)], ["a"], "b"),
        ([article("a"), article("b", newsroom=REUTERS), article("c", newsroom=ITHOME)], ["a"], "c"),
        ([article("a"), article("b", newsroom=REUTERS), article("c", newsroom=ITHOME)], ["a", "c"], "b"),
        ([article("a"), article("b", newsroom=REUTERS), article("c")], ["a"], "b"),
        ([article("a"), article("b", newsroom=TECHMEME), article("c", newsroom=KR36, original_id="a")], ["a"], None),
        ([article("a")], ["a"], None),
    ],
)
def test_an_update_is_the_latest_newsroom_that_had_not_spoken(
    articles: list[Article], seen: list[str], new: str | None
) -> None:
    """Copies, aggregators, forums and a newsroom's second article update nothing."""
    found = whats_new(story(*articles), seen)

    assert (found and found.article_id) == new


@pytest.mark.parametrize(
    ("title", "china"),
    [
        ("SMIC raises prices", True),
        ("中芯国際上調價格", True),
        ("TSMC raises prices", False),
        ("Prices rise", False),
        ("SMIC follows TSMC", True),
    ],
)
def test_a_story_concerns_china_by_a_name_in_a_headline(title: str, china: bool) -> None:
    """Names of the Chinese side count, in either language."""
    assert concerns_china(story(article("a", "A plain headline"), article("b", title)), LEXICON) is china


def test_a_servers_own_article_does_not_make_a_story_on_topic() -> None:
    """What everybody sees decides what everybody gets."""
    told = story(article("a", relevant=False), article("b", scope="server"))

    assert not is_on_topic(as_everybody_sees(told))


def candidate(number: int, *, topic: Topic | None = None, new: bool = False) -> Candidate:
    told = story(article(f"a{number}"), id=f"s{number:03}", topic=topic)
    update = headline_of(told) if new else None
    return Candidate(story=told, score=100.0 - number, new=update)


def headline_of(told: Story) -> Headline:
    first = told.articles[0]
    return Headline(
        title=first.title,
        link=first.link,
        newsroom=first.newsroom.name,
        language=first.title_language,
        article_id=first.id,
        published_at=first.published_at,
    )


def layout(ranked: Sequence[Candidate], size: int) -> list[tuple[str, list[str]]]:
    made = sections(ranked, reader=Language.EN, size=size)
    return [(section.heading, [item.telling.story_id for item in section.items]) for section in made]


CHIPS, MODELS = Topic.CHIPS, Topic.MODELS


@pytest.mark.parametrize(
    ("ranked", "size", "expected"),
    [
        pytest.param([], 15, [], id="an empty day"),
        pytest.param([candidate(1, topic=CHIPS)], 15, [(TOP, ["s001"])], id="the best leads"),
        pytest.param(
            [candidate(1), candidate(2, topic=MODELS), candidate(3, topic=CHIPS), candidate(4, topic=MODELS)],
            3,
            [(TOP, ["s001"]), (MODELS, ["s002"]), (CHIPS, ["s003"])],
            id="topics by their best story",
        ),
        pytest.param(
            [candidate(1), candidate(2, new=True), candidate(3, topic=CHIPS)],
            15,
            [(TOP, ["s001"]), (CHIPS, ["s003"]), (UPDATES, ["s002"])],
            id="updates stand apart and never lead",
        ),
        pytest.param(
            [candidate(number, new=True) for number in range(1, 6)],
            15,
            [(UPDATES, ["s001", "s002", "s003"])],
            id="three updates at most",
        ),
        pytest.param(
            [candidate(number, topic=CHIPS) for number in range(1, 5)],
            15,
            [(TOP, ["s001"]), (CHIPS, ["s002", "s003"]), (ALSO, ["s004"])],
            id="the last quarter gets a line",
        ),
        pytest.param(
            [candidate(1), candidate(2), candidate(3, topic=CHIPS), candidate(4, topic=CHIPS)],
            15,
            [(TOP, ["s001"]), (CHIPS, ["s003"]), (ALSO, ["s002", "s004"])],
            id="without a topic, in a line",
        ),
        pytest.param(
            [candidate(number, new=True) for number in range(1, 4)], 2, [(UPDATES, ["s001", "s002"])], id="a small size"
        ),
    ],
)
def test_a_digest_has_its_order(ranked: list[Candidate], size: int, expected: list[tuple[str, list[str]]]) -> None:
    """The lead, topics by their best story, updates, and the rest in a line each."""
    assert layout(ranked, size) == expected


@given(
    st.lists(st.tuples(st.sampled_from([None, *Topic]), st.booleans()), max_size=60),
    st.integers(1, 40),
)
def test_numbers_run_and_no_story_comes_twice(kinds: list[tuple[Topic | None, bool]], size: int) -> None:
    """Whatever the day brings: numbers 1 to n in reading order, each story once, never more than was wished."""
    ranked = [candidate(number, topic=topic, new=new) for number, (topic, new) in enumerate(kinds)]

    made = sections(ranked, reader=Language.EN, size=size)

    items = [item for section in made for item in section.items]
    told = [item.telling.story_id for item in items]
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert len(told) == len(set(told)) <= size
    assert all(section.items for section in made)
    assert len({section.heading for section in made}) == len(made)
    fresh, updates = sum(not each.new for each in ranked), sum(each.new is not None for each in ranked)
    assert len(told) == min(size, fresh + min(updates, 3))


def test_all_of_a_told_story_counts_as_seen() -> None:
    """What was told is every article of each story that has a number, and nothing else."""
    one, two = story(article("a"), article("b", newsroom=ITHOME), id="one"), story(article("c"), id="two")
    ranked = candidates([one, two], seen=[], now=NOW, china=[], reader=Language.EN)
    made = sections(ranked, reader=Language.EN, size=1)

    assert shown_articles(digest(*made), {"one": one, "two": two}) == ["a", "b"]


# Through the door: New York at eight, which is NOW; the subscription is a day old.


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW - HOUR)


@pytest.fixture
def digester(sqlite: Store, clock: FakeClock) -> Digester:
    return Digester(sqlite, lexicon=LEXICON, clock=clock)


async def subscribe(store: Store, channel: str = "c1", *, now: datetime = NOW - DAY, **said: object) -> Subscription:
    wish = {"local_time": time(8), "zone": "America/New_York", "language": Language.EN, "size": 15}
    return await store.write(edition_rows.subscribe, channel=channel, now=now, **(wish | said))  # type: ignore[arg-type]


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
    made = edition.digest if isinstance(edition, Edition) else edition
    return {section.heading: [item.telling.story_id for item in section.items] for section in made.sections}


async def morning(digester: Digester, clock: FakeClock, days: int = 0) -> list[Edition]:
    """Run at eight, some days on, just after a reading."""
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
    )

    (edition,) = await morning(digester, clock)

    assert edition.local_date == date(2026, 6, 8)
    assert (edition.digest.stories, edition.digest.articles) == (2, 3)
    assert edition.digest.next_at == NOW + DAY
    assert told(edition) == {TOP: ["s1"], ALSO: ["s2"]}
    assert await rows(sqlite) == (1, 1, 3)


async def test_the_outbox_holds_the_digest_as_it_was_decided(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """What is sent later is what was decided, value for value."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1", topic=Topic.CHIPS), found("b", "s1", newsroom=ITHOME))

    (edition,) = await morning(digester, clock)

    (waiting,) = await sqlite.read(edition_rows.outbox, NOW)
    assert waiting.digest == edition.digest
    assert (waiting.edition_id, waiting.part, waiting.channel, waiting.attempts) == (edition.id, 0, "c1", 0)


async def test_the_second_day_tells_only_what_is_new(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """A known story comes back only as an update; another copy or nothing at all keeps it away."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s2"), found("c", "s3"))
    await morning(digester, clock)
    await settle(
        sqlite,
        found("a2", "s1", hours=5, newsroom=REUTERS),
        found("b2", "s2", hours=5, newsroom=REUTERS, original_id="b"),
        found("d", "s4", hours=6),
    )

    (second,) = await morning(digester, clock, days=1)

    assert told(second) == {TOP: ["s4"], UPDATES: ["s1"]}
    (update_item,) = second.digest.sections[-1].items
    assert update_item.new is not None
    assert update_item.new.article_id == "a2"
    assert second.digest.window.start == NOW


async def test_an_update_is_told_once(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The day after an update, the same newsroom's next article is none."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await morning(digester, clock)
    await settle(sqlite, found("b", "s1", hours=5, newsroom=REUTERS))
    await morning(digester, clock, days=1)
    await settle(sqlite, found("c", "s1", hours=30, newsroom=REUTERS))

    (third,) = await morning(digester, clock, days=2)

    assert told(third) == {}


async def test_a_quiet_day_has_an_edition_too(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Nothing new is said, not kept silent, and only once."""
    await subscribe(sqlite)

    (edition,) = await morning(digester, clock)

    assert (edition.digest.sections, edition.digest.stories) == ((), 0)
    assert await morning(digester, clock) == []


async def test_a_story_left_out_for_room_is_told_when_it_moves(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """What was never shown is no update: it is new."""
    await subscribe(sqlite, size=1)
    await settle(sqlite, found("a", "s1"), found("a1", "s1", newsroom=ITHOME), found("b", "s2"))
    await morning(digester, clock)
    await settle(sqlite, found("b2", "s2", hours=3, newsroom=REUTERS))

    (second,) = await morning(digester, clock, days=1)

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
    (second,) = await morning(digester, clock, days=1)

    assert told(edition) == {TOP: ["s1"]}
    assert sorted(story for stories in told(second).values() for story in stories) == ["s2", "s3"]


async def test_a_restart_decides_nothing_again(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """Another process on the same database finds the day decided, at once and hours later."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await morning(digester, clock)
    before = await rows(sqlite)

    again = Digester(sqlite, lexicon=LEXICON, clock=clock)
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
    twin = Digester(sqlite, lexicon=LEXICON, clock=clock)

    made = await asyncio.gather(digester.run(read_at=NOW), twin.run(read_at=NOW))

    assert sum(map(len, made)) == 1
    assert await rows(sqlite) == (1, 1, 1)


async def test_after_downtime_one_edition_covers_the_silence(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """Missed days are not made up one by one; the newest tells of the last three."""
    await subscribe(sqlite)
    await morning(digester, clock)
    await settle(sqlite, found("a", "s1", hours=4 * 24 - 2), found("b", "s2", hours=2 * 24), found("c", "s3", hours=1))

    made = await morning(digester, clock, days=4)

    assert [edition.local_date for edition in made] == [date(2026, 6, 12)]
    assert {name for names in told(made[0]).values() for name in names} == {"s1", "s2"}


async def test_channels_have_memories_of_their_own(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """A story one channel has seen is new to another, each in its language and at its time."""
    await subscribe(sqlite)
    await subscribe(sqlite, "c2", now=NOW, local_time=time(22), zone="Asia/Shanghai", language=Language.ZH)
    await settle(sqlite, found("a", "s1"), found("b", "s1", newsroom=ITHOME, title="中芯国际涨价"))

    (first,) = await morning(digester, clock)
    clock.now = NOW + 2 * HOUR
    (second,) = await digester.run(read_at=clock.now)

    assert told(first) == told(second) == {TOP: ["s1"]}
    assert [edition.digest.sections[0].items[0].telling.headline.title for edition in (first, second)] == [
        "SMIC raises prices",
        "中芯国际涨价",
    ]


async def test_a_moved_channel_gets_no_second_edition_for_its_date(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """A channel that moves to a later hour or zone on the day of its edition waits for tomorrow."""
    await subscribe(sqlite)
    await morning(digester, clock)
    await subscribe(sqlite, local_time=time(12), zone="America/Los_Angeles", now=clock.now)

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

    before = await digester.preview(wish, NOW)
    (edition,) = await morning(digester, clock)
    after = await digester.preview(wish, NOW)

    assert told(before) == told(edition) == told(after) == {TOP: ["s1"]}
    assert before.next_at is None
    assert await rows(sqlite) == (1, 1, 1)


async def test_a_preview_of_more_days_looks_further_back(sqlite: Store, digester: Digester) -> None:
    """Two days hold what one does not."""
    wish = await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s2", hours=-30))

    assert (await digester.preview(wish, NOW)).stories == 1
    assert (await digester.preview(wish, NOW, days=2)).stories == 2


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
    await morning(digester, clock)
    await place(sqlite, "s1", "b")
    await settle(sqlite, found("c", "s1", hours=5, newsroom=ITHOME))

    (second,) = await morning(digester, clock, days=1)

    assert told(second) == {}


async def test_a_split_of_a_known_story_is_not_told_again(sqlite: Store, digester: Digester, clock: FakeClock) -> None:
    """The part that leaves a known story was shown with it; even its next article does not make it new."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"), found("b", "s1", newsroom=ITHOME))
    await morning(digester, clock)
    await sqlite.write(story_rows.begin, [("s2", CATALOGUE, NOW)])
    await place(sqlite, "s2", "b")
    await settle(sqlite, found("c", "s2", hours=5, newsroom=ITHOME))

    (second,) = await morning(digester, clock, days=1)

    assert told(second) == {}


async def test_a_known_story_merged_with_an_unknown_one_is_an_update(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """What is new in the merged story is told as an update, not as a new story."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await morning(digester, clock)
    await settle(sqlite, found("b", "s2", hours=5, newsroom=ITHOME))
    await place(sqlite, "s1", "b")

    (second,) = await morning(digester, clock, days=1)

    assert told(second) == {UPDATES: ["s1"]}


async def test_a_servers_own_articles_are_not_in_anothers_digest(
    sqlite: Store, digester: Digester, clock: FakeClock
) -> None:
    """A catalogue channel sees the catalogue's part of a story, and none of a story that is a server's own."""
    await subscribe(sqlite)
    await settle(sqlite, found("a", "s1"))
    await settle(sqlite, found("b", "s1", newsroom=ITHOME, scope="server"), found("c", "s2", scope="server"))

    (edition,) = await morning(digester, clock)

    assert told(edition) == {TOP: ["s1"]}
    assert edition.digest.articles == 1
    assert edition.digest.sections[0].items[0].telling.beside is None
