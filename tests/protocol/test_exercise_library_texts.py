"""Every text a patient may get from the library: short, plain, encouraging, and telling nothing private."""

import re

import gsm0338  # noqa: F401 - registers the codec gsm03.38
import pytest

from clinic.protocol.exercise_library import library

LIBRARY = library("2026-11")
LONGEST_PHONE = "+44 113 4960 000 00"
KINDS = ("sms", "sms_with_hands", "sms_seated")
EXERCISE_TEXTS = {
    f"{one.id} {kind}": getattr(one, kind)
    for one in LIBRARY.exercises.values()
    for kind in KINDS
    if getattr(one, kind)
}
PROMPT_TEXTS = {one.id: one.sms.replace("{phone}", LONGEST_PHONE) for one in LIBRARY.prompts.values()}
TEXTS = EXERCISE_TEXTS | PROMPT_TEXTS

# "How", not "don't": fear of movement is part of what is treated (S000).
DISCOURAGING = r"don'?t|do not|avoid|never|must not|bend or twist|danger|unsafe|careful"
# A shared or locked screen shows these words to others (rules, section 7).
PRIVATE = r"fractur|\bf(a|e)ll(s|en|ing)?\b|osteopor|supervision|\bphase\b|\brisk|diagnos|\bNHS\b|spin(e|al)"
# BJSM 2022 and S002: no impact beyond brisk walking, no end-range flexion or twist.
HARMFUL = r"jump|\bhop|\bskip|\bjog|\brun\b|sit-up|crunch|\btoe touch|twist|\bbend (forward|over|down)"


def length(text):
    """Units of the GSM alphabet; raises UnicodeEncodeError for a character outside it."""
    return len(text.encode("gsm03.38"))


def found(pattern, text):
    return re.search(pattern, text, re.IGNORECASE)


def test_the_43_texts_and_their_variants_are_all_checked():
    assert len([key for key in EXERCISE_TEXTS if key.endswith(" sms")]) + len(PROMPT_TEXTS) == 43
    assert {key for key in EXERCISE_TEXTS if not key.endswith(" sms")} == {
        "E05 sms_seated",
        "E07 sms_seated",
        "E11 sms_with_hands",
        "E24 sms_with_hands",
    }


@pytest.mark.parametrize("key", TEXTS)
def test_each_text_is_one_part_of_the_gsm_alphabet(key):
    assert 0 < length(TEXTS[key]) <= 160


@pytest.mark.parametrize("key", TEXTS)
def test_each_text_says_how_and_not_do_not(key):
    assert not found(DISCOURAGING, TEXTS[key])


@pytest.mark.parametrize("key", TEXTS)
def test_no_text_asks_for_a_harmful_movement(key):
    assert not found(HARMFUL, TEXTS[key])


@pytest.mark.parametrize("key", [key for key in TEXTS if key != "G06"])
def test_each_text_keeps_the_condition_private(key):
    assert not found(PRIVATE, TEXTS[key])


def test_the_helpline_text_names_bone_health_and_is_marked_sensitive():
    assert [one.id for one in LIBRARY.prompts.values() if one.sensitive] == ["G06"]
    assert found(PRIVATE, PROMPT_TEXTS["G06"])


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (DISCOURAGING, "Don't slouch"),
        (DISCOURAGING, "Avoid the stairs"),
        (PRIVATE, "After your fracture"),
        (PRIVATE, "to prevent falls"),
        (PRIVATE, "for osteoporosis"),
        (PRIVATE, "in phase 2"),
        (HARMFUL, "Hop on one leg"),
        (HARMFUL, "Bend forward"),
        (HARMFUL, "then twist to the side"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern, text):
    assert found(pattern, text)


def test_a_character_outside_the_alphabet_is_found():
    with pytest.raises(UnicodeEncodeError):
        length("3–5 seconds")


def test_only_the_two_calling_texts_have_a_placeholder_and_it_is_the_phone():
    braces = {key: re.findall(r"\{.*?\}", one.sms) for key, one in LIBRARY.prompts.items()}
    assert {key: found for key, found in braces.items() if found} == {"G01": ["{phone}"], "G04": ["{phone}"]}
    assert not any("{" in text for text in EXERCISE_TEXTS.values())


def test_the_stop_text_sends_people_to_emergency_help_first():
    assert "999" in PROMPT_TEXTS["G04"] and "111" in PROMPT_TEXTS["G04"]


@pytest.mark.parametrize("need", ["worktop", "stairs_with_rail", "exercise_band"])
def test_what_a_text_asks_for_stands_among_the_needs_of_its_exercise(need):
    word = {"worktop": r"worktop", "stairs_with_rail": r"\brail\b|stairs", "exercise_band": r"\bband\b"}[need]
    for one in LIBRARY.exercises.values():
        assert (need in one.needs) is bool(found(word, one.sms)), one.id


def test_a_text_that_names_a_chair_says_so_in_its_needs():
    for one in LIBRARY.exercises.values():
        said = one.sms.replace("as if to a chair", "")
        assert "firm_chair" in one.needs or not found(r"\bchair", said), one.id
