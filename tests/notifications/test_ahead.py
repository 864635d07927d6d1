"""The next claim is made while the last is posted: never more than the lease allows, nobody worse off."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import delivery
from clinic.notifications.line import begun_at_once
from clinic.notifications.models import Dispatcher, Message, MessageState
from clinic.notifications.timing import Timing
from tests.notifications.conftest import NOON

S = MessageState
THREADS, TEXTS = 4, 60
FACTS = {"day": "Tue", "date": "24 Nov", "time": "15:00", "venue": "The Hall"}


@pytest.fixture
def many(wired):
    """Sixty texts due now, at whatever hour this runs."""
    for n in range(TEXTS):
        patient = wired.patient(number=f"+4477009000{n:02d}")
        wired.plan(patient, cause_id=n, purpose="confirmation")
    moments = {"not_before": clock() - timedelta(seconds=1), "expires_at": clock() + timedelta(days=9)}
    db.session.execute(db.update(Message).values(**moments))
    db.session.commit()
    return wired


def drain():
    return delivery.drain(in_flight=THREADS)


@pytest.mark.both_databases
def test_a_drain_sends_all_that_is_due_and_ends_every_dispatcher(many):
    counts = drain()
    assert (counts["claimed"], counts["accepted"]) == (TEXTS, TEXTS)
    assert len({a["to"] for a in many.provider.simulator.journal.read()}) == TEXTS
    if db.engine.dialect.name == "postgresql":
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
        held += " (SELECT oid FROM pg_database WHERE datname = current_database())"
        assert db.session.execute(db.text(held)).scalar_one() == 0
    else:
        assert db.session.scalars(db.select(Dispatcher.ended_at)).all().count(None) == 0


def test_the_second_claim_does_not_wait_for_the_first_to_be_sent(many):
    many.provider.simulator.faults.add([{"kind": "slow", "seconds": 0.3, "count": begun_at_once(THREADS)}])
    drain()
    first, second = db.session.scalars(db.select(Dispatcher).order_by(Dispatcher.id).limit(2))
    of_first = db.select(Message.sid).where(Message.dispatcher_id == first.id)
    sids = set(db.session.scalars(of_first))
    accepted = [a["wall"] for a in many.provider.simulator.journal.read() if a["sid"] in sids]
    assert len(accepted) == begun_at_once(THREADS)  # the first claim is a short one
    assert second.started_at.timestamp() < max(accepted)


def test_no_two_claims_together_take_more_than_the_lease_allows(many):
    taken = []

    def facts(ids):  # asked in every claim, before its commit
        with many.app.app_context():  # a session of its own: what others have committed
            sending = db.select(db.func.count()).where(Message.state == S.SENDING)
            taken.append(len(ids) + db.session.scalars(sending).one())
        return dict.fromkeys(ids, FACTS)

    many.tables.FACTS["place"] = facts
    many.provider.simulator.faults.add([{"kind": "slow", "seconds": 0.05, "count": None}])
    assert drain()["accepted"] == TEXTS
    assert len(taken) >= 3
    assert max(taken) <= Timing.load().batch_of(THREADS)


def test_a_claim_that_fails_costs_nothing_that_is_under_way(many):
    asked = []

    def facts(ids):
        asked.append(ids)
        if len(asked) == 2:
            raise OperationalError("SELECT", {}, Exception("the database is away"))
        return dict.fromkeys(ids, FACTS)

    many.tables.FACTS["place"] = facts
    with pytest.raises(OperationalError):
        drain()
    begun, states = begun_at_once(THREADS), [m.state for m in many.messages()]
    assert (states.count(S.ACCEPTED), states.count(S.PLANNED)) == (begun, TEXTS - begun)


@pytest.mark.both_databases
def test_a_dispatcher_that_answers_for_texts_outlives_a_row_nobody_can_claim(wired):
    for n in range(3):
        wired.plan(wired.patient(number=f"+4477009000{n:02d}"), cause_id=n)
    known = wired.tables.FACTS["place"]
    wired.tables.FACTS["place"] = lambda ids: 1 / 0 if 1 in ids else known(ids)
    assert delivery.deliver(now=NOON, in_flight=THREADS)["accepted"] == 2
    assert len(set(db.session.scalars(db.select(Message.dispatcher_id))) - {None}) == 1
