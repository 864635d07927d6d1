"""Small rosters for the tests of proposals: people and classes drawn at random, and every seating of them."""

from dataclasses import replace
from datetime import date, time
from itertools import combinations, product

from hypothesis import strategies as st

from clinic.classes.rules.capacity import Level
from clinic.classes.rules.placement import Candidate, ClassFacts, rested
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_model import most, problem, worth

PERSON = Candidate("P2", "intermediate", group_start=date(2026, 11, 23))
TUESDAY = ClassFacts("tue", Level("P2", "intermediate"), 1, time(10, 30), "hall", free_standing=1)
WEDNESDAY = replace(TUESDAY, id="wed", weekday=2)
FRIDAY = replace(TUESDAY, id="fri", weekday=4)


def waiter(name, tier=2, day=1, unavailable=None, **changes):
    return Waiter(name, tier, date(2026, 10, day), replace(PERSON, **changes), unavailable)


candidates = st.builds(
    Candidate,
    phase=st.sampled_from(["P2", "P3"]),
    band=st.sampled_from(["intermediate", "low"]),
    halfdays=st.none() | st.frozensets(st.tuples(st.integers(0, 6), st.just("am")), min_size=2),
    brings=st.sampled_from([0, 0, 0, 1]),
    sessions_wanted=st.sampled_from([1, 2, 2]),
    group_start=st.sampled_from([None, *[date(2026, 11, 23)] * 5]),
    held_weekdays=st.sampled_from([frozenset(), frozenset(), frozenset({0})]),
)
classes = st.builds(
    ClassFacts,
    id=st.just(""),
    level=st.sampled_from([Level("P2", "intermediate"), Level("P2", "low"), Level("P3", "low")]),
    weekday=st.integers(0, 6),
    wall_time=st.sampled_from([time(9), time(11)]),
    venue=st.just("hall"),
    free_standing=st.integers(0, 2),
    room_left=st.sampled_from([None, None, 2, 3]),
)


@st.composite
def rosters(draw, people=4, timetable=4):
    drawn = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 28), candidates), max_size=people))
    waiters = [
        Waiter(
            f"{number}", tier, date(2026, 10, day), who, draw(st.sampled_from([None, None, None, "Paused."]))
        )
        for number, (tier, day, who) in enumerate(drawn)
    ]
    drawn_classes = draw(st.lists(classes, max_size=timetable))
    return problem(waiters, [replace(cls, id=f"class {n}") for n, cls in enumerate(drawn_classes)])


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
