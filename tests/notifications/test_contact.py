"""Whom a number belongs to, and what happens when it no longer takes texts (F8, F9, F23)."""

from datetime import timedelta

import pytest

from clinic.extensions import at, db, transaction
from clinic.notifications import delivery, endings, inbound, line, queries, settling
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Contact
from clinic.worklist.models import Task
from tests.notifications.conftest import NOON, SENDER

ADA = "+447700900001"
S = MessageState


def deliver(now=NOON):
    return delivery.deliver(now=now, in_flight=4)


def hear(body, sender=ADA, now=NOON):
    return inbound.receive(
        sid=f"SM{body}{sender}", sender=sender, to=SENDER, service=None, body=body, opt_out=None, now=now
    )


def due(wired, patient):
    """Three texts of the coming days: none of them has left."""
    for n in range(3):
        at = NOON + timedelta(days=n)
        wired.plan(patient, cause_id=n, due_at=at, now=NOON, expires_at=at + timedelta(hours=3))


def run_through(wired):
    for n in range(3):
        deliver(NOON + timedelta(days=n, minutes=1))
    return [m for m in wired.messages() if m.text == "reminder"]


@pytest.fixture
def texting(wired):
    """STOP is heard by the real rooms: the contact is stopped."""
    wired.app.extensions["upright_config"] = wired.app.extensions["upright_config"].model_copy(
        update={"twilio_from": SENDER}
    )
    return wired


def test_after_stop_everything_still_due_is_rung_each_in_its_time(texting):
    patient = texting.patient()
    due(texting, patient)
    assert hear("STOP") == "stopped"
    assert {(m.state, m.reason) for m in run_through(texting)} == {(S.SUPPRESSED, "stopped")}
    assert sorted(texting.calls()) == [("stopped", patient)] * 3 + [("texts_stopped", patient)]


def test_a_block_of_the_carriers_does_the_same(texting):
    patient = texting.patient()
    due(texting, patient)
    texting.provider.simulator.faults.add([{"kind": "refuse", "code": 21610}])
    assert [m.state for m in run_through(texting)] == [S.REFUSED, S.SUPPRESSED, S.SUPPRESSED]
    assert sorted(texting.calls()) == [("refused", patient)] + [("stopped", patient)] * 2


@pytest.fixture
def wired_up(texting):
    """As the app is wired: an opt-out and a wrong number are heard by the office itself."""
    texting.tables.EVENTS["texts_stopped"] = texting.tables.EVENTS["number_wrong"] = (endings.unreachable,)
    with at(NOON):
        yield texting


@pytest.mark.parametrize(("reply", "reason"), [("STOP", "stopped"), ("wrong number", "wrong_number")])
def test_what_is_due_within_a_day_is_on_the_call_list_the_moment_texts_end(wired_up, reply, reason):
    patient = wired_up.patient()
    due(wired_up, patient)
    hear(reply)
    states = [(m.state, m.reason) for m in wired_up.messages() if m.text == "reminder"]
    assert states == [(S.SUPPRESSED, reason)] * 2 + [(S.PLANNED, None)]  # the third is two days away
    assert wired_up.calls().count((reason, patient)) >= 2


def test_another_number_that_takes_texts_goes_on_taking_them(wired_up):
    patient = wired_up.patient("Ada", "+447700900001")
    with transaction():
        contact = db.session.scalars(db.select(Contact)).one()
        other = {"patient_id": patient, "clinic_id": contact.clinic_id, "kind": contact.kind, "main": False}
        db.session.add(Contact(value="+447700900009", value_index="other", carer_name="Bern", **other))
    due(wired_up, patient)
    with transaction():
        carer = db.session.scalars(db.select(Contact).where(Contact.value_index == "other")).one()
        carer.stopped_at = NOON
        endings.unreachable(contact_id=carer.id)
    assert {m.state for m in wired_up.messages() if m.text == "reminder"} == {S.PLANNED}


@pytest.mark.parametrize("code", ["21610", "30004", "30007"])
def test_a_block_told_of_by_a_receipt_changes_contact_to_phone(wired_up, code):
    patient = wired_up.patient()
    wired_up.plan(patient)
    deliver()
    with transaction():
        message = db.session.scalars(db.select(Message).where(Message.text == "reminder")).one()
        message.error_code, message.state = code, S.UNDELIVERED
        settling.not_reached(message, now=NOON)
    assert db.session.scalars(db.select(Contact.stopped_at)).one() == NOON


def test_another_failure_does_not_stop_texts_for_good(wired_up):
    wired_up.plan(wired_up.patient())
    deliver()
    with transaction():
        message = db.session.scalars(db.select(Message).where(Message.text == "reminder")).one()
        message.error_code, message.state = "30003", S.UNDELIVERED
        settling.not_reached(message, now=NOON)
    assert db.session.scalars(db.select(Contact.stopped_at)).one() is None


def test_a_death_stops_also_what_was_claimed_and_stands_in_line(wired_up):
    patient = wired_up.patient()
    for n in range(3):
        wired_up.plan(patient, cause_id=n)
    with transaction():
        begun, waits, _ = db.session.scalars(db.select(Message).order_by(Message.id)).all()
        begun.state = waits.state = S.SENDING
        waits.reason = line.IN_LINE
    with transaction():
        endings.patient_died(patient_id=patient)
    assert [m.state for m in wired_up.messages()] == [S.SENDING, S.SUPERSEDED, S.SUPERSEDED]


def test_after_a_wrong_number_everything_still_due_is_rung(texting):
    patient = texting.patient()
    due(texting, patient)
    assert hear("wrong number") == "wrong_number"
    assert {m.reason for m in run_through(texting)} == {"wrong_number"}
    assert ("wrong_number", patient) in texting.calls()


def test_a_number_of_two_people_takes_texts_that_begin_with_the_name_each_is_for(texting):
    for n, name in enumerate(("Ada", "Bea")):
        texting.plan(texting.patient(name), cause_id=n)
    deliver()
    bodies = [row["body"] for row in texting.provider.simulator.journal.read()]
    assert sorted(body.split(",")[0] for body in bodies) == ["Ada", "Bea"]


def test_stop_from_a_shared_number_stops_texts_for_both(texting):
    people = [texting.patient("Ada"), texting.patient("Bea")]
    hear("STOP")
    for n, person in enumerate(people):
        texting.plan(person, cause_id=n)
    assert deliver()["suppressed"] == 2


def test_what_a_carer_wrote_is_shown_as_hers_for_the_patient(texting):
    patient = texting.patient("Ada", carer_name="Bernadette")
    hear("is it on today")
    assert [line.carer for line in queries.thread(patient) if not line.ours] == ["Bernadette"]


def test_a_carers_stop_leaves_the_patients_own_number_alone(texting):
    patient = texting.patient("Ada", carer_name="Bernadette", main=True)
    assert hear("STOP") == "stopped"
    assert ("texts_stopped", patient) not in texting.calls()
    assert db.session.scalars(db.select(Task.kind)).all() == ["carer_stopped"]


@pytest.mark.parametrize(("reply", "left"), [("1", True), ("2", False)])
def test_no_clinical_text_leaves_before_the_number_is_hers(texting, reply, left):
    texting.plan(texting.patient(confirmed_on=None), expires_at=NOON + timedelta(hours=8))
    deliver()
    deliver(NOON + timedelta(seconds=1))
    asked = [row["body"] for row in texting.provider.simulator.journal.read()]
    assert len(asked) == 1 and "Is this Ada?" in asked[0]
    hear(reply, now=NOON + timedelta(minutes=5))
    deliver(NOON + timedelta(minutes=6))
    reminder = db.session.scalars(db.select(Message).where(Message.text == "reminder")).one()
    assert (reminder.state is S.ACCEPTED) is left


def test_two_people_on_one_phone_are_confirmed_each_by_their_own_name(texting):
    people = [texting.patient(name, confirmed_on=None) for name in ("Ada", "Bea")]
    for n, person in enumerate(people):
        texting.plan(person, cause_id=n, expires_at=NOON + timedelta(hours=8))
    deliver()
    deliver(NOON + timedelta(seconds=1))
    assert hear("1", now=NOON + timedelta(minutes=1)) == "which_question"
    deliver(NOON + timedelta(minutes=1, seconds=1))
    asked = [row["body"] for row in texting.provider.simulator.journal.read()][-1]
    assert "Which do you mean: Ada or Bea? Reply with the first name." in asked
    assert hear("Bea", now=NOON + timedelta(minutes=2)) == "number_confirmed"
    db.session.expire_all()
    confirmed = dict(db.session.execute(db.select(Contact.patient_id, Contact.confirmed_on)).all())
    assert [confirmed[person] is not None for person in people] == [False, True]


def test_a_carer_is_asked_by_her_own_name_before_the_first_text(texting):
    texting.plan(
        texting.patient("Ada", carer_name="Bernadette", confirmed_on=None),
        expires_at=NOON + timedelta(hours=8),
    )
    deliver()
    deliver(NOON + timedelta(seconds=1))
    [body] = [row["body"] for row in texting.provider.simulator.journal.read()]
    assert "Is this Bernadette, the contact for Ada?" in body
