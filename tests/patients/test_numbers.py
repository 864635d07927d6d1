"""F9: every number has a date and a source; who speaks to the person next is told when it is old."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.access.models import Clinic
from clinic.extensions import db, transaction
from clinic.patients import numbers
from clinic.patients.models import Contact, ContactKind
from clinic.viewer import acting_as, system
from tests import factories

TODAY = date(2026, 11, 24)


def a_number(confirmed_on, kind=ContactKind.MOBILE, **more):
    return Contact(kind=kind, main=True, confirmed_on=confirmed_on, **more)


@pytest.mark.parametrize(
    ("contact", "asked"),
    [
        (a_number(TODAY - timedelta(days=90)), False),
        (a_number(TODAY - timedelta(days=91)), True),
        (a_number(None), True),
        (a_number(None, ContactKind.LANDLINE), True),
        (a_number(None, ContactKind.EMAIL), False),
        (a_number(None, wrong_at=1), False),
    ],
)
def test_a_number_is_asked_about_after_ninety_days_or_when_nobody_ever_did(contact, asked):
    assert numbers.to_ask(contact, TODAY) is asked


def test_an_old_number_that_is_no_longer_the_main_one_is_nobodys_question():
    old = a_number(None)
    old.main = False
    assert numbers.asking([old], TODAY) == []


class Desk:
    """A coordinator's browser beside one patient whose number was confirmed long ago."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            clinic = factories.a_clinic()
            self.clinic_id, self.patient_id = clinic.id, factories.a_patient(clinic).id
            email = factories.a_member_of_staff(clinic).email
            with acting_as(system("test")), transaction():
                contact = db.session.scalars(db.select(Contact)).one()
                contact.confirmed_on, contact.confirmed_source = date(2020, 1, 2), "referral"
                self.contact_id = contact.id
        self.browser = factories.sign_in(app.test_client(), email)
        self.address = f"/patients/{self.patient_id}"

    def page(self):
        return self.browser.get(self.address).text

    def press(self, act, contact_id=None, **more):
        data = {"csrf_token": factories.csrf(self.page()), **more}
        return self.browser.post(f"{self.address}/numbers/{contact_id or self.contact_id}/{act}", data=data)

    def change(self, **facts):
        with self.app.app_context(), acting_as(system("test")), transaction():
            for name, value in facts.items():
                setattr(db.session.get_one(Contact, self.contact_id), name, value)

    def kept(self):
        with self.app.app_context(), acting_as(system("test")):
            return db.session.get_one(Contact, self.contact_id)


@pytest.fixture
def desk(app):
    return Desk(app)


def test_the_patients_page_says_when_and_how_it_was_confirmed_and_one_press_renews_it(desk):
    assert "confirmed 2 January 2020, referral" in desk.page() and "Ask at next contact" in desk.page()
    assert desk.press("right").location == desk.address
    assert desk.kept().confirmed_source == "phone call"
    assert "Ask at next contact" not in desk.page()


def test_the_press_leads_back_to_where_it_stood_and_to_nowhere_else(desk):
    assert desk.press("right", back="calls", back_id="7").location == "/worklist/calls/7"
    assert desk.press("right", back="https://elsewhere.invalid", back_id="7").location == desk.address


def test_a_setting_of_the_clinic_says_how_old_is_too_old(desk):
    with desk.app.app_context(), acting_as(system("test")):
        with transaction():
            db.session.get_one(Clinic, desk.clinic_id).settings = {"number_confirmed_days": 9000}
        assert numbers.ask_after(desk.clinic_id) == timedelta(days=9000)


def test_a_number_of_somebody_else_is_not_confirmed_by_a_guess(desk):
    assert desk.press("right", contact_id=desk.contact_id + 99).status_code == 404


def test_texts_begin_again_when_they_say_so_on_the_phone(desk):
    desk.change(stopped_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert "They want texts again" in desk.page()
    desk.press("texts")
    assert desk.kept().stopped_at is None
