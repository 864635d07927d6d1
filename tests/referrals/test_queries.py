"""Lists and counts: what is pressing comes first, nothing drops out, everything is counted once."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from clinic.extensions import db, now, transaction
from clinic.referrals import decisions, queries
from clinic.referrals.inbox import inbox
from clinic.referrals.models import Episode, State
from clinic.viewer import acting_as
from tests.referrals.factories import a_case, a_patient, a_referral, accept, an_accepted_episode

MONDAY = "2026-11-23 10:00:00+00:00"
NHS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069", "9990000077")


def arrive(world, number, **more):
    return a_referral(world, patient=a_patient(nhs_number=NHS[number]), **more).referral


def names(world, **more) -> list[str]:
    with acting_as(world.coordinator):
        return [row.referral.reference for row in inbox(now().date(), **more)]


@time_machine.travel(MONDAY, tick=False)
def test_running_clocks_come_first_then_flags_then_urgent_then_the_oldest(world):
    with time_machine.travel("2026-11-20 10:00:00+00:00"):
        oldest = arrive(world, 0)
    routine = arrive(world, 1)
    urgent = arrive(world, 2, priority="urgent")
    flagged = arrive(world, 3, case=a_case(flags__heart_or_pressure=True))
    clocked = arrive(world, 4, case=a_case(flags__infection=True))
    held = arrive(world, 5)
    with acting_as(world.coordinator):
        until = now().date() + timedelta(days=9)
        decisions.hold(episode_id=held.episode_id, reason="in_hospital", until=until, by=world.coordinator)
    order = [row.reference for row in (clocked, flagged, urgent, oldest, routine, held)]
    assert names(world) == order


def test_nothing_drops_out_by_age(world):
    with time_machine.travel("2024-11-20 10:00:00+00:00"):
        old = arrive(world, 0)
    with acting_as(world.coordinator):
        (row,) = inbox(now().date())
    assert row.referral.id == old.id
    assert row.late


def test_a_decided_referral_leaves_the_inbox_and_a_filter_narrows_it(world):
    received = a_referral(world)
    assert names(world, states=[State.ON_HOLD]) == []
    assert names(world) == [received.referral.reference]
    accept(world, received.referral)
    assert names(world) == []


def test_the_inbox_takes_the_same_number_of_statements_for_one_and_for_many(world):
    def statements() -> int:
        seen = []
        db.session.expire_all()
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        names(world)
        event.remove(db.engine, "before_cursor_execute", listener)
        return len([one for one in seen if one.startswith("SELECT") and "set_config" not in one])

    arrive(world, 0)
    one = statements()
    for number in range(1, 6):
        arrive(world, number)
    assert statements() == one <= 6


def test_a_referrer_of_another_organisation_sees_no_row(world):
    a_referral(world)
    with acting_as(world.other_gp):
        assert queries.of_organisation() == []
    with acting_as(world.gp):
        assert len(queries.of_organisation()) == 1


def test_referrals_come_newest_first_page_by_page_whatever_their_ids(world):
    rows = []
    for number, day in enumerate(("19", "21", "21", "20")):
        with time_machine.travel(f"2026-11-{day} 10:00:00+00:00", tick=False):
            rows.append(arrive(world, number).id)
    with acting_as(world.gp):
        first = [row.id for row, _ in queries.of_organisation(limit=2)]
        rest = [row.id for row, _ in queries.of_organisation(before=first[-1], limit=2)]
    assert first + rest == [rows[2], rows[1], rows[3], rows[0]]


def test_counts_name_every_state(world):
    an_accepted_episode(world)
    with acting_as(world.coordinator):
        counts = queries.counts_by_state()
    assert set(counts) == set(State)
    assert counts[State.AWAITING_ASSESSMENT] == 1
    assert sum(counts.values()) == 1


@pytest.mark.parametrize(("starts", "known"), [(4, False), (5, True), (6, True)])
def test_the_usual_wait_needs_five_starts(world, starts, known):
    waited(world, starts)
    assert (usual(world) is not None) is known


def test_the_usual_wait_is_the_median_of_the_last_90_days_for_phase_and_band(world):
    waited(world, 6)
    wait = usual(world)
    assert (wait.n, wait.median_days, wait.eightieth_days) == (6, 25, 40)
    assert wait.words == "4 weeks (n = 6)"
    assert usual(world, band="high") is None
    assert usual(world, today=now().date() + timedelta(days=95)) is None


def usual(world, band="intermediate", today=None):
    with acting_as(world.gp):
        return queries.usual_wait(world.clinic.id, "P2", band, today or now().date())


@transaction()
def waited(world, count: int) -> None:
    """So many people whose first class was yesterday, after 0, 10, 20, 30 ... days."""
    for number in range(count):
        referral = arrive(world, number)
        episode = db.session.get_one(Episode, referral.episode_id)
        episode.first_class_on = now().date() - timedelta(days=1)
        episode.referred_on = episode.first_class_on - timedelta(days=10 * number)


def test_the_timeline_tells_each_move_and_keeps_the_staffs_notes_from_the_referrer(world):
    received = a_referral(world)
    with acting_as(world.coordinator):
        later = now().date() + timedelta(days=9)
        decisions.hold(
            episode_id=received.referral.episode_id,
            reason="in_hospital",
            until=later,
            note="Ward 7",
            by=world.coordinator,
        )
        staff_lines = queries.timeline(received.referral.patient_id)
    with acting_as(world.gp):
        lines = queries.timeline(received.referral.patient_id)
    assert "In hospital: on hold" in [line.text for line in lines]
    assert "Ward 7" in [line.detail for line in staff_lines]
    assert "Ward 7" not in [line.detail for line in lines]
