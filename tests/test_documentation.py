"""The README's promises: every command and setting is in it, and the commands it shows run."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
from discord import app_commands

from bot.__main__ import cli, main
from bot.chat.commands import curate, read, subscribe, watch
from bot.config import PREFIX, Settings
from bot.stories.asking.pieces import OPERATORS
from bot.stories.embed import Encoder
from tests import bundled
from tests.fakes import FakeEmbedder

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "bot" / "deploy" / "README.zh.md").read_text("utf-8")
BOTH = pytest.mark.parametrize("readme", [README, CHINESE], ids=["en", "zh"])
NEEDS = {
    "DISCORD_TOKEN=": "a token",
    "docker ": "an engine",
    "cp ": "the folder of the line before, and leads to an engine",
    "cd ": "the clone's root, and leads to an engine",
    ".venv/bin/jianbao run": "days",
    ".venv/bin/jianbao feeds check --all": "the network",
}
"""What a shown command needs that a test has not, by how it begins."""
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name."""
    if isinstance(group, typer.core.TyperGroup):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))
    else:
        yield " ".join(("jianbao", *path)), group


def fenced(readme: str, language: str) -> list[str]:
    """Every line of a README's blocks of one kind, those in lists too."""
    blocks = re.findall(rf"^ *```{language}\n(.*?)^ *```", readme, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def slash_commands() -> list[str]:
    """Every command that can be typed in Discord, those of a group each."""
    told = (*read.COMMANDS, *watch.COMMANDS, *subscribe.COMMANDS, *curate.COMMANDS)
    groups = [command for command in told if isinstance(command, app_commands.Group)]
    within = [f"/{group.name} {command.name}" for group in groups for command in group.commands]
    return [f"/{command.name}" for command in told if command not in groups] + within


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{name.upper()}"


ALL = dict(commands(typer.main.get_command(cli)))


@BOTH
@pytest.mark.parametrize("name", ALL)
def test_every_command_is_documented(name: str, readme: str) -> None:
    """A command is in the table of each README, and its help says more than its name."""
    assert f"| `{name}" in readme
    assert len(ALL[name].help or "") > 40


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_of_a_query_is_documented(operator: str) -> None:
    """What may be typed in a search is in the README's table."""
    assert any(f"`{operator}:" in line for line in README.splitlines() if line.startswith("| "))


@BOTH
@pytest.mark.parametrize("name", slash_commands())
def test_every_slash_command_is_documented(name: str, readme: str) -> None:
    """What can be typed in Discord is in each README, as it is typed."""
    assert f"`{name}`" in readme


@BOTH
def test_what_cannot_be_run_here_is_known(readme: str) -> None:
    """A shown command that no test runs needs a token, an engine, the network or days; the demo's words are none."""
    shown = [line for line in fenced(readme, "text") if not re.match(r"[\d ]*·|[A-Z一-鿿]|\d|[─▶│▼┤└]|.*─▶", line)]

    assert [line for line in shown if not line.startswith(tuple(NEEDS))] == []


@BOTH
@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_both_languages(name: str, readme: str) -> None:
    """A setting has its row in each README."""
    assert f"| `{variable(name)}` |" in readme


def test_each_readme_leads_to_the_other() -> None:
    """Whoever reads the other language finds it at once."""
    assert "(bot/deploy/README.zh.md)" in README.splitlines()[0]
    assert "(../../README.md)" in "\n".join(CHINESE.splitlines()[:3])


@pytest.mark.parametrize("name", ALL)
def test_every_option_teaches(name: str) -> None:
    """Each option and argument says what it is for."""
    silent = [each.name for each in ALL[name].params if not getattr(each, "help", None) and each.name != "help"]

    assert silent == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    """A setting is in the README with the very words of the settings class, and its default."""
    field = Settings.model_fields[name]
    row = next(line for line in README.splitlines() if line.startswith(f"| `{variable(name)}` |"))

    assert field.description
    assert row.endswith(f"| {field.description} |")
    if field.default and not field.is_required() and field.default_factory is None and name != "contact":
        assert f"| `{field.default}` |" in row


def test_no_setting_is_made_up() -> None:
    """The README names no setting that the program does not know."""
    named = set(re.findall(r"`((?:JIANBAO|DISCORD)_[A-Z_]+)`", README))

    assert named == {variable(name) for name in Settings.model_fields}


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_known_to_make(target: str) -> None:
    """What `make help` lists can be made."""
    made = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)

    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize("line", sorted({*fenced(README, "sh"), *fenced(CHINESE, "sh")}))
def test_the_commands_shown_run(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a reader copies from the README works as it stands there."""
    words = shlex.split(line)
    if words[0] == "make":
        assert words[1] in TARGETS
        return
    assert words[0] == ".venv/bin/jianbao"
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["jianbao", *words[1:]])
    monkeypatch.setattr(Encoder, "load", lambda *_: FakeEmbedder())
    bundled.lend(monkeypatch)

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
