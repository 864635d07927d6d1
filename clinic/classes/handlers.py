"""What this room does when another one says something; named in `clinic.wiring.EVENTS`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from clinic.classes import accompanying, offers, queries, standing, waiting
from clinic.classes.candidates import MAY_SIT
from clinic.classes.models import MemberState
from clinic.classes.rules.capacity import Level, strictest
from clinic.classes.seat_rows import RETURN
from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.referrals.models import Episode, State
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist

BEFORE_THE_NEXT_CLASS = timedelta(hours=24)


def episode_moved(*, episode_id: int) -> None:
    """Who waits goes on the list; who may not sit gives back what they hold; who returns sits down again."""
    with _as_clinic(episode_id) as by:
        episode, now = db.session.get_one(Episode, episode_id), clock()
        if episode.state is State.ENDED:
            return  # `episode_ended` says so too
        if episode.state not in MAY_SIT:
            _withdraw_offers(episode_id, by)
            if episode.state is State.PAUSED:
                until = episode.next_on if episode.next_step == RETURN else None
                standing.pause_all(episode_id=episode_id, reason="paused", by=by, now=now, until=until)
            waiting.leave(episode_id=episode_id, by=by, now=now)
        elif episode.suspended_at is None:
            _sit_down(episode, by)


def episode_ended(*, episode_id: int, reason: str) -> None:
    """Every seat goes to who is next, in the same transaction."""
    with _as_clinic(episode_id) as by:
        _withdraw_offers(episode_id, by)
        standing.end_all(episode_id=episode_id, reason=reason, by=by, now=clock())


def episode_suspended(*, episode_id: int, reason: str) -> None:
    """No class until a person lifts it: the class seats are kept, the sessions are lent."""
    with _as_clinic(episode_id) as by:
        _withdraw_offers(episode_id, by)
        standing.pause_all(episode_id=episode_id, reason=reason, by=by, now=clock())


def level_raised(*, episode_id: int) -> None:
    """Somebody needs more help than their class is staffed for: a person decides, nobody is moved alone."""
    with _as_clinic(episode_id) as by:
        episode, now = db.session.get_one(Episode, episode_id), clock()
        level = Level(episode.phase or "P1", episode.band or "high")
        for member in queries.members_of(episode_id):
            served = Level(member.klass.level_phase, member.klass.level_band)
            if strictest([level, served]) != served:
                worklist.open_task(
                    kind="class_too_light",
                    patient_id=episode.patient_id,
                    cause_kind="member",
                    cause_id=member.id,
                    clinic_id=episode.clinic_id,
                    organisation_id=episode.organisation_id,
                    due_at=now + BEFORE_THE_NEXT_CLASS,
                    by=by,
                )


def needs_recorded(*, patient_id: int) -> None:
    """Who comes with them takes room in their classes: who is over has an owner; spare room goes on."""
    for episode in queries.open_episodes(patient_id):
        with _as_clinic(episode.id) as by:
            accompanying.follow(episode_id=episode.id, by=by, now=clock())


def _sit_down(episode: Episode, by: Viewer) -> None:
    if any(m.state is MemberState.PAUSED for m in queries.members_of(episode.id)):
        standing.come_back(episode_id=episode.id, by=by, now=clock())
    if episode.state is State.WAITING:
        standing.settle(episode_id=episode.id, by=by, now=clock())


def _withdraw_offers(episode_id: int, by: Viewer) -> None:
    for offer in queries.open_offers(episode_id):
        offers.withdraw(offer_id=offer.id, by=by, now=clock())


@contextmanager
def _as_clinic(episode_id: int) -> Iterator[Viewer]:
    """Seats are freed for others whom a referrer or a patient's link cannot see."""
    by = system("seats follow the episode", queries.clinic_of(episode_id))
    with acting_as(by):
        yield by
