from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.feeds.headers import fresh_for, retry_after

DATE = "Tue, 09 Jun 2026 00:00:00 GMT"
LATER = "Tue, 09 Jun 2026 01:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": LATER, "Date": DATE}, 3600),
        ({"Retry-After": "99999999"}, 7 * 86400),
        ({"Retry-After": DATE, "Date": LATER}, None),
        ({"Retry-After": "0"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_a_wish_to_be_left_alone_is_read(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds or a date, at most a week, and nonsense is no wish."""
    assert retry_after(headers) == seconds


def test_a_wish_without_a_date_counts_from_now() -> None:
    """Without the server's own clock, ours is taken."""
    wish = retry_after({"Retry-After": format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)})

    assert wish is not None
    assert 3500 < wish <= 3600


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "max-age=900"}, 900),
        ({"Cache-Control": 'public, Max-Age="900"'}, 900),
        ({"Cache-Control": "max-age=900, no-cache"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=many"}, None),
        ({"Cache-Control": "max-age=0", "Expires": LATER, "Date": DATE}, None),
        ({"Cache-Control": "public", "Expires": LATER, "Date": DATE}, 3600),
        ({"Expires": LATER, "Date": DATE}, 3600),
        ({"Expires": DATE, "Date": LATER}, None),
        ({"Expires": "0", "Date": DATE}, None),
        ({"Expires": LATER}, None),
        ({}, None),
    ],
)
def test_freshness_is_what_the_server_says(headers: dict[str, str], seconds: float | None) -> None:
    """max-age before Expires, Expires by the server's own clock, zero and nonsense not at all."""
    assert fresh_for(headers) == seconds
