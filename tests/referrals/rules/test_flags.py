"""The table of red flags, as forms, letters and the phone screen use it."""

from clinic.protocol.load import protocol
from clinic.referrals.rules.flags import BY_ID, BY_KEY, FLAGS
from clinic.referrals.rules.words import Urgency


def test_the_eleven_flags_stand_in_the_order_of_the_contract() -> None:
    assert [flag.id for flag in FLAGS] == [f"RF{number}" for number in range(1, 12)]
    assert [flag.key for flag in FLAGS] == [
        "cauda_equina", "cord_or_nerve", "cancer", "infection", "unstable_fracture", "severe_pain",
        "blackouts", "heart_or_pressure", "not_this_fracture", "cannot_follow", "dizziness_or_sight",
    ]  # fmt: skip
    assert len(BY_ID) == len(BY_KEY) == 11


def test_the_first_five_stop_and_the_others_can_be_explained() -> None:
    assert [flag.id for flag in FLAGS if flag.stops] == ["RF1", "RF2", "RF3", "RF4", "RF5"]
    assert [flag.id for flag in FLAGS if flag.explainable] == ["RF6", "RF7", "RF8", "RF9", "RF10", "RF11"]


def test_four_flags_are_asked_about_before_anything_else() -> None:
    assert [flag.id for flag in FLAGS if flag.emergency_first] == ["RF1", "RF2", "RF4", "RF5"]


def test_the_flags_that_need_somebody_to_act_today_say_so() -> None:
    today = [flag.id for flag in FLAGS if flag.urgency in (Urgency.EMERGENCY, Urgency.SAME_DAY)]
    assert today == ["RF1", "RF2", "RF4"]
    assert BY_ID["RF3"].urgency is Urgency.URGENT and BY_ID["RF6"].urgency is Urgency.ROUTINE


def test_every_flag_is_a_criterion_of_the_rule_book() -> None:
    assert {flag.id for flag in FLAGS} <= protocol("2026-11").criteria.keys()


def test_symptoms_are_asked_about_as_new_or_worse() -> None:
    asked_as_new = [flag.id for flag in FLAGS if "new or worse" in flag.question.lower()]
    assert asked_as_new == ["RF1", "RF2", "RF4", "RF6", "RF7", "RF11"]
    assert "new, worse or not under control" in BY_ID["RF8"].question.lower()
    assert "new since the fracture" in BY_ID["RF3"].question


def test_the_patient_is_asked_one_question_in_plain_words() -> None:
    for flag in FLAGS:
        assert flag.patient_question.endswith("?") and "you" in flag.patient_question.lower()
        for jargon in ("saddle", "rigors", "retropulsion", "osteopenia", "syncope", "vestibular", "CRP"):
            assert jargon not in flag.patient_question
