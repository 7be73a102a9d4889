"""The catalogue that comes with the program: who is in it, and that it agrees with what is known of newsrooms."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.config import load_feeds
from bot.feed import FeedSpec
from bot.feeds.links import host_of
from bot.model import Kind, Language, Topic
from tests import bundled

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "feeds.yaml").read_text("utf-8")
SPECS = load_feeds(ROOT / "feeds.yaml")
NEWSROOMS = bundled.newsrooms()
README = (ROOT / "README.md").read_text("utf-8")

ZONES = {"Asia/Shanghai", "Asia/Taipei"}
"""The zones of the feeds whose dates may lack one; another is a slip until somebody adds it here."""


def address(spec: FeedSpec) -> str:
    return spec.url


def test_it_reads_enough_of_both_presses() -> None:
    """At least seventy feeds, a third of them Chinese."""
    languages = Counter(spec.newsroom.language for spec in SPECS)

    assert len(SPECS) >= 70
    assert languages[Language.ZH] >= len(SPECS) / 3
    assert languages[Language.EN] >= len(SPECS) / 3


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_is_covered(topic: Topic) -> None:
    """Each section of the digest has feeds of its own, in both languages."""
    assert {spec.newsroom.language for spec in SPECS if topic in spec.topics} == set(Language)


def test_every_kind_is_there() -> None:
    """Press, companies, officials, aggregators and communities; most of it press."""
    kinds = Counter(spec.newsroom.kind for spec in SPECS)

    assert kinds.keys() == set(Kind)
    assert kinds[Kind.PRESS] > len(SPECS) / 2


@pytest.mark.parametrize(
    "what",
    [
        lambda spec: spec.url.removeprefix("https://").removeprefix("www.").rstrip("/").casefold(),
        lambda spec: spec.title.casefold(),
        lambda spec: spec.newsroom.name.casefold(),
    ],
    ids=["url", "title", "newsroom"],
)
def test_nothing_is_there_twice(what: Callable[[FeedSpec], str]) -> None:
    """One address, one title and one newsroom for each feed, or corroboration would be counted from one desk."""
    counted = Counter(map(what, SPECS))

    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("spec", SPECS, ids=address)
def test_a_feed_says_all_it_should(spec: FeedSpec) -> None:
    """It is fetched safely from its owner, has a home and topics, and a zone only where one is known to be missing."""
    assert spec.url.startswith("https://")
    assert not re.search(r"rsshub|wechat2rss|feedx|anyfeeder", spec.url)
    assert spec.home
    assert spec.home.startswith("https://")
    assert spec.topics
    assert len(set(spec.topics)) == len(spec.topics)
    assert spec.zone in {None, *ZONES}


@pytest.mark.parametrize("spec", SPECS, ids=address)
def test_a_newsroom_has_one_name(spec: FeedSpec) -> None:
    """An aggregator's link to its site is credited to the newsroom as it is called here, of its kind and language."""
    assert NEWSROOMS.of_host(host_of(spec.home or "")) == spec.newsroom


@pytest.mark.parametrize("spec", SPECS, ids=address)
def test_its_own_articles_are_credited_to_it(spec: FeedSpec) -> None:
    """What a newsroom that speaks for itself says under its own address stays its own."""
    link = f"{spec.home}/2026/06/08/article"

    newsroom, _ = NEWSROOMS.with_homes(SPECS).credit(
        title="A title", link=link, source_name=None, source_link=None, feed=spec.newsroom
    )

    assert newsroom == spec.newsroom


def test_a_reader_finds_a_feed() -> None:
    """The feeds stand under headings, none of them too long to look through."""
    _, *groups = re.split(r"^  # --- .+$", TEXT, flags=re.MULTILINE)

    sizes = [group.count("  - {") for group in groups]
    assert sum(sizes) == len(SPECS)
    assert min(sizes) >= 2
    assert max(sizes) <= 20


def test_the_readme_counts_as_the_file_does() -> None:
    """Each heading of the file is in the README's table with its number of feeds."""
    _, *parts = re.split(r"^  # --- (.+)$", TEXT, flags=re.MULTILINE)
    told = [f"| {heading} | {group.count('  - {')} |" for heading, group in zip(parts[::2], parts[1::2], strict=True)]

    assert [row for row in told if row not in README] == []


def test_it_says_when_it_was_checked_and_how_to_check_it() -> None:
    """Nobody has to guess how old the list is, here or in the README, which counts as the file does."""
    assert "# Last checked: " in TEXT
    for told in (TEXT, README):
        assert "jianbao feeds check --all" in told
        assert "October 2026" in told
    english = sum(spec.newsroom.language is Language.EN for spec in SPECS)
    assert f"{len(SPECS)} feeds of as many newsrooms, {english} in English and {len(SPECS) - english}" in README


def test_every_reader_of_yaml_reads_it() -> None:
    """Libyaml takes a bare question mark in an address, PyYAML without it does not."""
    read = yaml.load(TEXT, yaml.SafeLoader)

    assert len(read["feeds"]) == len(SPECS)
