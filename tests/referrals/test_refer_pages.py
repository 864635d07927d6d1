"""Two minutes in: short pages, nothing typed is lost, one referral however often it is sent."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from clinic.extensions import db, now
from clinic.referrals.models import Draft, Referral
from clinic.worklist.models import Task
from tests.referrals.browsing import FRACTURE, NO_FLAGS, NOW, PAGES, PATIENT, Person, fill
from tests.referrals.factories import a_referral

MONDAY = "2026-11-23 10:00:00+00:00"


@pytest.fixture
def gp(app, world) -> Person:
    with time_machine.travel(MONDAY):
        yield Person(app, world.gp)


def referrals() -> list[Referral]:
    db.session.expire_all()
    return list(db.session.scalars(select(Referral)))


def the_draft() -> Draft:
    db.session.expire_all()
    return db.session.scalars(select(Draft)).one()


def test_a_referral_from_start_to_reference(gp):
    fill(gp)
    assert "Check your answers" in gp.text
    assert "Likely: " in gp.text
    assert "Usual wait: not known yet" in gp.text
    gp.post()
    (referral,) = referrals()
    assert referral.reference in gp.text
    assert "You hear by Monday 30 November 2026" in gp.text
    assert referral.typed_by == "Sam referrer"
    assert referral.case["falls"] == {"count_12m": 1}
    assert referral.case["flags"]["cancer"] is False


def test_the_suggestion_gives_each_reason_with_its_source(gp):
    fill(gp)
    assert "One fall in twelve months: at least intermediate supervision." in gp.text
    assert "CDC STEADI" in gp.text
    assert "risk score" not in gp.text.lower()


def test_every_page_is_kept_right_or_wrong(gp):
    fill(gp, {**PATIENT, "nhs_number": "999 000 0019"})
    assert gp.status == 422
    assert "There is a problem" in gp.text
    assert "fails its check" in gp.text
    assert 'value="Okafor"' in gp.page
    assert "<title>Error: " in gp.page
    assert the_draft().typed["nhs_number"] == "999 000 0019"


@pytest.mark.parametrize(
    ("pages", "wrong"),
    [
        ((PATIENT, {**FRACTURE, "fracture_date-year": "2027"}), "Date of the fracture: is in the future"),
        ((PATIENT, FRACTURE, {}), "then tick that you have checked the rest"),
        (
            (PATIENT, FRACTURE, {"flag_severe_pain": "no"}),
            "RF1: answer, or tick that you have checked the rest",
        ),
        ((PATIENT, {**FRACTURE, "fracture_date-month": "13"}), "Enter a real date of the fracture"),
        ((PATIENT, FRACTURE, NO_FLAGS, {**NOW, "falls": "many"}), "Enter the number of falls as a whole"),
        ((PATIENT, FRACTURE, NO_FLAGS, {**NOW, "tug": "900"}), "Enter the seconds from 3 to 300"),
        ((PATIENT, FRACTURE, NO_FLAGS, {**NOW, "rest_pain": "11"}), "Pain at rest: must be from 0 to 10"),
        (({**PATIENT, "birth_date-year": "2020"},), "for adults"),
        (({**PATIENT, "consent": ""},), "Say whether the patient agrees"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_with_everything_kept(gp, pages, wrong):
    fill(gp, *pages)
    assert gp.status == 422
    assert wrong in gp.text
    typed = the_draft().typed
    assert all(typed[name] == value for name, value in pages[-1].items())


def test_a_gap_stops_nobody(gp):
    fill(gp, PATIENT, {}, NO_FLAGS, {})
    assert "Not known: we ask" in gp.text
    gp.post()
    assert len(referrals()) == 1


def test_an_unfinished_referral_goes_on_from_another_browser(app, world, gp):
    fill(gp, PATIENT)
    other = Person(app, world.gp)
    assert "Grace Okafor" in other.get("/refer")
    other.get(f"/refer/{the_draft().id}/check")
    assert "Still needed" in other.text
    assert "Okafor" in other.text


def test_nobody_else_sees_a_draft(app, world, gp):
    fill(gp, PATIENT)
    stranger = Person(app, world.other_gp)
    stranger.get(f"/refer/{the_draft().id}/patient")
    assert stranger.status == 404


def test_a_change_from_the_check_page_comes_back_to_it(gp):
    fill(gp)
    gp.get(gp.url.replace("/check", "/patient?back=check"))
    gp.post(data={**PATIENT, "given_name": "Gracie"})
    assert gp.url.endswith("/check")
    assert "Gracie" in gp.text


def test_double_click_back_and_two_tabs_are_one_referral(app, world, gp):
    fill(gp)
    check = gp.url
    other_tab = Person(app, world.gp)
    other_tab.get(check)
    for person in (gp, gp, other_tab):
        person.get(check)
        person.post(check)
        assert "Referral sent" in person.text
    gp.get(check.replace("/check", "/patient"))
    assert "Referral sent" in gp.text
    assert len(referrals()) == 1


def test_an_act_today_flag_answers_not_accepted_first_and_keeps_the_form(gp):
    fill(gp, PATIENT, FRACTURE, {**NO_FLAGS, "flag_cauda_equina": "yes"})
    assert gp.text.strip().startswith("NOT ACCEPTED: act today")
    assert "emergency department now" in gp.text
    assert "within the hour" in gp.text
    (task,) = db.session.scalars(select(Task))
    assert (task.kind, task.cause_kind) == ("telephone_practice", "drafts")
    assert task.due_at - now() <= timedelta(hours=1)
    assert the_draft().typed["family_name"] == "Okafor"


def test_sent_with_an_act_today_flag_it_is_stored_and_the_hour_goes_on(gp):
    fill(gp, PATIENT, FRACTURE, {**NO_FLAGS, "flag_infection": "yes"})
    first = db.session.scalars(select(Task)).one().due_at
    with time_machine.travel("2026-11-23 10:20:00+00:00"):
        gp.get(f"/refer/{the_draft().id}/now")
        gp.post(data=NOW)
        assert "NOT ACCEPTED" in gp.text
        gp.post()
    assert "NOT ACCEPTED: act today" in gp.text
    db.session.expire_all()
    tasks = {task.state.value: task for task in db.session.scalars(select(Task))}
    assert tasks["done"].outcome == "referral_sent"
    assert tasks["open"].cause_kind == "referrals"
    assert abs(tasks["open"].due_at - first) < timedelta(seconds=5)


def test_at_night_nobody_is_said_to_read(app, world):
    with time_machine.travel("2026-11-22 22:00:00+00:00"):  # a Sunday
        gp = Person(app, world.gp)
        fill(gp, PATIENT, FRACTURE, {**NO_FLAGS, "flag_infection": "yes"})
        assert "is closed until Monday 23 November 2026 at 9am and has not read this" in gp.text
        assert "within the hour" not in gp.text


def test_another_organisations_patient_is_only_already_known(app, world, gp):
    a_referral(world, by=world.other_gp)
    fill(gp)
    gp.post()
    assert "already known to the service" in gp.text
    gp.get("/referrals")
    assert "Already known to the service" in gp.text


def test_staff_do_not_refer_through_the_practices_form(app, world):
    coordinator = Person(app, world.coordinator)
    coordinator.get("/refer")
    assert coordinator.status == 404


def test_a_draft_can_be_removed(gp):
    fill(gp, PATIENT)
    gp.get("/refer")
    gp.post(f"/refer/{the_draft().id}/remove")
    assert db.session.scalars(select(Draft)).all() == []


def test_the_pages_are_four_and_the_check():
    assert len(PAGES) == 4
