"""Looking into JSON of any shape without ever failing: what is not there, or not so, is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
_PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
# element names look like this; anything else in a key may be a person's name or number and is not repeated
_ELEMENT = re.compile(r"(?!.*[0-9]{3})[a-z_][A-Za-z0-9]{0,49}")


def obj(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def dicts(value: Any) -> list[tuple[int, Json]]:
    """The objects of a list, each with its place in it."""
    if not isinstance(value, list):
        return []
    return [(place, one) for place, one in enumerate(value) if isinstance(one, dict)]


def word(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def codings(concept: Any) -> list[tuple[str, str]]:
    """(system, code) of a CodeableConcept."""
    return [(word(c.get("system")), word(c.get("code"))) for _, c in dicts(obj(concept).get("coding"))]


def words_of(concept: Any) -> str:
    """What people read of a CodeableConcept: its text, else the displays."""
    shown = [word(c.get("display")) for _, c in dicts(obj(concept).get("coding"))]
    return word(obj(concept).get("text")) or "; ".join(part for part in shown if part)


def day(value: Any, zone: ZoneInfo) -> str | None:
    """A date as sent, or the clinic's date of a moment; partial dates stay partial. None if it is neither."""
    text = word(value)
    if _PARTIAL.fullmatch(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(zone).date().isoformat() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def element(at: str, key: str) -> str:
    """The path of a member, or of what holds it when the key is no element's name."""
    return f"{at}.{key}" if _ELEMENT.fullmatch(key) else at


def walk(value: Any, at: str) -> Iterator[tuple[str, str, Any]]:
    """Every (path, key, value) below a value, depth first."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = element(at, key)
            yield path, key, inner
            yield from walk(inner, path)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from walk(inner, f"{at}[{place}]")
