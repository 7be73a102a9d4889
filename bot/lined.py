"""YAML read together with its lines, so that what is wrong can be named by file, line and key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.errors import SettingsError

_Reader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there


class Part:
    """A piece of a YAML file that knows where it stands."""

    def __init__(self, path: Path, node: yaml.Node | None) -> None:
        self._path = path
        self._node = node

    @classmethod
    def read(cls, path: Path) -> "Part":
        """The whole of a file; raises SettingsError where it cannot be read or is not YAML."""
        try:
            return cls(path, yaml.compose(path.read_text("utf-8"), _Reader))
        except FileNotFoundError as error:
            raise SettingsError(f"There is no file {path}.", file=str(path)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} cannot be read: {error}.", file=str(path)) from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise SettingsError(
                f"{path}, line {line}: this is not YAML ({error.problem}); mend the line.", file=str(path), line=line
            ) from error

    @property
    def line(self) -> int:
        """Where it begins, counted from 1."""
        return self._node.start_mark.line + 1 if self._node else 1

    @property
    def plain(self) -> Any:
        """The value itself."""
        return yaml.SafeLoader("").construct_document(self._node) if self._node else None

    def items(self, what: str) -> list["Part"]:
        """The parts of a list that is not empty; `what` says what it should hold."""
        if not isinstance(self._node, yaml.SequenceNode) or not self._node.value:
            raise self.wrong(what)
        return [Part(self._path, node) for node in self._node.value]

    def named(self, what: str) -> Iterator[tuple[str, "Part"]]:
        """The names and parts of a mapping; `what` says what it should hold."""
        if not isinstance(self._node, yaml.MappingNode):
            raise self.wrong(what)
        for name, node in self._node.value:
            yield str(name.value), Part(self._path, node)

    def child(self, key: str) -> "Part | None":
        """The part under a key, if there is one."""
        if not isinstance(self._node, yaml.MappingNode):
            return None
        return next((Part(self._path, node) for name, node in self._node.value if name.value == key), None)

    def wrong(self, what: str, **fields: object) -> SettingsError:
        """An error that names the place."""
        return SettingsError(f"{self._path}, line {self.line}: {what}.", file=str(self._path), line=self.line, **fields)

    def invalid(self, error: ValidationError) -> SettingsError:
        """The first thing pydantic found, at its own line."""
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "here"
        return (self.child(key) or self).wrong(f"{key}: {why(first)}", key=key)


def why(error: ErrorDetails) -> str:
    """Pydantic's message in this program's words."""
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return "is missing"
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return "is not a key this file knows; check its spelling"
    if kind == "string_pattern_mismatch":
        return f"{given!r} is not an address that begins with http:// or https://"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if str(given) in message else f"{given!r}: {message[0].lower()}{message[1:]}"
