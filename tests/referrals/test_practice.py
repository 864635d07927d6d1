"""The registered practice sees how its patient does, until she changes practice or shares nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.extensions import db, now
from clinic.patients import consents, registrations, services
from clinic.patients.models import Contact, Patient, Registration
from clinic.referrals import changes, practice_view
from clinic.referrals.models import Episode, Letter, Referral, State
from clinic.referrals.origins import Origin
from clinic.referrals.states import CannotMove
from clinic.viewer import acting_as
from clinic.worklist.models import Alert, Task
from tests.referrals.browsing import Person
from tests.referrals.factories import TEST, a_referral, accept


@pytest.fixture
def referred(world) -> Referral:
    """By a fracture clinic, of a patient registered with the other practice."""
    origin = Origin(road="web", practice_id=world.other_practice.id)
    return a_referral(world, origin=origin).referral


def share(world, patient_id: int, given: bool) -> None:
    with acting_as(world.coordinator):
        patient = db.session.get_one(Patient, patient_id)
        services.consent(patient=patient, kind="share", given=given, by=world.coordinator)


def moves_to(world, patient_id: int, practice_id: int | None, name: str | None = None) -> None:
    with acting_as(world.coordinator):
        registrations.change_practice(
            patient=db.session.get_one(Patient, patient_id),
            organisation_id=practice_id,
            practice_name=name,
            on=now().date(),
            by=world.coordinator,
        )


def test_the_registered_practice_follows_a_patient_somebody_else_referred(app, world, referred):
    gp = Person(app, world.other_gp)
    assert "Your patients, referred by others" in gp.get("/referrals")
    accept(world, referred)
    (one,) = read(world.other_gp)
    gp.get(f"/registered/{one.public_id}")
    assert "Accepted: first assessment to come" in gp.text
    assert world.practice.name in gp.text
    assert "Withdraw" not in gp.text


def read(viewer) -> list:
    with acting_as(viewer):
        return practice_view.followed()


def test_it_sees_no_row_of_the_referrer_but_its_own_letters(world, referred):
    with acting_as(world.other_gp):
        for model in (Referral, Episode, Patient, Contact):
            assert db.session.scalars(select(model.id)).all() == []
        assert len(db.session.scalars(select(Letter.id)).all()) == 1


def test_who_says_no_to_sharing_is_not_shown(app, world, referred):
    share(world, referred.patient_id, False)
    assert read(world.other_gp) == []
    share(world, referred.patient_id, True)
    assert len(read(world.other_gp)) == 1


def test_the_registered_practice_tells_of_a_change(app, world, referred):
    (one,) = read(world.other_gp)
    gp = Person(app, world.other_gp)
    gp.get(f"/registered/{one.public_id}/change")
    gp.post(data={"kind": "new_fracture", "site": "hip", "detail": "Fell on Sunday"})
    assert "Thank you" in gp.page
    db.session.expire_all()
    assert db.session.get_one(Episode, referred.episode_id).suspended_at is not None
    assert [a.kind for a in db.session.scalars(select(Alert))] == ["told_new_fracture"]


def test_a_change_of_practice_keeps_the_episode_and_turns_the_view(app, world):
    referral = a_referral(world).referral
    services_patient = referral.patient_id
    with acting_as(TEST):
        patient = db.session.get_one(Patient, services_patient)
        registrations.register_with(patient=patient, organisation_id=world.practice.id, by=TEST)
    moves_to(world, referral.patient_id, world.other_practice.id)
    db.session.expire_all()
    episode = db.session.get_one(Episode, referral.episode_id)
    assert (episode.state, episode.organisation_id) == (State.BEING_DECIDED, world.other_practice.id)
    with acting_as(world.gp):
        assert db.session.scalars(select(Episode.id)).all() == []
        assert db.session.scalars(select(Referral.id)).all() == [referral.id]
    with acting_as(world.other_gp):
        assert db.session.scalars(select(Episode.id)).all() == [episode.id]
        assert len(db.session.scalars(select(Contact.id)).all()) == 1
    old = Person(app, world.gp)
    assert "Registered with another practice since" in old.get(f"/referrals/{referral.public_id}")
    assert "Registered with another practice" in old.get("/referrals")
    assert [t.kind for t in db.session.scalars(select(Task))] == ["tell_new_practice"]


def test_whoever_only_referred_goes_on_seeing_after_a_change_of_practice(world, referred):
    moves_to(world, referred.patient_id, None, "Far Away Surgery")
    with acting_as(world.gp):
        assert db.session.scalars(select(Episode.id)).all() == [referred.episode_id]
    assert read(world.other_gp) == []
    with acting_as(world.other_gp):
        (row,) = db.session.scalars(select(Registration))
        assert row.until is not None
        with pytest.raises(CannotMove):
            changes.tell_change_of_registered(
                registration_id=row.public_id, kind="fall", on=None, detail="", by=world.other_gp
            )


def test_who_cannot_consent_and_has_nobody_named_is_held_and_asked_never_ended(world, referred):
    with acting_as(world.coordinator):
        patient = db.session.get_one(Patient, referred.patient_id)
        consents.record_capacity(patient=patient, decides="nobody", by=world.coordinator)
    db.session.expire_all()
    episode = db.session.get_one(Episode, referred.episode_id)
    assert (episode.state, episode.next_step) == (State.ON_HOLD, "review_hold")
    assert episode.next_on > now().date()
    assert [t.kind for t in db.session.scalars(select(Task))] == ["ask_who_decides"]


def test_practice_consent_and_who_decides_are_kept_on_one_page(app, world, referred):
    desk, here = Person(app, world.coordinator), f"/patients/{referred.patient_id}"
    desk.get(f"{here}/about")
    desk.post(f"{here}/practice", {"practice": "another"})
    assert (desk.status, "Enter the name" in desk.text) == (422, True)
    desk.post(f"{here}/practice", {"practice": str(world.practice.id)})
    assert "The practice is changed" in desk.page
    assert registrations.practice_of(referred.patient_id).organisation_id == world.practice.id
    desk.post(f"{here}/capacity", {"decides": "attorney", "named": "Ada Okafor"})
    assert (desk.status, "Enter what the decision covers" in desk.text) == (422, True)
    desk.post(f"{here}/capacity", {"decides": "attorney", "named": "Ada Okafor", "covers": "Health"})
    assert "Ada Okafor, attorney: Health" in desk.text
    desk.post(f"{here}/consent", {"kind": "texts", "texts_given": "no"})
    assert desk.status == 422
    desk.post(f"{here}/consent", {"kind": "texts", "texts_given": "no", "texts_by": "Her daughter"})
    said = consents.newest(referred.patient_id)["texts"]
    assert (said.given, said.given_by) == (False, "Her daughter")
    assert abs(said.recorded_at - now()) < timedelta(minutes=5)
