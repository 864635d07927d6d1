"""One sender's rate over several dispatchers, and what is urgent ahead of ten thousand prompts: by counts."""

import threading
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import event

from clinic.extensions import db, transaction
from clinic.notifications import delivery, outbox, pace
from clinic.notifications.claim import claim
from clinic.notifications.dispatchers import Pass
from clinic.notifications.models import Message, MessageState
from clinic.notifications.timing import Timing
from clinic.viewer import acting_as, system
from tests.notifications.conftest import NOON, Post

PER_SECOND, AHEAD = 4, 5  # twenty moments in the five seconds that may be booked
MOST = PER_SECOND * AHEAD


@pytest.fixture
def paced(make_app):
    app = make_app(sms_per_second=PER_SECOND, twilio_from="+447700900000")
    with app.app_context(), acting_as(system("test")):
        yield Post(app)


def take(moment=NOON, limit=1000):
    """The moments, in seconds after `moment`, at which one claim's texts may leave."""
    timing = Timing.load()
    with Pass(timing) as owner:
        made = claim(owner=owner, limit=limit, now=moment, began=0.0, timing=timing)
    return [parcel.leaves_at for parcel in made.parcels]


def plan_many(post, patient_id, count, purpose="prompt", start=1000, **changes):
    post.plan(patient_id, cause_id=start, purpose=purpose, **changes)
    with transaction():
        made = db.session.scalars(db.select(Message).where(Message.cause_id == start)).one()
        plain = {
            c.name: getattr(made, c.key) for c in Message.__table__.c if c.name not in ("id", "public_id")
        }
        rows = [{**plain, "cause_id": start + n, "public_id": f"{start}-{n}"} for n in range(1, count)]
        if rows:
            db.session.execute(db.insert(Message), rows)
    post.facts |= dict.fromkeys(range(start, start + count), post.facts[start])


@pytest.mark.both_databases
def test_a_claim_books_no_more_than_the_rate_allows_and_spreads_it_out(paced):
    plan_many(paced, paced.patient(), 60, purpose="reminder")
    assert take() == [n / PER_SECOND for n in range(MOST)]
    assert take() == []
    assert len(take(NOON + timedelta(seconds=2))) == 2 * PER_SECOND


@pytest.mark.both_databases
def test_four_dispatchers_at_once_book_each_moment_once(paced):
    earlier = NOON - timedelta(hours=1)
    paced.plan(paced.patient("Bea", "+447700900002"), cause_id=5, due_at=earlier, now=earlier)
    assert take(earlier) == [0.0]
    plan_many(paced, paced.patient(), 60, purpose="reminder")
    booked, barrier = [], threading.Barrier(4)

    def dispatch():
        with paced.app.app_context(), acting_as(system("race")):
            barrier.wait(10)
            booked.extend(take())
            db.session.remove()

    threads = [threading.Thread(target=dispatch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(booked) == [n / PER_SECOND for n in range(MOST)]


@pytest.mark.both_databases
def test_a_cancellation_of_today_is_behind_five_seconds_of_prompts_and_not_ten_thousand(paced):
    plan_many(paced, paced.patient("Ada"), 10_000, due_at=NOON - timedelta(hours=2), now=NOON)
    ahead = len(take())
    paced.plan(paced.patient("Bea", "+447700900002"), purpose="cancellation", cause_id=5, event_start=NOON)
    paced.plan(paced.patient("Cleo", "+447700900003"), purpose="answer", cause_id=6)
    assert take(NOON + timedelta(seconds=1))[:2] == [AHEAD - 1, AHEAD - 1 + 1 / PER_SECOND]
    left = db.session.scalars(
        db.select(Message.cause_id).where(Message.state == MessageState.SENDING, Message.cause_id < 1000)
    )
    assert (ahead, sorted(left)) == (MOST, [5, 6])


def test_a_slow_sender_holds_up_no_other(paced):
    plan_many(paced, paced.patient(), 60, purpose="reminder")
    other = paced.clinic("Second", sender="+447700900222")
    paced.plan(paced.patient("Bea", "+447700900002", clinic_id=other), cause_id=5)
    assert len(take()) == MOST + 1
    paced.plan(paced.patient("Cleo", "+447700900003", clinic_id=other), cause_id=6)
    assert take() == [1 / PER_SECOND]


def test_an_e_mail_waits_for_no_senders_turn(paced):
    plan_many(paced, paced.patient(), 60, purpose="reminder")
    take()
    with transaction():
        outbox.plan_one(
            patient=None, clinic_id=paced.clinic_id, recipient_kind="duty", channel="email",
            text="alert_duty", purpose="alert_duty", cause_kind="alert", cause_id=7, rule="alert_email",
            due_at=NOON, expires_at=NOON + timedelta(hours=3), now=NOON,
            facts={"until": "12:30", "link": "http://127.0.0.1"},
        )  # fmt: skip
    assert take() == [0.0]


def test_a_text_that_does_not_leave_uses_up_no_moment(paced):
    dead = paced.patient("Ada")
    plan_many(paced, dead, 5, purpose="reminder")
    with transaction():
        db.session.execute(db.text("UPDATE patients SET died_on = '2026-11-01'"))
    plan_many(paced, paced.patient("Bea", "+447700900002"), 3, purpose="reminder", start=2000)
    assert take() == [0.0, 0.25, 0.5]


def test_an_idle_tick_takes_no_lock(paced):
    paced.plan(paced.patient(), due_at=NOON + timedelta(hours=1))
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert take() == []
    assert len([s for s in statements if "set_config" not in s and not s.startswith("BEGIN")]) == 1


def test_without_a_rate_nobody_waits_and_no_row_is_kept(post):
    for n in range(30):
        post.plan(post.patient(number=f"+4477009000{n:02d}"), cause_id=n)
    assert take() == [None] * 30
    assert db.session.scalars(db.select(db.func.count()).select_from(pace.SenderPace)).one() == 0


def test_the_provider_hears_of_them_no_faster_than_that(make_app, provider):
    """Twenty a second: the tenth text is posted nine twentieths of a second after the first, or later."""
    app = make_app(
        sms_per_second=20, twilio_account_sid="AC" + "0" * 32, twilio_auth_token="t" * 32,
        twilio_api_url=provider.url, public_base_url="http://127.0.0.1:1", delivery_time_scale=0.1,
    )  # fmt: skip
    with app.app_context(), acting_as(system("test")):
        post = Post(app)
        plan_many(post, post.patient(), 25, purpose="reminder")
        begun = monotonic()
        counts = delivery.deliver(now=NOON, in_flight=4)
        took = monotonic() - begun
    assert counts["accepted"] == 10  # half a second's, which is as far ahead as may be booked here
    assert took >= 9 / 20
