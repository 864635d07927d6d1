"""Each role starts from what needs it now; the page is as cheap on a busy day."""

from datetime import timedelta

import pytest

from clinic.access.models import Role
from clinic.extensions import db, now, transaction
from clinic.referrals.models import Episode
from clinic.viewer import acting_as, staff
from clinic.worklist import services as worklist
from tests.classes import factories as classes
from tests.desk.conftest import Person
from tests.desk.test_patient_page import statements
from tests.referrals import factories
from tests.referrals.factories import TEST


def test_a_quiet_day_says_so(coordinator):
    assert "Nothing is waiting for you" in coordinator.get("/").text


@pytest.fixture
def busy(app, world, assessed):
    """An overdue patient, a referral to decide, an alert and a call, a class today."""
    with app.app_context(), acting_as(TEST):
        factories.a_referral(world, patient=factories.a_patient(given_name="Ivy", nhs_number="9990000026"))
        with transaction():
            episode = db.session.get_one(Episode, assessed.episode)
            episode.next_on = now().date() - timedelta(days=3)
            about = {
                "clinic_id": episode.clinic_id,
                "organisation_id": None,
                "patient_id": episode.patient_id,
            }
            cause = {"cause_kind": "inbound", "cause_id": 1, "by": TEST}
            worklist.raise_alert(kind="pain_high", due_at=now() - timedelta(minutes=5), **cause, **about)
            worklist.add_call(kind="wrong_number", due_at=now() + timedelta(hours=2), **cause, **about)


def test_it_starts_from_what_cannot_wait_with_names(coordinator, busy):
    page = coordinator.get("/").text
    for words in (
        "Pain of 7 or more",
        "Wrong number",
        "Grace Okafor",
        "Ivy Okafor",
        "1 referral to decide",
        "Late",
    ):
        assert words in page
    assert page.index("Pain of 7 or more") < page.index("Wrong number") < page.index("to decide")
    assert "Past their next date" in page


def test_every_staff_page_says_that_an_alert_is_open(coordinator, busy):
    for path in ("/", "/search", "/worklist"):
        assert "1 open alert, 1 past its time." in coordinator.get(path).text


def test_its_statements_do_not_grow_with_the_day(app, world, coordinator, busy):
    coordinator.get("/")
    few = statements(app, lambda: coordinator.get("/"))
    with app.app_context(), acting_as(TEST):
        for n in (34, 42, 50):
            person = factories.a_patient(given_name="Ada", nhs_number=f"99900000{n}")
            received = factories.a_referral(world, patient=person)
            cause = {"cause_kind": "inbound", "cause_id": n, "by": TEST, "due_at": now()}
            about = {"clinic_id": world.clinic.id, "organisation_id": None}
            worklist.open_task(kind="ring", patient_id=received.referral.patient_id, **cause, **about)
    assert statements(app, lambda: coordinator.get("/")) == few


def test_an_instructor_sees_only_own_sessions(app, world):
    with app.app_context(), acting_as(TEST):
        clinic = db.session.merge(world.clinic, load=False)
        own, other = (factories.a_user(Role.INSTRUCTOR, mark, clinic_id=clinic.id) for mark in ("a", "b"))
        with transaction():
            venue = classes.Venue(clinic_id=clinic.id, name="Hall", address="1 High Street", access=[])
            db.session.add(venue)
        mine, theirs = classes.a_class(clinic, weekday=1), classes.a_class(clinic, weekday=3)
        with transaction():
            for row, who in ((mine, own), (theirs, other)):
                for session in db.session.query(classes.ClassSession).filter_by(class_id=row.id):
                    session.instructor_id = who.id
        viewer = staff(own.id, clinic.id, "instructor")
    page = Person(factories.signed_in(app.test_client(), viewer)).get("/").text
    assert "Class 1" in page
    assert "Class 3" not in page


def test_a_referrer_starts_from_their_referrals(app, world):
    gp = Person(factories.signed_in(app.test_client(), world.gp))
    assert gp.get("/").location == "/referrals"
