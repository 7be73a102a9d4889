"""How often the topic of a headline is the one a reader gave it: tests/data/topics.jsonl against the recorded stream.

python -m tests.scores.topics
"""

import gzip
import json
from collections import Counter
from pathlib import Path

from bot.stories.entities import Lexicon
from bot.stories.topics import Topics, loudest
from tests.calibrate.weeks import SHARED

STREAM = SHARED / "stream" / "articles.jsonl.gz"
LABELS = Path(__file__).parents[1] / "data" / "topics.jsonl"


def main() -> None:
    """Print the agreement and the topics most often taken for another."""
    topics, lexicon = Topics.load(), Lexicon.load()
    labels = {row["id"]: row["topic"] for row in map(json.loads, LABELS.read_text("utf-8").splitlines())}
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        titles = {row["id"]: row["title"] for row in map(json.loads, lines) if row["id"] in labels}
    said = Counter((labels[each], _topic(title, topics, lexicon)) for each, title in titles.items())
    right = sum(count for (label, topic), count in said.items() if label == topic)
    print(f"{right} of {len(titles)} headlines in the reader's section ({right / len(titles):.3f})")
    for (label, topic), count in said.most_common():
        if label != topic:
            print(f"  {count:3} of {label} in {topic}")


def _topic(title: str, topics: Topics, lexicon: Lexicon) -> str:
    found = [lexicon.get(entity) for entity in lexicon.find(title)]
    return str(loudest(topics.clues(title, "", found)))


if __name__ == "__main__":
    main()
