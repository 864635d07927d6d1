"""A production front door: one clinic, one practice, staff and a referrer, and browsers that speak HTTPS."""

from dataclasses import dataclass

import pytest

from clinic.access.models import Clinic, Organisation, User
from clinic.extensions import db
from tests import factories
from tests.access.browser import Browser


@dataclass(frozen=True)
class House:
    clinic: Clinic
    practice: Organisation
    coordinator: User
    gp: User
    admin: User


@pytest.fixture
def production(make_app):
    """The real rules: second step for staff, secure cookies, HSTS."""
    return make_app(clinic_env="production", public_base_url="https://upright.example")


@pytest.fixture
def house(production) -> House:
    with production.app_context():
        clinic = factories.a_clinic()
        practice = factories.a_practice(clinic)
        people = (
            factories.a_member_of_staff(clinic),
            factories.a_referrer(practice),
            factories.a_member_of_staff(clinic, "admin"),
        )
        for row in (clinic, practice, *people):
            db.session.refresh(row)
        db.session.expunge_all()  # read as they are, in any test's own context
        return House(clinic, practice, *people)


@pytest.fixture
def browser(production):
    """Open a new browser: `browser()`; each has cookies of its own."""
    return lambda: Browser(production.test_client())
