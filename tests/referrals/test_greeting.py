"""The first word from us is a letter with our number; the text comes when the letter will have (F31)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Patient
from clinic.referrals import greeting
from clinic.referrals.models import Letter
from clinic.referrals.paper import LetterDelivery, Route
from clinic.viewer import acting_as
from clinic.worklist.models import Task
from tests.referrals.factories import TEST, a_referral, accept


@pytest.fixture
def accepted(world):
    """The episode, as its patient has been taken on."""
    received = a_referral(world)
    accept(world, received.referral)
    with acting_as(TEST):
        yield received.referral.episode_id


def letters():
    return list(db.session.scalars(select(Letter).where(Letter.kind == "welcome")))


def texts():
    return list(db.session.scalars(select(Message).where(Message.text == "welcome")))


def test_a_letter_with_our_number_goes_home_by_post_and_somebody_is_asked_to_post_it(world, accepted):
    [letter] = letters()
    assert f"Our telephone: {world.clinic.phone}" in letter.body
    assert len(letter.body.partition("\n\n")[0].splitlines()) <= 5
    way = db.session.scalars(select(LetterDelivery).where(LetterDelivery.letter_id == letter.id)).one()
    person = db.session.get_one(Patient, letter.patient_id)
    assert (way.route, way.addressee.startswith(person.full_name)) == (Route.POST, True)
    assert db.session.scalars(select(Task.kind).where(Task.cause_id == letter.id)).all() == ["post_letter"]


def test_the_letter_names_no_diagnosis_and_says_who_reads_when(accepted):
    words = letters()[0].body.casefold()
    assert not [word for word in ("fracture", "osteopor", "band", "phase") if word in words]
    assert "999" in words and "111" in words and "never ask for money" in words and "reply stop" in words


def test_no_practice_sees_a_letter_to_the_patient(world, accepted):
    with acting_as(world.gp):
        assert letters() == []


def test_the_text_waits_for_the_post_and_asks_first_whether_the_number_is_theirs(accepted):
    [text] = texts()
    assert text.state is MessageState.PLANNED
    assert text.due_at - text.created_at == pytest.approx(greeting.LETTER_FIRST, abs=timedelta(minutes=1))


def test_being_accepted_again_brings_no_second_letter_and_no_second_text(accepted):
    with transaction():
        greeting.welcomed(episode_id=accepted)
    assert (len(letters()), len(texts())) == (1, 1)


def test_who_would_rather_be_rung_gets_the_letter_and_no_text(world):
    received = a_referral(world)
    with acting_as(TEST), transaction():
        db.session.scalars(select(Patient)).one().needs = {"ring_instead_of_texting": True}
    accept(world, received.referral)
    with acting_as(TEST):
        assert (len(letters()), texts()) == (1, [])
