"""The demo's clinic is a sound one: its trail verifies, its counters count, nothing lies in the future."""

import pytest
from sqlalchemy import select

from clinic import audit
from clinic.classes import seats
from clinic.demo import load, people
from clinic.extensions import db, now
from clinic.patients import identity
from clinic.referrals.conservation import conservation
from clinic.referrals.models import Referral
from clinic.viewer import acting_as, system

pytestmark = pytest.mark.both_databases


@pytest.fixture
def loaded(app_context):
    found = load.load(patients=24)
    with acting_as(system("test")):
        yield found


def test_a_lived_clinic_is_sound(loaded):
    assert audit.verify()["tampered"] == []
    assert seats.count_check() == []
    assert conservation().why == {}
    assert all(at <= now() for at in db.session.scalars(select(Referral.received_at)))


def test_every_stage_of_the_story_is_there(loaded):
    assert {"being_decided", "with_referrer", "awaiting_assessment", "in_class", "ended"} <= set(loaded)


def test_a_full_database_is_left_alone(loaded, app):
    done = app.test_cli_runner().invoke(args=["demo", "load"])
    assert done.exit_code == 1
    assert "not empty" in done.stderr


def test_invented_numbers_pass_their_check_and_are_synthetic(app_context):
    numbers = [people.nhs_number(n) for n in range(60)]
    assert all(identity.nhs_number(number) == number for number in numbers)
    assert len(set(numbers)) == 60
    assert all(number.startswith("999") for number in numbers)
