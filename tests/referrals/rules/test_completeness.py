"""What is asked on the phone, and where each answer would lead."""

from datetime import date
from typing import Any

from hypothesis import given, settings

from clinic.protocol.load import protocol
from clinic.referrals.rules.case import parse_case
from clinic.referrals.rules.completeness import Change, missing_questions, what_would_change, with_fact
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.triage import decide
from clinic.referrals.rules.words import Band, Outcome
from tests.referrals.rules.raw_cases import AS_OF, raw_cases
from tests.referrals.rules.worked_cases import changed, steady_patient

BOOK = protocol("2026-11")


def _case(**but: Any) -> Case:
    case = parse_case(changed(steady_patient(), but), today=AS_OF)
    assert isinstance(case, Case)
    return case


def _change(path: str, **but: Any) -> Change:
    (change,) = [one for one in what_would_change(_case(**but), BOOK) if one.path == path]
    return change


def test_nothing_missing_is_nothing_to_ask() -> None:
    assert missing_questions(decide(_case(), BOOK)) == ()
    assert what_would_change(_case(), BOOK) == ()


def test_the_emergency_questions_come_first() -> None:
    empty = parse_case({}, today=AS_OF)
    assert isinstance(empty, Case)
    asked = [question.path for question in missing_questions(decide(empty, BOOK))]
    assert asked[:5] == [
        "flags.cauda_equina", "flags.cord_or_nerve", "flags.infection", "flags.unstable_fracture",
        "flags.cancer",
    ]  # fmt: skip
    assert asked[-1] == "person.birth_date"


def test_a_missing_flag_shows_both_ways() -> None:
    change = _change("flags.cancer", **{"flags.cancer": None})
    assert [(one.answer, one.outcome) for one in change.possibilities] == [
        ("yes", Outcome.DO_NOT_ENROL),
        ("no", Outcome.SUGGEST_CLASS),
    ]
    assert change.matters and change.outcomes == (Outcome.DO_NOT_ENROL, Outcome.SUGGEST_CLASS)


def test_the_other_missing_facts_are_taken_as_reassuring() -> None:
    change = _change("falls.count_12m", **{"falls.count_12m": None, "flags.cauda_equina": None})
    assert [(one.answer, one.band) for one in change.possibilities] == [
        ("none", Band.LOW),
        ("one", Band.INTERMEDIATE),
        ("2 or more", Band.HIGH),
    ]
    assert change.outcomes == (Outcome.SUGGEST_CLASS,)


def test_a_fact_that_cannot_change_the_answer_says_so() -> None:
    assert not _change("falls.worried", **{"falls.worried": None, "falls.count_12m": 3}).matters


def test_pain_is_asked_in_the_steps_of_the_rule_book() -> None:
    rest, movement = (
        _change("pain.rest", **{"pain.rest": None}),
        _change("pain.movement", **{"pain.movement": None}),
    )
    assert [one.answer for one in rest.possibilities] == ["0 to 3", "4 to 6", "7 or more"]
    assert [one.answer for one in movement.possibilities] == ["0 to 5", "6", "7 or more"]
    expected = (Outcome.SUGGEST_CLASS, Outcome.ONE_TO_ONE, Outcome.CLINICIAN_REVIEW)
    assert rest.outcomes == movement.outcomes == expected


def test_an_unknown_date_shows_the_phases_it_could_mean() -> None:
    change = _change("fracture.date", **{"fracture.date": None})
    assert [(one.outcome, one.phase.value) for one in change.possibilities] == [
        (Outcome.ONE_TO_ONE, "P1"),
        (Outcome.SUGGEST_CLASS, "P1"),
        (Outcome.SUGGEST_CLASS, "P2"),
        (Outcome.SUGGEST_CLASS, "P3"),
    ]


def test_a_partial_date_shows_its_last_and_its_first_day() -> None:
    change = _change("fracture.date", **{"fracture.date": "2026-05"})
    assert [(one.answer, one.phase.value) for one in change.possibilities] == [
        ("on 2026-05-31", "P2"),
        ("on 2026-05-01", "P3"),
    ]


def test_one_fact_is_changed_and_nothing_else() -> None:
    case = _case()
    assert with_fact(case, "pain.rest", 5).pain.rest == 5
    assert with_fact(case, "flags.cancer", True).flags["cancer"] is True
    assert case.pain.rest == 1 and case.flags["cancer"] is False


@settings(max_examples=60, deadline=None)
@given(raw_cases)
def test_every_missing_fact_has_a_question_and_answers(raw: dict[str, Any]) -> None:
    case = parse_case(raw, today=date(2026, 11, 22))
    if isinstance(case, Case):
        decision = decide(case, BOOK)
        changes = what_would_change(case, BOOK)
        assert sorted(change.path for change in changes) == list(decision.missing)
        assert all(len(change.possibilities) >= 2 and change.question.text for change in changes)
