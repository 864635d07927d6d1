"""What staff type becomes values, or words about what to change; the reading never fails."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from clinic.desk import forms
from clinic.referrals.rules.questions import QUESTIONS

TODAY = date(2026, 11, 22)
anything = st.text(max_size=12)


@given(anything, anything, anything)
def test_any_typed_date_is_a_day_or_a_reason(day, month, year):
    form = {"on-day": day, "on-month": month, "on-year": year}
    try:
        assert forms.whole_date(form, "on", today=TODAY) <= TODAY
    except ValueError as problem:
        assert str(problem)[0].isupper()


@given(st.dictionaries(st.sampled_from(["tug", "chair", "gait", "tandem"]), anything))
def test_any_typed_test_is_a_number_in_range_or_an_error(typed):
    results, errors = forms.test_results(MultiDict(typed), TODAY)
    asked = {name for name, value in typed.items() if value.strip()}
    assert len(results) + len(errors) == len(asked)
    assert all(0 <= result["value"] <= 300 for result in results)


@given(st.dictionaries(st.sampled_from([forms.field_name(p) for p in QUESTIONS]), anything))
def test_any_answer_on_the_phone_is_a_fact_nothing_or_an_error(typed):
    facts, errors = forms.screen_answers(typed, list(QUESTIONS))
    assert not {forms.field_name(path) for path in facts} & set(errors)


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        (("", "", "2026"), "2026"),
        (("", "8", "2026"), "2026-08"),
        (("3", "8", "2026"), "2026-08-03"),
        (("",) * 3, None),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_known(parts, kept):
    form = dict(zip(("fracture-date-day", "fracture-date-month", "fracture-date-year"), parts, strict=True))
    facts, errors = forms.screen_answers(form, ["fracture.date"])
    assert (facts.get("fracture.date"), errors) == (kept, {})


@pytest.mark.parametrize("typed", ["11", "-1", "1.5", "ten", "²"])
def test_a_pain_score_is_a_whole_number_from_0_to_10(typed):
    facts, errors = forms.screen_answers({"pain-rest": typed}, ["pain.rest"])
    assert (facts, list(errors)) == ({}, ["pain-rest"])


def test_every_question_of_the_phone_screen_has_a_field_that_can_answer_it():
    for path, question in QUESTIONS.items():
        assert forms.kind_of(path) in ("number", "choice", "date", "yes_no")
        if forms.kind_of(path) == "yes_no":
            assert question.answers.__name__ == "_yes_no", path
