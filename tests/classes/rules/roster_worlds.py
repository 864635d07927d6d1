"""Small rosters for the tests of proposals: people and classes drawn by a seed, and every seating of them."""

import random
from dataclasses import replace
from datetime import date, time
from itertools import combinations, product

from hypothesis import strategies as st

from clinic.classes.rules.capacity import Level
from clinic.classes.rules.placement import Candidate, ClassFacts, rested
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_model import most, problem, worth

STARTS = date(2026, 11, 23)
PERSON = Candidate("P2", "intermediate", group_start=STARTS)
TUESDAY = ClassFacts("tue", Level("P2", "intermediate"), 1, time(10, 30), "hall", free_standing=1)
WEDNESDAY = replace(TUESDAY, id="wed", weekday=2)
FRIDAY = replace(TUESDAY, id="fri", weekday=4)
DAYS = (0, 1, 3, 5, 6)
"""Some neighbours, round the week too, and some with a rest between."""
FEWER = (0, 0, 0, 0, 0, 1, 2, 4)


def waiter(name, tier=2, day=1, unavailable=None, **changes):
    return Waiter(name, tier, date(2026, 10, day), replace(PERSON, **changes), unavailable)


def rosters(people=5, timetable=5):
    """Up to so many people and classes; few seats, so that who gets them matters."""
    return st.integers(0, 10**6).map(lambda seed: drawn(random.Random(seed), people, timetable))


def drawn(chance, people, timetable):
    waiters = [_person(chance, f"{number}") for number in range(people - chance.choice(FEWER))]
    return problem(waiters, [_class(chance, f"class {n}") for n in range(timetable - chance.choice(FEWER))])


def _person(chance, name):
    days = chance.sample(DAYS, chance.choice([2, 2, 3, 3, 4]))
    candidate = Candidate(
        phase=chance.choice(["P2", "P3", "P3"]),
        band=chance.choice(["intermediate", "low", "low"]),
        halfdays=chance.choice([None, *[frozenset((day, "am") for day in days)] * 4]),
        brings=chance.choice([0, 0, 0, 1]),
        sessions_wanted=chance.choice([1, 2, 2]),
        group_start=chance.choice([STARTS] * 9 + [None]),
        held_weekdays=chance.choice([frozenset()] * 6 + [frozenset({0})]),
    )
    unavailable = chance.choice([None] * 9 + ["Paused."])
    return Waiter(
        name, chance.choice([1, 2, 2, 2, 3]), date(2026, 10, chance.randint(1, 28)), candidate, unavailable
    )


def _class(chance, name):
    level = chance.choice([Level("P2", "intermediate")] * 3 + [Level("P2", "low"), Level("P3", "low")])
    seats, room = chance.choice([1, 1, 1, 2, 0]), chance.choice([None] * 5 + [2])
    at = chance.choice([time(9), time(11)])
    return ClassFacts(name, level, chance.choice(DAYS), at, "hall", seats, room_left=room)


def every_seating(of):
    """Every arrangement that keeps each person's own rules; seats are not looked at."""
    return (
        {one.id: seats for one, seats in zip(of.waiters, choice, strict=True) if seats}
        for choice in product(*(choices(of, one) for one in of.waiters))
    )


def choices(of, one):
    suits = of.suits[one.id]
    pairs = combinations(suits, 2) if most(one.candidate) == 2 else ()
    two = [(a.id, b.id) for a, b in pairs if rested(a.weekday, b.weekday)]
    return [(), *((cls.id,) for cls in suits), *two]


def best_worth(of, fair):
    return max(worth(of, seating) for seating in every_seating(of) if fair(seating))
