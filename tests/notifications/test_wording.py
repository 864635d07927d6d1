import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from clinic.notifications import wording
from clinic.notifications.rules.grammar import IN_ANSWER_TO, Question
from clinic.notifications.rules.segments import segments
from clinic.notifications.rules.window import Purpose
from clinic.notifications.wording import CARER, BadText, UnknownText, all_texts, name_for, parse, render

COPIES = Path(__file__).parent / "texts"
NAMES = list(all_texts())
FORBIDDEN = re.compile(
    r"\b(?:fractur\w*|fall(?:s|en|ing)?|fell|osteo\w*|spin(?:e|al)|vertebra\w*|diagnos\w*|risk|band|phase"
    r"|frail\w*|elderly|supervision|nhs number|birth\w*|surname|don'?t|do not|must not|proxy)\b",
    re.IGNORECASE,
)
ONE_PART = """
    reminder reminder_visit reminder_slot number_check offer_single cannot_come_confirmed undo_confirmed
    session_cancelled session_moved safety_closed check_in still_wanted call_me_answer when_answer alert_duty
"""
GOOD = "---\npurpose: answer\nquestion: none\nresend: never\nsample: {a: b}\n---\nSo {{ a }}.\n"


def rendered(name):
    return render(name, **all_texts()[name].sample)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_reads_as_its_agreed_copy(name):
    assert rendered(name) + "\n" == (COPIES / f"{name}.txt").read_text(encoding="utf-8")


def test_no_copy_is_left_of_a_text_that_is_gone():
    assert sorted(copy.stem for copy in COPIES.glob("*.txt")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_gsm7_and_two_parts_at_most(name):
    size = segments(rendered(name))
    assert (size.encoding, size.parts <= 2) == ("GSM-7", True)


@pytest.mark.parametrize("name", ONE_PART.split())
def test_the_everyday_texts_fit_one_part_with_long_names(name):
    assert segments(rendered(name)).parts == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_text_names_no_diagnosis_and_forbids_nothing(name):
    found = FORBIDDEN.search(all_texts()[name].body + rendered(name))
    assert found is None


@pytest.mark.parametrize("name", NAMES)
def test_a_text_says_who_we_are(name):
    assert "{{ clinic }}" in all_texts()[name].body


@pytest.mark.parametrize("name", [name for name in NAMES if all_texts()[name].question in IN_ANSWER_TO])
def test_a_text_with_a_question_asks_for_a_number_the_grammar_knows(name):
    assert re.search(r"\b[Rr]eply [12]\b", rendered(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_text_asks_for_no_word_that_a_carrier_takes_for_itself(name):
    assert not re.search(r"reply (?:YES|NO|CANCEL|END|QUIT|START)\b", rendered(name), re.IGNORECASE)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(CARER)])
def test_a_carers_text_speaks_to_the_carer_and_asks_the_same(name):
    carers, own = all_texts()[name], all_texts()[name.removesuffix(CARER)]
    assert "carer" in carers.sample
    assert (carers.purpose, carers.question, carers.resend) == (own.purpose, own.question, own.resend)


@pytest.mark.parametrize("name", [name for name in NAMES if all_texts()[name].purpose is Purpose.ALERT_DUTY])
def test_the_duty_persons_text_holds_no_patients_data(name):
    assert all_texts()[name].sample.keys() <= {"clinic", "until", "since", "link"}


@pytest.mark.parametrize("name", ["safety_closed", "pain_high_closed", "fall_answer_closed"])
def test_out_of_hours_nobody_is_said_to_be_reading(name):
    for variant in (name, name + CARER):
        assert "We are closed until Mon 23 Nov 09:00 and have not read this." in rendered(variant)
        assert "999" in rendered(variant)
        assert "will ring" not in rendered(variant)


def test_the_carers_own_wording_is_chosen_where_there_is_one():
    assert name_for("reminder", carer=True) == "reminder_carer"
    assert name_for("reminder", carer=False) == "reminder"
    assert name_for("help_answer", carer=True) == "help_answer"


def test_a_missing_name_is_an_error_and_never_a_gap():
    with pytest.raises(UndefinedError):
        render("reminder", first_name="Mary")
    with pytest.raises(UnknownText):
        render("no_such_text")


def test_typographic_signs_and_accents_are_made_plain():
    data = {**all_texts()["when_answer"].sample, "first_name": "Siân", "venue": "St Mary’s – upstairs"}
    assert "Sian" in render("when_answer", **data)
    assert "St Mary's - upstairs" in render("when_answer", **data)


def test_a_name_is_never_read_as_a_template():
    data = {**all_texts()["when_answer"].sample, "first_name": "{{ phone }}"}
    assert render("when_answer", **data).startswith("{{ phone }}, your next class")


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("answer", "spam"),
        GOOD.replace("none", "why"),
        GOOD.replace("never", "often"),
        GOOD.replace("a: b", "c: d"),
        GOOD.replace("resend: never\n", ""),
        GOOD.replace("resend", "extra: 1\nresend"),
        "So {{ a }}.",
    ],
)
def test_a_broken_file_is_refused_when_loaded(content):
    parse("good", GOOD)
    with pytest.raises(BadText):
        parse("bad", content)


def test_a_moment_is_said_in_clinic_time():
    at = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    assert wording.moment(at, ZoneInfo("Europe/London")) == {"day": "Wed", "date": "1 Jul", "time": "10:30"}


def test_every_question_but_the_keywords_has_a_text_that_opens_it():
    opened = {text.question for text in all_texts().values()}
    assert opened == set(Question)
