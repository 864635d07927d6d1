"""An administrator sets a practice's webhook up, tests and pauses it; nobody else gets there."""

from collections.abc import Iterator

import pytest

from clinic.access.models import Role
from clinic.extensions import transaction
from clinic.referrals import webhooks
from clinic.viewer import acting_as, staff
from tests.referrals.browsing import Person
from tests.referrals.factories import TEST, a_user, a_world
from tests.referrals.listening import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def admin(app, world) -> Person:
    with transaction(), acting_as(TEST):
        row = a_user(Role.ADMIN, "webhooks", clinic_id=world.clinic.id)
    return Person(app, staff(row.id, world.clinic.id, "admin"))


def test_the_secret_is_shown_once_and_the_webhook_is_tested_and_paused(world, admin, listener):
    page = f"/practices/{world.practice.id}/webhook"
    admin.get(page)
    admin.post(data={"url": listener.url})
    assert "whsec_" in admin.text
    admin.get(page)
    assert "whsec_" not in admin.page and "Working" in admin.text
    admin.post(f"{page}/test")
    assert "The test notice was taken." in admin.page
    assert listener.heard[0]["type"] == "test"
    listener.status = 404
    admin.post(f"{page}/test")
    assert "their server answered with 404" in admin.page
    admin.post(f"{page}/pause")
    assert "Paused" in admin.text
    admin.post(f"{page}/go-on")
    assert "Working" in admin.text


def test_a_wrong_address_is_told_and_kept(world, admin):
    admin.get(f"/practices/{world.practice.id}/webhook")
    admin.post(data={"url": "ehr.example.org"})
    assert admin.status == 422
    assert "The address begins with https://" in admin.text and 'value="ehr.example.org"' in admin.page


def test_another_clinics_practice_is_not_found(admin):
    other = a_world()
    admin.get(f"/practices/{other.practice.id}/webhook")
    assert admin.status == 404


def test_every_page_of_an_administrator_says_when_a_system_takes_nothing(world, admin, listener):
    webhooks.register(clinic_id=world.clinic.id, organisation_id=world.practice.id, url=listener.url, by=TEST)
    with transaction():
        webhooks.of(world.practice.id).failures = webhooks.TELL_AFTER
    admin.get("/users")
    assert "A practice's system does not take our notices." in admin.page
