"""A complaint has a clock and somebody to answer it; who goes on elsewhere is asked once, six weeks later."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from clinic.desk import said
from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.viewer import acting_as, system
from clinic.worklist.models import Task
from tests import factories

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def patient(app_context):
    with acting_as(system("test")), time_machine.travel(TUESDAY, tick=False):
        yield db.session.get_one(Patient, factories.a_patient(factories.a_clinic()).id)


@pytest.mark.parametrize(("kind", "day"), [("complaint", 27), ("concern", 24)])
def test_what_was_said_is_a_task_with_a_clock_in_working_days(patient, kind, day):
    task = said.heard(patient=patient, kind=kind, words="Nobody  rang back", by=system("test"))
    assert (task.kind, task.note) == (f"heard_{kind}", "Nobody rang back")
    assert (task.due_at.day, task.due_at.hour) == (day, 17)


def test_a_second_complaint_is_a_second_task(patient):
    for minutes in (0, 1):
        with time_machine.travel(TUESDAY + timedelta(minutes=minutes), tick=False):
            said.heard(patient=patient, kind="complaint", words="The hall was cold", by=system("test"))
    assert db.session.query(Task).count() == 2


def test_nothing_is_kept_without_words_or_of_an_unknown_kind(patient):
    for kind, words in (("complaint", " "), ("gossip", "x")):
        with pytest.raises(ValueError, match="needed"):
            said.heard(patient=patient, kind=kind, words=words, by=system("test"))


def test_going_on_elsewhere_is_asked_after_once_in_six_weeks(patient):
    task = said.passed_on(patient=patient, to="Strong and steady, leisure centre", by=system("test"))
    assert task.kind == "onward_check"
    assert timedelta(days=41) < task.due_at - TUESDAY < timedelta(days=44)


def test_the_page_refuses_an_empty_form_and_keeps_what_was_typed(app):
    with app.app_context():
        clinic = factories.a_clinic()
        patient_id, email = factories.a_patient(clinic).id, factories.a_member_of_staff(clinic).email
    browser = factories.sign_in(app.test_client(), email)
    address = f"/patients/{patient_id}/said"
    token = {"csrf_token": factories.csrf(browser.get(address).text)}
    refused = browser.post(address, data={**token, "words": "So kind"})
    assert (refused.status_code, "So kind" in refused.text, "Choose what it is" in refused.text) == (
        422,
        True,
        True,
    )
    assert browser.post(address, data={**token, "kind": "compliment", "words": "So kind"}).status_code == 302
