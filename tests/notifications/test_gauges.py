"""How the post office is: the same numbers on the page, at the command and for Prometheus."""

from datetime import timedelta

import pytest

from clinic.extensions import db, transaction
from clinic.notifications import delivery, gauges, metrics, per_patient, queries, receipts, trouble
from clinic.notifications.gauges import Delay
from clinic.notifications.models import Message
from tests.notifications.conftest import NOON

DOWN = {"accepted": 0, "later": 1, "unknown": 0}


@pytest.fixture
def busy(wired):
    """Two sent, one refused, one unknown, one without a mobile, one that cannot be read; three wait."""
    wired.ada, wired.none = wired.patient("Ada"), wired.patient("Dora", None)
    for n in range(6):
        wired.plan(wired.none if n == 4 else wired.ada, cause_id=n)
    with transaction():
        db.session.execute(db.text("UPDATE messages SET facts = 'not ciphertext' WHERE id = 6"))
    wired.provider.simulator.faults.add([{"kind": "refuse", "code": 21211}, {"kind": "unavailable"}])
    delivery.deliver(now=NOON, in_flight=1)
    for n in range(3):
        due = NOON - timedelta(minutes=10 * n)
        wired.plan(wired.ada, cause_id=20 + n, purpose="prompt" if n else "reminder", due_at=due, now=due)
    for message in db.session.scalars(db.select(Message).where(Message.sid.is_not(None))).all():
        wait = timedelta(seconds=3 * message.cause_id)
        given = {"public_id": message.public_id, "attempt": 1, "sid": message.sid, "error_code": None}
        receipts.receive(status="sent", now=message.claimed_at + wait, **given)
        receipts.receive(status="delivered", now=message.claimed_at + wait + timedelta(hours=1), **given)
    return wired


def test_they_are_read_from_the_rows(busy):
    read = gauges.read(NOON)
    assert (read.due, read.oldest_due_seconds, read.open_unknown) == (3, 1200, 1)
    assert read.refused == {"21211": 1}
    assert read.why_not == {"no_mobile": 1, "poison": 1}
    assert (read.states["delivered"], read.states["planned"], read.states["parked"]) == (2, 3, 1)
    assert read.callback_delay == Delay(median=9.0, most=9.0)


def test_what_waits_is_shown_by_kind_the_most_urgent_first(busy):
    rows = [(row.purpose, row.texts) for row in gauges.due_by_purpose(NOON)]
    assert rows == [("reminder", 1), ("prompt", 2)]


def test_prometheus_is_told_the_same(busy):
    lines = metrics.lines(NOON)
    for line in (
        'upright_messages{state="delivered"} 2',
        "upright_messages_due 3",
        "upright_oldest_due_seconds 1200",
        "upright_messages_unknown 1",
        'upright_messages_refused{code="21211"} 1',
        'upright_messages_not_sent{reason="no_mobile"} 1',
        'upright_callback_delay_seconds{quantile="0.95"} 9',
        "upright_provider_trouble_seconds 0",
    ):
        assert line in lines


def test_a_code_from_outside_cannot_end_its_quotes(busy):
    with transaction():
        db.session.execute(db.text("UPDATE messages SET error_code = 'a\"} 1' WHERE error_code IS NOT NULL"))
    assert 'upright_messages_refused{code="a1"} 1' in metrics.lines(NOON)


def test_status_says_how_soon_the_provider_speaks(busy):
    status = queries.status(NOON)
    assert status["callback_delay_seconds"] == {"median": 9.0, "p95": 9.0}
    assert status["refused"] == {"21211": 1}


def test_nothing_at_all_is_nothing_at_all(post):
    read = gauges.read(NOON)
    assert (read.due, read.callback_delay, read.refused, read.trouble_since) == (0, None, {}, None)


def test_after_half_an_hour_of_trouble_every_staff_page_says_so(wired):
    trouble.note(DOWN, now=NOON)
    assert queries.late_notice(NOON + timedelta(minutes=2)) is None
    half_an_hour = NOON + timedelta(seconds=180)  # thirty minutes at real scale
    assert "provider does not answer" in queries.late_notice(half_an_hour)
    trouble.note(DOWN | {"accepted": 1}, now=half_an_hour)
    assert queries.late_notice(half_an_hour) is None


def test_each_patient_has_sent_to_come_and_not_sent_with_the_reason(busy):
    cells = {patient.id: kinds for patient, kinds in per_patient.page(NOON)}
    reminders = cells[busy.ada]["Reminders"]
    assert (reminders.sent, reminders.to_come, reminders.in_doubt) == (2, 1, 1)
    assert reminders.not_sent == {"refused": 1, "poison": 1}
    assert cells[busy.ada]["Home exercises"].to_come == 2
    assert cells[busy.none]["Reminders"].not_sent == {"no_mobile": 1}
    assert cells[busy.none]["Offers"] == per_patient.Cell()


def test_a_page_of_patients_costs_two_statements(busy):
    statements = []
    db.event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    per_patient.page(NOON)
    assert len([s for s in statements if s.lstrip().startswith("SELECT") and "set_config" not in s]) == 2
