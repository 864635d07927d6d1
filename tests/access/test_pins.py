"""A shared tablet: the PIN opens a locked session and nothing else; three wrong tries need the password."""

import pytest

from clinic.access import pins
from clinic.access.models import SignIn, User
from clinic.access.pins import WeakPin
from clinic.extensions import db
from tests.access.browser import later
from tests.factories import PASSWORD

PIN = "7301"


@pytest.fixture
def locked(house, browser):
    person = browser().sign_in(house.coordinator)
    answer = person.post("/account/pin", form_on="/account", pin=PIN, pin_password=PASSWORD)
    assert answer.status_code == 302
    person.post("/lock", form_on="/account", next="/account")
    return person


def test_locked_nothing_is_shown_but_a_first_name(house, locked):
    away = locked.get("/account")
    assert away.location == "/unlock?next=/account"
    page = locked.get(away.location).text
    assert house.coordinator.name.split()[0] in page
    assert house.coordinator.email not in page


def test_the_pin_opens_the_page_that_was_locked(locked):
    assert locked.post("/unlock", pin=PIN, next="/account").location == "/account"
    assert locked.get("/account").status_code == 200


def test_three_wrong_tries_end_the_session_and_the_right_pin_is_too_late(production, locked):
    assert [locked.post("/unlock", pin="0000").status_code for _ in range(2)] == [422, 422]
    assert locked.post("/unlock", pin="0000").location.startswith("/sign-in")
    assert locked.get("/unlock").location.startswith("/sign-in")
    with production.app_context():
        assert db.session.query(SignIn).filter(SignIn.revoked_at.is_(None)).count() == 0


def test_five_minutes_without_a_request_lock_who_has_a_pin_and_nobody_else(house, browser, locked):
    locked.post("/unlock", pin=PIN)
    other = browser().sign_in(house.admin)
    with later(5 * 60 + 5):
        assert locked.get("/account").location == "/unlock?next=/account"
        assert other.get("/account").status_code == 200


def test_a_locked_session_is_ended_from_elsewhere_as_any_other(production, house, browser, locked):
    with production.app_context():
        db.session.query(SignIn).update({"revoked_at": db.session.query(SignIn.created_at).limit(1).scalar()})
        db.session.commit()
    assert locked.get("/unlock").location.startswith("/sign-in")


def test_the_password_proves_who_sets_a_pin_and_it_is_kept_as_a_hash(production, house, browser):
    person = browser().sign_in(house.coordinator)
    refused = person.post("/account/pin", form_on="/account", pin=PIN, pin_password="something else")
    assert refused.status_code == 422
    person.post("/account/pin", form_on="/account", pin=PIN, pin_password=PASSWORD)
    with production.app_context():
        kept = db.session.get_one(User, house.coordinator.id).pin_hash
    assert kept.startswith("$argon2id$")


@pytest.mark.parametrize(
    "pin", ["1234", "4321", "7777", "1950", "2026", "123", "12ab", "123456789", "٣٤٥٦", "9012"]
)
def test_a_pin_that_everybody_would_try_is_refused(pin):
    with pytest.raises(WeakPin):
        pins._check(pin)


def test_who_works_without_a_pin_is_not_locked_out(house, browser):
    person = browser().sign_in(house.coordinator)
    person.post("/lock", form_on="/account")
    assert person.get("/account").status_code == 200
