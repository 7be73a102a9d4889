from pathlib import Path

import pytest

from tests.terminal.typed import Jianbao, is_one_sentence, rows


def stories(jianbao: Jianbao) -> dict[str, list[str]]:
    """Every story of the archive as a search shows it, with its articles' ids."""
    hits = jianbao("search", "huawei tsmc 宇树", "--json").json()
    return {hit["story"]: sorted(article["id"] for article in hit["articles"]) for hit in hits}


def named(jianbao: Jianbao, article: str) -> str:
    """The id of the story an article is in."""
    return next(story for story, articles in stories(jianbao).items() if article in articles)


def test_two_stories_are_merged_and_parted_again(filled: Jianbao) -> None:
    """The older one's id stays, the other opens it, and undo brings both back."""
    before = stories(filled)
    huawei, tsmc = named(filled, "a1"), named(filled, "a3")

    merged = filled("correct", "merge", tsmc, huawei)
    after = stories(filled)
    opened = filled("story", tsmc)
    undone = filled("correct", "undo", 1)

    assert (merged.status, merged.out) == (0, f"Correction 1: story {tsmc} is part of story {huawei} now.\n")
    assert after[huawei] == ["a1", "a2", "a3"]
    assert opened.out.startswith(f"Story {huawei} ─")
    assert undone.out == "Correction 1: the merge is undone.\n"
    assert stories(filled) == before


@pytest.mark.parametrize(("article", "keeps"), [("https://www.scmp.com/tech/a1", False), ("a2", True)])
def test_a_story_is_split(filled: Jianbao, article: str, keeps: bool) -> None:
    """By link or id; the side with the first article keeps the id, and the command says which is which."""
    huawei = named(filled, "a1")

    said = filled("correct", "split", huawei, article)

    other = next(story for story in (named(filled, "a1"), named(filled, "a2")) if story != huawei)
    part, rest = (huawei, other) if keeps else (other, huawei)
    assert said.out == f"Correction 1: what you named is story {part} now, and the rest is story {rest}.\n"
    assert named(filled, "a2") == huawei


def test_a_hidden_story_is_in_no_digest_and_no_search(filled: Jianbao) -> None:
    """Until that is undone."""
    huawei = named(filled, "a1")

    said = filled("correct", "hide", huawei)

    assert said.out == f"Correction 1: story {huawei} is shown no more.\n"
    assert "Huawei" not in filled("digest", "--zone", "UTC").out
    assert huawei not in stories(filled)
    filled("correct", "undo", 1)
    assert "Huawei" in filled("digest", "--zone", "UTC").out


def test_a_kept_story_comes_first_under_its_title(filled: Jianbao) -> None:
    """The sources' own headline stays beneath."""
    tsmc = named(filled, "a3")
    assert filled("digest", "--zone", "UTC").out.index("TSMC posts") > filled("digest").out.index("Huawei unveils")

    kept = filled("correct", "keep", tsmc)
    titled = filled("correct", "retitle", tsmc, "A record month")

    told = [line.strip() for line in filled("digest", "--zone", "UTC").out.splitlines()]
    first = told.index("1 · A record month")
    assert kept.out == f"Correction 1: story {tsmc} comes first.\n"
    assert titled.out == f"Correction 2: story {tsmc} is called 'A record month' now.\n"
    assert told[first + 1].startswith("TSMC posts record May revenue on AI demand")


def test_what_holds_is_listed(filled: Jianbao) -> None:
    """A line each for people, an object each for programs, and a word where there is none."""
    huawei = named(filled, "a1")
    assert filled("correct", "list").out == "No correction holds.\n"
    assert filled("correct", "list", "--json").json() == []

    filled("correct", "hide", huawei)
    filled("correct", "retitle", huawei, "Ours")
    filled("correct", "split", huawei, "a1")

    lines = filled("correct", "list").out.splitlines()
    told = filled("correct", "list", "--json").json()
    assert lines[0] == f"   1  2026-06-08 12:00  hide {huawei}"
    assert lines[1] == f"   2  2026-06-08 12:00  retitle {huawei} 'Ours'"
    assert lines[2] == f"   3  2026-06-08 12:00  split {huawei} from {told[2]['other']}"
    assert told[2] == {
        "id": 3,
        "act": "split",
        "story": huawei,
        "other": told[2]["other"],
        "articles": ["a1"],
        "title": None,
        "made_at": "2026-06-08T12:00:00Z",
        "made_by": "operator",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("merge", "nobody", "nobody"),
        ("split", "nobody", "a1"),
        ("hide", "nobody"),
        ("keep", "nobody"),
        ("retitle", "nobody", "Title"),
        ("retitle", "nobody", " "),
        ("undo", 7),
    ],
)
def test_what_is_not_there_is_one_sentence(filled: Jianbao, archive: Path, words: tuple[object, ...]) -> None:
    """On standard error, with status 1, and no row has changed."""
    held = rows(archive)

    said = filled("correct", *words)

    assert (said.status, said.out) == (1, "")
    assert is_one_sentence(said.err)
    assert rows(archive) == held
