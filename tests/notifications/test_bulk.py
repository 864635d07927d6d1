"""One text to many: seen by name, decided by two above twenty, held ten minutes, then claimed like any."""

from datetime import timedelta

import pytest

from clinic.access.models import Role, User
from clinic.audit import AuditEvent
from clinic.extensions import db, transaction
from clinic.notifications import bulk, delivery
from clinic.notifications.by_hand import CannotSend
from clinic.notifications.models import BulkState, Message, MessageState
from clinic.patients.models import Patient
from clinic.viewer import staff
from tests.notifications.conftest import NOON

LEAVES = NOON + timedelta(minutes=10)
ICE = {
    "text": "notice_weather",
    "facts": {"on": "2026-11-25"},
    "audience": {"classes": [1], "waiting": False},
}


@pytest.fixture
def office(wired):
    """The post office with its own FACTS of bulk texts, and two people of staff."""
    wired.tables.FACTS["bulk"] = bulk.facts
    held = wired.app.extensions
    unhurried = {"delivery_time_scale": 1.0}  # a fake on a busy machine may take more than a second
    held["upright_config"] = held["upright_config"].model_copy(update=unhurried)
    with transaction():
        people = [
            User(email=f"{name}@x.invalid", name=name, role=Role.COORDINATOR, clinic_id=wired.clinic_id)
            for name in ("ann", "ben")
        ]
        db.session.add_all(people)
        db.session.flush()
        wired.ann, wired.ben = (staff(one.id, wired.clinic_id, "coordinator") for one in people)
    return wired


def patients(office, count):
    return [office.patient(f"P{n}", f"+4477009001{n:02d}") for n in range(count)]


def write(office, people, by=None, **changes):
    return bulk.write(**{**ICE, "people": people, "by": by or office.ann, "now": NOON, **changes})


def agree(office, row, people, by=None, seen=None):
    count = len(people) if seen is None else seen
    return bulk.agree(bulk_id=row.id, people=people, seen=count, by=by or office.ben, now=NOON)


def sent(office):
    return list(office.provider.simulator.journal.read())


def deliver(at=LEAVES):
    return delivery.deliver(now=at, in_flight=4)


def test_up_to_twenty_leave_after_ten_minutes_and_not_before(office):
    row = write(office, patients(office, 3))
    assert row.state is BulkState.LEAVING
    assert deliver(LEAVES - timedelta(seconds=1))["claimed"] == 0
    assert deliver()["accepted"] == 3
    assert min(one["body"] for one in sent(office)).startswith(
        "P0, the way to class may be icy on Wed 25 Nov."
    )


def test_above_twenty_nothing_leaves_until_somebody_else_agrees(office):
    people = patients(office, 21)
    row = write(office, people)
    assert (row.state, deliver()["claimed"]) == (BulkState.WAITING, 0)
    with pytest.raises(CannotSend, match="Somebody else"):
        agree(office, row, people, by=office.ann)
    assert agree(office, row, people).state is BulkState.LEAVING
    assert deliver()["accepted"] == 21


def test_who_agrees_has_seen_the_list_as_it_is_now(office):
    people = patients(office, 22)
    row = write(office, people)
    with pytest.raises(CannotSend, match="changed since you looked"):
        agree(office, row, people[:-1], seen=22)


def test_agreed_twice_is_sent_once(office):
    people = patients(office, 21)
    row = write(office, people)
    agree(office, row, people)
    with pytest.raises(CannotSend, match="decided already"):
        agree(office, row, people)
    assert deliver()["accepted"] == 21 and deliver()["claimed"] == 0


def test_what_was_refused_never_leaves(office):
    people = patients(office, 21)
    row = write(office, people)
    bulk.refuse(bulk_id=row.id, by=office.ben, now=NOON)
    assert deliver()["claimed"] == 0
    with pytest.raises(CannotSend):
        agree(office, row, people)


def test_one_button_stops_what_has_not_left(office):
    row = write(office, patients(office, 5))
    delivery.deliver(now=LEAVES, in_flight=4, batch=2)
    assert bulk.stop(bulk_id=row.id, by=office.ben, now=LEAVES) == (3, 2)
    assert deliver(LEAVES + timedelta(minutes=1))["claimed"] == 0
    assert len(sent(office)) == 2
    assert {m.reason for m in office.messages() if m.state is MessageState.SUPERSEDED} == {"stopped_by_staff"}


def test_the_preview_names_everybody_and_why_some_are_left_out(office):
    fine, carer = office.patient("Ada"), office.patient("Bea", "+447700900002", carer_name="Carl")
    new = office.patient("Cleo", "+447700900003", confirmed_on=None)
    none = office.patient("Dora", None)
    stopped = office.patient("Ella", "+447700900005", stopped_at=NOON)
    dead = office.patient("Fay", "+447700900006")
    with transaction():
        db.session.execute(db.update(Patient).where(Patient.id == dead).values(died_on=NOON.date()))
    people = [fine, carer, new, none, stopped, dead, fine]
    given = {"text": ICE["text"], "facts": ICE["facts"], "clinic_id": office.clinic_id, "now": NOON}
    seen = bulk.preview(people=people, **given)
    assert [(one.patient.id, one.carer, one.asked_first) for one in seen.reached] == [
        (fine, None, False),
        (carer, "Carl", False),
        (new, None, True),
    ]
    assert seen.reached[1].body.startswith("Carl, Bea's way to class")
    assert {one.patient.id: (one.why, one.rung) for one in seen.left_out} == {
        none: ("no_mobile", True),
        stopped: ("stopped", True),
        dead: ("died", False),
    }


def test_who_cannot_be_texted_is_rung_and_the_dead_are_left_alone(office):
    write(office, [office.patient("Ada"), office.patient("Dora", None)])
    deliver()
    assert [kind for kind, _ in office.calls()] == ["no_mobile"]


def test_it_takes_the_texts_way_at_night_it_waits_for_the_morning(office):
    row = write(office, patients(office, 1), now=NOON.replace(hour=18, minute=55))
    assert deliver(row.leaves_at)["later"] == 1
    assert deliver(NOON.replace(day=25, hour=9))["accepted"] == 1


def test_a_second_click_asks_for_nothing_new(office):
    people = patients(office, 2)
    write(office, people)
    with pytest.raises(CannotSend, match="asked for already"):
        write(office, people)
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 2


def test_nobody_to_reach_is_said_at_once(office):
    with pytest.raises(CannotSend, match="Nobody"):
        write(office, [office.patient("Dora", None)])


def test_who_asked_who_agreed_and_who_stopped_is_on_record(office):
    people = patients(office, 21)
    row = write(office, people)
    agree(office, row, people)
    bulk.stop(bulk_id=row.id, by=office.ann, now=NOON)
    events = db.session.execute(
        db.select(AuditEvent.action, AuditEvent.actor).where(AuditEvent.about_kind == "bulk_texts")
    ).all()
    assert [tuple(event) for event in events] == [
        ("bulk_text.written", f"staff:{office.ann.id}"),
        ("bulk_text.let_go", f"staff:{office.ben.id}"),
        ("bulk_text.stopped", f"staff:{office.ann.id}"),
    ]


def test_only_notices_may_go_to_many():
    assert set(bulk.templates()) == {"notice_break", "notice_heat", "notice_phone", "notice_weather"}
    assert bulk.days_asked("notice_break") == ("on", "until")
