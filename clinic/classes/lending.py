"""A pause with a day of return: the seat is kept, its dates are lent until then, and then it is theirs.

An overdue return is a call for somebody, and the coming week is lent; nobody loses the seat by silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, func, select

from clinic import audit
from clinic.access import queries as access
from clinic.access import terms
from clinic.classes import handover, queries, seats
from clinic.classes.models import MemberState
from clinic.classes.rules import lending as rules
from clinic.classes.seat_rows import RETURN
from clinic.classes.takes import VisitRelease
from clinic.extensions import db, emit, transaction
from clinic.referrals import states
from clinic.referrals.models import Episode, State, StateChange
from clinic.viewer import Viewer
from clinic.worklist import services as worklist
from clinic.worklist.models import CallListEntry, Task

OVERDUE, RESCREEN, CAUSE = "return_overdue", "screen_again_before_return", "pause"


class CannotPause(Exception):
    """The dates make no sense, or the person is not in a state that can pause; the text is for the page."""


class NotScreenedAgain(Exception):
    """Away for more than four weeks: nobody sits down again before they were asked what is new."""

    text = "Away for more than four weeks: ask the screening questions again first."


def kept_for(clinic_id: int) -> timedelta:
    """How long this clinic keeps a seat through a pause."""
    return timedelta(weeks=terms.of(clinic_id, terms.PAUSE_WEEKS))


@transaction()
def pause(*, episode_id: int, reason: str, returns_on: date, by: Viewer, now: datetime) -> None:
    """Away until a clinic date: the seat is kept, its dates before that day go to who is next.

    Raises CannotPause, or CannotMove for somebody who cannot be paused.
    """
    episode = states.locked(episode_id)
    today = access.local(episode.clinic_id, now).date()
    if problem := rules.problem(today, today, returns_on, kept_for(episode.clinic_id)):
        raise CannotPause(problem)
    states.move(episode, State.PAUSED, by=by, reason=reason, next_on=returns_on, next_step=RETURN)
    if rules.screened_again(today, returns_on):
        _screen_again(episode, returns_on, by)


@transaction()
def put_off(*, episode_id: int, returns_on: date, by: Viewer, now: datetime) -> None:
    """Back later, or sooner, than was said; the dates up to then are lent. Raises CannotPause."""
    episode = _paused(episode_id)
    today = access.local(episode.clinic_id, now).date()
    away_since = paused_on(episode)
    if problem := rules.problem(away_since, today, returns_on, kept_for(episode.clinic_id)):
        raise CannotPause(problem)
    states.plan_next(episode, by=by, next_on=returns_on, next_step=RETURN)
    _lend(episode, today, returns_on, by=by, now=now)
    if rules.screened_again(away_since, returns_on):
        _screen_again(episode, returns_on, by)
    _close(episode, CallListEntry, OVERDUE, "put_off", by)


@transaction()
def back(*, episode_id: int, by: Viewer, now: datetime, screened: bool = False) -> State:
    """They are back: every date that still has room is theirs at once, and from the return on all are.

    Where they go: in class with a seat, else waiting in their old turn. Raises NotScreenedAgain, CannotPause.
    """
    episode = _paused(episode_id)
    today = access.local(episode.clinic_id, now).date()
    if rules.screened_again(paused_on(episode), today) and not screened:
        raise NotScreenedAgain
    seated = any(m.state is MemberState.PAUSED for m in queries.members_of(episode_id))
    assessed = episode.confirmed_on is not None
    to = State.IN_CLASS if seated else State.WAITING if assessed else State.AWAITING_ASSESSMENT
    states.move(episode, to, by=by, reason="resumed")
    _close(episode, CallListEntry, OVERDUE, "back", by)
    _close(episode, Task, RESCREEN, "screened" if screened else "not_needed", by)
    return to


def overdue(clinic_id: int, today: date) -> Sequence[Episode]:
    """Who said they would be back and is not, longest first."""
    query = select(Episode).where(
        Episode.clinic_id == clinic_id,
        Episode.state == State.PAUSED,
        Episode.suspended_at.is_(None),
        Episode.next_step == RETURN,
        Episode.next_on < today,
    )
    return db.session.scalars(query.order_by(Episode.next_on, Episode.id)).all()


def settle(clinic_id: int, *, by: Viewer, now: datetime) -> int:
    """Somebody rings each person who is overdue, once, and the coming week of their seat is lent."""
    today = access.local(clinic_id, now).date()
    late = overdue(clinic_id, today)
    for episode in late:
        with suppress(CannotPause):  # back, or suspended, a moment ago
            _ring_once(episode.id, today, by=by, now=now)
    return len(late)


def paused_on(episode: Episode) -> date:
    """The clinic date on which the present pause began."""
    query = select(func.max(StateChange.at)).where(
        StateChange.episode_id == episode.id, StateChange.after == State.PAUSED
    )
    began = db.session.execute(query).scalar_one()
    return access.local(episode.clinic_id, began).date()


@transaction()
def _ring_once(episode_id: int, today: date, *, by: Viewer, now: datetime) -> None:
    episode = _paused(episode_id)
    assert episode.next_on is not None
    since = _start_of(episode, episode.next_on)
    rung = exists().where(
        CallListEntry.kind == OVERDUE,
        CallListEntry.cause_kind == CAUSE,
        CallListEntry.cause_id == episode.id,
        CallListEntry.raised_at >= since,
    )
    if not db.session.execute(select(rung)).scalar_one():
        worklist.add_call(kind=OVERDUE, due_at=now, **_about(episode), by=by)
    _lend(episode, today, rules.lent_until(today, episode.next_on), by=by, now=now)


def _lend(episode: Episode, first: date, until: date, *, by: Viewer, now: datetime) -> None:
    """Free the places from `first` up to, not including, `until`; each goes to who is next."""
    classes = {m.class_id for m in queries.members_of(episode.id) if m.state is MemberState.PAUSED}
    coming = queries.coming_places(episode.id, now)
    lent = [p for p in coming if p.session.class_id in classes and first <= p.local_date < until]
    if not lent:
        return
    releases = [VisitRelease(place.id, "paused") for place in lent]
    done = handover.change(releases=releases, by=by, now=now, not_to=[episode.id])
    audit.record("seat.lent", by=by, about=episode, places=done.released)
    for place_id in done.released:
        emit("place_freed", place_id=place_id)


def _screen_again(episode: Episode, returns_on: date, by: Viewer) -> None:
    due = _start_of(episode, returns_on - timedelta(days=7))
    worklist.open_task(kind=RESCREEN, due_at=due, **_about(episode), by=by)


def _close(
    episode: Episode, model: type[Task] | type[CallListEntry], kind: str, outcome: str, by: Viewer
) -> None:
    worklist.close_open(model, [kind], cause_kind=CAUSE, cause_id=episode.id, outcome=outcome, by=by)


def _about(episode: Episode) -> dict[str, object]:
    return {
        "patient_id": episode.patient_id,
        "cause_kind": CAUSE,
        "cause_id": episode.id,
        "clinic_id": episode.clinic_id,
        "organisation_id": episode.organisation_id,
    }


def _start_of(episode: Episode, day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=access.zone_of(episode.clinic_id))


def _paused(episode_id: int) -> Episode:
    """The paused episode under its lock; a suspension is lifted by who looked, not here."""
    seats.lock_people([episode_id])
    episode = states.locked(episode_id)
    if episode.state is not State.PAUSED or episode.suspended_at is not None:
        raise CannotPause("This person is not paused, or is suspended until a physiotherapist has looked.")
    return episode
