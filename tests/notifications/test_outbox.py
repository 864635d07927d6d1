from datetime import timedelta

import pytest
from sqlalchemy import event, literal, select

from clinic.extensions import db, transaction
from clinic.notifications import outbox
from clinic.notifications.models import MessageState
from clinic.patients.models import Patient
from tests.notifications.conftest import NOON

pytestmark = pytest.mark.both_databases


def reminders(cause_id=7, revision=1):
    """One reminder for every patient, as a planner would ask for it."""
    return select(
        Patient.id.label("patient_id"),
        Patient.clinic_id,
        Patient.organisation_id,
        literal(cause_id).label("cause_id"),
        *outbox.columns(
            text="reminder",
            purpose="reminder",
            cause_kind="place",
            cause_revision=revision,
            rule="reminder",
            due_at=NOON,
            expires_at=NOON + timedelta(hours=3),
        ),
    )


def sweep(revision=1):
    return outbox.Sweep(session_id=3, revision=revision, rule="reminder", rows=reminders(revision=revision))


def test_the_same_text_is_planned_once(post):
    patient = post.patient()
    assert post.plan(patient) is True
    assert post.plan(patient) is False
    assert len(post.messages()) == 1


def test_a_set_is_planned_in_one_statement_each_with_its_own_id(post):
    for name in ("Ada", "Bea", "Cleo"):
        post.patient(name)
    with transaction():
        assert outbox.insert_select(reminders()) == 3
        assert outbox.insert_select(reminders()) == 0
    planned = post.messages()
    assert len({m.public_id for m in planned}) == 3
    assert {(m.state, m.due_at, m.not_before) for m in planned} == {(MessageState.PLANNED, NOON, NOON)}


def test_what_booking_planned_the_sweep_does_not_plan_again(post):
    patient = post.patient()
    post.plan(patient, cause_id=7)
    with transaction():
        assert outbox.insert_select(reminders()) == 0


def test_a_moved_session_gets_a_new_reminder(post):
    post.patient()
    revisions = iter([1, 1, 2])
    post.tables.PLANNERS["classes"] = lambda now, until: [sweep(next(revisions))]
    assert [outbox.plan(NOON)["planned"] for _ in range(3)] == [1, 0, 1]


def test_a_swept_session_is_not_looked_at_again(post):
    post.patient()
    post.tables.PLANNERS["classes"] = lambda now, until: [sweep()]
    outbox.plan(NOON)
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert outbox.plan(NOON) == {"planned": 0, "sweeps": 0}
    asked = [s for s in statements if "set_config" not in s and not s.startswith("BEGIN")]
    assert len(asked) == 1


def test_a_round_plans_many_sessions_in_one_statement_once(post):
    for name in ("Ada", "Bea"):
        post.patient(name)
    ends = NOON + timedelta(hours=3)
    sessions = [outbox.Due(n, 1, NOON + timedelta(minutes=n), ends) for n in range(1, 4)]

    def rows(due):
        constants = outbox.columns(
            text="reminder",
            purpose="reminder",
            cause_kind="place",
            rule="reminder",
            cause_revision=due.c.revision,
            due_at=due.c.due_at,
            expires_at=due.c.expires_at,
        )
        people = (Patient.id.label("patient_id"), Patient.clinic_id, Patient.organisation_id)
        return (
            select(*people, due.c.session_id.label("cause_id"), *constants)
            .select_from(Patient)
            .join(due, literal(True))
        )

    post.tables.PLANNERS["classes"] = lambda now, until: [outbox.Round("reminder", sessions, rows)]
    assert [outbox.plan(NOON)["planned"] for _ in range(2)] == [6, 0]
    planned = post.messages()
    assert {m.due_at for m in planned} == {NOON + timedelta(minutes=n) for n in (1, 2, 3)}
    assert {m.expires_at for m in planned} == {ends}
    assert {m.not_before for m in planned} == {m.due_at for m in planned}


def test_a_text_waits_for_its_window(post):
    at_night = NOON.replace(hour=22)
    post.plan(post.patient(), due_at=at_night, now=at_night, expires_at=at_night + timedelta(days=1))
    assert post.messages()[0].not_before == NOON.replace(day=25, hour=8)


def test_a_text_that_would_come_too_late_is_a_call_at_once(post):
    at_night = NOON.replace(hour=22)
    patient = post.patient()
    post.plan(patient, due_at=at_night, now=at_night, expires_at=at_night + timedelta(hours=1))
    message = post.messages()[0]
    assert (message.state, message.reason) == (MessageState.SUPPRESSED, "too_late")
    assert post.calls() == [("too_late", patient)]


def test_superseding_stops_what_is_planned_and_counts_what_has_left(post):
    first, second = post.patient("Ada"), post.patient("Bea")
    post.plan(first)
    post.plan(second)
    with transaction():
        post.messages()[0].state = MessageState.SENT
    with transaction():
        assert outbox.supersede(cause_kind="place", cause_id=1, reason="moved") == (1, 1)
    assert [m.state for m in post.messages()] == [MessageState.SENT, MessageState.SUPERSEDED]


def test_planning_belongs_to_a_transaction(post):
    with pytest.raises(RuntimeError, match="transaction that causes it"):
        outbox.supersede(cause_kind="place", cause_id=1, reason="moved")
