import gzip
import re
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import pytest
import typer
from pydantic import TypeAdapter

from bot.__main__ import cli
from bot.model import Digest
from tests.terminal.typed import LINES, SAMPLE, Jianbao, catalogue, rows, written

FOUR = {line["id"] for line in LINES}
ARTICLE_KEYS = {"id", "title", "link", "source", "published", "language"}
ENTRY_KEYS = {"id", "title", "link", "published", "summary", "language"}


def test_ingest_twice_changes_nothing(jianbao: Jianbao, articles: Path, archive: Path) -> None:
    """The first run says what is new; the second finds it all known and leaves every row as it is."""
    first = jianbao("ingest", articles)
    held = rows(archive)
    second = jianbao("ingest", articles)

    assert (first.status, first.out) == (0, "4 new articles, 0 known already.\n")
    assert (second.status, second.out) == (0, "0 new articles, 4 known already.\n")
    assert len(held["articles"]) == 4
    assert rows(archive) == held


def test_ingest_reads_gzip(jianbao: Jianbao, articles: Path, tmp_path: Path) -> None:
    """A file whose name ends in .gz is unpacked on the way."""
    packed = tmp_path / "articles.jsonl.gz"
    packed.write_bytes(gzip.compress(articles.read_bytes()))

    assert jianbao("ingest", packed).out == "4 new articles, 0 known already.\n"


def test_group_prints_a_line_an_article(jianbao: Jianbao, articles: Path, archive: Path) -> None:
    """Every id once with its story, the two presses in one, and no archive touched."""
    said = jianbao("group", articles)

    found = said.lines()
    stories = {line["id"]: line["story"] for line in found}
    assert said.status == 0
    assert all(list(line) == ["id", "story", "topic", "relevant"] for line in found)
    assert sorted(line["id"] for line in found) == sorted(FOUR)
    assert stories["a1"] == stories["a2"]
    assert len(set(stories.values())) == 3
    assert all(line["relevant"] is True or line["relevant"] is False for line in found)
    assert not archive.exists()


def test_group_tells_two_ids_of_one_link(jianbao: Jianbao, tmp_path: Path) -> None:
    """An article that stands in the file under two ids is told under both, in one story."""
    path = written(tmp_path / "twice.jsonl", LINES[0], LINES[0] | {"id": "a9"})

    found = jianbao("group", path).lines()

    assert sorted(line["id"] for line in found) == ["a1", "a9"]
    assert len({line["story"] for line in found}) == 1


def test_search_shows_stories(filled: Jianbao) -> None:
    """An answer names each story's best headline, its newsrooms and its id."""
    said = filled("search", "huawei")

    (story,) = {hit["story"] for hit in filled("search", "huawei ascend", "--json", "--limit", 1).json()}
    assert said.status == 0
    assert said.out.startswith("huawei ─")
    assert "Huawei unveils Ascend 960" in said.out
    assert "2 newsrooms" in said.out
    assert f"story {story}" in said.out


def test_search_json_is_what_programs_rely_on(filled: Jianbao) -> None:
    """A list of stories, each with its articles, the best-matching first, and nothing else on standard output."""
    said = filled("search", "昇腾 960", "--json")

    hits = said.json()
    assert said.out.count("\n") == 1
    assert all(list(hit) == ["story", "title", "score", "articles"] for hit in hits)
    assert all(set(article) == ARTICLE_KEYS for hit in hits for article in hit["articles"])
    assert hits[0]["articles"][0] == {
        "id": "a2",
        "title": LINES[1]["title"],
        "link": LINES[1]["url"],
        "source": hits[0]["articles"][0]["source"],
        "published": "2026-06-08T01:00:00Z",
        "language": "zh",
    }
    assert {article["id"] for article in hits[0]["articles"]} == {"a1", "a2"}
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


@pytest.mark.parametrize("query", ["华为", "華為", "Huawei", "HUAWEI"])
def test_search_knows_every_spelling(filled: Jianbao, query: str) -> None:
    """One company's names in both scripts and languages find one story."""
    (first, *_) = filled("search", query, "--json").json()

    assert {article["id"] for article in first["articles"]} == {"a1", "a2"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("tsmc", "revenue"), ["a3"]),
        (("--limit", 1, "tsmc", "revenue"), ["a3"]),
        (("tsmc", "--limit", 1, "revenue"), ["a3"]),
        (("source:36kr", "-宇树"), []),
        (("-huawei", "-tsmc"), ["a4"]),
        (("-宇树 -tsmc",), ["a1 a2"]),
        (("--", "-huawei", "-tsmc"), ["a4"]),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_search_takes_several_words_as_one_query(filled: Jianbao, words: tuple[object, ...], found: list[str]) -> None:
    """Options may stand among them, and a word with a minus is none."""
    said = filled("search", "--json", *words)

    assert [" ".join(sorted(each["id"] for each in hit["articles"])) for hit in said.json()] == found


def test_search_that_finds_nothing_offers_the_query_without_its_limits(filled: Jianbao) -> None:
    """As Discord does, in the reader's language."""
    query = ("tsmc", "until:2020-01-01")

    assert "Without the limits: tsmc\n" in filled("search", *query).out
    assert "不加限制再搜：tsmc\n" in filled("search", *query, "--language", "zh").out


def test_search_limit(filled: Jianbao) -> None:
    """No more stories than were asked for."""
    assert len(filled("search", "huawei tsmc unitree", "--json", "--limit", 2).json()) == 2


def test_search_reads_queries_line_by_line(filled: Jianbao) -> None:
    """One JSON line for each line of standard input, in order; an empty one is an empty list and a word about it."""
    said = filled("search", "-", stdin="huawei\n\n台积电\n")

    huawei, nothing, tsmc = said.lines()
    assert said.status == 0
    assert {article["id"] for article in huawei[0]["articles"]} == {"a1", "a2"}
    assert nothing == []
    assert tsmc[0]["articles"][0]["id"] == "a3"
    assert said.err.count("There is nothing to look for") == 1


def test_search_survives_broken_bytes(filled: Jianbao) -> None:
    """What a terminal could not decode is a query that finds nothing special, not the end of the batch."""
    said = filled("search", "-", stdin="\udcff\udcfe huawei\nhuawei\n")

    assert said.status == 0
    assert len(said.lines()) == 2


def test_digest_as_it_would_be_posted(filled: Jianbao) -> None:
    """The day's stories with both presses' headlines, the one of two days before left out."""
    said = filled("digest", "--zone", "UTC")

    assert said.status == 0
    assert said.out.startswith("China tech · Monday 8 June ─")
    assert "Huawei unveils Ascend 960 AI chip" in said.out
    assert "华为在上海大会发布昇腾 960" in said.out
    assert "宇树" not in said.out


def test_digest_for_a_reader_of_chinese(filled: Jianbao) -> None:
    """The reader's language chooses the headline and our own words, and filters nothing."""
    said = filled("digest", "--zone", "Asia/Shanghai", "--language", "zh")

    assert said.out.startswith("中国科技简报 · 6月8日 星期一 ─")
    assert said.out.index("华为在上海大会发布昇腾 960") < said.out.index("Huawei unveils Ascend 960")
    assert "TSMC posts record May revenue" in said.out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), {"a1", "a2", "a3"}),
        (("--days", 3), {"a1", "a2", "a3", "a4"}),
        (("--at", "2026-06-06T12:00Z"), {"a4"}),
        (("--at", "2026-06-06T20:00+08:00"), {"a4"}),
        (("--at", "2026-06-05T12:00Z"), set()),
    ],
)
def test_digest_covers_what_was_asked(filled: Jianbao, options: tuple[object, ...], told: set[str]) -> None:
    """--at is the end of the time it covers, --days its length."""
    digest = TypeAdapter(Digest).validate_python(filled("digest", "--json", *options).json())

    items = [item.telling for section in digest.sections for item in section.items]
    headlines = [each for item in items for each in (item.headline, item.beside) if each]
    assert {headline.article_id for headline in headlines} == told


def test_digest_leaves_no_trace(filled: Jianbao, archive: Path) -> None:
    """Looking at a digest tells nobody anything: asked again it is the same, and no row has changed."""
    held = rows(archive)

    first, second = filled("digest", "--json"), filled("digest", "--json")

    assert first == second
    assert rows(archive) == held


def test_story_shows_all_coverage(filled: Jianbao) -> None:
    """Every article in the order it came, with its link, and the numbers that rank it."""
    story = filled("search", "huawei", "--json").json()[0]["story"]

    said = filled("story", story)

    assert said.status == 0
    assert said.out.startswith(f"Story {story} ─")
    assert said.out.index("08 Jun 01:00 UTC") < said.out.index("08 Jun 02:00 UTC")
    assert all(str(line["url"]) in said.out for line in LINES[:2])
    assert "Score " in said.out


@pytest.mark.parametrize(
    ("name", "title", "language"),
    [
        ("harbour-review.xml", "Harbour Review", "en"),
        ("matou-tech.xml", "码头科技", "zh"),
        ("sidao-times.xml", "矽島時報", "zh"),
        ("tapeout-forum.json", "Tapeout Forum", "en"),
    ],
)
def test_feeds_check_json(jianbao: Jianbao, name: str, title: str, language: str) -> None:
    """A file of any format is told in one JSON object of the same shape."""
    said = jianbao("feeds", "check", SAMPLE / name, "--json", "--zone", "Asia/Shanghai")

    report = said.json()
    assert (said.status, said.err, said.out.count("\n")) == (0, "", 1)
    assert list(report)[:5] == ["status", "reason", "title", "language", "entries"]
    assert (report["status"], report["title"], report["language"]) == ("ok", title, language)
    assert report["entries"]
    assert all(set(entry) == ENTRY_KEYS for entry in report["entries"])
    assert all(re.fullmatch(r"2026-03-\d\dT\d\d:\d\d:\d\dZ", entry["published"]) for entry in report["entries"])


def test_feeds_check_shows_the_entries(jianbao: Jianbao) -> None:
    """For people: the feed's title, how many entries, and each with its date."""
    said = jianbao("feeds", "check", SAMPLE / "harbour-review.xml")

    assert said.status == 0
    assert said.out.startswith("Harbour Review ─")
    assert "\n41 entries.\n" in said.out
    assert "10 Mar 17:00  Two Unitree humanoids take over a museum cloakroom" in said.out


def test_feeds_are_added_listed_and_removed(
    jianbao: Jianbao, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed added by command stands beside those of feeds.yaml until it is removed."""
    monkeypatch.setenv("JIANBAO_FEEDS", str(catalogue(tmp_path / "feeds.yaml", server, "silicon-ledger.xml")))
    url = f"{server}/matou-tech.xml"

    added = jianbao("feeds", "add", url, "--zone", "Asia/Shanghai", "--mixed")
    listed = jianbao("feeds", "list")
    removed = jianbao("feeds", "remove", url)
    after = jianbao("feeds", "list")

    assert [said.status for said in (added, listed, removed, after)] == [0] * 4
    assert added.out.replace("\n", " ") == "Added 码头科技: 码头科技, press, zh. It is read at the next poll. "
    assert "码头科技" in listed.out
    assert listed.out.count("not read yet") == 1
    assert removed.out == "码头科技 is no longer read; its articles stay; `jianbao feeds undo` brings it back.\n"
    assert after.out.startswith("Nothing is read yet")


def test_poll_once_asks_nobody_twice(jianbao: Jianbao, server: str, tmp_path: Path, archive: Path) -> None:
    """A round polls what is due; the round after it finds nothing due and changes nothing."""
    feeds = catalogue(tmp_path / "feeds.yaml", server, "silicon-ledger.xml", "tapeout-forum.json")

    first = jianbao("poll", "--once", "--feeds", feeds)
    held = rows(archive)
    second = jianbao("poll", "--once", "--feeds", feeds)

    count = len(held["articles"])
    assert (first.status, first.out) == (0, "")
    assert f"2 feeds polled, {count} new articles, 0 failed.\n" in first.err
    assert count > 10
    assert (second.status, second.out, second.err) == (0, "", "")
    assert rows(archive) == held


def test_what_was_polled_is_not_put_off_again(
    jianbao: Jianbao, server: str, tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look for more of the round has its own time: by the first one's, these would be polled in times to come."""
    monkeypatch.setenv("JIANBAO_CLOCK", "2026-03-09T12:00Zx1")
    jianbao("poll", "--once", "--feeds", catalogue(tmp_path / "feeds.yaml", server, "silicon-ledger.xml"))

    with closing(sqlite3.connect(archive)) as connection:
        ((polled, succeeded),) = connection.execute("SELECT polled_at, succeeded_at FROM feeds").fetchall()

    assert polled == succeeded


def test_check_when_all_is_right(jianbao: Jianbao, tmp_path: Path) -> None:
    """A line for each part, on standard output."""
    said = jianbao("check")

    assert (said.status, said.err) == (0, "")
    assert [line.split()[:2] for line in said.out.splitlines()] == [
        ["settings", "ok"],
        ["feeds", "ok"],
        ["encoder", "ok"],
        ["database", "ok"],
        ["token", "ok"],
    ]
    assert f"home {tmp_path / 'home'}\n" in said.out


def test_check_when_much_is_wrong(
    jianbao: Jianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archive: Path
) -> None:
    """Each wrong part says where on standard error, one line each, and the others are looked at all the same."""
    archive.parent.mkdir()
    archive.write_text("This is no database." * 100, "utf-8")
    monkeypatch.setenv("JIANBAO_MODEL", "/nowhere")
    monkeypatch.setenv("JIANBAO_FEEDS", str(tmp_path / "none.yaml"))

    said = jianbao("check")

    assert said.status == 1
    assert [line.split()[:2] for line in said.out.splitlines()] == [["settings", "ok"], ["token", "ok"]]
    feeds, encoder, database = said.err.splitlines()
    assert (feeds.split()[0], encoder.split()[0], database.split()[0]) == ("feeds", "encoder", "database")
    assert str(tmp_path / "none.yaml") in feeds
    assert "/nowhere" in encoder
    assert str(archive) in database


def commands(group: typer.core.TyperGroup, *before: str) -> Iterator[tuple[tuple[str, ...], typer.core.TyperCommand]]:
    """Every command with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from commands(command, *before, name)
        else:
            yield (*before, name), command


COMMANDS = dict(commands(typer.main.get_command(cli)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_teaches(jianbao: Jianbao, words: tuple[str, ...]) -> None:
    """Every command says in a sentence what it does, and every option and argument what it is for."""
    said = jianbao(*words, "--help")

    command = COMMANDS[words]
    first = (command.help or "").split("\n")[0]
    assert said.status == 0
    assert said.out == jianbao(*words, "-h").out
    assert len(first) > 30
    assert first.endswith(".")
    assert first.split()[0] in said.out
    assert all(getattr(parameter, "help", None) for parameter in command.params)


def examples() -> list[tuple[tuple[str, ...], str]]:
    """Every example in a command's help, up to what a shell would do with it."""
    told = [(words, re.findall(r"jianbao [^;`\n]+", command.help or "")) for words, command in COMMANDS.items()]
    return [(words, example.split(" < ")[0]) for words, found in told for example in found]


@pytest.mark.parametrize(("words", "example"), examples())
def test_examples_can_be_typed(words: tuple[str, ...], example: str) -> None:
    """An example in a command's help calls that command with arguments it understands."""
    typed = shlex.split(example)[1:]

    assert tuple(takewhile(lambda word: word in words, typed)) == words
    COMMANDS[words].make_context(" ".join(words), typed[len(words) :])


def test_some_commands_have_examples() -> None:
    """The commands that take the most thought show how they are typed."""
    assert {words for words, _ in examples()} >= {
        ("run",),
        ("feeds", "check"),
        ("feeds", "add"),
        ("search",),
        ("digest",),
    }


def test_bare_jianbao_lists_every_command(jianbao: Jianbao) -> None:
    """`jianbao --help` names them all, the first thing to try at the top."""
    said = jianbao("--help")

    listed = re.findall(r"^│ (\w+) ", said.out, re.MULTILINE)
    assert said.status == 0
    assert listed[0] == "demo"
    assert set(listed) == {words[0] for words in COMMANDS}
