"""Why somebody gets these seats, or none: one or two sentences for the person who has to ring them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from clinic.classes.rules.placement import DAY_NAMES, ClassFacts, Misfit, distance, rested
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_model import Problem, Seating, most

NEAREST_SHOWN = 2
ROOM_TOO_SMALL = "its room is too small for the person and those who come with them"
LEFT_OVER = "a seat is left, which the search had no time to use"


def called(cls: ClassFacts) -> str:
    """Tuesday 10:30am, as the pages write it."""
    at = cls.wall_time
    if (at.hour, at.minute) == (12, 0):
        return f"{DAY_NAMES[cls.weekday]} midday"
    minutes = f":{at:%M}" if at.minute else ""
    return f"{DAY_NAMES[cls.weekday]} {at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


class Reasons:
    """Answers for everybody on the list about one arrangement of seats."""

    def __init__(self, of: Problem, seating: Seating) -> None:
        self.of, self.seating = of, seating
        self.place = {one.id: number for number, one in enumerate(of.waiters)}
        self.holders: dict[str, list[int]] = defaultdict(list)
        for person, classes in seating.items():
            for cls in classes:
                self.holders[cls].append(self.place[person])

    def because(self, waiter: Waiter) -> tuple[str, ...]:
        """Why these seats: how many a week, why not more, and how each class fits the person's level."""
        mine = [self.of.by_id[one] for one in self.seating[waiter.id]]
        return (self._how_often(waiter, mine), *_how_near(waiter, mine))

    def cannot_be_placed(self, waiter: Waiter) -> str:
        """What stands in the way: the person, every class, or that each class that suits is full."""
        if waiter.unavailable:
            return waiter.unavailable
        if suits := self.of.suits[waiter.id]:
            return f"Every class that suits is full. {self._all_gone(waiter, suits)}."
        if not self.of.classes:
            return "There are no classes."
        why = [(cls, self.of.why_not(waiter, cls)) for cls in self.of.classes]
        common = _in_the_way_of_all([reasons for _, reasons in why])
        if common is not None:
            return f"No class suits. {common.text}"
        nearest = sorted(why, key=lambda pair: len(pair[1]))[:NEAREST_SHOWN]
        said = " ".join(f"{called(cls)}: {' '.join(one.text for one in each)}" for cls, each in nearest)
        return f"No class suits. Nearest are {said}"

    def why_none(self, waiter: Waiter) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Class by class, every reason why this person gets no seat there."""
        answers = []
        for cls in self.of.classes:
            reasons = tuple(one.text for one in self.of.why_not(waiter, cls))
            gone = self._gone(waiter, cls)
            answers.append((cls.id, reasons or (f"{gone[0].upper()}{gone[1:]}.",)))
        return tuple(answers)

    def _how_often(self, waiter: Waiter, mine: Sequence[ClassFacts]) -> str:
        person = waiter.candidate
        if len(mine) > 1:
            return "Two a week, with a day of rest in between."
        if person.held_weekdays:
            held = " and ".join(DAY_NAMES[day] for day in sorted(person.held_weekdays))
            return f"A second a week, beside {held}."
        if most(person) == 1:
            return "One a week with a home plan, as they wish."
        others = [cls for cls in self.of.suits[waiter.id] if rested(cls.weekday, mine[0].weekday)]
        if not others:
            return "One a week with a home plan: no other class suits that leaves a day of rest."
        gone = self._all_gone(waiter, others)
        return f"One a week with a home plan, for lack of a second seat. {gone}."

    def _all_gone(self, waiter: Waiter, classes: Sequence[ClassFacts]) -> str:
        return "; ".join(f"{called(cls)}: {self._gone(waiter, cls)}" for cls in classes)

    def _gone(self, waiter: Waiter, cls: ClassFacts) -> str:
        """Who has the seats that this person does not get."""
        if cls.free_standing < 1:
            return "no seat is free"
        holders = self.holders[cls.id]
        if len(holders) < cls.free_standing:
            return ROOM_TOO_SMALL if cls.room_left is not None else LEFT_OVER
        free = "its free seat goes" if cls.free_standing == 1 else f"its {cls.free_standing} free seats go"
        first = all(place < self.place[waiter.id] for place in holders)
        return f"{free} to {'people who come first' if first else 'others in this proposal'}"


def _how_near(waiter: Waiter, mine: Sequence[ClassFacts]) -> list[str]:
    """One sentence when it is the same for both classes."""
    exact = [distance(waiter.candidate.level, cls.level) == 0 for cls in mine]
    if len(set(exact)) == 1:
        which = "The class" if len(mine) == 1 else "Each class"
        return [f"{which} {_serves(exact[0])}."]
    return [f"{called(cls)} {_serves(fits)}." for cls, fits in zip(mine, exact, strict=True)]


def _serves(exact: bool) -> str:
    return "is for exactly their level" if exact else "also serves people who need more help"


def _in_the_way_of_all(reasons: Sequence[Sequence[Misfit]]) -> Misfit | None:
    """The one reason that every class shares, such as a group gate that is closed."""
    shared = set.intersection(*(set(each) for each in reasons))
    return min(shared, key=lambda one: one.code) if shared else None
