"""The patient's own page and calendar: little is said, nothing is changed, a link that is over says so."""

from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import func, select

from clinic.classes import one_session
from clinic.classes.models import ClassSession, Place, PlaceState
from clinic.extensions import db, now, transaction
from clinic.patients import services
from clinic.patients.models import Patient
from clinic.viewer import acting_as
from tests.classes import factories as classes
from tests.referrals.factories import TEST


@pytest.fixture
def booked(app, world, assessed):
    """Two coming sessions, and a past one."""
    with app.app_context(), acting_as(TEST), transaction():
        clinic = db.session.merge(world.clinic, load=False)
        db.session.add(classes.Venue(clinic_id=clinic.id, name="Hall", address="1 High Street", access=[]))
        db.session.flush()
        row = classes.a_class(clinic, weekday=1, weeks=3)
        mine = select(ClassSession).where(ClassSession.class_id == row.id).order_by(ClassSession.id)
        sessions = list(db.session.scalars(mine))
        sessions[0].starts_at, sessions[0].ends_at = now() - timedelta(days=7), now() - timedelta(days=7)
        for session in sessions:
            place = Place(
                clinic_id=clinic.id,
                session_id=session.id,
                episode_id=assessed.episode,
                patient_id=assessed.patient,
                local_date=session.local_date,
                state=PlaceState.BOOKED,
            )
            db.session.add(place)
            session.taken = 1
    return assessed


@pytest.fixture
def make(app, booked):
    """The address of a new link."""

    def of(purpose: str) -> str:
        with app.app_context(), acting_as(TEST):
            patient = db.session.get_one(Patient, booked.patient)
            token = services.make_link(patient=patient, purpose=purpose, by=TEST)
        return f"/p/{token}" if purpose == "page" else f"/calendar/{token}.ics"

    return of


def test_it_says_hello_when_where_and_what_to_do(client, make):
    page = client.get(make("page")).text
    for words in (
        "Hello Grace",
        "10:30am",
        "Hall, 1 High Street",
        "0113 496 0000",
        "Your exercises at home",
    ):
        assert words in page
    assert page.count("10:30am") == 2


def test_it_says_nothing_clinical_and_nothing_that_names_her_whole(client, make):
    page = client.get(make("page")).text.casefold()
    for word in (
        "okafor",
        "1950",
        "999 000",
        "9990000018",
        "fracture",
        "phase",
        "intermediate",
        "fall",
    ):
        assert word not in page


def test_the_calendar_has_the_coming_sessions_in_the_clinics_zone(client, make):
    answer = client.get(make("calendar"))
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [e.decoded("dtstart").tzinfo.key for e in events] == ["Europe/London"] * 2
    assert {str(e["location"]) for e in events} == {"Hall, 1 High Street"}
    assert "Okafor" not in answer.text
    assert "fracture" not in answer.text.casefold()


def test_a_cancelled_session_stays_in_the_calendar_as_cancelled(app, client, make, booked):
    path = make("calendar")
    with app.app_context(), acting_as(TEST):
        places = db.session.query(Place).filter_by(patient_id=booked.patient).order_by(Place.local_date)
        one_session.cancel(session_id=places.all()[-1].session_id, reason="illness", by=TEST, now=now())
    events = Calendar.from_ical(client.get(path).data).walk("VEVENT")
    assert [(str(e["status"]), e["sequence"]) for e in events] == [("CONFIRMED", 0), ("CANCELLED", 3)]


@pytest.mark.parametrize("purpose", ["page", "calendar"])
class TestOver:
    def test_altered(self, client, make, purpose):
        path = make(purpose)
        assert client.get(path.replace(path[12], "x" if path[12] != "x" else "y", 1)).status_code == 404

    def test_expired_after_90_days(self, client, make, purpose):
        path = make(purpose)
        with time_machine.travel(now() + timedelta(days=89)):
            assert client.get(path).status_code == 200
        with time_machine.travel(now() + timedelta(days=91)):
            assert client.get(path).status_code == 404

    def test_ended_by_staff(self, app, client, make, booked, purpose):
        path = make(purpose)
        with app.app_context(), acting_as(TEST):
            services.revoke_links(patient=db.session.get_one(Patient, booked.patient), by=TEST)
        assert client.get(path).status_code == 404

    def test_of_the_other_purpose(self, client, make, purpose):
        token = make(purpose).removeprefix("/p/").removeprefix("/calendar/").removesuffix(".ics")
        other = f"/calendar/{token}.ics" if purpose == "page" else f"/p/{token}"
        assert client.get(other).status_code == 404

    def test_after_a_death(self, app, client, make, booked, purpose):
        path = make(purpose)
        with app.app_context(), acting_as(TEST):
            patient = db.session.get_one(Patient, booked.patient)
            services.record_death(patient=patient, on=now().date(), source="daughter", by=TEST)
        assert client.get(path).status_code == 404

    def test_all_of_them_say_the_same(self, client, make, purpose):
        path = make(purpose)
        with time_machine.travel(now() + timedelta(days=91)):
            expired = client.get(path).text
        unknown = client.get("/p/AAAAAAAAAAAAAAAAAAAAAA").text
        assert without_nonce(expired) == without_nonce(unknown)


def without_nonce(page: str) -> str:
    import re

    return re.sub(r'(value|nonce)="[^"]{16,}"', "", page)


@pytest.mark.parametrize("purpose", ["page", "calendar"])
def test_looking_changes_nothing(app, client, make, purpose):
    path = make(purpose)
    before = counts(app)
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert counts(app) == before


def counts(app) -> dict[str, int]:
    with app.app_context(), acting_as(TEST):
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table))
            for table in db.metadata.sorted_tables
        }


def test_a_page_is_not_asked_for_endlessly(client, make):
    path = make("page")
    assert [client.get(path).status_code for _ in range(31)][-1] == 429


def test_a_link_opens_no_staff_page(client, make, booked):
    client.get(make("page"))
    assert client.get(f"/patients/{booked.patient}").status_code == 302
