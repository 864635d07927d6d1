"""Still want a place? Every six weeks; silence is a call; nobody is taken off but by a person (F36)."""

from datetime import timedelta

import pytest
import time_machine

from clinic.classes import offers, promotion, queries, validation, waiting
from clinic.classes.models import WaitingEntry
from clinic.classes.offer_rows import StandingLine
from clinic.extensions import db, transaction
from clinic.notifications import outbox
from clinic.notifications.heard import Heard
from clinic.notifications.models import Message, OpenQuestion
from clinic.notifications.outbox import NotDue
from clinic.notifications.rules.replies import Intent, Reading
from clinic.referrals.models import Episode, State
from clinic.viewer import staff
from clinic.worklist.models import CallListEntry, WorkState
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, a_user

pytestmark = pytest.mark.both_databases
SIX_WEEKS = timedelta(weeks=6)


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(clinic):
    """On the list for exactly six weeks."""
    person = a_person(clinic)
    with transaction():
        waiting.enter(episode=person, by=BY).entered_at = NOW - SIX_WEEKS
    return person


def asked() -> list[int]:
    rows = db.session.query(Message).filter_by(text="still_wanted").order_by(Message.id)
    return [row.cause_revision for row in rows]


@transaction()
def question(person, *, at=NOW):
    """What the claim opens when the text leaves."""
    row = db.session.query(Message).filter_by(text="still_wanted").order_by(Message.id.desc()).first()
    entry = queries.waiting_entry(person.id)
    made = OpenQuestion(
        clinic_id=person.clinic_id,
        patient_id=person.patient_id,
        message_id=row.id,
        number_index="-",
        question="still_wanted",
        cause_kind="waiting_list",
        cause_id=entry.id,
        asked_at=at,
        expires_at=at + validation.ANSWER_WITHIN,
    )
    db.session.add(made)
    return made


def coordinator(clinic):
    return staff(a_user(clinic).id, clinic.id, "coordinator")


def says(person, handler):
    reading = Reading(Intent.CONFIRM, red_flag=False, score=None, day=None)
    return handler(Heard(question(person), person.patient_id, 1, reading, inbound_id=1, at=NOW))


def calls() -> list[tuple[str, str]]:
    return [(call.kind, call.state.value) for call in db.session.query(CallListEntry)]


def test_it_is_asked_after_six_weeks_and_every_six_weeks(ada, on_that_monday):
    outbox.plan(NOW - timedelta(minutes=1))
    assert asked() == []
    for moment in (NOW, NOW + timedelta(days=1), NOW + SIX_WEEKS):
        on_that_monday.move_to(moment)
        outbox.plan(moment)
    assert asked() == [1, 2]


@pytest.mark.parametrize("why", ["visits_only", "paused", "offered", "seated"])
def test_who_does_not_wait_is_not_asked(clinic, ada, why):
    entry = queries.waiting_entry(ada.id)
    if why == "offered":
        row = a_class(clinic, weekday=4)
        offers.make(episode_id=ada.id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW)
    with transaction():
        entry.visits_only = why == "visits_only"
        entry.closed_at = NOW if why == "seated" else None
        if why == "paused":
            db.session.get_one(Episode, ada.id).state = State.PAUSED
    outbox.plan(NOW)
    assert asked() == []
    assert isinstance(validation.facts([entry.id])[entry.id], NotDue)


def test_yes_keeps_the_turn(ada):
    outbox.plan(NOW)
    answer = says(ada, validation.still_yes)
    assert (answer.text, answer.facts["date"]) == ("still_wanted_yes", "23 Nov")
    assert queries.waiting_entry(ada.id) is not None


def test_no_is_confirmed_by_a_person_and_meanwhile_nothing_is_offered(clinic, ada):
    outbox.plan(NOW)
    assert says(ada, validation.still_no).text == "still_wanted_no"
    assert (queries.waiting_entry(ada.id) is not None, calls()) == (True, [("no_longer_wanted", "open")])
    a_class(clinic, weekday=4)
    assert promotion.sweep(NOW)["standing"] == 0


def test_yes_after_no_takes_the_call_back(clinic, ada):
    outbox.plan(NOW)
    says(ada, validation.still_no)
    entry = queries.waiting_entry(ada.id)
    validation.keep(entry_id=entry.id, by=coordinator(clinic))
    assert calls() == [("no_longer_wanted", "done")]


def test_silence_for_a_week_is_a_call_once_and_never_a_removal(ada, on_that_monday):
    outbox.plan(NOW)
    question(ada)
    week = NOW + timedelta(days=7)
    assert validation.ring_the_silent(week - timedelta(seconds=1)) == 0
    on_that_monday.move_to(week)
    assert (validation.ring_the_silent(week), validation.ring_the_silent(week)) == (1, 0)
    with transaction():
        db.session.query(CallListEntry).one().state = WorkState.DONE
    assert validation.ring_the_silent(week + timedelta(days=1)) == 0
    assert queries.waiting_entry(ada.id) is not None


def test_a_person_takes_them_off_at_their_wish(clinic, ada):
    entry = queries.waiting_entry(ada.id)
    validation.confirm_leaving(entry_id=entry.id, by=coordinator(clinic), now=NOW)
    assert db.session.get(WaitingEntry, entry.id).closed_at == NOW
    episode = db.session.get(Episode, ada.id)
    assert (episode.state, episode.ended_reason.value) == (State.ENDED, "declined_by_patient")


def test_no_machine_takes_anybody_off(ada):
    entry = queries.waiting_entry(ada.id)
    with pytest.raises(PermissionError):
        validation.confirm_leaving(entry_id=entry.id, by=BY, now=NOW)
    assert db.session.get(WaitingEntry, entry.id).closed_at is None
