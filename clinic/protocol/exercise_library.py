"""The exercise library in force, read from `exercises/<date>.yaml` and checked before anybody sees it."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from clinic.protocol.exercise_model import (
    BANDS,
    CONDITION_TAGS,
    HOME_NEEDS,
    PHASES,
    STANCES,
    TARGETS,
    CellItem,
    Exercise,
    Library,
    Prompt,
    Source,
)

__all__ = ["CellItem", "Exercise", "Library", "LibraryError", "Prompt", "Source", "build", "library", "load"]

FOLDER = Path(__file__).parent / "exercises"
_LETTER = {"H": "high", "I": "intermediate", "L": "low"}
_SUFFIXES = frozenset("hpgc")


class LibraryError(ValueError):
    """A library file says something the service cannot use; the message names the item."""


def library(date_or_id: date | str | None = None) -> Library:
    """The library of that id, or the one in force on that date; without either, the newest.

    Dates before the first library are served by the first. Raises LibraryError when no file has the id.
    """
    versions = _versions()
    if date_or_id is None:
        return versions[-1]
    if isinstance(date_or_id, str):
        found = [one for one in versions if one.id == date_or_id]
    else:
        found = [one for one in versions if one.in_force_from <= date_or_id] or [versions[0]]
    if not found:
        raise LibraryError(f"no exercise library for {date_or_id}")
    return found[-1]


@lru_cache(maxsize=1)
def _versions() -> tuple[Library, ...]:
    return tuple(sorted(map(load, sorted(FOLDER.glob("*.yaml"))), key=lambda one: one.in_force_from))


def load(path: Path) -> Library:
    """One library file, checked; raises LibraryError naming the item at fault."""
    return build(yaml.safe_load(path.read_text(encoding="utf-8")))


def build(raw: Mapping[str, Any]) -> Library:
    """A library from plain data; raises LibraryError for anything unknown, missing or contradictory."""
    try:
        sources = {key: Source(key=key, **row) for key, row in raw["sources"].items()}
        exercises = {row["id"]: _exercise(row) for row in raw["exercises"]}
        prompts = {row["id"]: Prompt(**row) for row in raw["prompts"]}
        cells = {_cell_key(key): _cell(key, ids, exercises) for key, ids in raw["cells"].items()}
        made = Library(
            raw["id"],
            raw["in_force_from"],
            MappingProxyType(sources),
            MappingProxyType(exercises),
            MappingProxyType(prompts),
            MappingProxyType(cells),
        )
    except (AttributeError, KeyError, TypeError) as problem:
        raise LibraryError(f"exercise library: {problem!r}") from problem
    _check(made, raw)
    return made


def _exercise(row: Mapping[str, Any]) -> Exercise:
    facts = dict(row)
    bands = {phase: _bands(row["id"], str(spelled)) for phase, spelled in facts.pop("allowed").items()}
    for name in ("target", "source"):
        facts[name] = tuple(facts[name])
    for name in ("needs", "pause_for"):
        facts[name] = frozenset(facts.get(name, ()))
    facts["adapt_for"] = MappingProxyType(dict(facts.get("adapt_for", {})))
    return Exercise(phases=tuple(bands), bands=MappingProxyType(bands), **facts)


def _bands(exercise_id: str, spelled: str) -> Mapping[str, str]:
    """`Hh I L` as {high: h, intermediate: "", low: ""}."""
    found = {}
    for word in spelled.split():
        if word[0] not in _LETTER or not set(word[1:]) <= _SUFFIXES:
            raise LibraryError(f"{exercise_id}: cannot read allowed {word}")
        found[_LETTER[word[0]]] = word[1:]
    return MappingProxyType(found)


def _cell_key(spelled: str) -> tuple[str, str]:
    phase, _, band = spelled.partition(" ")
    return phase, band


def _cell(key: str, ids: list[str], exercises: Mapping[str, Exercise]) -> tuple[CellItem, ...]:
    items = []
    if len(set(ids)) != len(ids):
        raise LibraryError(f"cell {key}: an exercise stands there twice")
    for exercise_id in ids:
        exercise = exercises[exercise_id]
        suffix = exercise.suffix(*_cell_key(key))
        if suffix is None:
            raise LibraryError(f"cell {key}: {exercise_id} is not allowed there")
        items.append(CellItem(exercise, "h" in suffix, "p" in suffix, "g" in suffix, "c" in suffix))
    return tuple(items)


def _check(made: Library, raw: Mapping[str, Any]) -> None:
    problems = [*_file_problems(made, raw)]
    for one in made.exercises.values():
        problems += [f"{one.id}: {text}" for text in _exercise_problems(one, made)]
    if problems:
        raise LibraryError("; ".join(problems))


def _file_problems(made: Library, raw: Mapping[str, Any]) -> Iterator[str]:
    if len(made.exercises) != len(raw["exercises"]) or len(made.prompts) != len(raw["prompts"]):
        yield "two items share an id"
    if set(made.cells) != {(phase, band) for phase in PHASES for band in BANDS}:
        yield "not exactly one cell for each phase and band"
    items: tuple[Exercise | Prompt, ...] = (*made.exercises.values(), *made.prompts.values())
    for item in items:
        if (item.approved_by is None) != (item.approved_on is None):
            yield f"{item.id}: approved by a name and on a date, or neither"


def _exercise_problems(one: Exercise, made: Library) -> Iterator[str]:
    if one.stance not in STANCES:
        yield "unknown stance"
    if not one.target or not set(one.target) <= TARGETS:
        yield "unknown target"
    if not one.phases or not set(one.phases) <= set(PHASES):
        yield "unknown phase"
    if not one.needs <= HOME_NEEDS:
        yield "unknown need"
    if not one.pause_for | set(one.adapt_for) <= CONDITION_TAGS:
        yield "unknown condition"
    if not one.source or not {text.split(" ")[0] for text in one.source} <= set(made.sources):
        yield "unknown source, or none"
    if one.prone and not all("g" in suffix for bands in one.bands.values() for suffix in bands.values()):
        yield "prone without the prone gate"
