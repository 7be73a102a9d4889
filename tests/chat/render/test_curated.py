from datetime import timedelta

import pytest

from bot.chat.curate import Changed
from bot.chat.render import curated
from bot.chat.scout import Choice, Preview, a_day
from bot.curation import Act, Deed
from bot.feed import Entry
from bot.feeds.catalogue import Report
from bot.feeds.discover import Candidate
from bot.feeds.lists import Imported, Line, Outcome
from bot.feeds.opml import Outline
from bot.feeds.remarks import Remark
from bot.model import Kind, Language, Newsroom
from tests.chat.looks import EN, ZH, options_of, payload, text_of, too_much
from tests.fakes import DAY, HOUR, NOW, feed, feed_spec

HOSTILE = "@everyone <@1> [x](https://evil.com) `_*~|\u202e # 长" * 9
LONG_URL = "https://example.com/" + "长" * 470
EVERY = [(deed, language) for deed in Deed for language in Language]
CHANGES = {
    Deed.RENAME: ({"title": HOSTILE}, {"title": HOSTILE}),
    Deed.MOVE: ({"url": LONG_URL}, {"url": LONG_URL}),
    Deed.SET: (
        {"language": "en", "kind": "press", "topics": [], "zone": None, "mixed": True},
        {"language": "zh", "kind": "official", "topics": ["chips"], "zone": "America/Argentina/Buenos_Aires"}
        | {"mixed": False},
    ),
}


def act(deed: Deed, **said: object) -> Act:
    before, after = CHANGES.get(deed, ({}, {}))
    given = {"id": 10**17, "scope": "77", "feed_id": 1, "feed": HOSTILE, "made_at": NOW, "made_by": "1" * 20}
    return Act(**(given | {"deed": deed, "before": before, "after": after} | said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((), None),
        ((5,), None),
        ((5, 5, 5), None),
        ((0, 24), 1),
        ((24, 0), 1),
        (range(0, 25, 6), 4),
        ((0, 24 * 7), 1 / 7),
        ((-1, 0, 24), 1),
    ],
)
def test_how_many_entries_a_day_brings(hours: tuple[int, ...], expected: float | None) -> None:
    """By the time between the first and the last; one batch tells nothing, nor what is still to come."""
    assert a_day([NOW - hour * HOUR for hour in hours], NOW) == pytest.approx(expected)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("draft", [None, 10**17])
def test_a_look_fits_one_message(language: Language, draft: int | None) -> None:
    """Whatever a stranger wrote into the feed, nothing of it is obeyed."""
    entries = tuple(
        Entry(guid=str(number), title=HOSTILE, link=LONG_URL, published=NOW - number * DAY) for number in range(9)
    )
    remarks = tuple(Remark(key="stale", facts={"days": 10**6}) for _ in range(5))
    newsroom = Newsroom(name=HOSTILE, language=Language.ZH, kind=Kind.AGGREGATOR)
    found = Preview(
        spec=feed_spec(LONG_URL, title=HOSTILE, newsroom=newsroom, mixed=True),
        known=False,
        report=Report(status="ok", reason="", entries=entries, remarks=remarks),
        on_topic=3,
        judged=9,
        a_day=1,
        draft=draft,
    )

    made = payload(curated.preview(found, language))

    assert too_much(made) == []
    assert "@everyone" not in text_of(made)
    assert "<@1>" not in text_of(made)


def test_a_secret_in_an_address_is_not_shown() -> None:
    """Over a moderator's shoulder somebody may read."""
    spec = feed_spec("https://example.com/feed?token=abc")
    found = Preview(
        spec=spec, known=True, report=Report(status="ok", reason=""), on_topic=0, judged=0, a_day=None, draft=1
    )

    told = text_of(payload(curated.preview(found, EN)))

    assert "`https://example.com/feed?token=***`" in told
    assert "It has no entries yet." in told


@pytest.mark.parametrize("language", Language)
def test_a_sites_feeds_fit_one_menu(language: Language) -> None:
    """However long their names and addresses; those without a name are called by their address."""
    several = tuple((10**17 + number, Candidate(url=f"{LONG_URL}{number}", title=HOSTILE)) for number in range(9))
    nameless = (1, Candidate(url="https://example.com/rss", title=""))

    made = payload(curated.preview(Choice(url=LONG_URL, candidates=(*several, nameless)), language))

    assert too_much(made) == []
    assert options_of(made)["https://example.com/rss"] == "1"


@pytest.mark.parametrize(("deed", "language"), EVERY)
def test_everything_that_is_done_can_be_told(deed: Deed, language: Language) -> None:
    """In an answer, in the log and in a menu, in both languages."""
    made = act(deed)
    log = payload(curated.log([(made, 50)] * 15, language))
    views = [log]
    if deed is not Deed.IMPORT:
        views.append(payload(curated.changed(Changed(feed=feed(title=HOSTILE), act=made), language)))

    assert [too_much(view) for view in views] == [[]] * len(views)
    assert not any("@everyone" in text_of(view) or "<@1>" in text_of(view) for view in views)
    assert f"<@{'1' * 20}>" in text_of(log)
    assert curated.option(made, 50, language).strip()


@pytest.mark.parametrize("made_by", ["operator", "1> <@2", "", "ada"])
def test_nobody_is_mentioned_who_is_no_member(made_by: str) -> None:
    """The operator is said to be that."""
    told = text_of(payload(curated.log([(act(Deed.PAUSE, made_by=made_by), 1)], EN)))

    assert "Whoever runs this bot paused" in told
    assert "<@" not in told


def test_what_was_undone_says_by_whom() -> None:
    """And has no button."""
    undone = act(Deed.ADD, undone_at=NOW + timedelta(hours=1), undone_by="5")

    made = payload(curated.log([(undone, 1)], ZH))

    assert text_of(made).endswith("（<@5>已撤销）")
    assert too_much(made) == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("count", [1, 1000])
def test_an_import_fits_one_message(language: Language, count: int) -> None:
    """What has no room is counted, and stands in the file."""
    report = Report(status="html", reason=HOSTILE, facts={"trouble": "html", "told": {"host": HOSTILE}})
    lines = tuple(
        Line(outline=Outline(url=LONG_URL, title=HOSTILE), outcome=outcome, report=report)
        for _ in range(count)
        for outcome in Outcome
    )
    made = Imported(lines=lines, act=act(Deed.IMPORT))

    view, left = curated.imported(made, language, file="import.txt")

    assert too_much(payload(view)) == []
    assert (left > 0) is (count > 1)
    assert len(curated.report(made, language).splitlines()) == 4 * count
