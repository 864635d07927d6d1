"""The kinds of value a fact may have: each reads one raw value, or says what would be right."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from clinic.referrals.rules.dates import PartialDate, parse_partial
from clinic.referrals.rules.words import EXPLAINED

UNKNOWN = "unknown"
_LEVEL = re.compile(r"(?:C[1-7]|T(?:[1-9]|1[0-2])|L[1-6]|S[1-5])", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Wrong(ValueError):
    """A raw value that cannot be used; `within` is the place inside the value, if it is a list."""

    def __init__(self, text: str, within: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.within = within


class Kind(ABC):
    """Reads a known value (never None or "unknown"), and describes itself as JSON Schema.

    `dated` kinds read a day, which must not be in the future.
    """

    dated: ClassVar[bool] = False

    @abstractmethod
    def read(self, value: Any) -> Any:
        """The value as the rules want it; raises Wrong."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """What may be sent."""


@dataclass(frozen=True)
class YesNo(Kind):
    """true or false; with `words`, also "yes" and "no"."""

    words: bool = False

    def read(self, value: Any) -> bool:
        if value is True or value is False:
            return bool(value)
        if self.words and value in ("yes", "no"):
            return bool(value == "yes")
        raise Wrong("must be true, false or unknown")

    def schema(self) -> dict[str, Any]:
        return {"enum": [True, False, *(["yes", "no"] if self.words else []), UNKNOWN, None]}


@dataclass(frozen=True)
class Flag(Kind):
    """The answer to a red flag question."""

    def read(self, value: Any) -> bool | str:
        if value is True or value is False or (type(value) is str and value == EXPLAINED):
            return value
        raise Wrong("must be true, false, explained or unknown")

    def schema(self) -> dict[str, Any]:
        return {"enum": [True, False, EXPLAINED, UNKNOWN, None]}


class OneOf(Kind):
    """One word of a closed set."""

    def __init__(self, words: type[StrEnum]) -> None:
        self._words = {word.value: word for word in words}
        self._wrong = f"must be {', '.join(self._words)} or unknown"

    def read(self, value: Any) -> StrEnum:
        if type(value) is str and value in self._words:
            return self._words[value]
        raise Wrong(self._wrong)

    def schema(self) -> dict[str, Any]:
        return {"enum": [*self._words, UNKNOWN, None]}


@dataclass(frozen=True)
class Number(Kind):
    """A number from low to high, both included; whole numbers only when `whole`."""

    low: float
    high: float
    whole: bool = False

    def read(self, value: Any) -> float:
        if type(value) is not int and type(value) is not float:
            raise Wrong("must be a number")
        if not self.low <= value <= self.high:  # NaN compares false
            raise Wrong(f"must be from {self.low} to {self.high}")
        if self.whole and value != int(value):
            raise Wrong("must be a whole number")
        return int(value) if self.whole else value

    def schema(self) -> dict[str, Any]:
        kind = "integer" if self.whole else "number"
        return or_unknown({"type": kind, "minimum": self.low, "maximum": self.high})


@dataclass(frozen=True)
class Measured(Kind):
    """A test value: any number. One out of range is judged later, as not known with a note (A30)."""

    def read(self, value: Any) -> float:
        if (type(value) is not int and type(value) is not float) or value != value:
            raise Wrong("must be a number")
        return value

    def schema(self) -> dict[str, Any]:
        return or_unknown({"type": "number"})


@dataclass(frozen=True)
class FullDay(Kind):
    """A full date."""

    dated = True

    def read(self, value: Any) -> date:
        if type(value) is not str or not _DAY.fullmatch(value):
            raise Wrong("must be a full date, as 2026-11-22")
        try:
            return parse_partial(value).first
        except ValueError:
            raise Wrong("is not a day of the calendar between 1900 and 2199") from None

    def schema(self) -> dict[str, Any]:
        return or_unknown({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})


@dataclass(frozen=True)
class AnyDay(Kind):
    """A day, a month or a year."""

    dated = True

    def read(self, value: Any) -> PartialDate:
        if type(value) is str:
            try:
                return parse_partial(value)
            except ValueError:
                pass
        raise Wrong("must be a date, a month or a year, as 2026-08-03, 2026-08 or 2026")

    def schema(self) -> dict[str, Any]:
        return or_unknown({"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"})


class ListOf(Kind):
    """A list read into a set: order and repetition mean nothing."""

    def __init__(self, one: Callable[[Any], Any], item_schema: dict[str, Any]) -> None:
        self._one = one
        self._item_schema = item_schema

    def read(self, value: Any) -> frozenset[Any]:
        if type(value) is not list:
            raise Wrong("must be a list")
        found = set()
        for place, item in enumerate(value):
            try:
                found.add(self._one(item))
            except Wrong as wrong:
                raise Wrong(wrong.text, f"[{place}]") from None
        return frozenset(found)

    def schema(self) -> dict[str, Any]:
        return or_unknown({"type": "array", "items": self._item_schema})


def level(value: Any) -> str:
    """A vertebra, as T12; case does not matter."""
    if type(value) is str and _LEVEL.fullmatch(value):
        return value.upper()
    raise Wrong("must be a vertebra, as T12")


def words(value: Any) -> str:
    """Text that says something."""
    if type(value) is str and value.strip():
        return value
    raise Wrong("must be text")


def or_unknown(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value that may also be not known."""
    return {"anyOf": [schema, {"enum": [UNKNOWN, None]}]}
