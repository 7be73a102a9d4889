from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Edition, Language, Newsroom, Update, Window
from bot.phrases import joined_by
from bot.store.database import Store
from bot.stories.byline import Bylines
from bot.stories.digest import Teller
from bot.stories.names import Names
from bot.stories.rank import independent
from tests import bundled
from tests.chat.looks import EN, ZH, headline, section, telling
from tests.chat.looks import items as items_of
from tests.fakes import DAY, HOUR, ITHOME, KR36, NOW, NVIDIA, REUTERS, SCMP, FakeClock, article, digest, settle, story
from tests.fakes import subscription as wish
from tests.stories.mornings import LEXICON, whole

NAMES = {"ITHome": "IT之家", "Reuters": "路透社", "36Kr": "36氪"}
BYLINES = Bylines(NAMES)
KNOWN = bundled.newsrooms()


@pytest.mark.parametrize(
    ("name", "reader", "shown"),
    [
        ("ITHome", ZH, "IT之家"),
        ("ITHome", EN, "ITHome"),
        ("IT之家", EN, "ITHome"),
        ("IT之家", ZH, "IT之家"),
        ("SCMP", ZH, "SCMP"),
        ("某报", EN, "某报"),
    ],
)
def test_a_newsroom_is_named_for_its_reader(name: str, reader: Language, shown: str) -> None:
    """In whichever language it is given; one that has a single name keeps it."""
    assert BYLINES.name(name, reader) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("ITHome", "IT之家"), ("Huxiu", "虎嗅"), ("36Kr", "36氪"), ("Reuters", "路透社"), ("Bloomberg", "彭博")],
)
def test_what_the_bundled_newsrooms_are_called(name: str, shown: str) -> None:
    """As their readers call them."""
    assert Bylines(KNOWN.chinese).name(name, ZH) == shown


def test_no_two_newsrooms_share_a_chinese_name() -> None:
    """Or one would be counted for both, and could not be named back."""
    assert len(set(KNOWN.chinese.values())) == len(KNOWN.chinese)
    assert set(KNOWN.chinese) <= {each.name for each in KNOWN.hosts.values()}


newsrooms = st.sampled_from([SCMP, REUTERS, ITHOME, KR36, NVIDIA])


@given(st.lists(st.tuples(newsrooms, st.none() | newsrooms.map(lambda each: each.name)), min_size=1, max_size=6))
def test_names_change_no_count(told: list[tuple[Newsroom, str | None]]) -> None:
    """Who corroborates is the same newsroom by another name, one that is merely credited too."""
    one = story(*(article(f"a{at}", newsroom=room, via=via) for at, (room, via) in enumerate(told)))

    renamed = independent(BYLINES.story(one, ZH).articles)

    assert [each.name for each in renamed] == [BYLINES.name(each.name, ZH) for each in independent(one.articles)]
    assert BYLINES.story(one, EN) is one


def telling_with_names(store: Store) -> Teller:
    """Tells with the newsrooms' names."""
    return Teller(store, names=Names(store, LEXICON), clock=FakeClock(), fit=whole, bylines=BYLINES)


async def test_a_digest_names_newsrooms_for_its_reader(sqlite: Store) -> None:
    """The headlines' and those that are counted; who reads English sees the English ones."""
    await settle(
        sqlite,
        article("a1", "中芯国际涨价", newsroom=ITHOME, story_id="s1"),
        article("a2", "SMIC raises prices", newsroom=REUTERS, story_id="s1"),
    )
    teller, hours = telling_with_names(sqlite), Window(start=NOW - DAY, end=NOW)

    for reader, own, other in ((ZH, "IT之家", "路透社"), (EN, "Reuters", "ITHome")):
        told, _ = await teller.digest(wish(language=reader), NOW.date(), hours)
        (shown,) = (item.telling for part in told.sections for item in part.items)
        assert (shown.headline.newsroom, shown.beside and shown.beside.newsroom) == (own, other)
        assert [names for _, names in shown.newsrooms] == [(own,), (other,)]


@pytest.mark.parametrize(("was", "now", "names"), [(EN, ZH, ("IT之家", "36氪")), (ZH, EN, ("ITHome", "36Kr"))])
async def test_an_edition_is_told_again_with_the_readers_names(
    sqlite: Store, was: Language, now: Language, names: tuple[str, str]
) -> None:
    """Those in updates too, which stay as they were found."""
    new = headline("中芯国际涨价", newsroom=BYLINES.name("ITHome", was), article_id="a1")
    update = Update(since=NOW.date(), newsrooms=(BYLINES.name("ITHome", was), BYLINES.name("36Kr", was)))
    await settle(sqlite, article("a1", "中芯国际涨价", newsroom=ITHOME, story_id="s1"))
    (one,) = items_of(telling("s1"), new=new)
    told = replace(digest(section(replace(one, update=update))), language=was, window=Window(start=NOW - HOUR, end=NOW))
    edition = Edition(id=1, subscription=wish(language=was), local_date=NOW.date(), decided_at=NOW, digest=told)

    again = await telling_with_names(sqlite).again(edition, now)

    (item,) = again.sections[0].items
    assert item.new
    assert item.update
    assert (item.new.newsroom, *item.update.newsrooms) == (names[0], *names)
    assert joined_by(item.update, item.new, now).endswith(names[1])
    assert item.telling.headline.newsroom == names[0]
