"""Who may have which standing seats, and what a whole arrangement of them is worth.

Worth is a list of whole numbers, compared from its first: tier by tier, the most urgent first, how many have
a seat, then that those who wait longest have it, then how many have the two a week they want, then who of
them waits longest; at last, over everybody, how near the classes are to each person's own level. What comes
later never costs anything that comes before, so a tier never loses a seat to a later tier. One class with a
home plan counts as seated (F20): two are preferred, and never bought with the only seat of somebody else in
that tier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import combinations

from clinic.classes.rules.placement import (
    Candidate,
    ClassFacts,
    Misfit,
    distance,
    rest_day,
    rested,
    unsuitable,
)
from clinic.classes.rules.ranking import Waiter, in_order

Seating = Mapping[str, tuple[str, ...]]
"""Waiter id to class ids in the order of the week; who is absent has no seat."""


class Aim(StrEnum):
    """What one step of the worth counts."""

    SEATED = "seated"
    SEATED_BY_WAIT = "seated_by_wait"
    TWO_A_WEEK = "two_a_week"
    TWO_BY_WAIT = "two_by_wait"
    OWN_LEVEL = "own_level"


@dataclass(frozen=True)
class Goal:
    """One step of the worth, of one tier or (own level) of everybody."""

    aim: Aim
    tier: int | None = None


@dataclass(frozen=True)
class Pays:
    """What a goal gives for somebody's first seat, for their second, and for one seat in one class."""

    first: Mapping[str, int] = field(default_factory=dict)
    second: Mapping[str, int] = field(default_factory=dict)
    seat: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """People in the order of the waiting list and classes with their free seats; make it with `problem`.

    `barred` are reasons beyond the rules of placement why one person may not have one class: they said no to
    it, or no session of it is planned. Seats held already are not in here: they are fixed.
    """

    waiters: tuple[Waiter, ...]
    classes: tuple[ClassFacts, ...]
    barred: Mapping[tuple[str, str], Misfit]

    @cached_property
    def by_id(self) -> dict[str, ClassFacts]:
        return {cls.id: cls for cls in self.classes}

    @cached_property
    def suits(self) -> dict[str, tuple[ClassFacts, ...]]:
        """The classes each person may sit in if a seat is free; none for who can be offered nothing now."""
        return {
            one.id: ()
            if one.unavailable
            else tuple(cls for cls in self.classes if not self.why_not(one, cls))
            for one in self.waiters
        }

    @property
    def tiers(self) -> list[int]:
        return sorted({one.tier for one in self.waiters})

    def why_not(self, waiter: Waiter, cls: ClassFacts) -> tuple[Misfit, ...]:
        """Every reason but a lack of seats; empty means the class suits."""
        barred = self.barred.get((waiter.id, cls.id))
        person = waiter.candidate
        return unsuitable(person, cls) + rest_day(person, cls) + ((barred,) if barred else ())


def problem(
    waiters: Iterable[Waiter],
    classes: Iterable[ClassFacts],
    barred: Mapping[tuple[str, str], Misfit] | None = None,
) -> Problem:
    """The same problem whatever the order in which people and classes are given."""
    by_week = sorted(classes, key=lambda cls: (cls.weekday, cls.wall_time, cls.id))
    return Problem(in_order(waiters), tuple(by_week), dict(barred or {}))


def most(person: Candidate) -> int:
    """How many standing seats somebody may be given: two, or one for who wants one or holds one already."""
    return 2 if person.sessions_wanted >= 2 and not person.held_weekdays else 1


def goals(of: Problem) -> tuple[Goal, ...]:
    """The steps of the worth in their order."""
    aims = (Aim.SEATED, Aim.SEATED_BY_WAIT, Aim.TWO_A_WEEK, Aim.TWO_BY_WAIT)
    return (*(Goal(aim, tier) for tier in of.tiers for aim in aims), Goal(Aim.OWN_LEVEL))


def pays(of: Problem, goal: Goal) -> Pays:
    """What a goal counts: the one definition for the solver and for whoever checks it."""
    if goal.aim is Aim.OWN_LEVEL:
        return Pays(
            seat={
                (one.id, cls.id): -distance(one.candidate.level, cls.level)
                for one in of.waiters
                for cls in of.suits[one.id]
            }
        )
    tier = [one.id for one in of.waiters if one.tier == goal.tier]
    by_wait = goal.aim in {Aim.SEATED_BY_WAIT, Aim.TWO_BY_WAIT}
    points = {one: len(tier) - place if by_wait else 1 for place, one in enumerate(tier)}
    return Pays(first=points) if goal.aim in {Aim.SEATED, Aim.SEATED_BY_WAIT} else Pays(second=points)


def worth(of: Problem, seating: Seating) -> tuple[int, ...]:
    """What an arrangement is worth, goal by goal; compare two with `<`."""
    return tuple(value(pays(of, goal), seating) for goal in goals(of))


def value(pay: Pays, seating: Seating) -> int:
    """What an arrangement is worth by one goal."""
    total = 0
    for person, classes in seating.items():
        total += pay.first.get(person, 0) if classes else 0
        total += pay.second.get(person, 0) if len(classes) > 1 else 0
        total += sum(pay.seat.get((person, one), 0) for one in classes)
    return total


def broken(of: Problem, seating: Seating) -> list[str]:
    """Every rule an arrangement breaks, in words; an arrangement that may be proposed breaks none."""
    people, wrong = {one.id: one for one in of.waiters}, []
    taken, room = Counter[str](), Counter[str]()
    for person, classes in seating.items():
        fit = {cls.id for cls in of.suits[person]}
        wrong += [f"{person} does not suit {one}" for one in classes if one not in fit]
        if len(classes) > most(people[person].candidate):
            wrong.append(f"{person} has {len(classes)} seats")
        days = [of.by_id[one].weekday for one in classes]
        if not all(rested(a, b) for a, b in combinations(days, 2)):
            wrong.append(f"{person} has no day of rest in between")
        taken.update(classes)
        room.update(dict.fromkeys(classes, 1 + people[person].candidate.brings))
    for cls in of.classes:
        if taken[cls.id] > cls.free_standing:
            wrong.append(f"{cls.id} has {taken[cls.id]} people for {cls.free_standing} seats")
        if cls.room_left is not None and room[cls.id] > cls.room_left:
            wrong.append(f"{cls.id} has {room[cls.id]} people in room for {cls.room_left}")
    return wrong
