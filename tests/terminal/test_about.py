import subprocess
import sys
import tomllib
from collections.abc import Mapping
from email.message import Message

import pytest

from bot.terminal.about import installed, license_of, wanted
from tests.terminal.typed import ROOT, Jianbao

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NO_LICENSE: Mapping[str, list[str]] = {}


def metadata(fields: Mapping[str, list[str]]) -> Message:
    made = Message()
    for name, values in fields.items():
        for value in values:
            made[name] = value
    return made


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_release_is_told(jianbao: Jianbao, option: str) -> None:
    """The installed release, and nothing else is done."""
    said = jianbao(option)

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("jianbao ")
    assert len(said.out.split()[1].split(".")) == 3


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"License-Expression": ["MIT OR Apache-2.0"], "License": ["else"]}, "MIT OR Apache-2.0"),
        ({"License": ["BSD"], "Classifier": ["License :: OSI Approved :: MIT License"]}, "BSD"),
        (
            {"License": ["x" * 61], "Classifier": ["License :: OSI Approved :: MIT License", "Other :: x"]},
            "MIT License",
        ),
        ({"License": ["UNKNOWN"], "Classifier": ["License :: A :: B", "License :: OSI Approved :: C"]}, "B, C"),
        (NO_LICENSE, "see its own files"),
    ],
)
def test_a_licence_is_told_in_a_few_words(fields: Mapping[str, list[str]], told: str) -> None:
    """The expression before the name before the classifiers; a whole text is no name."""
    assert license_of(metadata(fields)) == told


def test_only_what_holds_here_is_wanted() -> None:
    """Other systems' requirements are left out, and an extra's where nobody asked for it."""
    requirements = ["a>=1", "b; sys_platform == 'nowhere'", "c; extra == 'postgres'", "d; extra == 'dev'"]

    assert [each.name for each in wanted(requirements, frozenset({"postgres"}))] == ["a", "c"]
    assert [each.name for each in wanted(requirements, frozenset())] == ["a"]


def test_what_is_not_installed_is_left_out() -> None:
    """An optional package that is absent has no licence to tell."""
    assert installed("no-such-package-anywhere", frozenset()) == ()


def test_every_part_has_its_licence(jianbao: Jianbao) -> None:
    """All that pyproject asks for, what that needs in turn, and the data in them; nothing of the tests'."""
    said = jianbao("licenses", "--json")

    told = said.json()
    names = {part["name"].lower() for part in told["packages"]}
    asked = {each.split(">")[0].split("=")[0].lower() for each in PROJECT["dependencies"]}
    assert said.status == 0
    assert asked <= names
    assert {"multidict", "sympy", "mako"} <= names
    assert not {"pytest", "ruff", "jianbao"} & names
    assert all(part["license"] and part["version"] for part in (*told["packages"], *told["data"]))
    assert [part["license"] for part in told["data"]] == [
        *("Apache-2.0", "CC-BY-SA-4.0", "Apache-2.0"),
        *("MIT", "MIT OR CC0-1.0"),
    ]


def test_the_table_tells_the_same(jianbao: Jianbao) -> None:
    """For people: a line each."""
    said = jianbao("licenses")

    assert said.status == 0
    assert "discord.py" in said.out
    assert "Universal Sentence Encoder" in said.out
    assert "OpenCC's dictionaries" in said.out


def test_the_release_is_told_without_loading_anything() -> None:
    """In a new process: none of the program's own parts is imported for it."""
    command = [sys.executable, "-X", "importtime", "-m", "bot", "--version"]

    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert "bot.app" not in said.stderr
