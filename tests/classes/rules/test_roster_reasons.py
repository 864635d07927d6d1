"""Why these seats, why none, and which class would help: said so that it can be repeated on the telephone."""

from dataclasses import replace
from datetime import time

import pytest

from clinic.classes.rules.capacity import Staff
from clinic.classes.rules.placement import Misfit
from clinic.classes.rules.roster_help import SEATS, Hall, Option, distinct, most_helpful, new_classes
from clinic.classes.rules.roster_model import problem
from clinic.classes.rules.roster_reasons import Reasons, called
from tests.classes.rules.roster_worlds import FRIDAY, TUESDAY, WEDNESDAY, waiter

ADA, BEN = waiter("a", day=1), waiter("b", day=2)
FULL = replace(TUESDAY, free_standing=0)
STAFF = (Staff("physiotherapist"), Staff("instructor"))


def test_two_classes_are_explained_with_their_rest_and_level():
    assert Reasons(problem([ADA], [TUESDAY, FRIDAY]), {"a": ("tue", "fri")}).because(ADA) == (
        "Two a week, with a day of rest in between.",
        "Each class is for exactly their level.",
    )


@pytest.mark.parametrize(
    ("person", "classes", "said"),
    [
        (waiter("a", sessions_wanted=1), [TUESDAY], "One a week with a home plan, as they wish."),
        (waiter("a", held_weekdays=frozenset({4})), [TUESDAY], "A second a week, beside Friday."),
        (
            ADA,
            [TUESDAY, WEDNESDAY],
            "One a week with a home plan: no other class suits that leaves a day of rest.",
        ),
        (
            ADA,
            [TUESDAY, replace(FRIDAY, free_standing=0)],
            "One a week with a home plan, for lack of a second seat. Friday 10:30am: no seat is free.",
        ),
    ],
)
def test_one_class_is_explained_by_the_wish_or_by_what_is_lacking(person, classes, said):
    assert Reasons(problem([person], classes), {"a": ("tue",)}).because(person)[0] == said


def test_a_class_for_people_who_need_more_help_is_named_as_that():
    mild = waiter("a", band="low")
    of = problem([mild], [TUESDAY, replace(FRIDAY, level=mild.candidate.level)])
    assert Reasons(of, {"a": ("tue",)}).because(mild)[1] == "The class also serves people who need more help."
    assert Reasons(of, {"a": ("tue", "fri")}).because(mild)[1:] == (
        "Tuesday 10:30am also serves people who need more help.",
        "Friday 10:30am is for exactly their level.",
    )


@pytest.mark.parametrize(
    ("person", "classes", "said"),
    [
        (waiter("a", unavailable="Is paused."), [TUESDAY], "Is paused."),
        (ADA, [], "There are no classes."),
        (ADA, [FULL], "Every class that suits is full. Tuesday 10:30am: no seat is free."),
        (
            waiter("a", group_start=None),
            [TUESDAY, replace(FRIDAY, venue="gym")],
            "No class suits. The person may not start in a group yet.",
        ),
        (
            waiter("a", halfdays=frozenset({(4, "am")}), venues=frozenset({"hall"})),
            [TUESDAY, replace(FRIDAY, venue="gym")],
            "No class suits. Nearest are Tuesday 10:30am: The person cannot come on Tuesday mornings. "
            "Friday 10:30am: The person cannot travel to this venue.",
        ),
    ],
)
def test_who_gets_none_is_told_what_stands_in_the_way(person, classes, said):
    assert Reasons(problem([person], classes), {}).cannot_be_placed(person) == said


def test_a_full_class_is_said_to_go_to_those_who_come_first_only_if_it_does():
    of = problem([ADA, BEN], [TUESDAY])
    assert "its free seat goes to people who come first" in Reasons(of, {"a": ("tue",)}).cannot_be_placed(BEN)
    assert "its free seat goes to others in this proposal" in Reasons(of, {"b": ("tue",)}).cannot_be_placed(
        ADA
    )


def test_a_room_too_small_for_a_carer_is_said_as_that():
    with_carer = waiter("a", brings=1)
    of = problem([with_carer], [replace(TUESDAY, room_left=1)])
    assert "its room is too small" in Reasons(of, {}).cannot_be_placed(with_carer)


def test_every_class_answers_why_not():
    of = problem([BEN, ADA], [TUESDAY, FRIDAY], {("b", "fri"): Misfit("said_no", "Said no.")})
    assert Reasons(of, {"a": ("tue",)}).why_none(BEN) == (
        ("tue", ("Its free seat goes to people who come first.",)),
        ("fri", ("Said no.",)),
    )


def test_the_class_that_seats_most_of_those_left_over_comes_first():
    left = [waiter(name, halfdays=frozenset({(2, "am")})) for name in "cde"]
    of = problem([ADA, BEN, *left], [TUESDAY])
    more = Option(SEATS, replace(TUESDAY, free_standing=9))
    options = (more, *new_classes([Hall("hall", 10)], of.waiters, range(5), STAFF))
    best, *others = most_helpful(of, {"a": ("tue",)}, options)
    assert (best.option.cls.weekday, best.option.cls.wall_time) == (2, time(10, 30))
    assert best.first == ("c", "d", "e", "b")
    assert [one.first for one in others if one.option == more] == [("b",)]


def test_more_seats_come_before_a_new_class_that_would_do_no_more():
    of = problem([ADA, BEN], [FULL])
    options = (
        *new_classes([Hall("hall", 12)], of.waiters, [0], STAFF),
        Option(SEATS, replace(TUESDAY, free_standing=2)),
    )
    assert most_helpful(of, {}, options)[0].option.kind == SEATS


def test_a_new_class_is_no_larger_than_its_level_its_staff_and_its_room_allow():
    seats = {o.cls.free_standing for o in new_classes([Hall("hall", 30)], [ADA], [0], STAFF)}
    assert seats == {12}
    assert [o.cls.free_standing for o in new_classes([Hall("hall", 5)], [ADA], [0], STAFF)] == [5, 5]
    assert {o.cls.free_standing for o in new_classes([Hall("hall", 30)], [ADA], [0], STAFF[:1])} == {0}


def test_what_is_left_of_the_new_seats_goes_to_second_sessions():
    of = problem([ADA, BEN], [TUESDAY])
    (found,) = most_helpful(of, {"a": ("tue",)}, [Option(SEATS, replace(FRIDAY, id="new", free_standing=2))])
    assert (found.first, found.second) == (("b",), ("a",))


def test_what_seats_nobody_is_not_offered_as_help():
    of = problem([waiter("a", group_start=None)], [])
    assert most_helpful(of, {}, new_classes([Hall("hall", 9)], of.waiters, range(7), STAFF)) == ()


def test_what_would_seat_the_same_people_is_shown_once():
    of = problem([ADA], [FULL])
    options = new_classes([Hall("hall", 12)], of.waiters, range(5), STAFF)
    found = most_helpful(of, {}, options)
    assert len(found) > 1
    assert distinct(found) == (found[0],)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(9), "9am"),
        (time(10, 30), "10:30am"),
        (time(12), "midday"),
        (time(12, 15), "12:15pm"),
        (time(14), "2pm"),
    ],
)
def test_a_class_is_called_as_the_pages_write_it(at, said):
    assert called(replace(TUESDAY, wall_time=at)) == f"Tuesday {said}"
