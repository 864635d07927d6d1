"""Two people who look like one: said once, with a reason, taken back, asked again when facts change."""

import pytest
from sqlalchemy import select

from clinic.audit import AuditEvent
from clinic.extensions import db, transaction
from clinic.patients import apart, duplicates
from clinic.patients.models import Patient
from clinic.viewer import acting_as
from clinic.worklist.models import Task, WorkState
from tests.referrals.browsing import Person
from tests.referrals.factories import a_patient, a_referral

SLIP = "999 000 0026"


@pytest.fixture
def sisters(world) -> tuple[Patient, Patient]:
    """The same surname and birth date, numbers of their own: twins."""
    one = a_referral(world).referral.patient
    other = a_patient(given_name="Joy", nhs_number="999 000 0093", mobile="07700 900456")
    return one, a_referral(world, patient=other).referral.patient


def told_apart(world, pair: tuple[Patient, Patient], reason: str = "Twins: met both") -> apart.NotSame:
    with acting_as(world.coordinator):
        return apart.tell_apart(
            first_id=pair[1].id,
            second_id=pair[0].id,
            why=duplicates.of_two(*pair),
            reason=reason,
            by=world.coordinator,
        )


def shown() -> list[tuple[str, ...]]:
    return [pair.why for pair in duplicates.of_clinic()]


def test_the_pair_is_shown_until_somebody_tells_them_apart(world, sisters):
    assert shown() == [("the same surname", "the same date of birth")]
    row = told_apart(world, sisters)
    assert shown() == [] and duplicates.of_patient(sisters[1]) == []
    assert (row.by_id, row.reason, row.patient_id) == (world.coordinator.id, "Twins: met both", sisters[0].id)
    assert "patient.told_apart" in db.session.scalars(select(AuditEvent.action)).all()


def test_the_task_that_asked_is_answered_with_it(world, sisters):
    asked = select(Task.state).where(Task.kind == "possible_duplicate")
    assert db.session.scalars(asked).all() == [WorkState.OPEN]
    told_apart(world, sisters)
    assert db.session.scalars(asked).all() == [WorkState.DONE]


def test_a_second_referral_of_one_of_them_does_not_ask_again(world, sisters):
    told_apart(world, sisters)
    a_referral(world)
    open_now = select(Task).where(Task.kind == "possible_duplicate", Task.state == WorkState.OPEN)
    assert db.session.scalars(open_now).all() == []


def test_something_more_that_speaks_for_one_person_brings_the_pair_back(world, sisters):
    told_apart(world, sisters)
    with transaction():
        sisters[1].given_name = "Grace"
    assert shown() == [("the same name", "the same date of birth")]


def test_something_less_does_not(world, sisters):
    with transaction():
        sisters[1].given_name = "Grace"
    told_apart(world, sisters)
    with transaction():
        sisters[1].given_name = "Joy"
    assert shown() == []


def test_it_is_taken_back_by_name(world, sisters):
    row = told_apart(world, sisters)
    with acting_as(world.physiotherapist):
        apart.take_back(row_id=row.id, by=world.physiotherapist)
    db.session.refresh(row)
    assert row.undone_by_id == world.physiotherapist.id and len(shown()) == 1


def test_without_a_reason_nothing_is_said(world, sisters):
    with pytest.raises(apart.CannotTellApart):
        told_apart(world, sisters, reason="  ")
    assert len(shown()) == 1


def test_the_desk_says_it_on_the_page_and_takes_it_back(app, world, sisters):
    desk = Person(app, world.coordinator)
    page = f"/patients/{sisters[0].id}/same-as/{sisters[1].id}"
    desk.get(page)
    desk.post(f"/patients/{sisters[0].id}/not-same-as/{sisters[1].id}", {"apart": ""})
    assert desk.status == 422 and "Say how you know that they are two people." in desk.text
    desk.post(f"/patients/{sisters[0].id}/not-same-as/{sisters[1].id}", {"apart": "Twins: met both"})
    assert "No two records look like one person." in desk.text
    assert "Twins: met both" in desk.text and "Sam coordinator" in desk.text
    row = db.session.scalars(select(apart.NotSame)).one()
    desk.post(f"/duplicates/{row.id}/take-back")
    assert "Both have the same surname, the same date of birth." in desk.text
