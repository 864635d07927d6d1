"""YAML read so strictly that every complaint can name its file and line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ProtocolError(ValueError):
    """A rule book that must not be used, with the file, the line and the reason."""


@dataclass(frozen=True)
class Entry:
    """One place in a YAML file; reads it as what it should be, or refuses with its line."""

    file: str
    node: yaml.Node

    def refuse(self, reason: str) -> NoReturn:
        """Raise ProtocolError naming the file, this entry's line and the reason."""
        raise ProtocolError(f"{self.file}, line {self.node.start_mark.line + 1}: {reason}")

    def mapping(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, "Entry"]:
        """The entries by key; refuses a missing, unknown or repeated key."""
        required, found = set(required), self.entries()
        for key, entry in found.items():
            if key not in required and key not in set(optional):
                entry.refuse(f"unknown key {key}")
        if missing := sorted(required - found.keys()):
            self.refuse(f"missing {', '.join(missing)}")
        return found

    def entries(self) -> dict[str, "Entry"]:
        """The entries of a mapping whose keys are free; refuses a repeated key."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse("a mapping is expected here")
        found: dict[str, Entry] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                Entry(self.file, key).refuse("a key must be a single word")
            if key.value in found:
                Entry(self.file, key).refuse(f"the key {key.value} stands twice")
            found[key.value] = Entry(self.file, value)
        return found

    def items(self) -> list["Entry"]:
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse("a list is expected here")
        return [Entry(self.file, node) for node in self.node.value]

    def value(self) -> Any:
        """The plain value: text, number, date, bool or None."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.refuse("a single value is expected here")
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(self.node)
        except ValueError as error:
            self.refuse(str(error))
        finally:
            loader.dispose()

    def text(self) -> str:
        """Text that says something."""
        value = self.value()
        if not isinstance(value, str) or not value.strip():
            self.refuse("text is expected here")
        return value

    def number(self, low: float, high: float, *, whole: bool = True) -> float:
        """A number from low to high, both included; a whole one unless told otherwise."""
        value = self.value()
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse("a number is expected here")
        if whole and not isinstance(value, int):
            self.refuse("a whole number is expected here")
        if not low <= value <= high:
            self.refuse(f"{value} is out of range, {low} to {high}")
        return value

    def day(self) -> date:
        """A full date."""
        value = self.value()
        if type(value) is not date:
            self.refuse("a date is expected here, as 2026-11-01")
        return value


def read(path: Path) -> Entry:
    """The root entry of a file; raises ProtocolError when it is no YAML."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ProtocolError(f"{path.name}, line {line}: {getattr(error, 'problem', error)}") from None
    if node is None:
        raise ProtocolError(f"{path.name}, line 1: the file is empty")
    return Entry(path.name, node)
