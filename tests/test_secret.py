import io
import sys

import pytest
import structlog

from bot.log import start_log
from bot.secret import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.example/feed", "https://a.example/feed"),
        ("https://me:pw@a.example/feed", "https://***@a.example/feed"),
        ("https://me@a.example/feed", "https://***@a.example/feed"),
        ("https://a.example/feed?key=abc", "https://a.example/feed?key=***"),
        ("https://a.example/feed?id=7&access_token=abc&page=2", "https://a.example/feed?id=7&access_token=***&page=2"),
        ("https://a.example/?API_KEY=a%20b#top", "https://a.example/?API_KEY=***#top"),
        (
            "https://a.example/?password=x and https://b.example/?sig=y.",
            "https://a.example/?password=*** and https://b.example/?sig=***",
        ),
        ("https://a.example/@name/feed?id=1", "https://a.example/@name/feed?id=1"),
        ("mail me@a.example, 1 + 1 = 2", "mail me@a.example, 1 + 1 = 2"),
        ("https://a.example/?sid=5&p=6&keyword=chip", "https://a.example/?sid=5&p=6&keyword=chip"),
    ],
)
def test_what_opens_a_door_is_hidden(text: str, shown: str) -> None:
    """Logins and keys go, whatever else an address holds stays; the mask of a mask is itself."""
    assert masked(text) == shown
    assert masked(shown) == shown


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_log_holds_no_secrets(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a field and not in a traceback."""
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stderr", heard)
    start_log("info", form)
    try:
        int("https://a.example/feed?key=S3CRET")
    except ValueError:
        structlog.get_logger().exception("feed broke the poll", feed="https://me:S3CRET@a.example/")
    structlog.reset_defaults()

    assert "S3CRET" not in heard.getvalue()
    assert "feed broke the poll" in heard.getvalue()
