"""The home plan: only what was taught, behind every gate, and why anything is held back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.exercises.rules.plan import STANDING_AT_HOME, phone_screen_set, plan
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import BANDS, CONDITION_TAGS, HOME_NEEDS, PHASES

LIBRARY = library("2026-11")
EVERY_ID = frozenset(LIBRARY.exercises)
OPEN = {"group_start": True, "prone": True, "bone_loading": True, "impact": True, "taught": True}
ALL = {"gates": OPEN, "taught": EVERY_ID, "released": EVERY_ID | {STANDING_AT_HOME}, "home": HOME_NEEDS}
phases, bands = st.sampled_from(PHASES), st.sampled_from(BANDS)
circumstances = st.fixed_dictionaries(
    {
        "gates": st.dictionaries(st.sampled_from(sorted(OPEN)), st.booleans()),
        "taught": st.frozensets(st.sampled_from(sorted(EVERY_ID))),
        "released": st.frozensets(st.sampled_from([*sorted(EVERY_ID), STANDING_AT_HOME])),
        "tags": st.frozensets(st.sampled_from(sorted(CONDITION_TAGS))),
        "home": st.frozensets(st.sampled_from(sorted(HOME_NEEDS))),
    }
)


def ids(made):
    return [item.exercise.id for item in made.items]


def why(made, exercise_id):
    return next((one.code for one in made.held_back if one.exercise.id == exercise_id), None)


def with_gate(name, is_open):
    return ALL | {"gates": OPEN | {name: is_open}}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("band", BANDS)
def test_with_everything_open_taught_and_at_hand_the_plan_is_the_whole_cell(phase, band):
    made = plan(LIBRARY, phase, band, **ALL)
    assert ids(made) == [item.exercise.id for item in LIBRARY.cell(phase, band)]


def test_only_what_was_taught_to_this_person_is_in_the_plan():
    made = plan(LIBRARY, "P1", "low", **ALL | {"taught": {"E04", "E31"}})
    assert ids(made) == ["E04"]
    assert why(made, "E01") == "taught"


@pytest.mark.parametrize("gates", [{}, {"taught": False}, OPEN | {"taught": False}])
def test_a_closed_or_unknown_taught_gate_holds_everything_back(gates):
    assert plan(LIBRARY, "P3", "low", **ALL | {"gates": gates}).items == ()


@pytest.mark.parametrize(("is_open", "code"), [(True, None), (False, "prone")])
def test_prone_exercises_wait_for_the_prone_gate(is_open, code):
    assert why(plan(LIBRARY, "P2", "high", **with_gate("prone", is_open)), "E19") == code


@pytest.mark.parametrize(
    ("phase", "exercise_id", "code"),
    [("P2", "E20", "prone"), ("P2", "E17", "bone_loading"), ("P2", "E18", "bone_loading")],
)
def test_a_gate_nobody_has_spoken_of_is_closed(phase, exercise_id, code):
    assert why(plan(LIBRARY, phase, "low", **ALL | {"gates": {"taught": True}}), exercise_id) == code


@pytest.mark.parametrize(("is_open", "code"), [(True, None), (False, "bone_loading")])
@pytest.mark.parametrize(("phase", "band"), [("P2", "low"), ("P3", "intermediate"), ("P3", "high")])
def test_step_ups_wait_for_the_bone_loading_gate(phase, band, is_open, code):
    assert why(plan(LIBRARY, phase, band, **with_gate("bone_loading", is_open)), "E17") == code


@pytest.mark.parametrize(("released", "code"), [({"E25"}, None), (set(), "release"), ({"E24"}, "release")])
def test_an_exercise_marked_p_waits_for_its_own_release(released, code):
    assert why(plan(LIBRARY, "P1", "low", **ALL | {"released": released}), "E25") == code


@pytest.mark.parametrize(("released", "code"), [({STANDING_AT_HOME}, None), (set(), "standing")])
@pytest.mark.parametrize("exercise_id", ["E11", "E24", "E35"])
def test_standing_at_home_in_the_high_band_waits_for_a_release(exercise_id, released, code):
    assert why(plan(LIBRARY, "P1", "high", **ALL | {"released": released}), exercise_id) == code


@pytest.mark.parametrize("band", ["intermediate", "low"])
def test_milder_bands_stand_at_home_without_a_release(band):
    assert why(plan(LIBRARY, "P1", band, **ALL | {"released": set()}), "E35") is None


@pytest.mark.parametrize(("released", "seated"), [({STANDING_AT_HOME}, False), (set(), True)])
def test_until_released_the_high_band_does_seated_what_can_be_done_seated(released, seated):
    made = plan(LIBRARY, "P1", "high", **ALL | {"released": released})
    wall = next(item for item in made.items if item.exercise.id == "E07")
    assert wall.seated is seated
    assert wall.text.startswith("Sit with" if seated else "Stand or sit")


def test_no_text_of_an_unreleased_high_band_plan_speaks_of_standing():
    made = plan(LIBRARY, "P1", "high", **ALL | {"released": set()})
    assert made.items and not [item.text for item in made.items if "stand" in item.text.lower()]


@pytest.mark.parametrize(("band", "words"), [("high", "hands on throughout"), ("low", "if you need")])
def test_the_chair_stand_text_says_how_this_person_does_it(band, words):
    made = plan(LIBRARY, "P2", band, **ALL)
    assert words in next(item.text for item in made.items if item.exercise.id == "E11")


@pytest.mark.parametrize(("home", "code"), [({"worktop"}, None), (set(), "home"), ({"firm_chair"}, "home")])
def test_what_the_home_lacks_is_left_out(home, code):
    assert why(plan(LIBRARY, "P1", "low", **ALL | {"home": home}), "E14") == code


@pytest.mark.parametrize(
    ("tags", "released", "code"),
    [
        (set(), set(), None),
        ({"heart"}, set(), None),
        ({"stoma_or_hernia"}, set(), "condition"),
        ({"stoma_or_hernia"}, {"E02"}, None),
    ],
)
def test_a_condition_may_leave_the_decision_to_a_physiotherapist(tags, released, code):
    assert why(plan(LIBRARY, "P1", "low", **ALL | {"tags": tags, "released": released}), "E02") == code


def test_a_condition_may_change_how_it_is_done():
    made = plan(LIBRARY, "P1", "low", **ALL | {"tags": {"arthritis", "heart"}})
    assert next(item for item in made.items if item.exercise.id == "E11").adapted == (
        "higher seat, hands to help",
    )


def test_a_reason_is_a_sentence():
    made = plan(LIBRARY, "P1", "low", **ALL | {"home": set()})
    assert {one.reason for one in made.held_back} == {
        "The home lacks: firm chair.",
        "The home lacks: worktop.",
    }


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("band", BANDS)
def test_the_phone_screen_releases_only_lying_and_seated_ones_without_a_gate(phase, band):
    for exercise_id in phone_screen_set(LIBRARY, phase, band):
        assert LIBRARY.exercises[exercise_id].stance in {"lying", "seated"}
        assert not LIBRARY.exercises[exercise_id].prone


def test_the_phone_screen_set_of_the_first_phase_is_not_empty():
    assert phone_screen_set(LIBRARY, "P1", "high") == ("E01", "E02", "E03", "E04", "E08", "E09", "E10", "E37")


@pytest.mark.parametrize("cell", [("P4", "low"), ("P1", "medium")])
def test_an_unknown_phase_or_band_is_an_error_and_not_an_empty_plan(cell):
    with pytest.raises(KeyError):
        plan(LIBRARY, *cell, **ALL)


@given(phases, bands, circumstances)
def test_everything_in_the_cell_is_in_the_plan_or_held_back_with_a_reason(phase, band, given_facts):
    made = plan(LIBRARY, phase, band, **given_facts)
    held = [one.exercise.id for one in made.held_back if one.reason and one.code]
    assert sorted(ids(made) + held) == sorted(item.exercise.id for item in LIBRARY.cell(phase, band))


@given(phases, bands, circumstances)
def test_no_plan_holds_anything_untaught_or_behind_a_closed_gate(phase, band, given_facts):
    gates = given_facts["gates"]
    for item in plan(LIBRARY, phase, band, **given_facts).items:
        assert gates.get("taught") and item.exercise.id in given_facts["taught"]
        assert not item.exercise.prone or gates.get("prone")
        assert not item.exercise.loads_bone or gates.get("bone_loading")
        assert item.exercise.needs <= given_facts["home"]


@given(phases, circumstances)
def test_the_high_band_never_stands_at_home_without_the_release(phase, given_facts):
    closed = given_facts | {"released": given_facts["released"] - {STANDING_AT_HOME}}
    for item in plan(LIBRARY, phase, "high", **closed).items:
        assert item.exercise.stance != "standing"


@given(phases, bands, circumstances, circumstances)
def test_knowing_less_about_gates_teaching_or_release_never_adds_an_exercise(phase, band, facts, other):
    def both(key):
        return facts[key] & other[key]

    def both_gates(*two):
        return [name for name in OPEN if all(one["gates"].get(name) for one in two)]

    less = facts | {"taught": both("taught"), "released": both("released"), "home": both("home")}
    less |= {"gates": dict.fromkeys(both_gates(facts, other), True)}
    assert set(ids(plan(LIBRARY, phase, band, **less))) <= set(ids(plan(LIBRARY, phase, band, **facts)))
