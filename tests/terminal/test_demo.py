import re
from pathlib import Path

from bot.model import A_DIGEST
from tests.terminal.typed import ROOT, Jianbao, is_one_sentence

PARTS = re.compile(r"^(?:China tech ·|huawei tsmc ─|华为 ─)", re.MULTILINE)
NUMBERED = re.compile(r"^ *\d+ · (.+?)\s*$", re.MULTILINE)


def sample() -> list[str]:
    """The lines of the README's piece of it, without their indents."""
    readme = (ROOT / "README.md").read_text("utf-8")
    piece = readme.split("A piece of what it prints:\n\n```text\n")[1].split("```")[0]
    return [" ".join(line.split()) for line in piece.splitlines() if line]


def test_demo_is_the_whole_job(jianbao: Jianbao, tmp_path: Path) -> None:
    """Two digests, two answers and a story; no headline twice, nothing told again as new, and what to do next."""
    said = jianbao("demo")

    monday, tuesday, huawei_tsmc, huawei = re.split(
        r"^(?:China tech ·|huawei tsmc ─|华为 ─)", said.out, flags=re.MULTILINE
    )[1:]
    huawei, story = huawei.split("\nStory ")
    story, next_steps = story.split("\nWhat next\n")
    before, updates = tuesday.split("\nUpdates\n")
    updates, _, also = updates.partition("\nAlso\n")
    first, fresh = NUMBERED.findall(monday), NUMBERED.findall(before + also)
    assert said.status == 0
    assert "Traceback" not in said.err
    assert said.out.startswith("Jianbao reads invented feeds")
    assert monday.startswith(" Monday 9 March ─")
    assert tuesday.startswith(" Tuesday 10 March ─")
    for digest in (monday, tuesday):
        told = NUMBERED.findall(digest)
        siblings = sum(line.count(" · ") + 1 for line in re.findall(r"Same day[^:]*: (?:\d.*)", digest))
        assert len(told) == len(set(told)) == A_DIGEST - siblings >= 10
        assert f"Here are {A_DIGEST}." in digest
        assert "Chinese press: " in digest
    assert "\nAlso\n" in monday
    assert not set(first) & set(fresh)
    assert updates.count("      New since Monday") == len(NUMBERED.findall(updates))
    for answer in (huawei_tsmc, huawei):
        hits = NUMBERED.findall(answer)
        stories = re.findall(r"story\s+(\w{12})", answer)
        assert 3 <= len(hits) == len(stories) == len(set(stories)) <= 6
    assert re.search("[Hh]uawei", huawei)
    assert "华为" in huawei_tsmc
    assert story.count(" UTC ") >= 3
    assert "Score " in story
    assert "jianbao search" in next_steps
    assert "jianbao run --console" in next_steps
    assert str(tmp_path / "home" / "demo") in next_steps
    for line in sample():
        assert line in " ".join(said.out.split()), "the README shows what the demo prints"


def test_demo_spares_what_is_not_its_own(jianbao: Jianbao, tmp_path: Path) -> None:
    """A folder of that name with somebody's files is refused and left alone."""
    diary = tmp_path / "home" / "demo" / "diary.txt"
    diary.parent.mkdir(parents=True)
    diary.write_text("Mine.", "utf-8")

    said = jianbao("demo")

    assert (said.status, said.out) == (1, "")
    assert is_one_sentence(said.err)
    assert str(diary.parent) in said.err
    assert list(diary.parent.iterdir()) == [diary]
    assert diary.read_text("utf-8") == "Mine."
