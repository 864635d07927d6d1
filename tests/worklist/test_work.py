"""What a person must do: opened once a cause, owned, closed with an outcome, told again when late, once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from clinic.extensions import db
from clinic.viewer import acting_as, system
from clinic.worklist import queries, services
from clinic.worklist.models import Alert, CallListEntry, Task, WorkState
from tests import factories

pytestmark = pytest.mark.both_databases
BY = system("test")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def clinic(app_context):
    with acting_as(BY):
        yield factories.a_clinic()


@pytest.fixture
def facts(clinic) -> dict:
    """A pain score of 8 in a text."""
    patient = factories.a_patient(clinic)
    cause = {"kind": "pain_high", "cause_kind": "inbound", "cause_id": 7, "patient_id": patient.id}
    return {**cause, "clinic_id": clinic.id, "organisation_id": None, "due_at": NOON, "by": BY}


@pytest.fixture
def told(app, monkeypatch):
    """The events that alerts emit, in order."""
    heard: list[tuple[str, int]] = []
    events = app.extensions["upright_wiring"].EVENTS
    for name in ("alert_raised", "alert_escalated"):
        listener = lambda alert_id, name=name: heard.append((name, alert_id))  # noqa: E731
        monkeypatch.setitem(events, name, (listener,))
    return heard


@pytest.fixture
def staff(clinic):
    """A viewer of this role at the clinic."""
    return lambda role="coordinator": factories.viewer_of(factories.a_member_of_staff(clinic, role))


OPENERS = [(services.raise_alert, Alert), (services.open_task, Task), (services.add_call, CallListEntry)]


@pytest.mark.parametrize(("opener", "model"), OPENERS)
def test_the_same_cause_opens_one_row_while_it_is_open(facts, opener, model):
    first, second = opener(**facts), opener(**facts)
    assert first.id == second.id
    services.close(work=first, outcome="reached", by=BY)
    assert opener(**facts).id != first.id
    assert db.session.scalar(select(func.count(model.id))) == 2


@pytest.mark.parametrize(
    "other", [{"kind": "fall"}, {"cause_id": 8}, {"cause_kind": "place"}], ids=["kind", "id", "table"]
)
def test_another_cause_opens_another_row(facts, other):
    assert services.raise_alert(**facts).id != services.raise_alert(**{**facts, **other}).id


@pytest.mark.parametrize(("opener", "model"), OPENERS)
def test_two_that_tell_of_it_at_once_open_one_and_neither_fails(facts, app, opener, model):
    gate, answers = threading.Barrier(4), []

    def tell() -> None:
        with app.app_context(), acting_as(BY):
            gate.wait()
            try:
                answers.append(opener(**facts).id)
            except Exception as error:  # noqa: BLE001 - the test names it
                answers.append(error)

    tellers = [threading.Thread(target=tell) for _ in range(4)]
    [one.start() for one in tellers]
    [one.join() for one in tellers]
    db.session.rollback()
    assert len(set(answers)) == 1
    assert db.session.scalar(select(func.count(model.id))) == 1


def test_an_alert_is_told_once_however_often_it_is_raised(facts, told):
    alert = services.raise_alert(**facts)
    services.raise_alert(**facts)
    assert told == [("alert_raised", alert.id)]


def test_what_is_closed_has_an_outcome_a_time_and_a_name(facts, staff):
    who = staff()
    alert = services.raise_alert(**facts)
    services.close(work=alert, outcome="reached", note="Daughter is with her", by=who)
    assert (alert.state, alert.outcome, alert.closed_by_id) == (WorkState.DONE, "reached", who.id)
    assert alert.closed_at is not None


def test_closing_twice_keeps_the_first_outcome(facts, staff):
    alert = services.raise_alert(**facts)
    services.close(work=alert, outcome="reached", by=staff())
    services.close(work=alert, outcome="not_reached", by=staff())
    assert alert.outcome == "reached"


def test_only_a_physiotherapist_closes_an_incident(facts, staff):
    alert = services.raise_alert(**{**facts, "kind": "incident"})
    with pytest.raises(services.NotYours):
        services.close(work=alert, outcome="done", by=staff("coordinator"))
    services.close(work=alert, outcome="done", by=staff("physiotherapist"))
    assert alert.state is WorkState.DONE


def test_a_late_alert_is_told_again_once(facts, told):
    alert = services.raise_alert(**facts)
    told.clear()
    assert services.escalate_due(moment=NOON - timedelta(seconds=1), by=BY) == 0
    assert services.escalate_due(moment=NOON, by=BY) == 1
    assert services.escalate_due(moment=NOON + timedelta(hours=9), by=BY) == 0
    assert told == [("alert_escalated", alert.id)]


def test_a_closed_alert_is_never_told_again(facts, told):
    services.close(work=services.raise_alert(**facts), outcome="reached", by=BY)
    told.clear()
    services.escalate_due(moment=NOON + timedelta(days=2), by=BY)
    assert told == []


def test_an_absent_colleagues_open_work_goes_to_another(facts, staff):
    away, here = staff(), staff()
    rows = [opener(**facts, owner_id=away.id) for opener, _ in OPENERS]
    services.close(work=rows[0], outcome="reached", by=BY)
    assert services.hand_over(from_id=away.id, to_id=here.id, by=here) == 2
    assert [row.owner_id for row in rows] == [away.id, here.id, here.id]


def test_the_most_urgent_clock_comes_first(facts):
    late, soon = [
        services.open_task(**{**facts, "cause_id": n, "due_at": NOON + timedelta(hours=h)})
        for n, h in ((1, 9), (2, 1))
    ]
    assert [row.id for row in queries.open_work(Task)] == [soon.id, late.id]


@pytest.mark.parametrize(("minutes", "said"), [(-1, "1 open alert."), (1, "1 open alert, 1 past its time.")])
def test_the_notice_counts_what_is_open_and_late(facts, minutes, said):
    services.raise_alert(**facts)
    assert queries.notices(NOON + timedelta(minutes=minutes))[0]["title"] == said


def test_no_open_alert_is_no_notice(facts):
    services.open_task(**facts)
    assert queries.notices(NOON) == []


def test_another_clinic_sees_none_of_it(facts):
    services.raise_alert(**facts)
    other = factories.viewer_of(factories.a_member_of_staff(factories.a_clinic("Second")))
    with acting_as(other):
        assert queries.open_work(Alert) == []
        assert queries.notices(NOON) == []
        assert queries.of_patient(facts["patient_id"]) == []


@pytest.mark.parametrize(("kind", "letters"), [("offer_unanswered", 1), ("wrong_number", 0)])
def test_an_offer_that_two_calls_did_not_settle_becomes_a_letter_and_stays_a_call(facts, kind, letters):
    call = services.add_call(**{**facts, "kind": kind})
    services.tried(work=call, outcome="not_reached", by=BY)
    assert db.session.scalar(select(func.count(Task.id))) == 0
    for _ in range(2):
        services.tried(work=call, outcome="message_left", by=BY)
    assert call.state is WorkState.OPEN
    assert [task.kind for task in db.session.scalars(select(Task))] == ["letter_after_silence"] * letters
