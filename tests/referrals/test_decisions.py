"""A person decides: with the deciding facts confirmed, never over a flag, never lower without a reason."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clinic.extensions import db, now
from clinic.referrals import answers, decisions, engine
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.models import Answer, Decision, EndReason, Episode, Letter, State, StateChange
from clinic.referrals.states import CannotMove
from clinic.viewer import acting_as
from tests.referrals.factories import a_case, a_referral, accept, an_accepted_episode

MONDAY = "2026-11-23 10:00:00+00:00"


def episode_of(received) -> Episode:
    return db.session.get_one(Episode, received.referral.episode_id)


def try_accept(world, received, by=None, **more) -> Episode:
    by = by or world.coordinator
    with acting_as(by):
        facts = {"confirmed": decisions.deciding_facts(received.referral.episode_id), **more}
        return decisions.accept(episode_id=received.referral.episode_id, by=by, **facts)


def newest(model):
    return db.session.scalars(select(model).order_by(model.id.desc())).first()


@time_machine.travel(MONDAY, tick=False)
def test_accepting_leads_to_a_first_assessment_and_a_letter(world):
    received = a_referral(world)
    episode = try_accept(world, received)
    assert (episode.state, episode.next_step, episode.next_on) == (
        State.AWAITING_ASSESSMENT,
        "assess",
        date(2026, 12, 7),
    )
    assert (episode.phase, episode.band, episode.confirmed_on) == ("P2", "intermediate", date(2026, 11, 23))
    written = select(Letter).where(Letter.kind != "acknowledgement").order_by(Letter.id)
    letter, welcome = db.session.scalars(written).all()
    assert (letter.kind, welcome.kind) == ("accepted", "welcome")
    assert "Phase 2, intermediate supervision" in letter.body
    assert "Okafor" in letter.body.split("\n\n")[0]


def test_what_was_suggested_and_what_was_decided_are_both_kept(world):
    try_accept(world, a_referral(world))
    suggested, decided = db.session.scalars(select(Decision).order_by(Decision.id))
    assert (suggested.kind, decided.kind, decided.choice) == ("suggested", "decided", "accept")
    assert decided.answer == suggested.answer
    assert decided.by_id == world.coordinator.id


def test_the_house_hears_of_an_acceptance_once(world, app_context, monkeypatch):
    heard = []
    events = app_context.app.extensions["upright_wiring"].EVENTS
    monkeypatch.setitem(events, "episode_accepted", (lambda **facts: heard.append(facts),))
    received = a_referral(world)
    try_accept(world, received)
    assert heard == [{"episode_id": received.referral.episode_id}]


def test_accepting_needs_each_deciding_fact_confirmed(world):
    received = a_referral(world)
    facts = decisions.deciding_facts(received.referral.episode_id)
    assert len(facts) == 3
    with pytest.raises(Incomplete) as missing:
        try_accept(world, received, confirmed=facts[:2])
    assert facts[2] in str(missing.value)
    assert episode_of(received).state is State.BEING_DECIDED


@pytest.mark.parametrize("state", [True, None])
def test_a_coordinator_does_not_accept_over_an_open_flag_and_a_physiotherapist_may(world, state):
    received = a_referral(world, case=a_case(flags__heart_or_pressure=state))
    with pytest.raises(NotAllowed):
        try_accept(world, received)
    assert try_accept(world, received, by=world.physiotherapist).state is State.AWAITING_ASSESSMENT


def test_nobody_accepts_over_a_flag_that_stops(world):
    received = a_referral(world, case=a_case(flags__cancer=True))
    with pytest.raises(NotAllowed, match="RF3"):
        try_accept(world, received, by=world.physiotherapist)


def test_a_change_needs_a_reason(world):
    received = a_referral(world)
    with pytest.raises(Incomplete):
        try_accept(world, received, band="high")
    assert try_accept(world, received, band="high", reason="Very anxious").band == "high"


@pytest.mark.parametrize("lower", [{"band": "low"}, {"phase": "P3"}])
def test_less_supervision_or_a_later_phase_needs_a_physiotherapist(world, lower):
    received = a_referral(world)
    with pytest.raises(NotAllowed):
        try_accept(world, received, reason="Looks well", **lower)
    episode = try_accept(world, received, by=world.physiotherapist, reason="Walks to the shops", **lower)
    assert {name: getattr(episode, name) for name in lower} == lower


def test_an_admin_a_referrer_and_an_instructor_decide_nothing(world):
    received = a_referral(world)
    with acting_as(world.coordinator), pytest.raises(NotAllowed):
        decisions.ask(episode_id=received.referral.episode_id, question="Why?", by=world.gp)


def test_a_decision_on_an_old_page_is_refused(world):
    received = a_referral(world)
    version = episode_of(received).version
    with acting_as(world.coordinator):
        decisions.ask(episode_id=received.referral.episode_id, question="Which level?", by=world.coordinator)
    with pytest.raises(CannotMove):
        try_accept(world, received, version=version)


def test_a_decided_referral_is_not_accepted_twice(world):
    received = a_referral(world)
    try_accept(world, received)
    with pytest.raises(CannotMove):
        try_accept(world, received)


def test_asking_puts_it_with_the_referrer_with_the_question_kept(world):
    received = a_referral(world)
    with acting_as(world.coordinator):
        decisions.ask(episode_id=received.referral.episode_id, question="Which level?", by=world.coordinator)
    assert episode_of(received).state is State.WITH_REFERRER
    assert newest(StateChange).note == "Which level?"


def test_a_hold_has_a_coded_reason_and_a_day_in_the_future(world):
    received = a_referral(world)
    episode_id, later = received.referral.episode_id, now().date() + timedelta(days=20)
    with acting_as(world.coordinator):
        for reason, until in (("bored", later), ("in_hospital", now().date())):
            with pytest.raises(Incomplete):
                decisions.hold(episode_id=episode_id, reason=reason, until=until, by=world.coordinator)
        decisions.hold(episode_id=episode_id, reason="in_hospital", until=later, by=world.coordinator)
    episode = episode_of(received)
    assert (episode.state, episode.next_on) == (State.ON_HOLD, later)


def test_a_decline_has_a_coded_reason_a_comment_and_a_letter(world):
    received = a_referral(world)
    episode_id = received.referral.episode_id
    with acting_as(world.coordinator):
        with pytest.raises(Incomplete):
            decisions.decline(episode_id=episode_id, reason="other", comment=" ", by=world.coordinator)
        decisions.decline(
            episode_id=episode_id, reason="not_vertebral", comment="A hip fracture.", by=world.coordinator
        )
    assert episode_of(received).ended_reason is EndReason.NOT_SUITABLE
    letter = newest(Letter)
    assert letter.kind == "declined"
    assert "A hip fracture." in letter.body
    assert len(letter.body.partition("\n\n")[0].splitlines()) == 5


# --- facts that arrive later ---


def rerun(world, received, facts, source="patient") -> Decision:
    with acting_as(world.coordinator):
        return answers.rerun(
            episode_id=received.referral.episode_id,
            facts=facts,
            source=source,
            answered_on=now().date(),
            by=world.coordinator,
        )


def test_an_answer_is_kept_with_its_source_and_runs_the_rules_again(world):
    received = a_referral(world, case=a_case(falls__worried=None, flags__cancer=None))
    assert received.decision.outcome == "ask"
    decision = rerun(world, received, {"falls.worried": False, "flags.cancer": False})
    assert decision.outcome == "suggest_class"
    assert {(a.path, a.source) for a in db.session.scalars(select(Answer))} == {
        ("falls.worried", "patient"),
        ("flags.cancer", "patient"),
    }


@pytest.mark.parametrize(
    ("said", "then", "source", "stands"),
    [
        (2, 5, "patient", 5),
        (5, 2, "patient", 5),
        (5, 2, "referrer", 2),
        (5, 2, "measured", 2),
        (None, 2, "carer", 2),
    ],
)
def test_of_two_sources_that_differ_the_more_cautious_stands(world, said, then, source, stands):
    received = a_referral(world, case=a_case(pain__rest=said))
    rerun(world, received, {"pain.rest": then}, source)
    assert episode_of(received).case["pain"]["rest"] == stands


def test_the_patient_cannot_take_back_the_referrers_red_flag(world):
    received = a_referral(world, case=a_case(flags__infection=True))
    assert rerun(world, received, {"flags.infection": False}).outcome == "do_not_enrol"
    assert rerun(world, received, {"flags.infection": False}, "measured").outcome == "suggest_class"


def test_a_stop_flag_found_after_acceptance_suspends_at_once(world):
    episode = an_accepted_episode(world)
    with acting_as(world.coordinator):
        answers.rerun(
            episode_id=episode.id,
            facts={"flags.cauda_equina": True},
            source="patient",
            answered_on=now().date(),
            by=world.coordinator,
        )
    assert (episode.state, episode.suspended_reason) == (State.PAUSED, "red_flag")


def test_a_fact_that_no_case_has_is_refused_and_nothing_is_stored(world):
    received = a_referral(world)
    with pytest.raises(KeyError):
        rerun(world, received, {"falls.worried": True, "falls.shoe_size": 42})
    assert db.session.scalars(select(Answer)).all() == []


def test_a_value_that_cannot_be_is_refused_and_nothing_is_stored(world):
    received = a_referral(world)
    with pytest.raises(engine.CannotDecide):
        rerun(world, received, {"pain.rest": 11})
    assert db.session.scalars(select(Answer)).all() == []


def test_a_confirmed_band_is_never_lowered_by_a_new_suggestion(world):
    received = a_referral(world)
    accept(world, received.referral)
    calmer = {"falls.unsteady": False, "falls.count_12m": 0}
    today = now().date().isoformat()
    normal = {"tests": [{"name": "timed_up_and_go_s", "value": 9, "on": today}]}
    assert rerun(world, received, {**calmer, **normal}, "measured").band == "low"
    assert episode_of(received).band == "intermediate"
