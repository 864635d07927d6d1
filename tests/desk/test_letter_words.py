"""Attendance and outcomes in one line each: nothing counted against her that was ours."""

from datetime import date

import pytest

from clinic.desk.letter_words import NO_SESSION, NOT_MEASURED, attendance, days, measured, outcomes


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([], NO_SESSION),
        (["expected", "cancelled_by_service"], NO_SESSION),
        (["attended"], "Attended 1 of 1 session."),
        (["attended", "late", "attended_not_exercised"], "Attended 3 of 3 sessions."),
        (
            ["attended", "did_not_attend", "cancelled_by_patient", "cancelled_late", "expected"],
            "Attended 1 of 4 sessions (did not attend 1, cancelled 1, cancelled late 1).",
        ),
        (["attended", "cancelled_by_service"], "Attended 1 of 1 session (cancelled by us 1)."),
    ],
)
def test_attendance_in_one_line(said, words):
    assert attendance(said) == words


def a_test(name: str, value: object, on: str, **more: object) -> dict:
    return {"name": name, "value": value, "on": on, **more}


def test_the_first_and_the_last_of_each_measure_by_its_day():
    found = [
        a_test("timed_up_and_go_s", 12, "2026-10-20"),
        a_test("timed_up_and_go_s", 16.0, "2026-04-02"),
        a_test("timed_up_and_go_s", 14.5, "2026-07-01"),
        a_test("gait_speed_m_s", 0.9, "2026-04-02"),
    ]
    assert measured(found) == ["Timed Up and Go 16 s to 12 s", "Walking speed 0.9 m/s, not measured again"]
    assert outcomes(found).startswith("Timed Up and Go 16 s to 12 s; ")


def test_not_able_is_said_and_nothing_measured_is_said():
    found = [
        {"name": "chair_stand_30s", "unable": True, "on": "2026-04-02"},
        a_test("chair_stand_30s", 7, "2026-10-02"),
    ]
    assert outcomes(found) == "Chair stands in 30 s not able to 7."
    assert outcomes([{"name": "tandem_stance_s", "on": "2026-01-01"}]).endswith("not measured again.")
    assert outcomes([]) == NOT_MEASURED


def test_days_name_the_year_once():
    assert days([date(2026, 11, 24)]) == "24 November 2026"
    three = [date(2026, 11, 17), date(2026, 11, 20), date(2026, 11, 24)]
    assert days(three) == "17 November, 20 November and 24 November 2026"
