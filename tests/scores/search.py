"""Judge search on three weeks of judged queries, beside the plain ways to find text: `make search-scores`.

The other ways rank articles, ours ranks stories and the articles in them, as it shows them. All are judged by the
shared scorer's own functions. With a folder as its argument, archives stay in it and are used again.
"""

import asyncio
import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.stories.embed import Encoder
from bot.text import terms
from tests.scores.week import ROOT, SHARED, judge

_DATA, _OWN = SHARED / "data", ROOT / "tests" / "data"
_STREAM = _DATA / "stream" / "articles.jsonl.gz"
_DATES = " since:2026-06-01 until:2026-06-09"
_MOST = 20
_NOTE = (
    "The queries of May and late May are ours, judged by one reader of ours before he saw the search. The thesaurus "
    "was written without seeing any query. The other ways rank articles, Jianbao stories and the articles in them."
)

Row = Mapping[str, Any]
Way = Callable[[Sequence[Row]], Callable[[str], list[str]]]
"""From articles to what ranks them for a query: their ids, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A week's articles and queries; `files` are all that its archive holds, and `append` stands behind each query."""

    name: str
    rows: Sequence[Row]
    queries: Sequence[Row]
    files: Sequence[Path]
    append: str = ""


def main() -> None:
    """Measure week by week, and print one table."""
    console = Console(width=150)
    if not SHARED.is_dir():
        console.print(f"The judged queries are not here (no {SHARED}); nothing can be measured without them.")
        return
    table = Table(title="How well search finds", caption=_NOTE, title_justify="left", caption_justify="left")
    for at, name in enumerate(("way of searching", "nDCG@10", "recall@20", "hit@3", "nDCG@10 by kind")):
        table.add_column(name, justify="right" if at in {1, 2, 3} else "left", no_wrap=at < 4)
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as cpu:
        kept = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        encoder = Encoder.load("bundled", cpu)
        kept.mkdir(parents=True, exist_ok=True)
        for week in _weeks(kept):
            _add(table, week, kept, encoder)
    console.print(table)


def _weeks(folder: Path) -> Iterator[Asked]:
    """June and May with what they were recorded with, late May out of the stream, and June within all of it."""
    june, may = (_DATA / "stories-dev" / name / "articles.jsonl" for name in ("june", "may"))
    of_june = _json(_DATA / "queries" / "june.json")
    yield Asked(name="june", rows=_lines(june), queries=of_june, files=[june])
    yield Asked(name="may", rows=_lines(may), queries=_json(_OWN / "queries" / "may.json"), files=[may])
    late = folder / "late-may.jsonl"
    ids = {row["id"] for row in _lines(_OWN / "stories" / "late-may.jsonl")}
    rows = [row for row in _lines(_STREAM) if row["id"] in ids]
    late.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    yield Asked(name="late-may", rows=rows, queries=_json(_OWN / "queries" / "late-may.json"), files=[late])
    yield Asked(name="june-in-stream", rows=(), queries=of_june, files=[_STREAM, june], append=_DATES)


def _add(table: Table, week: Asked, folder: Path, encoder: Encoder) -> None:
    """Judge every way on a week; in the whole stream ours alone."""
    table.add_row(f"[bold]{week.name}[/]: {len(week.queries)} queries{week.append}")
    texts = [query["query"] for query in week.queries]
    table.add_row("Jianbao", *_shown(week, _ours(week, folder)))
    for name, way in _ways(encoder) if week.rows else ():
        rank = way(week.rows)
        table.add_row(name, *_shown(week, [rank(text) for text in texts]))
    table.add_section()


def _shown(week: Asked, orders: Sequence[list[str]]) -> Iterator[str]:
    """The means of all queries, and nDCG@10 by kind."""
    found = [_judge().score(order, query["relevant"]) for order, query in zip(orders, week.queries, strict=True)]
    yield from (f"{each:.3f}" for each in np.mean(found, axis=0))
    kinds = defaultdict[str, list[float]](list)
    for query, (ndcg, *_) in zip(week.queries, found, strict=True):
        kinds[query["kind"]].append(ndcg)
    yield ", ".join(f"{kind} {np.mean(some):.2f}" for kind, some in kinds.items())


def _ours(week: Asked, folder: Path) -> list[list[str]]:
    """What `jianbao search` answers from an archive of the week, with none of this machine's own settings."""
    home = folder / week.name
    settings = [f"JIANBAO_HOME={home}", "JIANBAO_LOG_LEVEL=warning"]
    unset = [f"--unset={name}" for name in os.environ if name.startswith("JIANBAO_")]
    jianbao = ["env", *unset, *settings, sys.executable, "-m", "bot"]
    if not home.exists():
        for file in week.files:
            subprocess.run([*jianbao, "ingest", file], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    command = [*jianbao, "search", "-", "--json", "--limit", str(_MOST)]
    return _judge().answers(command, [query["query"] + week.append for query in week.queries])


def _ways(encoder: Encoder) -> Iterator[tuple[str, Way]]:
    yield "FTS5 unicode61", partial(_fts5, tokenize="unicode61", split=partial(re.findall, r"\w+"))
    yield "FTS5 trigram", partial(_fts5, tokenize="trigram", split=partial(re.findall, r"\w{3,}"))
    yield "BM25 over our tokens alone", _our_tokens
    yield "vectors alone", partial(_vectors, encoder=encoder)
    if find_spec("tantivy"):
        yield "tantivy, its default tokeniser", partial(_tantivy, tokeniser="default")
        yield "tantivy, its English stemmer", partial(_tantivy, tokeniser="en_stem")


def _fts5(rows: Sequence[Row], *, tokenize: str, split: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    return _ranked([(row["id"], _said(row)) for row in rows], tokenize, split)


def _our_tokens(rows: Sequence[Row]) -> Callable[[str], list[str]]:
    plain = "unicode61 remove_diacritics 0 tokenchars '.&+'"
    return _ranked([(row["id"], " ".join(terms(_said(row)))) for row in rows], plain, terms)


def _ranked(
    rows: Sequence[tuple[str, str]], tokenize: str, split: Callable[[str], list[str]]
) -> Callable[[str], list[str]]:
    """Any of the query's words, ranked by FTS5's own BM25."""
    base = sqlite3.connect(":memory:")
    base.execute(f'CREATE VIRTUAL TABLE said USING fts5(id UNINDEXED, text, tokenize = "{tokenize}")')
    base.executemany("INSERT INTO said VALUES (?, ?)", rows)

    def rank(query: str) -> list[str]:
        wanted = " OR ".join(f'"{word}"' for word in split(query))
        if not wanted:  # an empty search is an error to FTS5
            return []
        found = base.execute("SELECT id FROM said WHERE text MATCH ? ORDER BY rank LIMIT ?", (wanted, _MOST))
        return [article for (article,) in found]

    return rank


def _vectors(rows: Sequence[Row], *, encoder: Encoder) -> Callable[[str], list[str]]:
    """The nearest by the bundled encoder's vectors."""
    made, ids = asyncio.run(encoder.embed([_said(row) for row in rows])), [row["id"] for row in rows]
    return lambda query: [ids[at] for at in np.argsort(-(made @ asyncio.run(encoder.embed([query]))[0]))[:_MOST]]


def _tantivy(rows: Sequence[Row], *, tokeniser: str) -> Callable[[str], list[str]]:
    """Any of the query's words, ranked by tantivy's own BM25."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    schema.add_text_field("text", tokenizer_name=tokeniser)
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for row in rows:
        writer.add_document(tantivy.Document(id=row["id"], text=_said(row)))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(query: str) -> list[str]:
        hits = searcher.search(index.parse_query_lenient(query, ["text"])[0], _MOST).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    return rank


def _said(row: Row) -> str:
    return f"{row['title']}\n{row['summary']}"


def _judge() -> Any:
    return judge("score_search")


def _json(path: Path) -> list[Row]:
    return json.loads(path.read_text("utf-8"))


def _lines(path: Path) -> list[Row]:
    raw = path.read_bytes()
    return [json.loads(line) for line in (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()]


if __name__ == "__main__":
    sys.exit(main())
