from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.reader import language_of
from bot.chat.times import clock_in, day_of, guessed_zone, time_of, zone_name, zone_of, zones_like
from bot.errors import RefusedError
from bot.model import Language

MONDAY = date(2026, 6, 8)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("08:00", time(8)),
        ("8", time(8)),
        ("8:30", time(8, 30)),
        (" 20:05 ", time(20, 5)),
        ("0", time(0)),
        ("0:00", time(0)),
        ("23:59", time(23, 59)),
        ("8.15", time(8, 15)),
        ("8am", time(8)),
        ("8 AM", time(8)),
        ("8:30pm", time(20, 30)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("12:30am", time(0, 30)),
        ("20点", time(20)),
        ("20点30分", time(20, 30)),
        ("8时", time(8)),
        ("20：15", time(20, 15)),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, meant: time) -> None:
    """With or without minutes, by twelve hours or twenty-four, in English or Chinese."""
    assert time_of(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "noon", "24:00", "25", "8:60", "13pm", "0am", "0pm", "-1", "8:3", "08:00:00", "800", "8 o'clock", "８点钟"],
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    """A time that no clock shows is not guessed at."""
    with pytest.raises(RefusedError) as refusal:
        time_of(typed)

    assert refusal.value.key == "no-such-time"


@given(st.text(max_size=20))
def test_anything_typed_is_a_time_or_refused(typed: str) -> None:
    """No text breaks the reading of times."""
    try:
        read = time_of(typed)
    except RefusedError as refusal:
        read = refusal

    assert isinstance(read, time | RefusedError)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("Shanghai", "Asia/Shanghai"),
        ("beijing", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("上海", "Asia/Shanghai"),
        ("香港", "Asia/Hong_Kong"),
        ("臺北", "Asia/Taipei"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("San Francisco", "America/Los_Angeles"),
        (" Tokyo ", "Asia/Tokyo"),
        ("UTC", "UTC"),
        ("eastern", "America/New_York"),
    ],
)
def test_a_zone_is_found_by_its_city(typed: str, zone: str) -> None:
    """Nobody knows the names of zones; a city in either language is enough."""
    assert zone_of(typed) == zone


@pytest.mark.parametrize("typed", ["", " ", "Atlantis", "am", "America", "<@1>"])
def test_a_zone_that_is_not_known_or_could_be_several_is_refused(typed: str) -> None:
    """A wrong zone would be a wrong hour every day, so none is guessed."""
    with pytest.raises(RefusedError) as refusal:
        zone_of(typed)

    assert refusal.value.key == "no-such-zone"


@pytest.mark.parametrize(
    ("typed", "zone", "called", "clock"),
    [
        ("UTC+8", "Etc/GMT-8", "UTC+8", "20:00"),
        ("utc+08:00", "Etc/GMT-8", "UTC+8", "20:00"),
        ("+8", "Etc/GMT-8", "UTC+8", "20:00"),
        ("+08:00", "Etc/GMT-8", "UTC+8", "20:00"),
        ("+0800", "Etc/GMT-8", "UTC+8", "20:00"),
        ("GMT-5", "Etc/GMT+5", "UTC-5", "07:00"),
        ("gmt - 5", "Etc/GMT+5", "UTC-5", "07:00"),
        ("utc+14", "Etc/GMT-14", "UTC+14", "02:00"),
        ("utc-12", "Etc/GMT+12", "UTC-12", "00:00"),
        ("utc+0", "UTC", "UTC", "12:00"),
    ],
)
def test_a_fixed_offset_is_a_zone(typed: str, zone: str, called: str, clock: str) -> None:
    """Whoever writes how far their clocks are ahead gets exactly that, shown as it was meant."""
    assert zone_of(typed) == zone
    assert zones_like(typed, first="Europe/Berlin") == [zone]
    assert zone_name(zone) == called
    assert clock_in(zone, datetime(2026, 6, 8, 12, tzinfo=UTC)) == clock


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Argentina/Buenos_Aires", "UTC"])
def test_a_place_is_called_by_its_name(zone: str) -> None:
    """Only fixed offsets are called otherwise."""
    assert zone_name(zone) == zone


@pytest.mark.parametrize(
    "typed",
    [
        *("EST", "est", "MST", "HST", "EET", "MET", "ROK", "GB", "PRC", "NY", "Iran", "Cuba", "PST8PDT"),
        *("Etc/GMT+8", "etc/gmt-8", "Factory", "SystemV/EST5"),
        *("UTC+15", "UTC-13", "+99", "UTC+8:30", "UTC8", "++8", "+"),
    ],
)
def test_what_would_be_a_wrong_zone_is_none(typed: str) -> None:
    """An abbreviation has no summer time and stands in strange cities' names (Amsterdam, Freetown, Tirane).

    Etc/GMT+8 is eight hours behind, and no clock is so far ahead.
    """
    with pytest.raises(RefusedError) as refusal:
        zone_of(typed)

    assert refusal.value.key == "no-such-zone"


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("amster", "Europe/Amsterdam"),
        ("asia/shang", "Asia/Shanghai"),
        ("新加", "Asia/Singapore"),
    ],
)
def test_the_beginning_of_a_name_is_enough(typed: str, zone: str) -> None:
    """Of a city or a zone, in either language."""
    assert zone_of(typed) == zone


@pytest.mark.parametrize("typed", ["est", "etc", "gmt", "fac", "e", "m", "u"])
def test_only_places_are_offered(typed: str) -> None:
    """And UTC."""
    assert all("/" in zone or zone == "UTC" for zone in zones_like(typed, first="UTC"))
    assert not any(zone.startswith(("Etc/", "SystemV/")) for zone in zones_like(typed, first="UTC"))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("", "Europe/Berlin"),
        ("shang", "Asia/Shanghai"),
        ("new", "America/New_York"),
        ("los", "America/Los_Angeles"),
        ("北", "Asia/Shanghai"),
        ("euro", "Europe/Amsterdam"),
        ("utc", "UTC"),
    ],
)
def test_the_zones_offered_begin_with_the_likeliest(typed: str, first: str) -> None:
    """Cities that begin with what was typed come before zones that have it somewhere."""
    offered = zones_like(typed, first="Europe/Berlin")

    assert first in offered[:2]
    assert len(offered) == len(set(offered)) <= 25


def test_nothing_is_offered_for_nonsense() -> None:
    """A person can always type on."""
    assert zones_like("xyzzy", first="UTC") == []


@given(st.text(max_size=20) | st.from_regex(r"(utc|GMT)?[+-]1?[0-9]", fullmatch=True))
def test_every_zone_that_is_offered_can_be_chosen(typed: str) -> None:
    """What stands in the menu is read back as itself."""
    for zone in zones_like(typed, first="UTC"):
        assert zone_of(zone_name(zone)) == zone


@pytest.mark.parametrize("locale", list(discord.Locale))
def test_every_language_of_discord_lives_somewhere(locale: discord.Locale) -> None:
    """A guess is a zone that exists, for each language a server can have."""
    zone = guessed_zone(str(locale), None)

    assert ZoneInfo(zone)
    assert zone != "UTC"


@pytest.mark.parametrize(
    ("server", "own", "zone"),
    [
        ("zh-CN", "en-US", "Asia/Shanghai"),
        ("en-US", "zh-TW", "Asia/Taipei"),
        ("en-US", "en-US", "America/New_York"),
        ("en-US", None, "America/New_York"),
        ("de", "zh-CN", "Europe/Berlin"),
        (None, "ja", "Asia/Tokyo"),
        (None, None, "America/New_York"),
        ("tlh", "ja", "UTC"),
    ],
)
def test_a_server_lives_where_its_language_is_spoken(server: str | None, own: str | None, zone: str) -> None:
    """Discord gives English to a server that never chose, so the asker's own language tells more then."""
    assert guessed_zone(server, own) == zone


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-06-08", MONDAY),
        (" 2026-06-01 ", date(2026, 6, 1)),
        ("today", MONDAY),
        ("Yesterday", date(2026, 6, 7)),
        ("昨天", date(2026, 6, 7)),
        ("前天", date(2026, 6, 6)),
        ("Monday", MONDAY),
        ("friday", date(2026, 6, 5)),
        ("Tuesday", date(2026, 6, 2)),
        ("周五", date(2026, 6, 5)),
        ("星期日", date(2026, 6, 7)),
        ("2025-06-07", MONDAY - timedelta(days=366)),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, meant: date) -> None:
    """A weekday is the last one that has begun, today's too."""
    assert day_of(typed, MONDAY) == meant


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("someday", "no-such-day"),
        ("2026-02-31", "no-such-day"),
        ("08/06/2026", "no-such-day"),
        ("", "no-such-day"),
        ("2026-06-09", "day-out-of-reach"),
        ("2025-06-06", "day-out-of-reach"),
        ("0001-01-01", "day-out-of-reach"),
        ("9999-12-31", "day-out-of-reach"),
    ],
)
def test_a_day_that_is_not_or_lies_too_far_is_refused(typed: str, key: str) -> None:
    """Neither what is no date, nor the future, nor what is older than a year."""
    with pytest.raises(RefusedError) as refusal:
        day_of(typed, MONDAY)

    assert refusal.value.key == key


def test_a_clock_shows_what_clocks_there_show() -> None:
    """Noon in UTC is eight in the evening in Shanghai."""
    assert clock_in("Asia/Shanghai", datetime(2026, 6, 8, 12, tzinfo=UTC)) == "20:00"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-CN", Language.ZH),
        ("zh-TW", Language.ZH),
        ("en-US", Language.EN),
        ("ja", Language.EN),
        (None, Language.EN),
    ],
)
def test_a_reader_reads_one_of_two_languages(locale: str | None, language: Language) -> None:
    """Chinese for whoever's Discord speaks Chinese, English for everyone else."""
    assert language_of(locale) is language
