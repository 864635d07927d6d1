"""Whom a number belongs to, and what happens when it no longer takes texts (F8, F9, F23)."""

from datetime import timedelta

import pytest

from clinic.extensions import db
from clinic.notifications import delivery, inbound, queries
from clinic.notifications.models import Message, MessageState
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
