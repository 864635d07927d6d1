"""Two plain ways to fill a roster: what the exact one is measured against, and what it falls back on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from clinic.classes.rules.placement import ClassFacts, distance, rested
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_model import Problem, most


class Seats:
    """What is still free while a list is walked."""

    def __init__(self, of: Problem) -> None:
        self.of = of
        self.free = {cls.id: cls.free_standing for cls in of.classes}
        self.room = {cls.id: cls.room_left for cls in of.classes}
        self.given: dict[str, list[ClassFacts]] = {}

    def open_to(self, waiter: Waiter) -> list[ClassFacts]:
        """Classes that suit, have a seat and a day of rest from what this person was given."""
        has = self.given.get(waiter.id, [])
        return [
            cls
            for cls in self.of.suits[waiter.id]
            if self._has_room(waiter, cls) and all(rested(cls.weekday, one.weekday) for one in has)
        ]

    def give(self, waiter: Waiter, cls: ClassFacts) -> None:
        self.given.setdefault(waiter.id, []).append(cls)
        self.free[cls.id] -= 1
        room = self.room[cls.id]
        if room is not None:
            self.room[cls.id] = room - 1 - waiter.candidate.brings

    def seating(self) -> dict[str, tuple[str, ...]]:
        place = {cls.id: number for number, cls in enumerate(self.of.classes)}
        return {
            one: tuple(sorted((cls.id for cls in has), key=place.__getitem__))
            for one, has in self.given.items()
        }

    def _has_room(self, waiter: Waiter, cls: ClassFacts) -> bool:
        room = self.room[cls.id]
        return self.free[cls.id] > 0 and (room is None or room > waiter.candidate.brings)


def first_fit(of: Problem) -> dict[str, tuple[str, ...]]:
    """One walk down the list: the week's first two classes that go together, else its first one."""
    seats = Seats(of)
    for waiter in of.waiters:
        open_classes = seats.open_to(waiter)
        pairs = (pair for pair in combinations(open_classes, 2) if rested(pair[0].weekday, pair[1].weekday))
        chosen = next(pairs, None) if most(waiter.candidate) == 2 else None
        for cls in chosen or open_classes[:1]:
            seats.give(waiter, cls)
    return seats.seating()


def slack_aware(of: Problem) -> dict[str, tuple[str, ...]]:
    """Tier by tier a first seat for each, then a second, each in the class with the most seats left."""
    seats = Seats(of)
    for tier in of.tiers:
        line = [one for one in of.waiters if one.tier == tier]
        for waiter in line:
            _give_the_roomiest(seats, waiter)
        for waiter in line:
            if most(waiter.candidate) == 2 and waiter.id in seats.given:
                _give_the_roomiest(seats, waiter)
    return seats.seating()


def _give_the_roomiest(seats: Seats, waiter: Waiter) -> None:
    level = waiter.candidate.level
    roomiest: Callable[[ClassFacts], tuple[int, int]]
    roomiest = lambda cls: (-seats.free[cls.id], distance(level, cls.level))  # noqa: E731
    open_classes = seats.open_to(waiter)
    if open_classes:
        seats.give(waiter, min(open_classes, key=roomiest))
