"""A standing seat's life after the offer: leaving, pausing, coming back, and where that puts the episode."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from clinic import audit
from clinic.access import queries as access
from clinic.classes import handover, queries, reminders, seats, waiting
from clinic.classes.models import Member, MemberState, Place
from clinic.classes.takes import Change, Release, StandingRelease, StandingTake, VisitRelease
from clinic.extensions import db, emit, transaction
from clinic.referrals import states
from clinic.referrals.models import State
from clinic.viewer import Viewer

SEATABLE = (State.WAITING, State.OFFERED, State.IN_CLASS)

SEATABLE = (State.WAITING, State.OFFERED, State.IN_CLASS)


def settle(*, episode_id: int, by: Viewer, now: datetime) -> None:
    """Put an episode where its seats say: in class with a standing seat, else waiting, on the list.

    Who has not been assessed, is paused or has ended stays where they are (F3: a seat may be held meanwhile).
    """
    episode = states.locked(episode_id)
    if (
        episode.state not in (State.WAITING, State.OFFERED, State.IN_CLASS)
        or episode.suspended_at is not None
    ):
        return
    has = {member.state for member in queries.members_of(episode_id)}
    if MemberState.HELD not in has:
        wanted = State.IN_CLASS if MemberState.ACTIVE in has else State.WAITING
        if episode.state is not wanted:
            states.move(episode, wanted, by=by)
    if MemberState.ACTIVE in has:
        waiting.leave(episode_id=episode_id, by=by, now=now)
    elif episode.state is State.WAITING:
        waiting.enter(episode=episode, by=by)


@transaction()
def leave(*, member_id: int, on: date, reason: str, by: Viewer, now: datetime) -> Change:
    """Give up one standing seat from a date on; every seat it frees goes to who is next."""
    member = db.session.get_one(Member, member_id)
    seats.lock_people([member.episode_id])
    done = handover.change(
        releases=[StandingRelease(member_id, on, reason)], by=by, now=now, not_to=[member.episode_id]
    )
    audit.record("member.left", by=by, about=member, reason=reason)
    settle(episode_id=member.episode_id, by=by, now=now)
    return done


@transaction()
def pause_all(*, episode_id: int, reason: str, by: Viewer, now: datetime) -> Change:
    """The class seats are kept, the sessions are lent, and the person is off the waiting list (F35)."""
    return _let_go(episode_id, MemberState.PAUSED, reason, by, now)


@transaction()
def end_all(*, episode_id: int, reason: str, by: Viewer, now: datetime) -> Change:
    """Every seat goes to who is next, and the person is off the waiting list."""
    return _let_go(episode_id, MemberState.LEFT, reason, by, now)


@transaction()
def come_back(*, episode_id: int, by: Viewer, now: datetime) -> Change:
    """Paused seats are taken up again, with every session that still has room."""
    seats.lock_people([episode_id])
    today = _today(episode_id, now)
    paused = [m for m in queries.members_of(episode_id) if m.state is MemberState.PAUSED]
    takes = [StandingTake(m.class_id, episode_id, max(today, m.from_date)) for m in paused]
    done = seats.change(takes=takes, by=by, now=now)
    reminders.follow(done, now=now)
    return done


def _let_go(episode_id: int, to: MemberState, reason: str, by: Viewer, now: datetime) -> Change:
    seats.lock_people([episode_id])
    today = _today(episode_id, now)
    members = [m for m in queries.members_of(episode_id) if m.state is not to]
    releases: list[Release] = [StandingRelease(m.id, today, reason, to) for m in members]
    coming = queries.coming_places(episode_id, now)
    places = [place for place in coming if to is MemberState.PAUSED or _on_its_own(place, members)]
    releases += [VisitRelease(place.id, reason) for place in places]
    waiting.leave(episode_id=episode_id, by=by, now=now)
    done = handover.change(releases=releases, by=by, now=now, not_to=[episode_id])
    for place_id in done.released:
        emit("place_freed", place_id=place_id)
    return done


def _on_its_own(place: Place, members: Sequence[Member]) -> bool:
    """No standing seat will free it: a visit, or a date of a class whose seat has gone on elsewhere."""
    return place.kind == "visit" or place.session.class_id not in {member.class_id for member in members}


def _today(episode_id: int, now: datetime) -> date:
    return access.local(queries.clinic_of(episode_id), now).date()
