"""An incident in class (F18): one tap stops everything and tells everybody; a physiotherapist ends it."""

from datetime import timedelta

import pytest

from clinic.access.models import Organisation, Role
from clinic.classes import heard, incidents, places, queries
from clinic.classes.models import Incident, IncidentKind
from clinic.classes.register import NotYet
from clinic.extensions import at, db, transaction
from clinic.referrals.models import Episode, Letter, Referral, State
from clinic.viewer import staff
from clinic.worklist import services as worklist
from clinic.worklist.models import Alert, Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, a_user, assessed, sessions_of


@pytest.fixture
def instructor(clinic):
    return staff(a_user(clinic, Role.INSTRUCTOR).id, clinic.id, "instructor")


@pytest.fixture
def physio(clinic):
    return a_user(clinic, Role.PHYSIOTHERAPIST)


@pytest.fixture
def place(clinic, physio):
    """Somebody a practice referred, with a visit tomorrow and one a week later."""
    person = assessed(a_person(clinic), physio)
    referred(person)
    sessions = sessions_of(a_class(clinic))
    made = [places.book_visit(session_id=s.id, episode_id=person.id, by=BY, now=NOW) for s in sessions]
    return queries.place(made[0])


@transaction()
def referred(episode):
    practice = Organisation(ods="X99009", name="Elm Surgery")
    db.session.add(practice)
    db.session.flush()
    episode.organisation_id = practice.id
    row = Referral(
        clinic_id=episode.clinic_id,
        organisation_id=practice.id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        reference="UP-7K3F-9Q2M",
        source="web",
        hear_by=TODAY,
        sender_system="test",
        sender_value="1",
        content_hash="0",
        case={},
        person={"given_name": "Ada", "family_name": "Okafor", "birth_date": "1950-03-02"},
    )
    db.session.add(row)


def recorded(place, by, kind="fall"):
    start = place.session.starts_at
    with at(start):
        return incidents.record(place_id=place.id, kind=kind, by=by, now=start)


def closed(place, physio, found, outcome="fit_to_return"):
    by = staff(physio.id, physio.clinic_id, "physiotherapist")
    now = place.session.ends_at
    with at(now):
        incidents.close(incident_id=found, outcome=outcome, note="Rested, walked home", by=by, now=now)


def letters():
    return [letter.kind for letter in db.session.query(Letter).order_by(Letter.id)]


def episode_of(place):
    return db.session.get(Episode, place.episode_id, populate_existing=True)


def test_one_tap_rests_everything_alerts_and_writes_to_the_practice(place, instructor):
    recorded(place, instructor)
    episode = episode_of(place)
    assert (episode.state, episode.suspended_reason) == (State.PAUSED, "incident")
    assert queries.coming_places(episode.id, place.session.starts_at) == []
    assert [alert.kind for alert in db.session.query(Alert)] == ["incident"]
    (letter,) = db.session.query(Letter)
    assert "What happened: a fall, Tuesday 24 November 2026." in letter.body


def test_a_second_tap_is_the_same_incident(place, instructor):
    assert recorded(place, instructor) == recorded(place, instructor)
    assert letters() == ["incident"]


def test_a_tablet_without_a_connection_keeps_when_it_happened(place, instructor):
    start = place.session.starts_at
    late = start + timedelta(minutes=20)
    incidents.record(place_id=place.id, kind="collapse", by=instructor, now=late, happened_at=start)
    assert db.session.query(Incident).one().happened_at == start


def test_before_the_register_opens_there_is_none(place, instructor):
    early = place.session.starts_at - timedelta(hours=2)
    with pytest.raises(NotYet):
        incidents.record(place_id=place.id, kind="fall", by=instructor, now=early)


def test_nobody_but_a_physiotherapist_closes_it(clinic, place, instructor):
    found = recorded(place, instructor)
    for role in ("instructor", "coordinator", "admin"):
        by = staff(instructor.id, clinic.id, role)
        with pytest.raises(incidents.OnlyPhysiotherapists):
            incidents.close(incident_id=found, outcome="fit_to_return", note="", by=by, now=NOW)
    alert = db.session.query(Alert).one()
    with pytest.raises(worklist.NotYours):
        worklist.close(work=alert, outcome="done", by=instructor)


def test_closing_it_says_what_came_of_it_and_puts_the_person_back(place, instructor, physio):
    found = recorded(place, instructor)
    incidents.describe(incident_id=found, done="Sat her down", told="Daughter", by=instructor)
    closed(place, physio, found)
    episode, alert = episode_of(place), db.session.query(Alert).one()
    assert (episode.state, episode.suspended_at) == (State.WAITING, None)
    assert (alert.outcome, alert.closed_by_id) == ("fit_to_return", physio.id)
    assert letters() == ["incident", "incident_closed"]
    body = db.session.query(Letter).order_by(Letter.id.desc()).first().body
    assert "no harm found, fit to come back to class" in body
    assert "Sat her down" in body
    with pytest.raises(incidents.AlreadyClosed):
        closed(place, physio, found)


@pytest.mark.parametrize("outcome", ["reassess_first", "treated_elsewhere"])
def test_after_harm_an_assessment_comes_first(place, instructor, physio, outcome):
    closed(place, physio, recorded(place, instructor), outcome)
    assert (episode_of(place).state, episode_of(place).suspended_at) == (State.AWAITING_ASSESSMENT, None)


def test_while_another_incident_is_open_nobody_goes_back(place, instructor, physio):
    first = recorded(place, instructor)
    recorded(place, instructor, kind="chest_pain")
    closed(place, physio, first)
    assert episode_of(place).suspended_reason == "incident"


def test_where_nobody_referred_somebody_telephones(clinic, instructor, physio):
    person = assessed(a_person(clinic, "Bea"), physio)
    session = sessions_of(a_class(clinic))[0]
    made = places.book_visit(session_id=session.id, episode_id=person.id, by=BY, now=NOW)
    recorded(queries.place(made), instructor)
    assert letters() == []
    assert [task.kind for task in db.session.query(Task)] == ["tell_practice_of_incident"]


def test_of_a_death_the_practice_is_told_too(place, instructor):
    heard.death(place_id=place.id, on=TODAY, source="Her son", by=instructor, now=NOW)
    (letter,) = db.session.query(Letter)
    assert "The patient has died" in letter.body


def test_every_kind_has_its_words():
    assert set(incidents.WHAT) == set(IncidentKind)
