"""A release in one command: `make release VERSION=x.y.z`; with DRY=1 it says what it would do, and does nothing.

It refuses what is not ready, runs `make check test`, sets the version, commits and tags. It pushes nothing.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TESTS = ("make", "check", "test")
_RELEASE = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_IN_PROJECT = re.compile(r'^version = "(.+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a release is made from."""

    version: str
    changes: str
    uncommitted: str
    tags: frozenset[str]


def told(readme: str, version: str) -> str:
    """What the README's Changes say of a release; empty where they say nothing."""
    _, _, changes = readme.partition("\n## Changes\n")
    _, _, section = changes.partition(f"\n### {version}\n")
    return re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)[0].strip()


def numbers(version: str) -> tuple[int, ...]:
    """A release for comparing."""
    return tuple(int(each) for each in version.split("."))


def refusals(version: str, tree: Tree) -> tuple[str, ...]:
    """Why this release cannot be made from this tree; nothing where it can."""
    if not _RELEASE.fullmatch(version):
        return (f"VERSION={version} is not a release; write it as 1.2.3.",)
    why = []
    if numbers(version) < numbers(tree.version):
        why.append(f"{version} is older than {tree.version}, which pyproject.toml names.")
    if f"v{version}" in tree.tags:
        why.append(f"There is a tag v{version} already.")
    if not tree.changes:
        why.append(f"The README's Changes have no section {version} that says what is new.")
    if tree.uncommitted:
        why.append("There are changes that are not committed; see git status.")
    return tuple(why)


def named(project: str, version: str) -> str:
    """The text of pyproject.toml with this version in it."""
    return _IN_PROJECT.sub(f'version = "{version}"', project, count=1)


class Releaser:
    """Makes a release of the tree in a folder."""

    def __init__(self, root: Path, tests: Sequence[str] = _TESTS) -> None:
        self._project = root / "pyproject.toml"
        self._readme = root / "README.md"
        self._root = root
        self._tests = tests

    def tree(self, version: str) -> Tree:
        """What there is."""
        found = _IN_PROJECT.search(self._project.read_text("utf-8"))
        return Tree(
            version=found[1] if found else "0.0.0",
            changes=told(self._readme.read_text("utf-8"), version),
            uncommitted=self._git("status", "--porcelain"),
            tags=frozenset(self._git("tag").split()),
        )

    def release(self, version: str, *, dry: bool) -> bool:
        """Make it, or say why not; returns whether it is made, or could be."""
        tree = self.tree(version)
        if why := refusals(version, tree):
            print(*why, sep="\n", file=sys.stderr)
            return False
        if dry:
            print(f"Would run {' '.join(self._tests)}, set {version}, commit, and tag v{version}:\n\n{tree.changes}")
            return True
        if subprocess.run(self._tests, cwd=self._root, check=False).returncode:
            print(f"{' '.join(self._tests)} failed; nothing is released.", file=sys.stderr)
            return False
        self._commit(version, tree)
        print(f"{version} is committed and tagged; `git push --follow-tags` makes it known.")
        return True

    def _commit(self, version: str, tree: Tree) -> None:
        self._project.write_text(named(self._project.read_text("utf-8"), version), "utf-8")
        if self._git("status", "--porcelain"):  # the first release has its version already
            self._git("commit", "--quiet", "--message", f"Release {version}", "--", self._project.name)
        self._git("tag", "--annotate", f"v{version}", "--message", f"Jianbao {version}\n\n{tree.changes}")

    def _git(self, *words: str) -> str:
        return subprocess.run(["git", *words], cwd=self._root, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Release the tree this file is in."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("version")
    read.add_argument("--dry-run", action="store_true")
    words = read.parse_args()
    made = Releaser(Path(__file__).parent.parent.parent).release(words.version, dry=words.dry_run)
    sys.exit(0 if made else 1)


if __name__ == "__main__":
    main()
