"""A dose is said in words wherever a patient or a member of staff reads it."""

import re

import pytest

from clinic.protocol.dose_words import in_words
from clinic.protocol.exercise_library import library


@pytest.mark.parametrize(
    ("short", "said"),
    [
        ("hold 3-5 s x 5-10, at least daily", "hold 3 to 5 seconds, 5 to 10 times, at least daily"),
        ("hold 3-5 s x 5 daily", "hold 3 to 5 seconds, 5 times daily"),
        ("8-12 x 2-3, >=2 days", "8 to 12 times, 2 to 3 rounds, at least 2 days a week"),
        ("8-12 each x 2-3", "8 to 12 times each side, 2 to 3 rounds"),
        ("3-5 sets x 10 steps, >=2 days", "3 to 5 sets of 10 steps, at least 2 days a week"),
        ("30-60 s, part of 15 min", "30 to 60 seconds, part of 15 minutes"),
        ("every time", "every time"),
    ],
)
def test_a_dose_is_said_as_people_say_it(short, said):
    assert in_words(short) == said


@pytest.mark.parametrize("one", library().exercises.values(), ids=lambda one: one.id)
def test_no_dose_of_the_library_keeps_its_shorthand(one):
    assert not re.search(r"[<>=]|\bx\b|\d-\d|\bs\b|\bmin\b", in_words(one.dose)), in_words(one.dose)
