from datetime import timedelta

import pytest

from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import delivery, reconcile
from clinic.notifications.models import Dispatcher, Message, MessageState

S = MessageState
SOON = timedelta(seconds=1)


def texts(wired, count=1, expires_in=timedelta(days=9)):
    """Texts due by the real clock, since the provider dates what it takes."""
    for n in range(count):
        wired.plan(wired.patient(number=f"+4477009000{n:02d}"), cause_id=n + 1)
    due(expires_in=expires_in)


def due(expires_in=timedelta(days=9)):
    moments = {"not_before": clock() - SOON, "expires_at": clock() + expires_in}
    db.session.execute(db.update(Message).where(Message.state == S.PLANNED).values(**moments))
    db.session.commit()


def accepts(wired):
    return list(wired.provider.simulator.journal.read())


def send(wired, fault):
    wired.provider.simulator.faults.add([fault])
    return delivery.deliver(any_hour=True)


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ["error_after_accept", "reset_after_accept", "garbage"])
def test_what_the_provider_lists_is_taken_over_and_not_sent_again(wired, kind):
    texts(wired)
    assert send(wired, {"kind": kind})["unknown"] == 1
    assert reconcile.reconcile()["found"] == 1
    [message] = wired.messages()
    assert message.sid == accepts(wired)[0]["sid"]
    assert message.state in (S.ACCEPTED, S.SENT, S.DELIVERED)
    assert delivery.deliver(any_hour=True)["claimed"] == 0
    assert len(accepts(wired)) == 1


def test_what_the_provider_never_lists_becomes_a_call_after_the_grace(wired):
    texts(wired)
    assert send(wired, {"kind": "unavailable"})["unknown"] == 1
    assert reconcile.reconcile()["open"] == 1
    late = clock() + timedelta(seconds=91)  # the grace, at the drill's scale
    assert reconcile.reconcile(now=late)["handed_over"] == 1
    assert [kind for kind, _ in wired.calls()] == ["unknown"]
    assert reconcile.reconcile(now=late)["open"] == 0
    assert accepts(wired) == []


def test_a_call_comes_before_the_news_is_stale(wired):
    texts(wired, expires_in=timedelta(minutes=3))
    send(wired, {"kind": "unavailable"})
    assert reconcile.reconcile(now=clock() + timedelta(seconds=20))["handed_over"] == 1


def test_two_texts_in_doubt_do_not_share_one_sid(wired):
    texts(wired)
    send(wired, {"kind": "error_after_accept"})
    wired.plan(wired.messages()[0].patient_id, cause_id=2)
    due()
    send(wired, {"kind": "unavailable"})
    reconcile.reconcile()
    assert [m.sid for m in wired.messages()] == [accepts(wired)[0]["sid"], None]


@pytest.mark.both_databases
def test_the_texts_of_a_dispatcher_that_died_are_in_doubt_at_once(wired):
    texts(wired)
    row = Dispatcher(
        started_at=clock(), alive_until=clock() - SOON
    )  # its lease on SQLite, no lock on PostgreSQL
    db.session.add(row)
    db.session.commit()
    claimed = {"state": S.SENDING, "attempt": 1, "dispatcher_id": row.id, "claimed_at": clock()}
    db.session.execute(db.update(Message).values(lease_until=clock() + timedelta(hours=1), **claimed))
    db.session.commit()
    assert reconcile.reconcile()["doubtful"] == 1
    assert wired.messages()[0].state is S.UNKNOWN


def test_the_texts_of_a_living_dispatcher_are_left_alone(wired):
    from clinic.extensions import transaction
    from clinic.notifications.dispatchers import Pass
    from clinic.notifications.timing import Timing

    texts(wired)
    with Pass(Timing()) as owner:
        with transaction():
            number = owner.begin(clock())
            claimed = {"state": S.SENDING, "attempt": 1, "dispatcher_id": number, "claimed_at": clock()}
            db.session.execute(db.update(Message).values(lease_until=clock() + timedelta(hours=1), **claimed))
        assert reconcile.reconcile()["doubtful"] == 0
    assert reconcile.reconcile()["doubtful"] == 1


def test_a_text_whose_receipts_are_lost_is_asked_after(wired):
    wired.provider.simulator.tempo.change({"sent_after": 0, "delivered_after": 0})
    texts(wired)
    assert delivery.deliver(any_hour=True)["accepted"] == 1
    wired.provider.simulator.carrier.wake()
    later = clock() + timedelta(minutes=5)
    until = clock() + timedelta(seconds=5)
    while wired.messages()[0].state is not S.DELIVERED and clock() < until:
        reconcile.reconcile(now=later)
        later += timedelta(minutes=5)
    assert wired.messages()[0].state is S.DELIVERED


@pytest.mark.both_databases
def test_a_claim_by_a_clock_that_was_an_hour_ahead_is_settled_all_the_same(wired):
    texts(wired)
    send(wired, {"kind": "unavailable"})
    ahead = {"claimed_at": clock() + timedelta(hours=1), "lease_until": clock() + timedelta(hours=2)}
    db.session.execute(db.update(Message).values(**ahead))
    db.session.commit()
    assert reconcile.reconcile()["open"] == 1
    late = clock() + timedelta(seconds=91)  # the grace, at the drill's scale
    assert reconcile.reconcile(now=late)["handed_over"] == 1
