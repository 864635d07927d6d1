"""The published fields, and what typed words mean: blank is not known, never "no"."""

from datetime import date

import pytest

from clinic.referrals import form
from clinic.referrals.rules.flags import FLAGS

TODAY = date(2026, 11, 23)
CHECKED = {"none_of_these": "yes"}


def test_at_most_15_fields_are_typed_or_chosen_by_the_referrer():
    on_pages = {name for fields in form.PAGES.values() for name in fields}
    assert len(form.ESSENTIAL) == len(set(form.ESSENTIAL)) <= 15
    assert set(form.ESSENTIAL) <= on_pages
    assert not set(form.ESSENTIAL) & set(form.PREFILLED)


def test_a_blank_form_knows_nothing_and_says_no_to_nothing():
    found = form.read(CHECKED, TODAY)
    assert set(found.case) == {"fracture", "flags"}
    assert found.consent is None


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("3", "8", "2026"), "2026-08-03"),
        (("", "8", "2026"), "2026-08"),
        (("", "", "2026"), "2026"),
        (("", "", ""), None),
    ],
)
def test_a_fracture_may_be_dated_by_day_month_or_year(parts, text):
    found = form.read({**CHECKED, **dated("fracture_date", *parts)}, TODAY)
    assert found.case["fracture"].get("date") == text
    assert found.errors == {}


@pytest.mark.parametrize(
    "parts", [("31", "2", "2026"), ("3", "", "2026"), ("3", "8", "26"), ("x", "8", "2026")]
)
def test_a_date_that_cannot_be_is_said_beside_its_field(parts):
    assert list(form.read({**CHECKED, **dated("fracture_date", *parts)}, TODAY).errors) == ["fracture_date"]


def test_a_birth_date_is_whole():
    assert "birth_date" in form.read({**CHECKED, **dated("birth_date", "", "3", "1950")}, TODAY).errors


def dated(name: str, day: str, month: str, year: str) -> dict[str, str]:
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


def test_one_tick_answers_no_for_every_line_left_open_and_only_for_those():
    found = form.read({**CHECKED, "flag_infection": "unknown", "flag_cancer": "yes"}, TODAY)
    assert "infection" not in found.case["flags"]
    assert found.case["flags"]["cancer"] is True
    assert sum(value is False for value in found.case["flags"].values()) == len(FLAGS) - 2


def test_without_the_tick_every_open_line_is_asked():
    found = form.read({"flag_cancer": "no"}, TODAY)
    assert len(found.errors) == len(FLAGS) - 1
    assert "flag_cancer" not in found.errors


def test_explained_is_for_the_flags_that_may_be_explained():
    typed = {**CHECKED, "flag_severe_pain": "explained", "flag_cancer": "explained"}
    flags = form.read(typed, TODAY).case["flags"]
    assert (flags["severe_pain"], flags["cancer"]) == ("explained", False)


@pytest.mark.parametrize("typed", ["two", "-1", "2.5", "9999"])
def test_a_number_is_a_whole_number(typed):
    assert "falls" in form.read({**CHECKED, "falls": typed}, TODAY).errors


@pytest.mark.parametrize(("typed", "value"), [("13,5 s", 13.5), ("12", 12.0)])
def test_seconds_are_read_as_people_write_them(typed, value):
    assert form.read({**CHECKED, "tug": typed}, TODAY).case["tests"][0]["value"] == value


@pytest.mark.parametrize("typed", ["fast", "0", "-3", "301", "nan"])
def test_an_impossible_timed_up_and_go_is_refused(typed):
    found = form.read({**CHECKED, "tug": typed}, TODAY)
    assert "tug" in found.errors
    assert "tests" not in found.case


@pytest.mark.parametrize(("typed", "levels"), [("t12, l1", ["T12", "L1"]), ("T 12 L1", ["T12", "L1"])])
def test_levels_are_read_as_people_write_them(typed, levels):
    assert form.read({**CHECKED, "levels": typed}, TODAY).case["fracture"]["levels"] == levels


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("07700 900123", "mobile"), ("+44 7700 900123", "mobile"), ("0113 496 0000", "landline")],
)
def test_one_phone_field_is_a_mobile_or_a_landline(typed, kind):
    patient = form.read({**CHECKED, "phone": typed}, TODAY).patient
    assert getattr(patient, kind) == typed


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("patient.nhs_number", "nhs_number"),
        ("patient.landline", "phone"),
        ("fracture.date", "fracture_date"),
        ("fracture.levels[0]", "levels"),
        ("flags.severe_pain", "flag_severe_pain"),
        ("tests[0].value", "tug"),
        ("pain.rest", "rest_pain"),
    ],
)
def test_every_problem_of_the_validator_finds_its_field_and_page(path, field):
    assert form.field_of(path) == field
    assert form.page_of(field) in form.PAGES


def test_both_counts_of_the_form_are_printed(capsys):
    """F21's published list, counted: what a referrer types, what is filled in, and the one flag question."""
    everything = [name for fields in form.PAGES.values() for name in fields]
    flags = [name for name in everything if name == "none_of_these" or name.startswith("flag_")]
    with capsys.disabled():
        print(
            f"\n{len(form.ESSENTIAL)} fields typed or chosen, {len(form.PREFILLED)} filled in already,"
            f" one grouped question of {len(flags) - 1} flags,"
            f" {len(set(everything) - set(flags) - set(form.ESSENTIAL) - set(form.PREFILLED))} optional"
        )
    assert len(form.ESSENTIAL) <= 15
    assert len(flags) == len(FLAGS) + 1
