"""The exercise library in force: complete, within its sources, and read strictly."""

from copy import deepcopy
from datetime import date

import pytest
import yaml

from clinic.protocol.exercise_library import FOLDER, LibraryError, build, library
from clinic.protocol.exercise_model import BANDS, PHASES

LIBRARY = library("2026-11")
RAW = yaml.safe_load((FOLDER / "2026-11.yaml").read_text(encoding="utf-8"))
CELLS = [(phase, band) for phase in PHASES for band in BANDS]
ITEMS = [(phase, band, item) for phase, band in CELLS for item in LIBRARY.cell(phase, band)]

# The table of the clinical rules (section 4), copied by hand: h with hands, p physiotherapist, g prone gate.
TABLE = {
    ("P1", "high"): "E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11h E24h E35 E37",
    ("P1", "intermediate"): "E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11 E14 E24h E35 E37",
    ("P1", "low"): "E01 E02 E03 E04 E05 E07 E08 E09 E11 E14 E24h E25p E35 E37",
    ("P2", "high"): "E04 E05 E07 E09 E11h E12 E13 E14 E15 E16 E19g E24 E25 E28 E30",
    ("P2", "intermediate"): "E04 E07 E11 E12 E13 E14 E15 E16 E20g E21 E22 E23 E25 E26 E30",
    ("P2", "low"): "E04 E11 E13 E15 E16 E17 E18 E20g E21 E23 E26 E27 E29 E33 E35",
    ("P3", "high"): "E04 E11h E13 E14 E15 E16 E17 E20g E22 E23 E26 E28 E30 E33 E35",
    ("P3", "intermediate"): "E11 E13 E14 E15 E16 E17 E18 E20g E21 E22 E26 E27 E29 E31 E36",
    ("P3", "low"): "E11 E13 E15 E16 E17 E18 E20g E27 E29 E31 E32 E33 E34 E35 E36",
}


def spelled(item):
    marks = {"h": item.with_hands, "p": item.needs_release, "g": item.prone_gate, "c": item.class_only}
    return item.exercise.id + "".join(mark for mark, holds in marks.items() if holds)


def test_the_library_holds_37_exercises_and_6_general_prompts():
    assert list(LIBRARY.exercises) == [f"E{number:02}" for number in range(1, 38)]
    assert list(LIBRARY.prompts) == [f"G{number:02}" for number in range(1, 7)]


@pytest.mark.parametrize(("phase", "band"), CELLS)
def test_each_phase_and_band_gets_exactly_its_exercises(phase, band):
    assert " ".join(map(spelled, LIBRARY.cell(phase, band))) == TABLE[phase, band]


def test_nothing_is_approved_until_a_physiotherapist_signs():
    assert LIBRARY.awaiting_sign_off == (*LIBRARY.exercises, *LIBRARY.prompts)


def test_a_signed_item_no_longer_waits():
    raw = deepcopy(RAW)
    raw["exercises"][0] |= {"approved_by": "A. Physiotherapist", "approved_on": date(2026, 12, 1)}
    assert "E01" not in build(raw).awaiting_sign_off


@pytest.mark.parametrize(("phase", "band"), CELLS)
def test_every_cell_trains_more_than_one_thing(phase, band):
    targets = {target for item in LIBRARY.cell(phase, band) for target in item.exercise.target}
    assert {"strength", "balance"} <= targets
    assert targets & {"posture", "extensor"}


@pytest.mark.parametrize(("phase", "band"), [cell for cell in CELLS if cell[0] != "P1"])
def test_later_phases_hold_at_least_the_six_strength_exercises_of_a_session(phase, band):
    assert sum(item.exercise.needs_rest_day for item in LIBRARY.cell(phase, band)) >= 6


@pytest.mark.parametrize("band", BANDS)
def test_the_first_phase_holds_no_prone_exercise_and_no_bone_loading(band):
    assert not any(item.exercise.prone or item.exercise.loads_bone for item in LIBRARY.cell("P1", band))


@pytest.mark.parametrize(
    ("exercise_id", "rests"), [("E04", False), ("E11", True), ("E18", True), ("E24", False), ("E35", False)]
)
def test_only_resistance_and_bone_loading_need_a_rest_day(exercise_id, rests):
    assert LIBRARY.exercises[exercise_id].needs_rest_day is rests


def test_a_library_and_its_exercises_can_stand_in_a_set():
    assert len({LIBRARY, library("2026-11"), *LIBRARY.exercises.values()}) == 38


def test_every_prone_exercise_stands_behind_the_prone_gate():
    assert all(item.prone_gate is item.exercise.prone for _, _, item in ITEMS)


def test_the_high_band_rises_from_a_chair_with_hands_only():
    assert all(item.with_hands for _, band, item in ITEMS if item.exercise.id == "E11" and band == "high")


def test_stairs_are_for_class_only_in_the_high_band():
    assert LIBRARY.exercises["E18"].suffix("P3", "high") == "c"


def test_a_date_finds_the_library_in_force_and_no_date_the_newest():
    assert library(date(2026, 11, 1)) is library("2026-11")
    assert library(date(2030, 1, 1)) is library()


def test_a_day_before_the_first_library_is_served_by_the_first():
    assert library(date(2026, 10, 31)) is library("2026-11")


def test_a_library_that_never_was_is_an_error():
    with pytest.raises(LibraryError, match="no exercise library"):
        library("2026-10")


def test_a_library_cannot_be_changed_once_read():
    with pytest.raises(TypeError):
        LIBRARY.exercises["E01"] = None  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw["exercises"][0].update(stance="floating"), "E01: unknown stance"),
        (lambda raw: raw["exercises"][0].update(target=["luck"]), "E01: unknown target"),
        (lambda raw: raw["exercises"][0].update(target=[]), "E01: unknown target"),
        (lambda raw: raw["exercises"][0].update(needs=["pool"]), "E01: unknown need"),
        (lambda raw: raw["exercises"][0].update(pause_for=["hiccups"]), "E01: unknown condition"),
        (lambda raw: raw["exercises"][0].update(adapt_for={"hiccups": "wait"}), "E01: unknown condition"),
        (lambda raw: raw["exercises"][0].update(source=["S999"]), "E01: unknown source"),
        (lambda raw: raw["exercises"][0].update(source=[]), "E01: unknown source"),
        (lambda raw: raw["exercises"][0].update(approved_by="A. Person"), "E01: approved"),
        (lambda raw: raw["prompts"][0].update(approved_on=date(2026, 12, 1)), "G01: approved"),
        (lambda raw: raw["exercises"][0]["allowed"].update(P4="H"), "E01: unknown phase"),
        (lambda raw: raw["exercises"][0]["allowed"].update(P1="X"), "E01: cannot read allowed X"),
        (lambda raw: raw["exercises"][0]["allowed"].update(P1="Hx"), "E01: cannot read allowed Hx"),
        (lambda raw: raw["exercises"][18]["allowed"].update(P2="H Ig Lg"), "E19: prone without"),
        (lambda raw: raw["exercises"][0].update(surprise=1), "surprise"),
        (lambda raw: raw["exercises"][0].pop("sms"), "sms"),
        (lambda raw: raw["exercises"].append(raw["exercises"][0]), "two items share an id"),
        (lambda raw: raw["prompts"].append(raw["prompts"][0]), "two items share an id"),
        (lambda raw: raw["cells"].pop("P1 high"), "one cell for each phase and band"),
        (lambda raw: raw["cells"].update({"P4 high": []}), "one cell for each phase and band"),
        (lambda raw: raw["cells"]["P1 high"].append("E31"), "P1 high: E31 is not allowed"),
        (lambda raw: raw["cells"]["P1 high"].append("E99"), "E99"),
        (lambda raw: raw["cells"]["P1 high"].append("E01"), "P1 high: an exercise stands there twice"),
        (lambda raw: raw.pop("sources"), "sources"),
        (lambda raw: raw.update(sources=[]), "exercise library"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_name(change, says):
    raw = deepcopy(RAW)
    change(raw)
    with pytest.raises(LibraryError, match=says):
        build(raw)
