"""What a class trains: exercises of its level, chosen by a physiotherapist, with what the choice lacks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from clinic import audit
from clinic.classes.errors import BadTimetable
from clinic.classes.models import ExerciseClass
from clinic.classes.rules import session_plan as rules
from clinic.extensions import db, transaction
from clinic.protocol.exercise_library import CellItem, library
from clinic.viewer import Viewer


@dataclass(frozen=True)
class Plan:
    """The level's exercises by part, those of this class, and which part it lacks."""

    offered: dict[str, list[CellItem]]
    chosen: tuple[str, ...]
    by_a_person: bool
    lacking: tuple[str, ...]

    @property
    def items(self) -> list[CellItem]:
        every = (item for part in self.offered.values() for item in part)
        return [item for item in every if item.exercise.id in self.chosen]


def plan_of(row: ExerciseClass, today: date) -> Plan:
    """From the library in force that day; until somebody chooses, all that the level may do."""
    cell = library(today).cell(row.level_phase, row.level_band)
    offered: dict[str, list[CellItem]] = {name: [] for name in (*rules.PARTS, "also")}
    for item in cell:
        offered[rules.part_of(item.exercise.target)].append(item)
    chosen = set(row.exercises) if row.exercises is not None else {item.exercise.id for item in cell}
    lacking = rules.parts_lacking(_targets(cell, chosen))
    return Plan(offered, tuple(sorted(chosen)), row.exercises is not None, lacking)


def lacking(row: ExerciseClass, today: date) -> tuple[str, ...]:
    """The parts this class's sessions do not train; the library is for land, so nothing is said of water."""
    return () if row.modality == "water" else plan_of(row, today).lacking


@transaction()
def choose(*, class_id: int, exercise_ids: Collection[str], today: date, by: Viewer) -> None:
    """These exercises from now on. Raises BadTimetable for none, or for one its level may not do."""
    row = db.session.get_one(ExerciseClass, class_id, with_for_update=True)
    allowed = {item.exercise.id for item in library(today).cell(row.level_phase, row.level_band)}
    wanted = sorted(set(exercise_ids))
    if not wanted:
        raise BadTimetable("Choose at least one exercise")
    if not set(wanted) <= allowed:
        raise BadTimetable("One of these is not for this level: choose again")
    row.exercises = wanted
    audit.record("class.planned", by=by, about=row, exercises=wanted)


def _targets(cell: Sequence[CellItem], chosen: Collection[str]) -> set[str]:
    return {target for item in cell if item.exercise.id in chosen for target in item.exercise.target}
