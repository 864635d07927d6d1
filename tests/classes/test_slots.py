from datetime import timedelta

import pytest

from clinic.access.models import Role
from clinic.classes import slots
from clinic.classes.errors import BadTimetable
from clinic.extensions import db
from clinic.notifications.models import Message, MessageState
from clinic.patients import needs
from clinic.patients.models import Patient
from clinic.worklist.models import Task
from tests.classes.factories import BY, NOW, a_person, a_user

pytestmark = pytest.mark.both_databases
AT = NOW + timedelta(days=2)


def book(episode, user, at=AT, **more):
    facts = {"kind": "first_assessment", "venue_id": None, "by": BY, "now": NOW, **more}
    return slots.book(episode_id=episode.id, staff_id=user.id, starts_at=at, **facts)


def texts() -> dict[str, str]:
    return {row.text: row.state for row in db.session.query(Message)}


def test_an_appointment_is_told_and_reminded_of(clinic):
    book(a_person(clinic), a_user(clinic, Role.PHYSIOTHERAPIST))
    assert set(texts()) == {"slot_booked", "reminder_slot"}


def test_a_phone_screen_is_our_call_so_nothing_is_texted(clinic):
    book(a_person(clinic), a_user(clinic), kind="phone_screen")
    assert texts() == {}


@pytest.mark.parametrize("minutes", [-30, 0, 30])
def test_a_colleague_is_in_one_place_at_a_time(clinic, minutes):
    user = a_user(clinic)
    book(a_person(clinic), user)
    with pytest.raises(BadTimetable):
        book(a_person(clinic), user, AT + timedelta(minutes=minutes))


def test_one_appointment_may_follow_another(clinic):
    user = a_user(clinic)
    book(a_person(clinic), user)
    book(a_person(clinic), user, AT + timedelta(minutes=45))
    assert len(slots.of_staff(user.id, NOW, AT + timedelta(days=1))) == 2


def test_so_is_the_patient(clinic):
    ada = a_person(clinic)
    book(ada, a_user(clinic))
    with pytest.raises(BadTimetable):
        book(ada, a_user(clinic, Role.PHYSIOTHERAPIST))


def test_a_cancelled_appointment_is_told_and_its_time_is_free(clinic):
    user = a_user(clinic)
    slots.cancel(slot_id=book(a_person(clinic), user).id, by=BY, now=NOW)
    found = texts()
    assert found.pop("slot_cancelled") is MessageState.PLANNED
    assert set(found.values()) == {MessageState.SUPERSEDED}
    book(a_person(clinic), user)


def test_the_past_cannot_be_booked(clinic):
    with pytest.raises(BadTimetable):
        book(a_person(clinic), a_user(clinic), NOW)


def test_an_interpreter_is_booked_for_an_appointment_and_not_for_one_that_is_off(clinic):
    ada = a_person(clinic)
    patient = db.session.get_one(Patient, ada.patient_id)
    needs.record(patient=patient, typed={"interpreter": "Somali"}, by=BY)
    slot = book(ada, a_user(clinic, Role.PHYSIOTHERAPIST))
    (task,) = db.session.query(Task).all()
    assert (task.kind, task.state.value) == ("book_interpreter", "open")
    assert task.note.startswith("Somali, for the appointment on Wednesday 25 November")
    slots.cancel(slot_id=slot.id, by=BY, now=NOW)
    assert task.state.value == "done"
