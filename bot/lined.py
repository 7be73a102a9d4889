"""YAML read together with its lines, so that what is wrong can be named by file, line and key.

Every plain value is a text (a title such as 2026-02-31 is no date); pydantic makes of it what is wanted.
"""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import SettingsError

T = TypeVar("T")
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # ten times faster where libyaml is there


class Part:
    """A piece of a YAML file that knows where it stands."""

    def __init__(self, path: Path, node: yaml.Node | None) -> None:
        self._path = path
        self._node = node

    @classmethod
    def read(cls, path: Path) -> "Part":
        """The whole of a file; raises SettingsError where it cannot be read or is not YAML."""
        try:
            return cls(path, yaml.compose(path.read_text("utf-8"), _Loader))
        except FileNotFoundError as error:
            raise SettingsError(f"There is no {path}.", file=str(path)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} cannot be read: {error}.", file=str(path)) from error
        except yaml.YAMLError as error:
            raise _not_yaml(path, error) from error

    @property
    def line(self) -> int:
        """Where it begins, counted from 1."""
        return self._node.start_mark.line + 1 if self._node else 1

    def child(self, key: str) -> "Part | None":
        """The part under a key, if there is one."""
        return next((part for name, part in self.pairs() if name == key), None)

    def pairs(self) -> list[tuple[str, "Part"]]:
        """The keys and parts of a mapping; none for anything else."""
        if not isinstance(self._node, yaml.MappingNode):
            return []
        found = [(str(name.value), Part(self._path, value)) for name, value in self._node.value]
        names = [name for name, _ in found]
        for name, part in found:
            if names.count(name) > 1:
                raise part.wrong(f"{name}: stands here more than once", key=name)
        return found

    def items(self) -> list["Part"]:
        """The parts of a list; none for anything else."""
        if not isinstance(self._node, yaml.SequenceNode):
            return []
        return [Part(self._path, node) for node in self._node.value]

    def made(self, reader: TypeAdapter[T]) -> T:
        """The value that pydantic makes of it; raises SettingsError at the key that is wrong."""
        self.pairs()  # finds what stands here twice, of which YAML itself would keep the last
        try:
            return reader.validate_python(self._plain())
        except ValidationError as error:
            first = error.errors()[0]
            key = str(first["loc"][0]) if first["loc"] else ""
            place = self.child(key) or self
            raise place.wrong(f"{key}: {why(first)}" if key else why(first), key=key) from error
        except yaml.YAMLError as error:
            raise _not_yaml(self._path, error) from error

    def wrong(self, what: str, **fields: object) -> SettingsError:
        """An error that names this place."""
        sentence = f"{self._path}, line {self.line}: {what}."
        return SettingsError(sentence, file=str(self._path), line=self.line, **fields)

    def _plain(self) -> Any:
        loader = yaml.BaseLoader("")
        try:
            return loader.construct_document(self._node) if self._node else None
        finally:
            loader.dispose()


def why(error: ErrorDetails) -> str:
    """Pydantic's message in this program's words."""
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return "is missing"
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return "is not a key this file knows; check its spelling"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if repr(given) in message else f"{given!r}: {message[0].lower()}{message[1:]}"


def _not_yaml(path: Path, error: yaml.YAMLError) -> SettingsError:
    if isinstance(error, yaml.reader.ReaderError):  # it knows the place, not the line
        line, problem = path.read_text("utf-8").count("\n", 0, error.position) + 1, error.reason
    else:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = mark.line + 1 if mark else 1
    sentence = f"{path}, line {line}: this is not YAML ({problem}); mend the line."
    return SettingsError(sentence, file=str(path), line=line)
