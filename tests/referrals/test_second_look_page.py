"""The pages of the second look and of running unsigned: what is typed is kept, what is missing is said."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.access.models import Role
from clinic.extensions import db, now, transaction
from clinic.referrals import second_look, sign_off
from clinic.referrals.models import Decision
from clinic.viewer import acting_as, staff
from clinic.worklist.models import Task
from tests.factories import csrf
from tests.referrals.factories import TEST, a_referral, a_user, accept, signed_in


@pytest.fixture
def address(world, monkeypatch) -> str:
    monkeypatch.setattr(second_look, "drawn", lambda decision_id, one_in: True)
    accept(world, a_referral(world).referral)
    decided = db.session.scalars(select(Decision).where(Decision.kind == "decided")).one()
    return f"/second-looks/{decided.id}"


@pytest.fixture
def browser(client, world):
    with acting_as(TEST), transaction():
        user = a_user(Role.PHYSIOTHERAPIST, "second", clinic_id=world.clinic.id)
    return signed_in(client, staff(user.id, world.clinic.id, "physiotherapist"))


def post(browser, address, **typed):
    token = csrf(browser.get(address).text)
    return browser.post(address, data={"csrf_token": token, **typed})


def outcome() -> str | None:
    db.session.expire_all()
    return db.session.scalars(select(Task.outcome).where(Task.kind == "second_look")).one()


def test_the_task_leads_to_the_page_with_the_three_layers(browser, address):
    task = db.session.scalars(select(Task).where(Task.kind == "second_look")).one()
    assert browser.get(f"/worklist/tasks/{task.id}").headers["Location"] == address
    page = browser.get(address).text
    assert "What was decided" in page
    assert "Rules, each with its source" in page


def test_the_list_cannot_close_it_past_the_page(browser, address):
    task = db.session.scalars(select(Task).where(Task.kind == "second_look")).one()
    token = csrf(browser.get(address).text)
    browser.post(f"/worklist/tasks/{task.id}", data={"csrf_token": token, "outcome": "done"})
    assert outcome() is None


def test_agreeing_is_one_choice_and_one_button(browser, address):
    assert post(browser, address, agrees="yes").status_code == 302
    assert outcome() == "agreed"


@pytest.mark.parametrize("typed", [{}, {"agrees": "no", "note": " "}, {"agrees": "perhaps"}])
def test_half_an_answer_is_not_kept(browser, address, typed):
    answer = post(browser, address, **typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert outcome() is None


def test_who_decided_reads_that_somebody_else_looks(client, world, address):
    page = signed_in(client, world.physiotherapist).get(address).text
    assert "another physiotherapist looks at it" in page
    assert "Keep my second look" not in page


def test_a_decision_that_was_not_drawn_has_no_page(browser, address):
    assert browser.get("/second-looks/999999").status_code == 404


@pytest.fixture
def as_admin(client, world):
    with acting_as(TEST), transaction():
        user = a_user(Role.ADMIN, "admin", clinic_id=world.clinic.id)
    return signed_in(client, staff(user.id, world.clinic.id, "admin"))


def test_an_administrator_enters_who_answers_for_unsigned_rules(as_admin, world):
    day = now().date() + timedelta(days=30)
    until = {"until-day": day.day, "until-month": day.month, "until-year": day.year}
    typed = {"name": "Dr Amara Bello", "reason": "Pilot", **until}
    assert post(as_admin, "/protocol/unsigned", **typed).status_code == 302
    db.session.expire_all()
    assert sign_off.waiver_of(world.clinic.id).until == day


def test_what_is_missing_is_said_and_what_was_typed_stays(as_admin):
    answer = post(as_admin, "/protocol/unsigned", name="Dr Amara Bello")
    assert answer.status_code == 422
    assert 'value="Dr Amara Bello"' in answer.text
    assert "Enter why the service runs" in answer.text
