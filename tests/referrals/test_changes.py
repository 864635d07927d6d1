"""After sending: answer, withdraw, and tell us that something changed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.extensions import db, now
from clinic.referrals import changes, decisions, engine, handlers, suspension
from clinic.referrals.decisions import Incomplete
from clinic.referrals.models import EndReason, Episode, Referral, State
from clinic.referrals.states import CannotMove
from clinic.viewer import acting_as
from clinic.worklist.models import Alert, CallListEntry
from tests.referrals.factories import a_case, a_referral, accept, an_assessed_episode


def the_episode() -> Episode:
    return db.session.scalars(select(Episode)).one()


def alerts() -> list[str]:
    return sorted(db.session.scalars(select(Alert.kind)))


def tell(world, kind, *, by=None, **more) -> None:
    by = by or world.gp
    with acting_as(by):
        referral = db.session.scalars(
            select(Referral.id).where(Referral.organisation_id == by.organisation_id)
        ).first()
        facts = {"on": now().date() - timedelta(days=1), "detail": "Seen today", **more}
        changes.tell_change(referral_id=referral, kind=kind, by=by, **facts)


def test_withdrawing_ends_the_episode_and_twice_is_once(world):
    received = a_referral(world)
    with acting_as(world.gp):
        for _ in range(2):
            changes.withdraw(referral_id=received.referral.id, reason="Moved away", by=world.gp)
    assert (the_episode().state, the_episode().ended_reason) == (State.ENDED, EndReason.WITHDRAWN)
    assert db.session.scalars(select(CallListEntry)).all() == []


def test_a_patient_who_has_heard_from_us_is_rung_after_a_withdrawal(world):
    received = a_referral(world)
    accept(world, received.referral)
    with acting_as(world.gp):
        changes.withdraw(referral_id=received.referral.id, reason="Wishes to stop", by=world.gp)
    assert [call.kind for call in db.session.scalars(select(CallListEntry))] == ["tell_withdrawn"]


def test_an_episode_that_another_referral_holds_goes_on(world):
    received = a_referral(world)
    a_referral(world, by=world.other_gp)
    with acting_as(world.gp):
        changes.withdraw(referral_id=received.referral.id, reason="Sent twice", by=world.gp)
    assert the_episode().state is State.BEING_DECIDED


def test_withdrawing_needs_a_reason(world):
    received = a_referral(world)
    with acting_as(world.gp), pytest.raises(Incomplete):
        changes.withdraw(referral_id=received.referral.id, reason=" ", by=world.gp)


def test_an_answer_brings_the_referral_back_to_us_with_a_date(world):
    received = a_referral(world)
    with acting_as(world.coordinator):
        decisions.ask(episode_id=received.referral.episode_id, question="Level?", by=world.coordinator)
    with acting_as(world.gp):
        changes.answer_question(referral_id=received.referral.id, text="T12", by=world.gp)
    assert the_episode().state is State.BEING_DECIDED
    assert the_episode().next_on > now().date()
    with acting_as(world.gp), pytest.raises(CannotMove):
        changes.answer_question(referral_id=received.referral.id, text="T12", by=world.gp)


@pytest.mark.parametrize("site", ["vertebral", "unknown", None])
def test_a_new_vertebral_fracture_suspends_at_once_and_starts_the_phases_anew(world, site):
    an_assessed_episode(world)
    tell(world, "new_fracture", site=site)
    episode = the_episode()
    assert (episode.state, episode.suspended_reason) == (State.PAUSED, "new_fracture")
    assert engine.latest(episode.id).phase == "P1"
    assert alerts() == ["more_care_needed", "told_new_fracture"]


def test_a_new_hip_fracture_suspends_and_leaves_the_anchor_to_a_physiotherapist(world):
    episode = an_assessed_episode(world)
    before = episode.case["fracture"]["date"]
    tell(world, "new_fracture", site="hip")
    assert the_episode().suspended_reason == "new_fracture"
    assert the_episode().case["fracture"]["date"] == before


def test_a_suspension_is_told_to_the_house_once(world, app_context, monkeypatch):
    heard = []
    events = app_context.app.extensions["upright_wiring"].EVENTS
    monkeypatch.setitem(events, "episode_suspended", (lambda **facts: heard.append(facts),))
    episode = an_assessed_episode(world)
    tell(world, "new_fracture")
    tell(world, "admission")
    assert heard == [{"episode_id": episode.id, "reason": "new_fracture"}]


def test_a_fall_is_counted_and_raises_an_alert_without_suspending(world):
    an_assessed_episode(world, case=a_case(falls__count_12m=1))
    tell(world, "fall")
    assert the_episode().case["falls"]["count_12m"] == 2
    assert the_episode().suspended_at is None
    assert alerts() == ["more_care_needed", "told_fall"]


def test_another_organisation_may_tell_of_a_change_too(world):
    an_assessed_episode(world)
    a_referral(world, by=world.other_gp)
    tell(world, "new_fracture", by=world.other_gp)
    assert the_episode().suspended_reason == "new_fracture"


def test_a_change_needs_a_kind_and_a_day_that_has_come(world):
    a_referral(world)
    for more in ({"kind": "weather"}, {"kind": "fall", "on": now().date() + timedelta(days=2)}):
        with pytest.raises(Incomplete):
            tell(world, **more)


def test_a_person_lifts_a_suspension_to_a_named_state(world):
    episode = an_assessed_episode(world)
    tell(world, "new_fracture")
    with acting_as(world.physiotherapist):
        suspension.lift(
            episode, to=State.AWAITING_ASSESSMENT, reason="Stable on the image", by=world.physiotherapist
        )
        assert (the_episode().state, the_episode().suspended_at) == (State.AWAITING_ASSESSMENT, None)
        with pytest.raises(CannotMove):
            suspension.lift(episode, to=State.WAITING, reason="Again", by=world.physiotherapist)


def test_a_death_ends_the_episode_in_the_same_transaction(world, app_context, monkeypatch):
    events = app_context.app.extensions["upright_wiring"].EVENTS
    monkeypatch.setitem(events, "patient_died", (handlers.patient_died,))
    an_assessed_episode(world)
    tell(world, "death")
    assert (the_episode().state, the_episode().ended_reason) == (State.ENDED, EndReason.DIED)
