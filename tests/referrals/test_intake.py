"""What is received is stored once, answered honestly, and has a date."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from clinic.extensions import db, now
from clinic.referrals import changes
from clinic.referrals.intake import Conflict
from clinic.referrals.models import Answer, Decision, Episode, IntakeReceipt, Letter, Referral, State
from clinic.referrals.validation import NotValid
from clinic.viewer import acting_as, system
from clinic.worklist.models import Alert, CallListEntry, Task
from tests.referrals.factories import a_case, a_patient, a_referral, accept, an_accepted_episode

ALL = system("looking in tests")
MONDAY = "2026-11-23 10:00:00+00:00"


def rows(model):
    with acting_as(ALL):
        return list(db.session.scalars(select(model).order_by(model.id)))


def count(model) -> int:
    with acting_as(ALL):
        return db.session.scalar(select(func.count()).select_from(model))


@time_machine.travel(MONDAY, tick=False)
def test_a_referral_gets_a_reference_a_date_a_suggestion_and_a_letter(world):
    received = a_referral(world)
    assert received.created
    assert not received.joined
    assert received.not_accepted == ()
    assert received.referral.reference.startswith("UP-")
    assert received.referral.hear_by == date(2026, 11, 30)  # five working days after a Monday
    assert received.decision.outcome == "suggest_class"
    (episode,) = rows(Episode)
    assert (episode.state, episode.next_step, episode.next_on) == (
        State.BEING_DECIDED,
        "decide",
        date(2026, 11, 30),
    )
    assert episode.case["fracture"]["reported_on"] == "2026-11-23"
    assert episode.phase == "P2"
    assert [letter.kind for letter in rows(Letter)] == ["acknowledgement"]


@time_machine.travel("2026-12-24 10:00:00+00:00", tick=False)
def test_an_urgent_referral_is_answered_on_the_next_working_day_not_on_a_holiday(world):
    received = a_referral(world, priority="urgent")
    assert received.referral.hear_by == date(2026, 12, 29)  # Christmas, the weekend and the day in lieu


def test_the_same_content_again_is_the_same_referral_and_another_receipt(world):
    first = a_referral(world, sender_value="x1")
    again = a_referral(world, sender_value="x1")
    assert (again.referral.id, again.created, again.joined) == (first.referral.id, False, False)
    assert (count(Referral), count(IntakeReceipt), count(Letter)) == (1, 2, 1)


def test_the_same_content_on_another_day_is_still_the_same(world):
    with time_machine.travel(MONDAY):
        case = a_case()
        first = a_referral(world, sender_value="x1", case=case)
    with time_machine.travel("2026-11-25 10:00:00+00:00"):
        assert a_referral(world, sender_value="x1", case=case).referral.id == first.referral.id


def test_other_content_under_the_same_identifier_is_a_conflict(world):
    a_referral(world, sender_value="x1")
    with pytest.raises(Conflict):
        a_referral(world, sender_value="x1", case=a_case(pain__rest=3))
    assert count(IntakeReceipt) == 1


def test_a_second_referral_of_the_same_organisation_joins_and_adds_its_facts(world):
    first = a_referral(world, case=a_case(falls__worried=False))
    second = a_referral(world, case=a_case(falls__worried=True, pain__rest=1))
    assert second.created
    assert second.joined
    assert second.referral.episode_id == first.referral.episode_id
    (episode,) = rows(Episode)
    assert episode.case["falls"]["worried"] is True
    assert episode.case["pain"]["rest"] == 2  # the more cautious of two colleagues
    assert {a.path for a in rows(Answer)} == {"falls.worried", "pain.rest"}
    assert len(rows(Decision)) == 2


def test_a_fracture_after_the_first_referral_suspends_at_once(world):
    with time_machine.travel(MONDAY):
        episode = an_accepted_episode(world)
    with time_machine.travel("2026-11-30 10:00:00+00:00"):
        a_referral(world, case=a_case(fracture__date="2026-11-28"))
    db.session.refresh(episode)
    assert (episode.state, episode.suspended_reason) == (State.PAUSED, "new_fracture")
    assert "told_new_fracture" in [alert.kind for alert in rows(Alert)]


def test_another_date_for_the_same_fracture_suspends_nobody(world):
    with time_machine.travel(MONDAY):
        episode = an_accepted_episode(world)
        a_referral(world, case=a_case(fracture__date="2026-09"))
    db.session.refresh(episode)
    assert episode.suspended_at is None


def test_one_letter_answers_both_referrals_of_a_practice_and_only_those_that_stand(world):
    first, second, third = (a_referral(world, case=a_case(pain__rest=n)).referral for n in (1, 2, 3))
    with acting_as(world.gp):
        changes.withdraw(referral_id=third.id, reason="Sent twice", by=world.gp)
    accept(world, first)
    (letter,) = [row for row in rows(Letter) if row.kind == "accepted"]
    assert f"This answers your later referral {second.reference} too." in letter.body
    assert first.reference in letter.body and third.reference not in letter.body


def test_a_second_referral_resets_no_clock(world):
    with time_machine.travel(MONDAY):
        a_referral(world)
    with time_machine.travel("2026-11-25 10:00:00+00:00"):
        a_referral(world, case=a_case(pain__rest=3))
    assert rows(Episode)[0].next_on == date(2026, 11, 30)


def test_another_organisation_hears_only_that_the_patient_is_known(world):
    a_referral(world)
    theirs = a_referral(world, by=world.other_gp)
    assert theirs.elsewhere
    assert theirs.decision is None
    assert (count(Referral), count(Episode)) == (2, 1)
    with acting_as(world.other_gp):
        (letter,) = db.session.scalars(select(Letter))
        assert letter.kind == "already_known"
        assert "already known to the service" in letter.body
        assert db.session.scalars(select(Episode)).all() == []


def test_a_new_episode_begins_after_the_last_has_ended(world):
    from clinic.referrals import decisions

    first = a_referral(world)
    with acting_as(world.coordinator):
        decisions.decline(
            episode_id=first.referral.episode_id,
            reason="out_of_area",
            comment="Try York",
            by=world.coordinator,
        )
    assert not a_referral(world, case=a_case(pain__rest=3)).joined
    assert count(Episode) == 2


@pytest.mark.parametrize(
    ("key", "flag"), [("cauda_equina", "RF1"), ("cord_or_nerve", "RF2"), ("infection", "RF4")]
)
@time_machine.travel(MONDAY, tick=False)
def test_an_act_today_flag_is_stored_not_accepted_and_telephoned_within_the_hour(world, key, flag):
    received = a_referral(world, case=a_case(**{f"flags__{key}": True}))
    assert received.not_accepted == (flag,)
    assert rows(Episode)[0].state is State.BEING_DECIDED
    assert rows(Episode)[0].next_on == date(2026, 11, 23)
    (task,) = rows(Task)
    assert (task.kind, task.due_at) == ("telephone_practice", now() + timedelta(hours=1))
    (alert,) = rows(Alert)
    assert alert.kind == "red_flag_referral"
    assert rows(Letter)[0].body.startswith("NOT ACCEPTED: act today")


@time_machine.travel(MONDAY, tick=False)
def test_the_hour_runs_from_when_the_referrer_first_said_so(world):
    since = now() - timedelta(minutes=20)
    a_referral(world, case=a_case(flags__infection=True), red_flag_since=since)
    assert rows(Task)[0].due_at == since + timedelta(hours=1)


@pytest.mark.parametrize("key", ["cancer", "unstable_fracture", "severe_pain"])
def test_other_flags_are_for_the_service_to_decide(world, key):
    received = a_referral(world, case=a_case(**{f"flags__{key}": True}))
    assert received.not_accepted == ()
    assert count(Task) == 0


@pytest.mark.parametrize("key", ["cauda_equina", "cord_or_nerve", "infection", "unstable_fracture"])
@time_machine.travel(MONDAY, tick=False)
def test_an_unknown_emergency_flag_is_asked_the_same_working_day(world, key):
    a_referral(world, case=a_case(**{f"flags__{key}": None}))
    (call,) = rows(CallListEntry)
    assert (call.kind, call.due_at.isoformat()) == ("ask_red_flags", "2026-11-23T17:00:00+00:00")


@time_machine.travel("2026-11-27 19:00:00+00:00", tick=False)
def test_on_friday_night_the_same_working_day_is_monday(world):
    a_referral(world, case=a_case(flags__infection=None))
    assert rows(CallListEntry)[0].due_at.isoformat() == "2026-11-30T17:00:00+00:00"


def test_a_red_flag_on_a_joining_referral_suspends_an_accepted_episode(world):
    an_accepted_episode(world)
    a_referral(world, by=world.other_gp, case=a_case(flags__infection=True))
    (episode,) = rows(Episode)
    assert episode.suspended_reason == "red_flag"
    assert episode.state is State.PAUSED


def test_everything_wrong_is_said_at_once_and_nothing_is_stored(world):
    with pytest.raises(NotValid) as wrong:
        a_referral(
            world,
            patient=a_patient(given_name="", nhs_number="9990000019", mobile="12", birth_date="1950-02-30"),
            case=a_case(fracture__date="2030-01-01", falls__count_12m=-1),
        )
    paths = {problem.path for problem in wrong.value.problems}
    assert paths >= {
        "patient.given_name",
        "patient.nhs_number",
        "patient.mobile",
        "patient.birth_date",
        "fracture.date",
        "falls.count_12m",
    }
    assert count(Referral) == 0


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"birth_date": "2020-01-01"}, "patient.birth_date"),
        ({"nhs_number": None}, "patient.nhs_number"),
        ({"mobile": None}, "patient.mobile"),
    ],
)
def test_a_patient_must_be_somebody_we_can_find_and_reach(world, changes, path):
    with pytest.raises(NotValid) as wrong:
        a_referral(world, patient=a_patient(**changes))
    assert [problem.path for problem in wrong.value.problems] == [path]


def test_a_gap_in_the_clinical_facts_is_never_a_reason_to_refuse(world):
    received = a_referral(world, case={})
    assert received.created
    assert received.decision.outcome == "ask"


def test_a_patient_without_an_nhs_number_is_taken_with_a_reason(world):
    patient = a_patient(nhs_number=None, no_nhs_number_reason="visitor")
    assert a_referral(world, patient=patient).created


def test_an_explained_flag_needs_a_named_clinician(world):
    case = a_case(flags__severe_pain="explained")
    with pytest.raises(NotValid):
        a_referral(world, case=case, clinician=None)
    assert a_referral(world, case=case, clinician="Dr Shah").created


def test_a_number_known_with_another_birth_date_is_looked_at_before_anything_else(world):
    a_referral(world)
    a_referral(world, by=world.other_gp, patient=a_patient(birth_date="1950-03-20"))
    assert [task.kind for task in rows(Task)] == ["check_identity"]


def test_two_referrals_without_confusable_letters(world):
    first, second = a_referral(world), a_referral(world, case=a_case(pain__rest=3))
    assert first.referral.reference != second.referral.reference
    assert not set("01OILSU5B") & set(first.referral.reference[3:] + second.referral.reference[3:]) - {"-"}


def test_a_joined_referral_of_an_accepted_patient_leaves_its_state(world):
    first = a_referral(world)
    accept(world, first.referral)
    a_referral(world, case=a_case(pain__rest=3))
    assert rows(Episode)[0].state is State.AWAITING_ASSESSMENT
