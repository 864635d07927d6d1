"""A declined or not accepted referral is amended and sent again; both sides see the link at both ends."""

import pytest
from sqlalchemy import select

from clinic.extensions import db
from clinic.referrals import again, decisions, drafts, engine, origins
from clinic.referrals.models import Draft, Episode, Referral, Source
from clinic.referrals.problems import NotAllowed
from clinic.viewer import acting_as
from tests.referrals.browsing import NO_FLAGS, PAGES, Person, fill
from tests.referrals.factories import a_case, a_referral, an_accepted_episode


def declined(world, referral: Referral) -> None:
    with acting_as(world.coordinator):
        decisions.decline(
            episode_id=referral.episode_id,
            reason="no_answer",
            comment="Send again with the date of the fracture.",
            by=world.coordinator,
        )


def the_last() -> Referral:
    db.session.expire_all()
    return db.session.scalars(select(Referral).order_by(Referral.id.desc())).first()


def test_what_was_typed_is_there_again_and_the_two_are_linked_on_both_sides(app, world):
    gp = fill(Person(app, world.gp))
    gp.post()
    old = the_last()
    declined(world, old)
    gp.get(f"/referrals/{old.public_id}")
    gp.post(f"/referrals/{old.public_id}/again")
    assert f"In place of {old.reference}" in gp.text
    assert "999 000 0018" in gp.text
    gp.post()
    new = the_last()
    assert new.id != old.id
    assert new.case == {**old.case, "fracture": new.case["fracture"]}
    for person, place in ((gp, "referrals"), (Person(app, world.coordinator), "inbox")):
        assert new.reference in person.get(f"/{place}/{old.public_id}")
        assert old.reference in person.get(f"/{place}/{new.public_id}")


def test_pressed_twice_it_is_one_draft_and_sent_it_is_not_offered_again(world):
    old = a_referral(world).referral
    declined(world, old)
    with acting_as(world.gp):
        first, second = (again.start(referral_id=old.id, by=world.gp) for _ in range(2))
        assert first.id == second.id
        typed = {**first.typed, "consent": "yes"}
        drafts.keep(draft=first, page="patient", typed=typed, by=world.gp)
        assert drafts.send(draft=first, by=world.gp) is not None
        with pytest.raises(NotAllowed):
            again.start(referral_id=old.id, by=world.gp)


def test_a_referral_of_a_system_is_typed_into_the_form_for_them(world):
    old = a_referral(world, source=Source.FHIR, case=a_case(flags__severe_pain="explained")).referral
    declined(world, old)
    with acting_as(world.gp):
        checked = drafts.check(again.start(referral_id=old.id, by=world.gp))
    assert set(checked.errors) <= {"consent"}
    sent = {key: value for key, value in old.case.items() if key not in ("person", "tests")}
    sent["fracture"] = {key: v for key, v in sent["fracture"].items() if key != "reported_on"}
    assert checked.read.case == sent


def test_not_accepted_is_amended_in_the_same_episode_by_the_same_hand(app, world):
    gp = fill(Person(app, world.gp), *PAGES[:2], {**NO_FLAGS, "flag_infection": "yes"})
    gp.get(gp.url.replace("act-today", "now"))
    gp.post(data=PAGES[3])
    gp.post()
    old = the_last()
    gp.get(f"/referrals/{old.public_id}")
    gp.post(f"/referrals/{old.public_id}/again")
    draft = db.session.scalars(select(Draft).order_by(Draft.id.desc())).first()
    gp.get(f"/refer/{draft.id}/flags?back=check")
    gp.post(data=NO_FLAGS)
    gp.post()
    new = the_last()
    assert (new.episode_id, origins.replaces(new.id).id) == (old.episode_id, old.id)
    episode = db.session.get_one(Episode, new.episode_id)
    assert episode.case["flags"]["infection"] is False
    assert engine.latest(episode.id).outcome != "do_not_enrol"
    assert "NOT ACCEPTED" not in gp.get(f"/referrals/{old.public_id}")


def test_nothing_else_is_amended(world):
    episode = an_accepted_episode(world)
    referral = db.session.scalars(select(Referral).where(Referral.episode_id == episode.id)).one()
    with acting_as(world.gp), pytest.raises(NotAllowed):
        again.start(referral_id=referral.id, by=world.gp)


def test_another_organisation_amends_nothing(app, world):
    old = a_referral(world).referral
    declined(world, old)
    stranger = Person(app, world.other_gp)
    stranger.get("/referrals")
    stranger.post(f"/referrals/{old.public_id}/again")
    assert stranger.status == 404
