import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot import clock
from bot.clock import SteppedClock, clock_of, system_clock
from bot.errors import SettingsError

START = datetime(2026, 6, 1, tzinfo=UTC)


class Replay(ThreadingHTTPServer):
    """A replay on loopback that tells whatever the test says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.says = json.dumps({"now": START.isoformat()}).encode()
        self.asked = 0
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.server_port}/clock"

    def end(self) -> None:
        """Close the door; a second time does nothing."""
        self.shutdown()
        self.thread.join()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    """Says what its replay says."""

    server: Replay

    def do_GET(self) -> None:
        """Count and answer."""
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.says)))
        self.end_headers()
        self.wfile.write(self.server.says)

    def log_message(self, *_: object) -> None:
        """Say nothing in the tests' output."""


@pytest.fixture
def replay() -> Iterator[Replay]:
    made = Replay()
    yield made
    made.end()


def test_nothing_named_is_the_real_time() -> None:
    """Without a setting the machine's clock is read, in UTC."""
    told = clock_of("")()

    assert clock_of("") is system_clock
    assert told.tzinfo is UTC
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "text",
    ["2026-06-01T00:00Z", "2026-06-01T00:00:00+00:00", "2026-06-01T08:00+08:00", "2026-06-01T00:00Zx0"],
)
def test_an_instant_stands_still(text: str) -> None:
    """A rehearsal at one instant stays there, in UTC whatever the zone it was written in."""
    told = clock_of(text)

    assert [told(), told()] == [START, START]
    assert told().tzinfo is UTC


@pytest.mark.parametrize(("text", "speed"), [("2026-06-01T00:00Zx600", 600), ("2026-06-01T08:00+08:00x1.5", 1.5)])
def test_an_instant_with_a_speed_runs(text: str, speed: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds of the wall are ten seconds times the speed."""
    wall = iter((100.0, 110.0))
    monkeypatch.setattr(clock.time, "monotonic", lambda: next(wall))

    told = clock_of(text)

    assert told() == START + timedelta(seconds=10 * speed)


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "2026-06-01",
        "2026-06-01T00:00",
        "2026-06-01T00:00x600",
        "2026-06-01T00:00Zx",
        "2026-06-01T00:00Zx-5",
        "2026-13-01T00:00Z",
        "x600",
        "ftp://127.0.0.1/clock",
    ],
)
def test_nonsense_is_refused_with_what_can_be_written(text: str) -> None:
    """The sentence repeats what was written and shows all three kinds."""
    with pytest.raises(SettingsError) as error:
        clock_of(text)

    assert error.value.sentence.startswith(f"JIANBAO_CLOCK is wrong: {text!r}")
    assert "2026-06-01T00:00Zx600" in error.value.sentence


def test_a_replay_tells_the_time(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is what the replay says, in UTC, asked anew once the answer is stale."""
    monkeypatch.setattr(clock, "_STALE", 0.0)
    told = clock_of(replay.url)
    replay.says = b'{"now": "2026-06-01T08:00:00+08:00"}'
    first = told()
    replay.says = b'{"now": "2026-06-02T00:00:00Z"}'

    second = told()

    assert (first, second) == (START, START + timedelta(days=1))
    assert first.tzinfo is UTC


def test_a_busy_loop_does_not_flood_the_replay(replay: Replay) -> None:
    """An answer is kept for a moment, then asked for again."""
    told = clock_of(replay.url)

    for _ in range(100):
        told()
    at_once = replay.asked
    time.sleep(0.11)
    told()

    assert at_once < 20
    assert replay.asked > at_once


def test_a_replay_that_ended_leaves_its_last_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rehearsal goes on with the last answer."""
    monkeypatch.setattr(clock, "_STALE", 0.0)
    replay = Replay()
    told = clock_of(replay.url)
    told()

    replay.end()

    assert told() == START


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/clock", "http://127.0.0.1:x/clock", "http://", "http://a b/"])
def test_a_replay_that_is_not_there_is_named(url: str) -> None:
    """Nobody there is said when the time is first asked for, with the address."""
    told = clock_of(url)

    with pytest.raises(SettingsError, match="start the replay before the program") as error:
        told()

    assert url in error.value.sentence


@pytest.mark.parametrize(
    "says",
    [b"", b"noon", b"[]", b"{}", b'{"now": 5}', b'{"now": "noon"}', b'{"now": "2026-06-01T00:00:00"}', b"\xff\xfe"],
)
def test_a_replay_that_talks_nonsense_tells_no_time(replay: Replay, says: bytes) -> None:
    """What is not an instant with its zone is no answer."""
    replay.says = says

    with pytest.raises(SettingsError, match="no time is told at"):
        clock_of(replay.url)()


def test_a_stepped_clock_stands_until_it_is_set() -> None:
    """The demo's clock moves when it is told to."""
    told = SteppedClock(START)
    before = told()

    told.set(START + timedelta(hours=1))

    assert (before, told()) == (START, START + timedelta(hours=1))
