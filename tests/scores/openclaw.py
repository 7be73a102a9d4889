"""The links of openclaw-newsroom, with titles and excerpts, as a week like the labelled ones.

Its events were named by a language model: a smoke test, and the only one here with excerpts.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.scores.week import SHARED, Week, labelled

FOLDER = SHARED / "data" / "stories-openclaw"


def openclaw(folder: Path) -> Week:
    """Convert into a folder, and read it from there."""
    lines = (FOLDER / "clustering_eval_dataset_v1.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    _write(folder / "articles.jsonl", (_article(row["link"], row["labels"]["language"]) for row in rows))
    _write(folder / "gold.jsonl", (_gold(row["link"], row["labels"]["language"]) for row in rows))
    return labelled("openclaw", folder)


def _article(link: Mapping[str, Any], language: str) -> Mapping[str, str]:
    return {
        "id": str(link["id"]),
        "url": link["url"],
        "title": link["title"],
        "summary": link["description"] or "",
        "source": link["domain"],
        "published": link["published_at"],
        "lang": language,
    }


def _gold(link: Mapping[str, Any], language: str) -> Mapping[str, str]:
    """Its newsrooms are not known by language: what is said of titles stands for them."""
    return {"id": str(link["id"]), "lang": language, "press": language, "story": str(link["final_event_id"])}


def _write(path: Path, rows: Iterator[Mapping[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
