"""A standing seat's life after the offer: leaving, pausing, coming back, and where that puts the episode."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from clinic import audit
from clinic.access import queries as access
from clinic.classes import handover, queries, reminders, seats, turn, waiting
from clinic.classes.errors import CannotSeat, CannotTakeASeat, TooLateToUndo
from clinic.classes.models import Member, MemberState, Place
from clinic.classes.offer_rows import StandingLine
from clinic.classes.takes import Change, Release, StandingRelease, StandingTake, VisitRelease
from clinic.extensions import db, emit, transaction
from clinic.referrals import states
from clinic.referrals.models import State
from clinic.viewer import Viewer

SEATABLE = (State.WAITING, State.OFFERED, State.IN_CLASS)
UNDO_WITHIN = timedelta(minutes=30)
MOVED = "moved_class"


def settle(*, episode_id: int, by: Viewer, now: datetime) -> None:
    """Put an episode where its seats say: in class with a standing seat, else waiting, on the list.

    Who has not been assessed, is paused or has ended stays where they are (F3: a seat may be held meanwhile).
    """
    episode = states.locked(episode_id)
    if episode.state not in SEATABLE or episode.suspended_at is not None:
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
def pause_all(
    *, episode_id: int, reason: str, by: Viewer, now: datetime, until: date | None = None
) -> Change:
    """The class seats are kept, the sessions are lent, and the person is off the waiting list (F35).

    With a day of return, the places from then on stay theirs.
    """
    return _let_go(episode_id, MemberState.PAUSED, reason, by, now, until)


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


@transaction()
def undo_leave(*, member_id: int, by: Viewer, now: datetime) -> Change:
    """Take a seat back that was given up by mistake, within half an hour and if it is still free.

    Raises TooLateToUndo.
    """
    member = db.session.get_one(Member, member_id)
    seats.lock_people([member.episode_id])
    left = db.session.execute(
        select(func.max(Place.released_at)).where(
            Place.episode_id == member.episode_id, Place.kind == "standing", Place.released_at.is_not(None)
        )
    ).scalar()
    if member.state is not MemberState.LEFT or left is None or now - left > UNDO_WITHIN:
        raise TooLateToUndo
    try:
        with transaction():
            take = StandingTake(member.class_id, member.episode_id, member.left_on or member.from_date)
            done = seats.change(takes=[take], by=by, now=now)
    except CannotSeat:
        raise TooLateToUndo from None
    reminders.follow(done, now=now)
    audit.record("member.leave_undone", by=by, about=member)
    settle(episode_id=member.episode_id, by=by, now=now)
    return done


@transaction()
def move(
    *,
    member_id: int,
    to_class_id: int,
    on: date,
    by: Viewer,
    now: datetime,
    out_of_turn: str | None = None,
) -> Change:
    """Another class from a date on, in one step: the old seat goes on only when the new one is certain.

    Raises ClassIsFull, AlreadyHasAPlace, CannotTakeASeat or PassesOver, and then nothing has changed.
    """
    member = db.session.get_one(Member, member_id)
    seats.lock_people([member.episode_id])
    if member.state is not MemberState.ACTIVE:
        raise CannotTakeASeat(episode_id=member.episode_id)
    turn.insist(member.episode_id, [StandingLine(to_class_id, on)], by=by, now=now, out_of_turn=out_of_turn)
    done = handover.change(
        takes=[StandingTake(to_class_id, member.episode_id, on)],
        releases=[StandingRelease(member_id, on, MOVED)],
        by=by,
        now=now,
        not_to=[member.episode_id],
    )
    audit.record("member.moved", by=by, about=member, to_class=to_class_id)
    return done


def _let_go(
    episode_id: int, to: MemberState, reason: str, by: Viewer, now: datetime, until: date | None = None
) -> Change:
    seats.lock_people([episode_id])
    today = _today(episode_id, now)
    members = [m for m in queries.members_of(episode_id) if m.state is not to]
    releases: list[Release] = [StandingRelease(m.id, today, reason, to, until) for m in members]
    coming = queries.coming_places(episode_id, now)
    places = [place for place in coming if to is MemberState.PAUSED or _on_its_own(place, members)]
    places = [place for place in places if until is None or place.local_date < until]
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
