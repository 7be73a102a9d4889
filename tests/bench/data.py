"""Articles in any number: the demo's headlines recombined, so that words, names and numbers are as common as there.

And the recorded stream, where it is.
"""

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bot.feeds.parse import read
from bot.sample.server import FOLDER
from bot.text import language_of
from tests.fakes import ITHOME, KR36, REUTERS, SCMP, Article, article

STREAM = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "stream" / "articles.jsonl.gz"
"""Every headline of six weeks, as `jianbao ingest` reads them; not part of this repository."""

BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
A_DAY = 400
"""Articles a day, about what seventy feeds bring."""


def titles() -> list[str]:
    """Every headline of the sample feeds."""
    now = datetime(2026, 3, 11, tzinfo=UTC)
    bodies = [(path.name, path.read_bytes()) for path in sorted(FOLDER.iterdir()) if path.suffix in {".xml", ".json"}]
    feeds = [read(body, url=f"http://sample/{name}", content_type="", zone=None, now=now) for name, body in bodies]
    return [entry.title for feed in feeds for entry in feed.entries]


def stream() -> list[tuple[datetime, str, str]]:
    """The recorded stream's times, headlines and links, in the order of publication; nothing where it is not."""
    if not STREAM.exists():
        return []
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return sorted((datetime.fromisoformat(row["published"]), row["title"], row["url"]) for row in rows)


def headlines(most: int) -> list[str]:
    """Real headlines of the recorded stream, or the demo's where it is not."""
    return [title for _, title, _ in islice(stream(), most)] or titles()


def articles(number: int, *, seed: int = 7) -> list[Article]:
    """So many articles, in order of publication: each has the first half of one headline and the rest of another."""
    dice, known = random.Random(seed), titles()
    return [placed(at, _recombined(dice, known), dice) for at in range(number)]


def placed(at: int, title: str, dice: random.Random) -> Article:
    """The article at a place in time, from a newsroom of its language."""
    newsrooms = (ITHOME, KR36) if language_of(title) == "zh" else (SCMP, REUTERS)
    when = BEGIN + at * timedelta(days=1) / A_DAY
    return article(f"bench-{at}", title, newsroom=dice.choice(newsrooms), published=when)


def _recombined(dice: random.Random, known: list[str]) -> str:
    one = dice.choice(known)
    other = dice.choice([title for title in dice.sample(known, 8) if language_of(title) is language_of(one)] or [one])
    return one[: len(one) // 2] + other[len(other) // 2 :]
