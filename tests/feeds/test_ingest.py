import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import InputError, NotFoundError
from bot.feeds.ingest import Ingested, Ingester
from bot.model import Article, Kind, Language, Newsroom
from bot.store import articles as article_rows
from bot.store.articles import Kept
from bot.store.database import Store
from tests import bundled

NEWSROOMS = bundled.newsrooms()
GOOD = {
    "id": "a1",
    "url": "https://www.example.com/a1?utm_source=x",
    "title": "中芯国际 <b>涨价</b>",
    "summary": "<p>据悉&amp;如此。</p>",
    "source": "例报",
    "published": "2026-06-08T20:00:00+08:00",
    "lang": "zh",
}
DEEP = "[" * 200_000


def line(**said: object) -> str:
    """The good line with other words; what is None is left out."""
    return json.dumps({key: value for key, value in (GOOD | said).items() if value is not None}, ensure_ascii=False)


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


async def ingest(store: Store, path: Path) -> Ingested:
    return await Ingester(store, newsrooms=NEWSROOMS).run(path)


async def stored(store: Store) -> list[Article]:
    found = await store.read(article_rows.by_number, range(1, 50))
    return [found[number] for number in sorted(found)]


async def test_a_line_becomes_an_article(store: Store, tmp_path: Path) -> None:
    """Cleaned, with one key for every spelling of its link, first seen when it was published."""
    loaded = await ingest(store, written(tmp_path, line()))

    published = datetime(2026, 6, 8, 12, tzinfo=UTC)
    assert await stored(store) == list(loaded.articles)
    assert loaded.articles == (
        Article(
            id="a1",
            scope="catalogue",
            title="中芯国际 涨价",
            link="https://www.example.com/a1?utm_source=x",
            link_key="example.com/a1",
            summary="据悉&如此。",
            newsroom=Newsroom(name="例报", language=Language.ZH, kind=Kind.PRESS),
            title_language=Language.ZH,
            published_at=published,
            first_seen_at=published,
        ),
    )


async def test_a_gzipped_file_is_read_like_a_plain_one(sqlite: Store, tmp_path: Path) -> None:
    """Its name ends in .gz; blank lines are nothing."""
    path = tmp_path / "articles.jsonl.gz"
    path.write_bytes(gzip.compress(f"{line()}\n\n  \n{line(id='a2', url='')}\n".encode()))

    loaded = await ingest(sqlite, path)

    assert (loaded.kept, loaded.wrong) == (Kept(new=2), ())


async def test_a_second_time_changes_nothing(sqlite: Store, tmp_path: Path) -> None:
    """Neither the same file nor one with new words for a known link."""
    await ingest(sqlite, written(tmp_path, line(), line(id="a2", url="")))
    before = await stored(sqlite)

    again = await ingest(sqlite, written(tmp_path, line(title="Other words"), line(id="a2", url="")))

    assert again.kept == Kept(known=2)
    assert await stored(sqlite) == before


async def test_articles_come_in_the_order_of_publication(sqlite: Store, tmp_path: Path) -> None:
    """So that stories grow as they did."""
    days = {"a1": "2026-06-03T00:00Z", "a2": "2026-06-01T00:00Z", "a3": "2026-06-02T00:00Z"}

    await ingest(sqlite, written(tmp_path, *(line(id=id_, url="", published=day) for id_, day in days.items())))

    assert [each.id for each in await stored(sqlite)] == ["a2", "a3", "a1"]


async def test_two_lines_of_one_link_are_one_article(sqlite: Store, tmp_path: Path) -> None:
    """The earliest speaks; neither line is wrong."""
    later = line(id="a2", url="http://example.com/a1", published="2026-06-09T00:00Z")

    loaded = await ingest(sqlite, written(tmp_path, later, line(), line()))

    assert (loaded.kept, loaded.wrong) == (Kept(new=1, known=2), ())
    assert [each.id for each in await stored(sqlite)] == ["a1"]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("{", "this is not JSON (Expecting property name enclosed in double quotes)"),
        ("noon", "this is not JSON (Expecting value)"),
        ("[]", "this is no JSON object"),
        ("null", "this is no JSON object"),
        (DEEP, "this cannot be read"),
        ('{"id": ' + "1" * 5000 + "}", "this cannot be read"),
        (line(id=None), "id: is missing"),
        (line(id=""), "id: "),
        (line(id="x" * 65), "id: "),
        (line(id="a\x00"), "id: 'a\\x00' holds control characters"),
        (line(id=7), "id: "),
        (line(title=None), "title: is missing"),
        (line(title="<b></b>"), "title: nothing is left of it"),
        (line(source=""), "source: "),
        (line(summary=None).replace('"title"', '"summary": [], "title"'), "summary: "),
        (line(published=None), "published: is missing"),
        (line(published="2026-06-08T20:00:00"), "published: '2026-06-08T20:00:00': input should have timezone info"),
        (line(published="2026-06-08"), "published: "),
        (line(published="noon"), "published: "),
        (line(published="0001-01-01T00:00:00+08:00"), "this cannot be read"),
        (line(id="good", url="https://example.com/another"), "id: 'good' is another article's above"),
        ('{"id": "\\ud800"}', "id: "),
    ],
)
async def test_a_bad_line_is_left_out_and_named(sqlite: Store, tmp_path: Path, bad: str, what: str) -> None:
    """The others are loaded, and the sentence says which line it was and why."""
    path = written(tmp_path, line(id="good"), "", bad, line(id="also-good", url=""))

    loaded = await ingest(sqlite, path)

    (wrong,) = loaded.wrong
    assert wrong.sentence.startswith(f"{path}, line 3: {what}")
    assert wrong.sentence.endswith("; the line was left out.")
    assert wrong.fields == {"line": 3}
    assert {each.id for each in await stored(sqlite)} == {"good", "also-good"}


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "ftp://example.com/a", "a1", "//", "https://"])
async def test_an_unsafe_link_is_none(sqlite: Store, tmp_path: Path, url: str) -> None:
    """Nobody is led where a browser should not go; the article is known by its id."""
    await ingest(sqlite, written(tmp_path, line(url=url)))

    assert [(each.link, each.link_key) for each in await stored(sqlite)] == [("", "id:a1")]


async def test_odd_letters_are_no_obstacle(store: Store, tmp_path: Path) -> None:
    """What a database could choke on is cleaned away on the way in."""
    odd = line(url="https://example.com/\x00a", title="A\x00 B", summary="\ud800 \x00 c", source="S").replace(
        "\ud800", "\\ud83d\\ude80"
    )

    loaded = await ingest(store, written(tmp_path, odd))

    assert (loaded.kept.new, [each.title for each in loaded.articles]) == (1, ["A B"])


async def test_a_file_of_nothing_is_nothing(sqlite: Store, tmp_path: Path) -> None:
    """An empty file is no mistake."""
    assert await ingest(sqlite, written(tmp_path)) == Ingested(kept=Kept(), articles=(), wrong=())


async def test_a_large_file_is_loaded_in_parts(sqlite: Store, tmp_path: Path) -> None:
    """And counted as one."""
    loaded = await ingest(sqlite, written(tmp_path, *(line(id=f"a{number}", url="") for number in range(2001))))

    assert loaded.kept == Kept(new=2001)


async def test_a_missing_file_is_named(sqlite: Store, tmp_path: Path) -> None:
    """With its path."""
    path = tmp_path / "nowhere.jsonl"

    with pytest.raises(NotFoundError) as error:
        await ingest(sqlite, path)

    assert error.value.sentence == f"There is no file {path}."


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("picture.jsonl", b"\x89PNG\r\n\x1a\n\xff\xfe"),
        ("packed.jsonl", gzip.compress(line().encode(), mtime=0)),
        ("plain.jsonl.gz", line().encode()),
        ("cut.jsonl.gz", gzip.compress(line().encode() * 100, mtime=0)[:-20]),
        ("torn.jsonl.gz", gzip.compress(line().encode(), mtime=0)[:12] + b"\xff" * 50),
        ("chinese.jsonl", "华为".encode("gbk")),
    ],
)
async def test_a_file_of_another_kind_is_refused(sqlite: Store, tmp_path: Path, name: str, body: bytes) -> None:
    """In one sentence, and nothing of it is loaded."""
    path = tmp_path / name
    path.write_bytes(body)

    with pytest.raises(InputError, match="cannot be read as JSON lines, plain or gzipped") as error:
        await ingest(sqlite, path)

    assert error.value.sentence.startswith(str(path))
    assert await stored(sqlite) == []


async def test_a_folder_is_refused(sqlite: Store, tmp_path: Path) -> None:
    """As any file that cannot be read."""
    with pytest.raises(InputError, match="cannot be read as JSON lines"):
        await ingest(sqlite, tmp_path)
