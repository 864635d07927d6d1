"""Why somebody gets these seats, or none: one or two sentences for the person who has to ring them."""

from __future__ import annotations

from collections.abc import Sequence

from clinic.classes.rules.placement import DAY_NAMES, ClassFacts, Misfit, distance, rested
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_model import Problem, Seating, most

NEAREST_SHOWN = 2


def called(cls: ClassFacts) -> str:
    return f"{DAY_NAMES[cls.weekday]} {cls.wall_time:%H:%M}"


def because(of: Problem, seating: Seating, waiter: Waiter) -> tuple[str, ...]:
    """Why these seats: how many a week and why not more, and how each class fits the person's level."""
    mine = [of.by_id[one] for one in seating[waiter.id]]
    return (_how_often(of, seating, waiter, mine), *(_how_near(waiter, cls) for cls in mine))


def cannot_be_placed(of: Problem, seating: Seating, waiter: Waiter) -> str:
    """What stands in the way: the person, every class, or that each class that suits is full."""
    if waiter.unavailable:
        return waiter.unavailable
    if of.suits[waiter.id]:
        full = "; ".join(f"{called(cls)}: {_gone(of, seating, waiter, cls)}" for cls in of.suits[waiter.id])
        return f"Every class that suits is full. {full}."
    if not of.classes:
        return "There are no classes."
    why = [(cls, of.why_not(waiter, cls)) for cls in of.classes]
    common = _in_the_way_of_all([reasons for _, reasons in why])
    if common is not None:
        return f"No class suits. {common.text}"
    nearest = sorted(why, key=lambda pair: len(pair[1]))[:NEAREST_SHOWN]
    said = " ".join(f"{called(cls)}: {' '.join(one.text for one in reasons)}" for cls, reasons in nearest)
    return f"No class suits. Nearest are {said}"


def why_none(of: Problem, seating: Seating, waiter: Waiter) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Class by class, every reason why this person gets no seat there."""
    answers = []
    for cls in of.classes:
        reasons = tuple(one.text for one in of.why_not(waiter, cls))
        gone = _gone(of, seating, waiter, cls)
        answers.append((cls.id, reasons or (f"{gone[0].upper()}{gone[1:]}.",)))
    return tuple(answers)


def _how_often(of: Problem, seating: Seating, waiter: Waiter, mine: Sequence[ClassFacts]) -> str:
    person = waiter.candidate
    if len(mine) > 1:
        return "Two a week, with a day of rest in between."
    if person.held_weekdays:
        return (
            f"A second a week, beside {' and '.join(DAY_NAMES[day] for day in sorted(person.held_weekdays))}."
        )
    if most(waiter.candidate) == 1:
        return "One a week with a home plan, as they wish."
    others = [cls for cls in of.suits[waiter.id] if rested(cls.weekday, mine[0].weekday)]
    if not others:
        return "One a week with a home plan: no other class suits that leaves a day of rest."
    full = "; ".join(f"{called(cls)}: {_gone(of, seating, waiter, cls)}" for cls in others)
    return f"One a week with a home plan, for lack of a second seat. {full}."


def _how_near(waiter: Waiter, cls: ClassFacts) -> str:
    exact = distance(waiter.candidate.level, cls.level) == 0
    fit = "is for exactly this level" if exact else "also serves people who need more help"
    return f"{called(cls)} {fit}."


def _gone(of: Problem, seating: Seating, waiter: Waiter, cls: ClassFacts) -> str:
    """Who has the seats that this person does not get."""
    if cls.free_standing < 1:
        return "no seat is free"
    place = {one.id: number for number, one in enumerate(of.waiters)}
    holders = [one for one, classes in seating.items() if cls.id in classes]
    free = "its free seat goes" if cls.free_standing == 1 else f"its {cls.free_standing} free seats go"
    if len(holders) < cls.free_standing:
        return "its room is too small for the person and those who come with them"
    before = all(place[one] < place[waiter.id] for one in holders)
    return f"{free} to {'people who come first' if before else 'others in this proposal'}"


def _in_the_way_of_all(reasons: Sequence[Sequence[Misfit]]) -> Misfit | None:
    """The one reason that every class shares, such as a group gate that is closed."""
    shared = set.intersection(*(set(each) for each in reasons))
    return min(shared, key=lambda one: one.code) if shared else None
