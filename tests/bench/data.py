"""Articles to measure with: the recorded stream's where it is, else invented ones, of events as many as in a stream."""

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bot.errors import InputError
from bot.feeds.ingest import read_articles
from bot.feeds.newsrooms import Newsrooms
from bot.feeds.parse import read
from bot.sample.server import FOLDER
from bot.stories.entities import Lexicon
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
    """So many articles, in order of publication: the recorded stream's, or invented ones where it is not."""
    if not STREAM.exists():
        return [
            placed(at, title, dice) for dice in [random.Random(seed)] for at, title in enumerate(_told(number, dice))
        ]
    read = [each for each in read_articles(STREAM, Newsrooms.load()) if not isinstance(each, InputError)]
    found = {each.link_key: each for each in sorted(read, key=lambda each: (each.published_at, each.id))}
    if number > len(found):
        raise ValueError(f"the stream has {len(found)} articles and not {number}")
    return list(found.values())[:number]


def placed(at: int, title: str, dice: random.Random) -> Article:
    """The article at a place in time, from a newsroom of its language."""
    newsrooms = (ITHOME, KR36) if language_of(title) == "zh" else (SCMP, REUTERS)
    when = BEGIN + at * timedelta(days=1) / A_DAY
    return article(f"bench-{at}", title, newsroom=dice.choice(newsrooms), published=when)


def _told(number: int, dice: random.Random) -> list[str]:
    """Headlines of events that have little to do with each other, each told by one to three of them, near in time."""
    lexicon = Lexicon.load()
    makers = [each for each in lexicon if each.kind in {"company", "lab", "agency"} and each.english and each.chinese]
    things = [each for each in lexicon if each.kind in {"model", "product", "chip", "tool", "place", "technology"}]
    found: list[tuple[float, str]] = []
    for at in range(number):
        maker, thing, act = dice.choice(makers), dice.choice(things), dice.randrange(len(_ACTS_EN))
        amount = dice.randrange(11, 990)
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            acts, names = dice.choice(((_ACTS_EN, maker.english), (_ACTS_ZH, maker.chinese)))
            said = acts[act].format(dice.choice(names), thing.name, amount)
            found.append((at + dice.uniform(0, A_DAY), said))
    return [said for _, said in sorted(found)][:number]


_ACTS_EN = (
    "{0} unveils {1} with {2} partners", "{0} sues over {1} patents for ${2} million", "{0} delays {1} by {2} days",
    "{0} raises ${2} million to expand {1}", "Regulators fine {0} ${2} million over {1}", "{0} cuts {1} price by {2}%",
    "{0} hires {2} engineers for {1}", "{0} recalls {2} units of {1}", "{0} opens its {1} code to {2} universities",
    "Outage at {0} takes {1} down for {2} minutes", "{0} ships {2} thousand {1}", "{0} bans exports tied to {1}",
    "{0} founder leaves after dispute on {1}", "{0} builds {1} plant with {2} workers", "{0} posts {2}% rise on {1}",
)  # fmt: skip
_ACTS_ZH = (
    "{0}携{2}家伙伴发布{1}", "{0}就{1}专利起诉索赔{2}百万美元", "{0}推迟{1}{2}天", "{0}融资{2}百万美元扩大{1}",
    "监管部门因{1}对{0}罚款{2}百万美元", "{0}将{1}降价{2}%", "{0}为{1}招聘{2}名工程师", "{0}召回{2}台{1}",
    "{0}向{2}所大学开放{1}代码", "{0}故障致{1}中断{2}分钟", "{0}出货{2}千{1}", "{0}禁止与{1}有关的出口",
    "{0}创始人因{1}分歧离职", "{0}建设{1}工厂雇佣{2}人", "{0}受{1}推动增长{2}%",
)  # fmt: skip
"""The same acts in both languages: who, what and how much."""
