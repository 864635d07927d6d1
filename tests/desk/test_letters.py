"""How it ended, with attendance and outcomes; not seen and no word: a person's letter, from her page."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.access.models import Clinic
from clinic.access.queries import local
from clinic.classes.models import Outcome, Place, PlaceState, Venue
from clinic.desk import letters
from clinic.extensions import db, now, transaction
from clinic.patients import services as patients
from clinic.patients.models import Patient
from clinic.referrals import assessments, decisions, states
from clinic.referrals.models import EndReason, Episode, Letter, State
from clinic.viewer import acting_as
from clinic.worklist import services as worklist
from clinic.worklist.models import Task
from tests.classes.factories import a_class, sessions_of
from tests.referrals import factories
from tests.referrals.factories import TEST

CAME, MISSED = Outcome.ATTENDED, Outcome.DID_NOT_ATTEND


def been(world, episode_id: int, *outcomes: Outcome) -> None:
    """Her sessions of the last weeks, one a week, the last one yesterday."""
    clinic = db.session.get_one(Clinic, world.coordinator.clinic_id)
    with transaction():
        db.session.add(Venue(clinic_id=clinic.id, name="Hall", address="1 Low Lane", access=[]))
    session = sessions_of(a_class(clinic))[0]
    episode, today = db.session.get_one(Episode, episode_id), local(clinic.id, now()).date()
    with transaction():
        session.taken = 1  # the last one's place still stands
        for n, outcome in enumerate(reversed(outcomes)):
            place = Place(
                clinic_id=clinic.id,
                organisation_id=episode.organisation_id,
                session_id=session.id,
                episode_id=episode.id,
                patient_id=episode.patient_id,
                local_date=today - timedelta(days=1 + 7 * n),
                state=PlaceState.RELEASED if n else PlaceState.BOOKED,
                outcome=outcome,
                minutes=45 if outcome is CAME else None,
            )
            db.session.add(place)


def a_task_about(world, assessed) -> Task:
    """As the register leaves it after two missed sessions."""
    return worklist.open_task(
        kind="missed_twice",
        patient_id=assessed.patient,
        cause_kind="place",
        cause_id=db.session.scalars(select(Place.id)).first(),
        clinic_id=world.coordinator.clinic_id,
        organisation_id=None,
        due_at=now(),
        by=TEST,
    )


def ended(world, episode_id: int, reason: EndReason = EndReason.COMPLETED) -> list[Letter]:
    with acting_as(world.physiotherapist), transaction():
        episode = states.locked(episode_id)
        states.move(episode, State.ENDED, by=world.physiotherapist, ended_reason=reason)
    return of(episode_id, "discharge")


def of(episode_id: int, kind: str) -> list[Letter]:
    query = select(Letter).where(Letter.episode_id == episode_id, Letter.kind == kind)
    return list(db.session.scalars(query))


@pytest.fixture
def inside(app, world):
    with app.app_context(), acting_as(TEST):
        yield


def measured(world, episode_id: int, seconds: float, days_ago: int) -> None:
    day = local(world.coordinator.clinic_id, now()).date() - timedelta(days=days_ago)
    with acting_as(world.physiotherapist):
        episode = db.session.get_one(Episode, episode_id)
        assessments.record(
            episode_id=episode_id,
            assessed_on=day,
            tests=[{"name": "timed_up_and_go_s", "value": seconds, "on": day.isoformat()}],
            phase=episode.phase,
            band=episode.band,
            taught=("E01",),
            by=world.physiotherapist,
        )


def test_the_end_is_told_with_attendance_and_outcomes_in_five_lines(inside, world, assessed):
    measured(world, assessed.episode, 12, 1)
    been(world, assessed.episode, CAME, MISSED, CAME)
    (letter,) = ended(world, assessed.episode)
    five = letter.body.partition("\n\n")[0].splitlines()
    assert len(five) == 5
    assert five[2:] == [
        "How it ended: Completed the programme.",
        "Attended 2 of 3 sessions (did not attend 1).",
        "Timed Up and Go 13.2 s to 12 s.",
    ]
    assert "- 90 minutes of supervised exercise in all." in letter.body


def test_a_decline_has_its_own_letter_and_no_second_one(inside, world):
    episode_id = factories.a_referral(world).referral.episode_id
    with acting_as(world.physiotherapist):
        decisions.decline(episode_id=episode_id, reason="other", comment="No.", by=world.physiotherapist)
    assert (len(of(episode_id, "declined")), of(episode_id, "discharge")) == (1, [])


@pytest.mark.parametrize("reason", [EndReason.WITHDRAWN, EndReason.DUPLICATE])
def test_what_the_practice_did_itself_is_not_told_to_it(inside, world, assessed, reason):
    assert ended(world, assessed.episode, reason) == []


def test_a_death_is_told_to_the_practice_and_to_nobody_else(inside, world, assessed):
    with acting_as(world.coordinator):
        patients.record_death(
            patient=db.session.get_one(Patient, assessed.patient),
            on=local(world.coordinator.clinic_id, now()).date(),
            source="daughter",
            by=world.coordinator,
        )
    (letter,) = of(assessed.episode, "discharge")
    assert "The patient has died" in letter.body
    assert "nothing more is sent" in letter.body


def test_two_missed_sessions_are_a_persons_letter_once(app, inside, world, coordinator, assessed):
    been(world, assessed.episode, CAME, MISSED, MISSED)
    page = f"/patients/{assessed.patient}/letters"
    assert "Write that they did not attend" in coordinator.get(page).text
    refused = coordinator.post(f"{page}/did-not-attend", page, reached="no_answer", next_step="")
    assert (refused.status_code, "Write what happens next" in refused.text) == (422, True)
    coordinator.post(f"{page}/did-not-attend", page, reached="no_answer", next_step="We ring on Monday.")
    db.session.expire_all()
    (letter,) = of(assessed.episode, "did_not_attend")
    assert letter.body.count(" and ") >= 1
    assert "nobody answered" in letter.body
    assert "We ring on Monday." in letter.body
    assert "Write that they did not attend" not in coordinator.get(page).text
    assert letters.missed(assessed.patient) is None


def test_where_the_task_stands_the_letter_is_one_press(inside, world, coordinator, assessed):
    been(world, assessed.episode, CAME, MISSED, MISSED)
    task = a_task_about(world, assessed)
    page = f"/worklist/tasks/{task.id}"
    shown = coordinator.get(page).text
    assert "Nobody answered: write the letter" in shown
    next_step = re.search(r'name="next_step" value="([^"]+)"', shown).group(1)
    send = f"/patients/{assessed.patient}/letters/did-not-attend"
    coordinator.post(send, page, reached="no_answer", next_step=next_step)
    db.session.expire_all()
    (letter,) = of(assessed.episode, "did_not_attend")
    assert "nobody answered" in letter.body and "We keep the place" in letter.body


def test_nobody_is_written_about_who_came(inside, world, coordinator, assessed):
    been(world, assessed.episode, CAME)
    page = f"/patients/{assessed.patient}/letters"
    assert "Write that they did not attend" not in coordinator.get(page).text
    assert coordinator.post(f"{page}/did-not-attend", page, reached="spoke", next_step="x").status_code == 422


def test_the_patients_page_leads_to_every_letter_about_them(coordinator, assessed):
    assert (
        f'href="/patients/{assessed.patient}/letters"'
        in coordinator.get(f"/patients/{assessed.patient}").text
    )
    page = coordinator.get(f"/patients/{assessed.patient}/letters").text
    assert "Accepted for supervised exercise" in page
    assert "Referral received" in page


def test_another_clinics_staff_find_no_letters(app, assessed):
    with app.app_context(), acting_as(TEST):
        other = factories.a_world("Elsewhere").coordinator
    client = factories.signed_in(app.test_client(), other)
    assert client.get(f"/patients/{assessed.patient}/letters").status_code == 404
