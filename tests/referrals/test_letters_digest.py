"""A weekly e-mail says which letters wait: once a practice and week, references only."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from clinic.extensions import at, db, transaction
from clinic.notifications.models import Message
from clinic.referrals import letters_digest, letters_reading, letters_sending
from clinic.referrals.paper import Route
from clinic.viewer import acting_as
from tests.referrals.factories import TEST
from tests.referrals.letter_box import declined, way

MONDAY = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)


@pytest.fixture
def letter(world):
    """One unopened letter of the week before, to a practice with a mailbox."""
    with transaction():
        world.practice.email = "reception@birch.invalid"
    with at(MONDAY - timedelta(days=4)):
        return declined(world)[0]


def digests() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.text == "letters_digest")))


def test_it_is_planned_once_a_week_however_often_the_task_runs(letter):
    assert [letters_digest.plan(MONDAY), letters_digest.plan(MONDAY)] == [1, 0]
    assert letters_digest.plan(MONDAY + timedelta(days=6)) == 0
    assert letters_digest.plan(MONDAY + timedelta(days=7)) == 1


def test_a_monday_that_was_missed_is_made_good(letter):
    assert letters_digest.plan(MONDAY + timedelta(days=2)) == 1
    assert letters_digest.plan(MONDAY + timedelta(days=3)) == 0


def test_it_names_references_and_nobody(world, letter):
    letters_digest.plan(MONDAY)
    (message,) = digests()
    assert (message.recipient_kind, message.recipient_id) == ("practice", world.practice.id)
    assert message.channel == "email" and message.patient_id is None
    assert message.facts["references"] == way(letter).about
    assert "Okafor" not in str(message.facts) and "999" not in str(message.facts)


def test_an_opened_letter_is_not_named(world, letter):
    with acting_as(world.gp):
        letters_reading.opened(letter=letter, by=world.gp)
    assert letters_digest.plan(MONDAY) == 0


def test_a_letter_of_today_has_had_its_own_notice(letter):
    assert letters_digest.plan(MONDAY - timedelta(days=4, hours=-1)) == 0


def test_a_practice_with_secure_delivery_gets_none(world, letter):
    with transaction():
        way(letter).route = Route.FILE_DROP
    assert letters_digest.plan(MONDAY) == 0


def test_without_a_mailbox_those_who_sign_in_get_it(world, letter):
    with transaction():
        world.practice.email = None
    letters_digest.plan(MONDAY)
    assert [(m.recipient_kind, m.recipient_id) for m in digests()] == [("user", world.gp.id)]
    assert letters_sending.readers_of(world.practice) == [("user", world.gp.id)]


def test_of_very_many_the_first_forty_are_named(world, letter):
    with acting_as(TEST), transaction():
        assert letters_digest._plan(
            world.clinic.id, world.practice.id, [f"UP-{n}" for n in range(50)], MONDAY
        )
    (message,) = digests()
    assert message.facts["references"].endswith("UP-39 and 10 more") and message.facts["count"] == 50
