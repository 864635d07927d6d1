"""How many people a class may hold, both sides of every threshold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.classes.rules.capacity import (
    BANDS,
    DEFAULTS,
    PHASES,
    Level,
    Rule,
    Staff,
    allowed,
    capacity,
    over,
    strictest,
)

PHYSIO, INSTRUCTOR = Staff("physiotherapist"), Staff("instructor")
levels = st.builds(Level, st.sampled_from(PHASES), st.sampled_from(BANDS))
teams = st.lists(st.sampled_from([PHYSIO, INSTRUCTOR, Staff("coordinator"), Staff("admin")]), max_size=8)


@pytest.mark.parametrize(
    ("phase", "band", "staff", "people"),
    [
        ("P1", "low", [], 0),
        ("P1", "low", [INSTRUCTOR] * 3, 0),
        ("P1", "low", [PHYSIO], 3),
        ("P1", "low", [PHYSIO, INSTRUCTOR], 6),
        ("P1", "low", [PHYSIO, INSTRUCTOR, INSTRUCTOR], 6),
        ("P1", "high", [PHYSIO], 0),
        ("P1", "high", [PHYSIO, INSTRUCTOR], 6),
        ("P1", "intermediate", [PHYSIO], 0),
        ("P1", "intermediate", [INSTRUCTOR] * 2, 0),
        ("P1", "intermediate", [PHYSIO, INSTRUCTOR], 6),
        ("P2", "high", [PHYSIO], 0),
        ("P2", "high", [INSTRUCTOR] * 2, 0),
        ("P2", "high", [PHYSIO, INSTRUCTOR], 8),
        ("P3", "high", [PHYSIO, INSTRUCTOR, INSTRUCTOR], 8),
        ("P2", "intermediate", [INSTRUCTOR], 0),
        ("P2", "intermediate", [INSTRUCTOR] * 2, 12),
        ("P3", "intermediate", [INSTRUCTOR] * 3, 12),
        ("P2", "low", [], 0),
        ("P2", "low", [INSTRUCTOR], 10),
        ("P3", "low", [INSTRUCTOR] * 2, 14),
    ],
)
def test_the_level_and_the_staff_decide_how_many_may_come(phase, band, staff, people):
    assert allowed(Level(phase, band), staff) == people


@pytest.mark.parametrize(("name", "each"), [("P1", 3), ("high", 4), ("intermediate", 6), ("low", 10)])
def test_the_ratio_holds_whatever_the_maximum(name, each):
    roomy = {name: replace(DEFAULTS[name], maximum=99)}
    level = Level("P1", "low") if name == "P1" else Level("P3", name)
    assert allowed(level, [PHYSIO, INSTRUCTOR, INSTRUCTOR], {"low": Rule(99, 99), **roomy}) == 3 * each


@pytest.mark.parametrize("role", ["coordinator", "admin", "referrer"])
def test_only_people_who_supervise_count_as_staff(role):
    assert allowed(Level("P2", "intermediate"), [INSTRUCTOR, Staff(role)]) == 0


def test_a_clinic_may_sign_its_own_numbers():
    assert allowed(Level("P3", "low"), [INSTRUCTOR], {"low": Rule(maximum=20, ratio=5)}) == 5


@pytest.mark.parametrize(("room", "seats"), [(5, 5), (6, 6), (7, 6), (0, 0), (-1, 0)])
def test_the_room_and_the_staff_both_limit_the_seats(room, seats):
    assert capacity(room, Level("P1", "low"), [PHYSIO, INSTRUCTOR]) == seats


@pytest.mark.parametrize(("seats", "taken", "too_many"), [(8, 7, 0), (8, 8, 0), (8, 9, 1), (0, 6, 6)])
def test_people_beyond_the_capacity_are_counted_not_dropped(seats, taken, too_many):
    assert over(seats, taken) == too_many


def test_a_mixed_class_takes_its_strictest_phase_and_band_whoever_they_come_from():
    assert strictest([Level("P3", "high"), Level("P1", "low")]) == Level("P1", "high")


def test_a_class_of_nobody_has_no_level():
    with pytest.raises(ValueError):
        strictest([])


@given(levels, teams)
def test_one_more_instructor_never_lowers_what_is_allowed(level, staff):
    assert allowed(level, [*staff, INSTRUCTOR]) >= allowed(level, staff)


@given(levels, levels, teams)
def test_a_stricter_level_never_allows_more_people(one, other, staff):
    assert allowed(strictest([one, other]), staff) <= min(allowed(one, staff), allowed(other, staff))


@given(st.lists(levels, min_size=1).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_strictest_level_does_not_depend_on_the_order(both):
    assert strictest(both[0]) == strictest(both[1])


@given(levels, teams, st.integers(0, 30), st.integers(0, 30))
def test_nobody_over_fits_back_into_the_seats(level, staff, room, taken):
    seats = capacity(room, level, staff)
    assert 0 <= seats <= room
    assert taken - over(seats, taken) <= seats
