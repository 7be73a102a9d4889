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
    links = [json.loads(line)["link"] for line in lines]
    _write(folder / "articles.jsonl", (_article(link) for link in links))
    _write(folder / "gold.jsonl", (_gold(link) for link in links))
    return labelled("openclaw", folder)


def _article(link: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        "id": str(link["id"]),
        "url": link["url"],
        "title": link["title"],
        "summary": link["description"] or "",
        "source": link["domain"],
        "published": link["published_at"],
        "lang": link["lang_hint"],
    }


def _gold(link: Mapping[str, Any]) -> Mapping[str, str]:
    said = link["lang_hint"]
    return {"id": str(link["id"]), "lang": said, "press": said, "story": str(link["final_event_id"])}


def _write(path: Path, rows: Iterator[Mapping[str, str]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
