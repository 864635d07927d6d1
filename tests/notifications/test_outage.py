"""The provider is down for half an hour: every staff page says so, the next two sessions are rung (F17)."""

from datetime import timedelta

import pytest

from clinic.extensions import db, transaction
from clinic.notifications import delivery, outage, reconcile, trouble
from clinic.notifications.timing import Timing
from clinic.viewer import acting_as, system
from clinic.worklist import services as worklist
from clinic.worklist.models import CallListEntry
from tests import factories
from tests.notifications.conftest import NOON

DOWN = {"accepted": 0, "later": 1, "unknown": 0}
TITLE = "Text messages are not leaving: the provider does not answer."


@pytest.fixture
def down(post):
    """Down since half an hour; reminders of sessions in 2, 3 and 5 hours, one of them for two people."""
    trouble.note(DOWN, now=NOON - timedelta(minutes=30))
    for n, hours in enumerate((2, 2, 3, 5)):
        post.plan(
            post.patient(f"P{n}", f"+44770090010{n}"), cause_id=n, expires_at=NOON + timedelta(hours=hours)
        )
    return post


def cover(now=NOON):
    return outage.cover_next_sessions(now=now, timing=Timing.load())


def test_the_next_two_sessions_are_on_the_call_list_once(down):
    assert cover() == 3
    assert cover() == 0
    assert {kind for kind, _ in down.calls()} == {"late"}


def test_who_was_rung_is_not_rung_again(down):
    cover()
    for call in db.session.scalars(db.select(CallListEntry)).all():
        worklist.close(work=call, outcome="reached", by=system("test", down.clinic_id))
    assert cover(NOON + timedelta(minutes=1)) == 0


def test_the_first_half_hour_is_waited_for(down):
    assert cover(NOON - timedelta(minutes=1)) == 0


def test_a_cancellation_that_could_not_leave_is_rung_and_a_prompt_is_not(down):
    patient = down.patient("Zoe", "+447700900199")
    start = NOON + timedelta(hours=20)
    down.plan(patient, cause_id=50, purpose="cancellation", event_start=start, expires_at=start)
    down.plan(patient, cause_id=51, purpose="prompt")
    assert cover() == 4


def test_each_clinic_has_its_own_next_two(down):
    other = down.clinic("Second")
    for n, hours in enumerate((6, 7, 8)):
        person = down.patient(f"Q{n}", f"+44770090020{n}", clinic_id=other)
        down.plan(person, cause_id=100 + n, expires_at=NOON + timedelta(hours=hours))
    assert cover() == 5


def test_texts_late_for_another_reason_are_covered_too(post):
    early = NOON - timedelta(minutes=40)
    post.plan(post.patient(), due_at=early, now=early, expires_at=NOON + timedelta(hours=2))
    assert cover() == 1


def test_what_left_before_is_not_rung(down):
    with transaction():
        db.session.execute(db.text("UPDATE messages SET state = 'accepted' WHERE cause_id = 0"))
    assert cover() == 2


def test_reconciling_does_it(down):
    reconcile.reconcile(now=NOON)
    assert len(down.calls()) == 3


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("coordinator", "/messages"),
        ("physiotherapist", "/worklist"),
        ("instructor", "/"),
        ("admin", "/users"),
    ],
)
def test_every_staff_page_says_so(app, role, page):
    from clinic.extensions import now

    with app.app_context(), acting_as(system("test")):
        trouble.note(DOWN, now=now() - timedelta(minutes=31))
        email = factories.a_member_of_staff(factories.a_clinic(), role).email
    assert TITLE in factories.sign_in(app.test_client(), email).get(page).text


def test_whoever_is_rung_about_a_session_is_rung_an_hour_before_it(down):
    cover()
    dues = db.session.scalars(db.select(CallListEntry.due_at).order_by(CallListEntry.due_at)).all()
    assert dues == [NOON + timedelta(hours=hours - 1) for hours in (2, 2, 3)]


def test_an_alerts_email_that_arrives_does_not_end_the_trouble_of_texts(wired):
    """A duty e-mail goes by another road: while texts fail it must not start the half hour again."""
    wired.provider.simulator.faults.add([{"kind": "throttle", "count": None, "seconds": 1}])
    trouble.note(DOWN, now=NOON - timedelta(minutes=20))
    wired.plan(wired.patient())
    duty = {"text": "alert_duty", "purpose": "alert_duty", "recipient_kind": "duty", "channel": "email"}
    told = {"link": "https://x.invalid", "until": "12:30"}
    wired.plan(wired.patient("Bea", "+447700900002"), cause_id=2, facts=told, **duty)
    counts = delivery.deliver(now=NOON, in_flight=2)
    assert (counts["accepted"], counts["later"]) == (1, 1)
    assert trouble.since() == NOON - timedelta(minutes=20)
