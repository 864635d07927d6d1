"""The exercise library in force: which exercises belong to a phase and band, and the words that teach them.

The rules import these frozen values, so this module needs only the standard library until a file is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "exercises"
PHASES = ("P1", "P2", "P3")
BANDS = ("high", "intermediate", "low")
STANCES = ("lying", "seated", "either", "standing")
TARGETS = frozenset({"posture", "core", "extensor", "strength", "balance", "bone", "aerobic", "skill"})
HOME_NEEDS = frozenset({"firm_chair", "worktop", "stairs_with_rail", "exercise_band"})
CONDITION_TAGS = frozenset(
    {
        "arthritis",
        "heart",
        "nerve_disease",
        "stoma_or_hernia",
        "parkinsons",
        "brace",
        "anticoagulant",
        "strong_painkiller",
    }
)
_LETTER = {"H": "high", "I": "intermediate", "L": "low"}
_SUFFIXES = frozenset("hpgc")


class LibraryError(ValueError):
    """A library file says something the service cannot use; the message names the item."""


@dataclass(frozen=True)
class Source:
    """Where a dose or an exercise comes from; `evidence` is high, moderate, low or consensus."""

    key: str
    title: str
    by: str
    year: int | None
    evidence: str


@dataclass(frozen=True)
class Exercise:
    """One exercise and its text; nothing here is approved until `approved_by` names a physiotherapist.

    `bands` is phase -> band -> suffix letters: h with hands, p physiotherapist's release, g prone gate,
    c in class only. `sms_with_hands` and `sms_seated` replace `sms` for that way of doing it.
    """

    id: str
    name: str
    position: str
    stance: str
    target: tuple[str, ...]
    phases: tuple[str, ...]
    bands: Mapping[str, Mapping[str, str]] = field(hash=False)
    dose: str
    progression: str
    precaution: str
    source: tuple[str, ...]
    sms: str
    sms_with_hands: str | None = None
    sms_seated: str | None = None
    needs: frozenset[str] = frozenset()
    pause_for: frozenset[str] = frozenset()
    adapt_for: Mapping[str, str] = field(default_factory=dict, hash=False)
    approved_by: str | None = None
    approved_on: date | None = None

    @property
    def prone(self) -> bool:
        """Done lying on the front."""
        return self.position == "prone"

    @property
    def loads_bone(self) -> bool:
        """Counts as bone loading, which has its own gate (rules A16, A32)."""
        return "bone" in self.target

    @property
    def needs_rest_day(self) -> bool:
        """24 hours of rest after resistance or bone loading only (S002); posture and balance go on daily."""
        return bool({"strength", "bone"} & set(self.target))

    def suffix(self, phase: str, band: str) -> str | None:
        """The suffix letters for this phase and band, or None where the exercise is not given."""
        return self.bands.get(phase, {}).get(band)


@dataclass(frozen=True)
class CellItem:
    """An exercise as one phase and band may do it."""

    exercise: Exercise
    with_hands: bool = False
    needs_release: bool = False
    prone_gate: bool = False
    class_only: bool = False


@dataclass(frozen=True)
class Prompt:
    """A general text, G01..G06; a sensitive one goes in the welcome pack only, unless the person agreed."""

    id: str
    use: str
    sms: str
    sensitive: bool = False
    approved_by: str | None = None
    approved_on: date | None = None


@dataclass(frozen=True)
class Library:
    """Every exercise, cell and general prompt of one dated file."""

    id: str
    in_force_from: date
    sources: Mapping[str, Source] = field(hash=False)
    exercises: Mapping[str, Exercise] = field(hash=False)
    prompts: Mapping[str, Prompt] = field(hash=False)
    cells: Mapping[tuple[str, str], tuple[CellItem, ...]] = field(hash=False)

    def cell(self, phase: str, band: str) -> tuple[CellItem, ...]:
        """The exercises of a phase and band, in teaching order; KeyError for an unknown phase or band."""
        return self.cells[phase, band]

    @property
    def awaiting_sign_off(self) -> tuple[str, ...]:
        """Ids of exercises and prompts nobody has approved; an unsigned library is shown as one (F27)."""
        items: tuple[Exercise | Prompt, ...] = (*self.exercises.values(), *self.prompts.values())
        return tuple(item.id for item in items if item.approved_by is None or item.approved_on is None)


def library(date_or_id: date | str | None = None) -> Library:
    """The library of that id, or the one in force on that date; without either, the newest.

    Raises LibraryError when no file has the id, or none was in force yet on the date.
    """
    versions = _versions()
    if date_or_id is None:
        return versions[-1]
    if isinstance(date_or_id, str):
        found = [one for one in versions if one.id == date_or_id]
    else:
        found = [one for one in versions if one.in_force_from <= date_or_id]
    if not found:
        raise LibraryError(f"no exercise library for {date_or_id}")
    return found[-1]


@lru_cache(maxsize=1)
def _versions() -> tuple[Library, ...]:
    return tuple(sorted(map(load, sorted(FOLDER.glob("*.yaml"))), key=lambda one: one.in_force_from))


def load(path: Path) -> Library:
    """One library file, checked; raises LibraryError naming the item at fault."""
    import yaml  # here and not above: the rules import this module and may load nothing else

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
    except (KeyError, TypeError) as problem:
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
    for exercise_id in ids:
        exercise = exercises[exercise_id]
        suffix = exercise.suffix(*_cell_key(key))
        if suffix is None:
            raise LibraryError(f"cell {key}: {exercise_id} is not allowed there")
        items.append(CellItem(exercise, "h" in suffix, "p" in suffix, "g" in suffix, "c" in suffix))
    return tuple(items)


class _Rule(NamedTuple):
    holds: bool
    text: str


def _check(made: Library, raw: Mapping[str, Any]) -> None:
    rules = [
        _Rule(len(made.exercises) == len(raw["exercises"]), "two exercises share an id"),
        _Rule(len(made.prompts) == len(raw["prompts"]), "two prompts share an id"),
        _Rule(set(made.cells) == {(p, b) for p in PHASES for b in BANDS}, "every phase and band has a cell"),
    ]
    for one in made.exercises.values():
        rules += [
            _Rule(one.stance in STANCES, f"{one.id}: unknown stance"),
            _Rule(bool(one.target) and set(one.target) <= TARGETS, f"{one.id}: unknown target"),
            _Rule(bool(one.phases) and set(one.phases) <= set(PHASES), f"{one.id}: unknown phase"),
            _Rule(one.needs <= HOME_NEEDS, f"{one.id}: unknown need"),
            _Rule(one.pause_for | set(one.adapt_for) <= CONDITION_TAGS, f"{one.id}: unknown condition"),
            _Rule(bool(one.source) and _keys(one) <= set(made.sources), f"{one.id}: unknown or no source"),
            _Rule(not one.prone or _all_gated(one), f"{one.id}: prone without the prone gate"),
        ]
    for rule in rules:
        if not rule.holds:
            raise LibraryError(rule.text)


def _keys(exercise: Exercise) -> set[str]:
    return {text.split(" ")[0] for text in exercise.source}


def _all_gated(exercise: Exercise) -> bool:
    return all("g" in suffix for bands in exercise.bands.values() for suffix in bands.values())
