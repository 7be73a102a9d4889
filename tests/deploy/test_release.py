"""A release is made from what is ready, and from nothing else."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bot.deploy.release import Releaser, Tree, named, refusals, told

README = """\
# A program

## Changes

### 0.3.0

- A thing that is new.
- Another.

### 0.2.0

- The first.

## More
"""
READY = Tree(version="0.2.0", changes="- A thing.", uncommitted="", tags=frozenset({"v0.1.0"}))
PROJECT = '[project]\nname = "a"\nversion = "0.2.0"\n\n[tool.b]\nversion = "9"\n'


@pytest.mark.parametrize("version", ["0.2.0", "0.2.1", "0.3.0", "0.10.0", "1.0.0"])
def test_what_is_ready_is_released(version: str) -> None:
    """The same version that was never tagged, or any later one, by its numbers."""
    assert refusals(version, READY) == ()


@pytest.mark.parametrize(
    ("version", "tree", "why"),
    [
        ("v0.3.0", READY, "is not a release"),
        ("0.3", READY, "is not a release"),
        ("0.3.0rc1", READY, "is not a release"),
        ("", READY, "is not a release"),
        ("0.03.0", READY, "is not a release"),
        ("0.1.9", READY, "is older than 0.2.0"),
        ("0.9.0", replace(READY, version="0.10.0"), "is older than 0.10.0"),
        ("0.3.0", replace(READY, tags=frozenset({"v0.3.0"})), "a tag v0.3.0 already"),
        ("0.3.0", replace(READY, changes=""), "no section 0.3.0"),
        ("0.3.0", replace(READY, uncommitted=" M README.md"), "not committed"),
    ],
)
def test_what_is_not_ready_is_refused(version: str, tree: Tree, why: str) -> None:
    """One sentence for the one thing that is wrong."""
    (said,) = refusals(version, tree)

    assert why in said


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Nobody mends one thing to hear of the next."""
    worst = Tree(version="1.0.0", changes="", uncommitted="?? x", tags=frozenset({"v0.3.0"}))

    assert len(refusals("0.3.0", worst)) == 4


@pytest.mark.parametrize(
    ("version", "section"),
    [("0.3.0", "- A thing that is new.\n- Another."), ("0.2.0", "- The first."), ("0.4.0", ""), ("0.3", "")],
)
def test_the_changes_are_those_of_this_release(version: str, section: str) -> None:
    """From its heading to the next."""
    assert told(README, version) == section


def test_only_the_projects_version_is_set() -> None:
    """Other keys of that name are others'."""
    assert named(PROJECT, "0.3.0") == PROJECT.replace('"0.2.0"', '"0.3.0"')


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree under git."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.com")
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    (tmp_path / "README.md").write_text(README, "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "All")
    return tmp_path


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout


def test_a_release_is_a_commit_and_a_tag(repository: Path) -> None:
    """The version is set and nothing else; the tag tells what is new."""
    assert Releaser(repository, tests=["true"]).release("0.3.0", dry=False)

    assert git(repository, "log", "--format=%s").splitlines() == ["Release 0.3.0", "All"]
    assert git(repository, "show", "--format=", "--name-only", "v0.3.0^{commit}").split() == ["pyproject.toml"]
    assert (repository / "pyproject.toml").read_text("utf-8") == named(PROJECT, "0.3.0")
    assert "- A thing that is new." in git(repository, "tag", "--list", "--format=%(contents)", "v0.3.0")
    assert git(repository, "status", "--porcelain") == ""


def test_a_version_that_is_set_already_is_only_tagged(repository: Path) -> None:
    """The first release needs no commit."""
    assert Releaser(repository, tests=["true"]).release("0.2.0", dry=False)

    assert git(repository, "log", "--format=%s").splitlines() == ["All"]
    assert git(repository, "tag").split() == ["v0.2.0"]


def test_what_fails_its_tests_is_not_released(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is changed."""
    assert not Releaser(repository, tests=["false"]).release("0.3.0", dry=False)

    assert "nothing is released" in capsys.readouterr().err
    assert git(repository, "status", "--porcelain") + git(repository, "tag") == ""


def test_a_dry_run_changes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what it would do, without the tests."""
    assert Releaser(repository, tests=["false"]).release("0.3.0", dry=True)

    assert "tag v0.3.0" in capsys.readouterr().out
    assert git(repository, "status", "--porcelain") + git(repository, "tag") == ""


def test_a_refusal_is_said_and_changes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error; the dry run refuses the same."""
    for dry in (True, False):
        assert not Releaser(repository, tests=["true"]).release("0.4.0", dry=dry)

    assert capsys.readouterr().err.count("no section 0.4.0") == 2
    assert git(repository, "tag") == ""
