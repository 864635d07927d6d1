"""Which one change of the timetable would seat the most people whom a proposal leaves over.

Counted beside the proposal: nobody it places is moved, so each count is a promise that can be kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import product

from clinic.classes.rules.capacity import Staff, capacity
from clinic.classes.rules.placement import ClassFacts, rested
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_model import Problem, Seating, most

MORNING, AFTERNOON = time(10, 30), time(14)
SEATS, CLASS = "more_seats", "new_class"


@dataclass(frozen=True)
class Option:
    """More seats in a class, or one class more; `cls.free_standing` is how many seats it would add."""

    kind: str
    cls: ClassFacts


@dataclass(frozen=True)
class Help:
    """What an option would do: who gets a first seat and who their second, in the order of the list."""

    option: Option
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True)
class Hall:
    """A venue where a class could be held: how many its room holds, and what its access is."""

    venue: str
    room: int
    access: frozenset[str] = frozenset()


def new_classes(
    halls: Iterable[Hall],
    people: Iterable[Waiter],
    weekdays: Iterable[int],
    staff: Sequence[Staff],
) -> tuple[Option, ...]:
    """One class for each level somebody has, each half day and each hall, with this staff's seats."""
    levels = sorted({one.candidate.level for one in people}, key=lambda level: (level.phase, level.band))
    found = []
    for hall, level, day, at in product(halls, levels, sorted(weekdays), (MORNING, AFTERNOON)):
        seats = capacity(hall.room, level, staff)
        cls = ClassFacts("new", level, day, at, hall.venue, seats, access=hall.access)
        found.append(Option(CLASS, cls))
    return tuple(found)


def most_helpful(of: Problem, seating: Seating, options: Iterable[Option]) -> tuple[Help, ...]:
    """Options that seat anybody, best first: most people seated, most urgent first, most second seats."""
    found = [_help(of, seating, option) for option in options]
    tier = {one.id: one.tier for one in of.waiters}

    def rank(one: Help) -> tuple[object, ...]:
        urgent = Counter(tier[person] for person in one.first)
        cls = one.option.cls
        week = (cls.weekday, cls.wall_time, cls.venue, cls.level.phase, cls.level.band, cls.id)
        by_tier = tuple(-urgent[level] for level in of.tiers)
        return -len(one.first), by_tier, -len(one.second), one.option.kind != SEATS, week

    return tuple(sorted((one for one in found if one.first), key=rank))


def distinct(helps: Iterable[Help]) -> tuple[Help, ...]:
    """The first of those that would seat the same people."""
    found: dict[frozenset[str], Help] = {}
    for one in helps:
        found.setdefault(frozenset(one.first), one)
    return tuple(found.values())


def _help(of: Problem, seating: Seating, option: Option) -> Help:
    first: list[str] = []
    second: list[str] = []
    for waiter in of.waiters:
        if waiter.unavailable or of.why_not(waiter, option.cls):
            continue
        has = seating.get(waiter.id, ())
        if not has:
            first.append(waiter.id)
        elif len(has) < most(waiter.candidate) and _goes_with(of, has, option.cls):
            second.append(waiter.id)
    seats = option.cls.free_standing
    return Help(option, tuple(first[:seats]), tuple(second[: max(0, seats - len(first))]))


def _goes_with(of: Problem, has: Sequence[str], cls: ClassFacts) -> bool:
    return all(rested(of.by_id[one].weekday, cls.weekday) for one in has)
