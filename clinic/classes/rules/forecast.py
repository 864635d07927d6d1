"""When a seat may be expected: standing seats end with the course, and go to the list in its order; pure.

A course is seven months (S002, low evidence; the dose of the home plan). An expectation, not a promise:
people leave sooner or stay longer, an offer may be declined, and an urgent referral comes first.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

from clinic.classes.rules.placement import ClassFacts, distance, unsuitable
from clinic.classes.rules.ranking import Waiter

COURSE_MONTHS = 7
AHEAD = timedelta(weeks=26)
"""No further: beyond half a year a date would be a guess."""
LATE_END = timedelta(days=14)
"""Whoever is past the end of the course is expected to be discharged within a fortnight."""


@dataclass(frozen=True)
class SeatEnd:
    """A standing seat of a class that is free on a day: today's free seats, and the ends of courses."""

    cls: ClassFacts
    on: date


@dataclass(frozen=True)
class LevelRow:
    """One line of the table: a level's seats, when they are expected to be free, and who waits for one."""

    phase: str
    band: str
    classes: int
    free_now: int
    ends: tuple[date, ...]
    waiting: int
    last_by: date | None


def course_end(first_class: date) -> date:
    """Seven calendar months after the first class; the last day of a shorter month."""
    month = first_class.month - 1 + COURSE_MONTHS
    year, month = first_class.year + month // 12, month % 12 + 1
    return date(year, month, min(first_class.day, monthrange(year, month)[1]))


def seat_free_on(first_class: date, today: date) -> date:
    """When this person's seat is expected to be free."""
    end = course_end(first_class)
    return end if end > today else today + LATE_END


def expected(waiters: Sequence[Waiter], seats: Iterable[SeatEnd], today: date) -> Mapping[str, SeatEnd]:
    """The seat each may expect, by waiter: day by day, the first in order takes the seat nearest their level.

    Each takes one seat; who wants two is counted at the first. Nobody is given a seat before their group gate
    opens, or later than half a year ahead.
    """
    found: dict[str, SeatEnd] = {}
    order = (seat for seat in sorted(seats, key=_when) if seat.on <= today + AHEAD)
    for _, that_day in groupby(order, key=attrgetter("on")):
        left = list(that_day)
        for waiter in waiters:
            fit = [seat for seat in left if waiter.id not in found and _suits(waiter, seat)]
            if fit:
                found[waiter.id] = best = min(fit, key=lambda seat: _distance(waiter, seat))
                left.remove(best)
    return found


def by_level(
    classes: Sequence[ClassFacts], seats: Sequence[SeatEnd], given: Mapping[str, SeatEnd], today: date
) -> tuple[LevelRow, ...]:
    """The table of the waiting list's page, strictest level first in the order given by the classes."""
    levels = dict.fromkeys((cls.level.phase, cls.level.band) for cls in classes)
    rows = []
    for phase, band in sorted(levels, key=_strictest_first):
        here = [cls for cls in classes if (cls.level.phase, cls.level.band) == (phase, band)]
        ids = {cls.id for cls in here}
        ends = tuple(sorted(s.on for s in seats if s.cls.id in ids and today < s.on <= today + AHEAD))
        dates = [seat.on for seat in given.values() if seat.cls.id in ids]
        free = sum(cls.free_standing for cls in here)
        rows.append(LevelRow(phase, band, len(here), free, ends, len(dates), max(dates, default=None)))
    return tuple(rows)


def _suits(waiter: Waiter, seat: SeatEnd) -> bool:
    person = waiter.candidate
    opens = person.group_start
    return opens is not None and opens <= seat.on and not unsuitable(person, seat.cls)


def _distance(waiter: Waiter, seat: SeatEnd) -> tuple[int, int, str]:
    return distance(waiter.candidate.level, seat.cls.level), seat.cls.weekday, seat.cls.id


def _when(seat: SeatEnd) -> tuple[date, int, str]:
    return seat.on, seat.cls.weekday, seat.cls.id


def _strictest_first(level: tuple[str, str]) -> tuple[str, int]:
    return level[0], ("high", "intermediate", "low").index(level[1])
