"""How well `jianbao search -` answers for a labelled week, and that both databases answer alike."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.acceptance.rehearsal import ROOT, SHARED

pytestmark = pytest.mark.acceptance

QUERIES = SHARED / "data" / "queries" / "june.json"
WEEK = SHARED / "data" / "stories-dev" / "june" / "articles.jsonl"
SEARCH = [sys.executable, "-m", "bot", "search", "-", "--json", "--limit", "20"]
FLOORS = {"ndcg10": 0.80, "recall20": 0.88, "hit3": 0.92}
LEAST_OF_A_KIND = 0.55


def settings(home: Path, database: str) -> Mapping[str, str]:
    """An archive of its own, asked at the end of the week."""
    own = {"JIANBAO_HOME": str(home), "JIANBAO_DATABASE_URL": database, "JIANBAO_CLOCK": "2026-06-10T00:00Z"}
    return {**os.environ, **own}


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The week on SQLite and on PostgreSQL, as the settings to ask them."""
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE june"))
    engine.dispose()
    homes = tmp_path_factory.mktemp("sqlite"), tmp_path_factory.mktemp("postgresql")
    made = (
        settings(homes[0], f"sqlite:///{homes[0]}/june.db"),
        settings(homes[1], postgres.replace("/postgres?", "/june?")),
    )
    for each in made:
        subprocess.run([sys.executable, "-m", "bot", "ingest", WEEK], env=each, cwd=ROOT, check=True)
    return made


def test_the_labelled_queries_are_answered_well(archives: tuple[Mapping[str, str], ...]) -> None:
    """Over all queries and for each kind of them, the scores stay above their floors."""
    scorer = [sys.executable, SHARED / "tools" / "score_search.py", QUERIES, "--", *SEARCH]
    ran = subprocess.run(scorer, env=archives[0], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    print(f"\njune: {ran.stdout}")
    said = json.loads(ran.stdout)

    whole = said.pop("all")
    assert {name: whole[name] for name, floor in FLOORS.items() if whole[name] < floor} == {}
    assert {kind: each["ndcg10"] for kind, each in said.items() if each["ndcg10"] < LEAST_OF_A_KIND} == {}


def test_both_databases_answer_alike(archives: tuple[Mapping[str, str], ...]) -> None:
    """The first ten stories of every query: the same headlines in the same order."""
    asked = [row["query"] for row in json.loads(QUERIES.read_text("utf-8"))]
    typed = "".join(f"{query}\n" for query in asked)

    told = []
    for each in archives:
        ran = subprocess.run(SEARCH, env=each, cwd=ROOT, input=typed, capture_output=True, text=True, check=True)
        lines = [json.loads(line)[:10] for line in ran.stdout.splitlines()]
        told.append([[[article["id"] for article in story["articles"]] for story in line] for line in lines])

    one, other = told
    assert len(one) == len(other) == len(asked)
    assert [query for query, here, there in zip(asked, one, other, strict=True) if here != there] == []
