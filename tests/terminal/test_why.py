import pytest

from tests.terminal.typed import Jianbao, is_one_sentence


def test_why_shows_what_holds_a_story(filled: Jianbao) -> None:
    """The rank with its parts, and each article with the other one that holds it and what it is about."""
    story = filled("search", "huawei ascend", "--json").json()[0]["story"]

    said = filled("why", story)

    assert (said.status, said.err) == (0, "")
    told = " ".join(said.out.split())
    assert told.startswith(f"Why story {story} ─")
    assert "Score " in told
    assert told.count(" likeness ") == 3, "the threshold, and one for each of the two articles"
    assert told.count("on topic: ") == 2


def test_why_can_be_added_up(filled: Jianbao) -> None:
    """As JSON every number stands with all its parts, and an article's id will do."""
    found = filled("why", "a1", "--json").json()

    assert found["story"] == filled("search", "huawei ascend", "--json").json()[0]["story"]
    assert found["score"]["total"] == pytest.approx(sum(found["score"]["parts"].values()))
    assert [each["id"] for each in found["articles"]] == ["a2", "a1"]
    assert [each["inside"]["id"] for each in found["articles"]] == ["a1", "a2"]
    for each in found["articles"]:
        summed = each["inside"]["offset"] + sum(each["inside"]["parts"].values())
        assert each["inside"]["likeness"] == pytest.approx(max(-4, min(4, summed)))
        assert each["inside"]["likeness"] >= found["threshold"]
        assert each["verdict"]["score"] == pytest.approx(sum(each["verdict"]["parts"].values()))
        assert each["verdict"]["relevant"] is True
    assert found["corrections"] == []


def test_the_score_is_the_one_that_story_prints(filled: Jianbao) -> None:
    """Both commands add the same parts up."""
    story = filled("search", "unitree", "--json").json()[0]["story"]

    shown = " ".join(filled("story", story).out.split())
    why = filled("why", story, "--json").json()

    assert f"Score {why['score']['total']:.3f} = " in shown


def test_a_correction_that_binds_a_story_is_named(filled: Jianbao) -> None:
    """What the operator has merged is told so, with the correction's words."""
    one, other = (filled("search", words, "--json").json()[0]["story"] for words in ("tsmc", "unitree"))
    filled("correct", "merge", one, other)

    said = filled("why", one)

    assert "Correction: merge " in said.out
    assert [each["act"] for each in filled("why", one, "--json").json()["corrections"]] == ["merge"]


def test_why_of_nothing(filled: Jianbao) -> None:
    """An id that nobody has is one sentence."""
    said = filled("why", "nobody")

    assert (said.status, said.out) == (1, "")
    assert is_one_sentence(said.err)
