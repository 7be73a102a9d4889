import re
from pathlib import Path

from tests.terminal.typed import Jianbao, is_one_sentence

PARTS = re.compile(r"^(?:China tech ·|huawei tsmc ─|华为 ─)", re.MULTILINE)
NUMBERED = re.compile(r"^ *\d+ · (.+?)\s*$", re.MULTILINE)


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
        assert len(told) == len(set(told)) >= 10
        assert "Chinese press: " in digest
    assert "\nAlso\n" in monday
    assert not set(first) & set(fresh)
    assert updates.count("      New: ") == len(NUMBERED.findall(updates))
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
