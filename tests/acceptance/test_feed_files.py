"""Recorded and hostile feed files through the real parser process: what must hold of every one."""

import html
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from bot.feed import Entry, ParsedFeed
from bot.feeds import parse
from tests.acceptance.rehearsal import SHARED
from tests.feeds.hostile import NOW, Heartbeat, cost, watched

pytestmark = pytest.mark.acceptance

FEEDS = SHARED / "data" / "feeds"
CHINA = sorted((FEEDS / "china").glob("*.xml"))
EXPECTED = sorted((FEEDS / "rss-parser" / "test" / "output").glob("*.json"))
ENGLISH = {"meridian_ft_com", "meridian_theverge_com"}
BEIJING = timezone(timedelta(hours=8))

ENTRY = re.compile(rb"<(item|entry)[ >].*?</\1>", re.DOTALL)
DATE = re.compile(rb"<(?:pubDate|published|updated|dc:date)[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{8,60})")
HAN = re.compile(r"[\u3400-\u9fff]")
MOJIBAKE = re.compile(r"\ufffd|[ÃÂ][\x80-\xbf]|锟斤拷|烫烫|[\ue000-\uf8ff]")
TRACKING = re.compile(r"(?<=[?&])(?:utm_\w+|f|from|CMP)=(?:rss|[^&#]*rss[^&#]*)?&?")


def name_of(path: Path) -> str:
    return path.stem


async def test_every_hostile_file_is_survived() -> None:
    """A list or a named error in two seconds and 400 MB; the event loop never waits, and nothing else is touched."""
    files = sorted(path for path in (FEEDS / "hostile").iterdir() if path.suffix != ".py")
    parser = watched()
    async with Heartbeat() as heart:
        costs = {path.name: await cost(parser, path.read_bytes(), zone="Asia/Shanghai") for path in files}
    await parser.close()

    for name, each in costs.items():
        found = each.found if isinstance(each.found, str) else f"{len(each.found.entries)} entries"
        print(f"{name:36} {each.seconds:5.2f} s {each.megabytes:4.0f} MB  {found}")
    print(
        f"the loop was late by {1000 * max(heart.late):.0f} ms at most, {1000 * heart.percentile(0.999):.0f} ms p99.9"
    )
    assert len(costs) >= 44
    assert {name: each for name, each in costs.items() if not each.is_bearable} == {}
    assert max(heart.late) < 0.25
    assert heart.percentile(0.999) < 0.05


def read(body: bytes, url: str = "https://site.example/feed") -> ParsedFeed:
    return parse.read(body, url=url, content_type="text/xml", zone=None, now=NOW)


def meant(raw: str) -> datetime | None:
    """What a date of a Chinese feed means, worked out anew: its own zone, else China's, which CST is too."""
    text = re.sub(r"\s+", " ", raw.strip()).replace("CST", "+0800")
    try:
        moment = datetime.fromisoformat(text.replace(" +", "+"))
    except ValueError:
        try:
            moment = parsedate_to_datetime(text.replace("-0000", "+0000"))
        except ValueError:
            return None
    return moment.replace(tzinfo=moment.tzinfo or BEIJING).astimezone(UTC).replace(microsecond=0)


@pytest.mark.parametrize("path", CHINA, ids=name_of)
def test_a_chinese_feed_yields_its_entries_readable_and_in_time(path: Path) -> None:
    """Every entry that says anything, in letters a reader can read, at the time its feed means."""
    body = path.read_bytes()
    feed = read(body)

    assert len(feed.entries) + feed.skipped == len(ENTRY.findall(body)) > feed.skipped * 10
    text = "".join(entry.title + entry.summary for entry in feed.entries)
    assert not MOJIBAKE.search(text)
    assert path.stem in ENGLISH or len(HAN.findall(text)) > len(text) / 10
    said = {meant(raw.decode("utf-8", "replace")) for raw in DATE.findall(body)}
    assert {entry.published for entry in feed.entries} <= said | {None}
    undated = [entry for entry in feed.entries if entry.published is None]
    assert len(undated) <= sum(b"Jan 1970" in entry[0] for entry in ENTRY.finditer(body))
    assert all(entry.published <= NOW + timedelta(hours=1) for entry in feed.entries if entry.published)


def test_chinese_feeds_keep_their_time_in_every_spelling() -> None:
    """Without its zone, and as CST, each date of a Chinese feed means what it meant with +0800."""
    compared = 0
    for path in CHINA:
        body = path.read_bytes()
        before = times(body)
        for spelling in (b"", b" CST"):
            changed, count = re.subn(rb" \+0800(?=\s*(?:\]\]>)?</(?:pubDate|published|updated)>)", spelling, body)
            assert not count or times(changed) == before, (path.name, spelling)
            compared += count
    print(f"{compared} dates compared")
    assert compared > 300


def times(body: bytes) -> list[datetime | None]:
    return [entry.published for entry in read(body).entries]


def test_real_feeds_agree_with_what_another_parser_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Title, link, guid and date of at least 99 of 100 entries; the rest is listed with its reason."""
    monkeypatch.setattr(parse, "MOST_ENTRIES", 1000)  # a poll keeps the newest 200; here the reading is judged
    apart: list[str] = []
    count = 0
    for path in EXPECTED:
        wanted = json.loads(_decoded(path.read_bytes()))
        wanted = wanted.get("feed", wanted)
        (source,) = (each for each in (path.parent.parent / "input").iterdir() if each.stem == path.stem)
        url = wanted.get("feedUrl") or "https://site.example/"
        entries = iter(read(source.read_bytes(), url).entries)
        for number, item in enumerate(wanted["items"]):
            count += 1
            if not (item.get("title") or item.get("link")):
                apart.append(f"{path.stem} {number}: it has neither title nor link, and is skipped here")
            elif wrong := differences(item, next(entries, None), url):
                apart.append(f"{path.stem} {number}: {wrong}")
    print(f"{count - len(apart)} of {count} agree; the others:", *apart, sep="\n  ")
    assert count > 1000
    assert len(apart) <= count / 100


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:  # two of the expected files are as their feeds were
        return body.decode("latin-1")


def differences(item: dict[str, Any], entry: Entry | None, url: str) -> str:
    """What of an entry is not as expected: markup, blanks, tracking and fractions of a second aside."""
    if entry is None:
        return "it is missing"
    date = item.get("isoDate")
    pairs = {
        "title": (spared(seen(item.get("title") or ""), entry.title), seen(entry.title)),
        "link": (linked(item.get("link") or "", url), linked(entry.link, url)),
        "guid": ((item.get("guid") or item.get("id") or "").strip() or entry.guid, entry.guid),
        "date": (datetime.fromisoformat(date).replace(microsecond=0) if date else None, entry.published),
    }
    return "; ".join(f"{what} {ours!r} for {theirs!r}" for what, (theirs, ours) in pairs.items() if theirs != ours)


def seen(title: str) -> str:
    """A title without its markup, read as simply as can be."""
    return " ".join(re.sub(r"<[^<>]*>", "", html.unescape(html.unescape(title))).split())


def spared(expected: str, title: str) -> str:
    """What is expected, where its own parser lost letters with the letters of the title in their places."""
    pattern = re.escape(expected).replace("\ufffd", ".")
    return seen(title) if "\ufffd" in expected and re.fullmatch(pattern, seen(title)) else expected


def linked(link: str, url: str) -> str:
    return TRACKING.sub("", urljoin(url, link.strip())).rstrip("?&")
