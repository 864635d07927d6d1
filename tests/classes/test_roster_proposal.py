"""A proposal from the waiting list and the timetable of today, and what comes of offering it."""

from datetime import timedelta

import pytest

from clinic.classes import handover, offers, placement, queries, roster_apply, roster_proposal, seats, waiting
from clinic.classes.offer_rows import StandingLine
from clinic.classes.roster_apply import Chosen
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode, State
from clinic.viewer import staff
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person
from tests.classes.test_statements import counted


@transaction()
def waits(clinic, given="Ada", *, days=None, sessions=2, **facts):
    """Somebody on the waiting list who wants this much, on these days."""
    person = db.session.merge(a_person(clinic, given, mobile=None, **facts))
    person.wishes = {"sessions": sessions, **({"days": days} if days else {})}
    waiting.enter(episode=person, by=BY)
    return person


def propose(clinic):
    return roster_proposal.propose(clinic.id, NOW)


def given(proposal):
    """Episode to class ids, as proposed."""
    return {one.episode.id: [row.id for row, _ in one.seats] for one in proposal.placed}


@pytest.fixture
def tuesday(clinic):
    return a_class(clinic, capacity=1)


@pytest.fixture
def friday(clinic):
    return a_class(clinic, weekday=4, capacity=1)


def test_both_are_placed_where_a_walk_down_the_list_places_one(clinic, tuesday, friday):
    ada = waits(clinic, referred_on=TODAY - timedelta(days=60), sessions=1)
    ben = waits(clinic, "Ben", days=[1], sessions=1)
    assert given(propose(clinic)) == {ada.id: [friday.id], ben.id: [tuesday.id]}


def test_everybody_begins_when_an_offer_made_by_hand_would_let_them(clinic, tuesday, friday):
    ada = waits(clinic)
    (one,) = propose(clinic).placed
    person = placement.for_episode(ada.id, NOW).candidate
    for row, begins in one.seats:
        assert handover.first_line(row, NOW, person) == StandingLine(row.id, begins)


def test_who_is_paused_or_said_no_is_left_with_that_reason_and_who_has_an_offer_apart(
    clinic, tuesday, friday
):
    offered, paused, said_no = waits(clinic), waits(clinic, "Ben"), waits(clinic, "Cy", days=[4])
    offers.make(episode_id=offered.id, lines=[StandingLine(tuesday.id, TODAY)], by=BY, now=NOW)
    with transaction():
        db.session.get_one(Episode, paused.id).state = State.PAUSED
        no = offers.make(episode_id=said_no.id, lines=[StandingLine(friday.id, TODAY)], by=BY, now=NOW)
    offers.decline(offer_id=no.id, by=BY, now=NOW)
    proposal = propose(clinic)
    why = {one.episode.id: one.because for one in proposal.left}
    assert [one.id for one in proposal.today.answering] == [offered.id]
    assert why[paused.id] == "Is paused, suspended or not yet accepted."
    assert "Was offered this class and did not take it." in why[said_no.id]


def test_a_class_without_a_session_to_begin_with_is_not_proposed(clinic):
    a_class(clinic, weeks=0)
    waits(clinic)
    (left,) = propose(clinic).left
    assert left.because == (
        "No class suits. No session of this class is planned that the person could begin with."
    )


def test_seats_held_today_stay_and_a_second_one_goes_beside_them(clinic, tuesday, friday):
    ada = waits(clinic)
    with transaction():
        seats.change(takes=offers.offer_rows.held([StandingLine(tuesday.id, TODAY)], ada.id), by=BY, now=NOW)
    (one,) = propose(clinic).placed
    assert [row.id for row, _ in one.seats] == [friday.id]
    assert [member.class_id for member in queries.members_of(ada.id)] == [tuesday.id]


def test_each_class_is_shown_as_it_is_and_as_it_would_be(clinic, tuesday, friday):
    waits(clinic, days=[4])
    assert [(one.row.taken, one.after) for one in propose(clinic).classes] == [(0, 0), (0, 1)]


def test_the_class_that_would_help_most_is_in_a_hall_the_clinic_has(clinic):
    a_class(clinic, capacity=1, room=5)
    waits(clinic)
    left = [waits(clinic, "Cy", days=[3]).id, waits(clinic, "Di", days=[3]).id]
    proposal = propose(clinic)
    best = proposal.helps[0]
    assert best.option.cls.weekday == 3
    assert sorted(proposal.today.people[one][1].id for one in best.first) == left
    assert proposal.today.venues[best.option.cls.venue] == "Hall"


def test_a_class_over_its_capacity_is_something_wrong(clinic, tuesday):
    with transaction():
        tuesday.room, tuesday.taken = 3, 2
    assert propose(clinic).wrong == ["Class 1 has 2 people and may hold 1."]


def test_a_proposal_costs_the_same_statements_for_one_and_for_many(clinic, tuesday, friday):
    def cost():
        db.session.remove()
        with counted() as seen:
            assert all(one.episode.patient.full_name for one in propose(clinic).placed)
        return len(seen)

    waits(clinic)
    first = cost()
    for name in ("Ben", "Cy", "Di", "Eve"):
        waits(clinic, name)
    assert cost() == first <= 20


# --- carried out ---


def apply(clinic, *chosen, by=BY, **more):
    return roster_apply.apply(clinic_id=clinic.id, chosen=chosen, by=by, now=NOW, **more)


def everything(proposal):
    return [Chosen(one.episode.id, tuple(row.id for row, _ in one.seats)) for one in proposal.placed]


def test_the_whole_proposal_is_offered_and_nothing_is_left_to_propose(clinic, tuesday, friday):
    people = [waits(clinic, sessions=1).id, waits(clinic, "Ben", days=[1], sessions=1).id]
    done = apply(clinic, *everything(propose(clinic)))
    assert (sorted(done.offered), done.refused) == (people, ())
    assert seats.count_check() == []
    assert propose(clinic).placed == ()


def test_a_seat_that_went_meanwhile_is_refused_by_name_and_the_others_are_offered(clinic, tuesday, friday):
    ada, ben = waits(clinic, days=[1], sessions=1), waits(clinic, "Ben", days=[4], sessions=1)
    chosen = everything(propose(clinic))
    offers.make(
        episode_id=a_person(clinic, "Eve", mobile=None).id,
        lines=[StandingLine(tuesday.id, TODAY)],
        by=staff(1, clinic.id, "physiotherapist"),
        now=NOW,
        out_of_turn="Asked for by her surgeon",
    )
    done = apply(clinic, *chosen)
    assert done.offered == (ben.id,)
    (refused,) = done.refused
    assert (refused.chosen.episode_id, refused.name) == (ada.id, "Ada Okafor")
    assert refused.why == "Tuesday 10:30am: Every standing seat in this class is taken."


def test_who_was_offered_something_since_is_refused_for_that(clinic, tuesday, friday):
    waits(clinic)
    chosen = everything(propose(clinic))
    apply(clinic, *chosen)
    (refused,) = apply(clinic, *chosen).refused
    assert refused.why == "This person already has an offer that waits for an answer."


def test_a_part_that_passes_somebody_over_needs_a_physiotherapists_reason(clinic, tuesday):
    waits(clinic, referred_on=TODAY - timedelta(days=90))
    ben = waits(clinic, "Ben")
    (refused,) = apply(clinic, Chosen(ben.id, (tuesday.id,))).refused
    assert "before this person on the waiting list" in refused.why
    physio = staff(1, clinic.id, "physiotherapist")
    done = apply(clinic, Chosen(ben.id, (tuesday.id,)), by=physio, out_of_turn="Travels from Monday on")
    assert done.offered == (ben.id,)


@pytest.mark.parametrize(
    ("classes", "why"),
    [
        ((999,), "One of the classes is no longer held."),
        ((), "One of the classes is no longer held."),
        ("both", "They no longer want, or can have, two classes a week."),
    ],
)
def test_what_no_proposal_says_is_refused(clinic, tuesday, friday, classes, why):
    ada = waits(clinic, sessions=1)
    class_ids = (tuesday.id, friday.id) if classes == "both" else classes
    (refused,) = apply(clinic, Chosen(ada.id, class_ids)).refused
    assert refused.why == why


def test_who_does_not_wait_is_refused_and_is_not_named(clinic, tuesday):
    eve = a_person(clinic, "Eve", mobile=None)
    done = apply(clinic, Chosen(eve.id, (tuesday.id,)), Chosen(987, (tuesday.id,)))
    assert [(one.name, one.why) for one in done.refused] == [
        ("Somebody", "They do not wait for a class any more.")
    ] * 2
