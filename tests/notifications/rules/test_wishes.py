"""F31: what each choice leaves out, and that nothing leaves out a change, a cancellation or a safety text."""

import pytest

from clinic.notifications.rules import wishes
from clinic.notifications.rules.window import CAPPED, Purpose

WANTED = (wishes.USUAL, wishes.MORE, wishes.FEWER, wishes.SUNDAY)
MAY_BE_LEFT_OUT = CAPPED | {Purpose.REMINDER}


def left_out(wanted, purpose, rule="reminder", text="reminder", in_sunday_text=False):
    return wishes.left_out(wanted, purpose, rule, text, in_sunday_text=in_sunday_text)


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("purpose", [p for p in Purpose if p not in MAY_BE_LEFT_OUT])
def test_no_choice_leaves_out_news_answers_or_safety(wanted, purpose):
    assert left_out(wanted, purpose, purpose, purpose, in_sunday_text=True) is None


def test_fewer_leaves_out_exercise_texts_and_check_ins_and_keeps_reminders():
    assert {left_out(wishes.FEWER, purpose) for purpose in CAPPED} == {"fewer_wanted"}
    assert left_out(wishes.FEWER, Purpose.REMINDER) is None


def test_a_reminder_goes_unless_a_sunday_text_said_it_and_a_first_class_always():
    r = Purpose.REMINDER
    assert left_out(wishes.SUNDAY, r, in_sunday_text=True) == "in_sunday_text"
    assert left_out(wishes.SUNDAY, r) is None
    assert left_out(wishes.SUNDAY, r, text=wishes.FIRST_VISIT, in_sunday_text=True) is None
    assert left_out(wishes.USUAL, r, in_sunday_text=True) is None


def test_who_has_changed_her_mind_gets_what_she_chose_last():
    r = Purpose.REMINDER
    assert [left_out(w, r, wishes.EVE) is None for w in WANTED] == [False, True, False, False]
    assert [left_out(w, r, wishes.WEEK, wishes.WEEK) is None for w in WANTED] == [False, False, False, True]


def test_who_wants_more_has_twice_as_many_a_week():
    assert [wishes.cap(wanted, 4) for wanted in WANTED] == [4, 8, 4, 4]
