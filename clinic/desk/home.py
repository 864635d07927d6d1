"""What needs me now: each line of the home page is something to do, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from clinic.access import queries as access
from clinic.classes import queries as seats
from clinic.classes.models import ClassSession, Offer, OfferState, SessionState
from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.referrals.models import Episode, State
from clinic.worklist import queries as worklist
from clinic.worklist.models import Alert, CallListEntry, Task, Work

MOST = 12  # of each kind on the home page; the list has them all
LABELS: Mapping[State, str] = {
    State.BEING_DECIDED: "To decide",
    State.WITH_REFERRER: "With the referrer",
    State.ON_HOLD: "On hold",
    State.AWAITING_ASSESSMENT: "Awaiting assessment",
    State.WAITING: "Waiting for a class",
    State.OFFERED: "Class offered",
    State.IN_CLASS: "In class",
    State.PAUSED: "Paused",
}


@dataclass(frozen=True, slots=True)
class Home:
    """The desk's day: what is open, who waits for what, and today's sessions."""

    alerts: list[Alert]
    tasks: list[Task]
    calls: list[CallListEntry]
    to_decide: list[Episode]
    overdue: list[Episode]
    offers: list[Offer]
    sessions: list[ClassSession]
    spare: list[tuple[str, str, int, int]]
    counts: list[tuple[State, str, int]]
    people: dict[int, Patient]

    @property
    def urgent(self) -> list[tuple[str, str, Work]]:
        """Alerts, then tasks and calls by their clock: (word, colour, row)."""
        others: list[tuple[str, str, Work]] = [("Task", "grey", row) for row in self.tasks]
        others += [("Call", "blue", row) for row in self.calls]
        others.sort(key=lambda one: one[2].due_at)
        return [*(("Alert", "red", row) for row in self.alerts), *others]

    @property
    def calm(self) -> bool:
        return not (self.alerts or self.tasks or self.calls or self.to_decide or self.overdue)


def for_staff(clinic_id: int, now: datetime) -> Home:
    """Everything a coordinator or physiotherapist starts from."""
    today = access.local(clinic_id, now).date()
    alerts, offers = worklist.open_work(Alert), _open_offers()
    tasks, calls = worklist.open_work(Task)[:MOST], worklist.open_work(CallListEntry)[:MOST]
    return Home(
        alerts=alerts,
        tasks=tasks,
        calls=calls,
        people=worklist.people([*alerts, *tasks, *calls, *offers]),
        to_decide=_in_state(State.BEING_DECIDED),
        overdue=_overdue(today),
        offers=offers,
        sessions=sessions_between(today, today + timedelta(days=1)),
        spare=_spare(clinic_id, now),
        counts=_counts(),
    )


def sessions_between(first: date, last: date, instructor_id: int | None = None) -> list[ClassSession]:
    """Sessions of these clinic dates that are not cancelled; one instructor's when asked."""
    query = (
        select(ClassSession)
        .where(ClassSession.local_date.between(first, last), ClassSession.state != SessionState.CANCELLED)
        .order_by(ClassSession.starts_at)
    )
    if instructor_id is not None:
        query = query.where(
            (ClassSession.instructor_id == instructor_id) | (ClassSession.second_id == instructor_id)
        )
    return list(db.session.scalars(query))


def _spare(clinic_id: int, now: datetime) -> list[tuple[str, str, int, int]]:
    """Free seats of the next seven days by level: phase, band, seats, sessions."""
    found: dict[tuple[str, str], list[int]] = {}
    for session in seats.sessions_with_room(clinic_id, now, now + timedelta(days=7)):
        free = found.setdefault((session.level_phase, session.level_band), [])
        free.append(session.capacity - session.taken)
    return [(*level, sum(free), len(free)) for level, free in sorted(found.items())]


def _in_state(state: State) -> list[Episode]:
    """Oldest first: nothing leaves by age."""
    query = select(Episode).where(Episode.state == state).order_by(Episode.next_on, Episode.id)
    return list(db.session.scalars(query))


def _overdue(today: date) -> list[Episode]:
    """Everybody whose next date has passed, whatever the state, but those still to decide (shown above)."""
    query = (
        select(Episode)
        .where(Episode.next_on < today, Episode.state.not_in((State.ENDED, State.BEING_DECIDED)))
        .order_by(Episode.next_on, Episode.id)
        .limit(20)
    )
    return list(db.session.scalars(query))


def _open_offers() -> list[Offer]:
    query = select(Offer).where(Offer.state == OfferState.OPEN).order_by(Offer.expires_at).limit(MOST)
    return list(db.session.scalars(query))


def _counts() -> list[tuple[State, str, int]]:
    rows = db.session.execute(select(Episode.state, func.count()).group_by(Episode.state))
    found = {state: int(count) for state, count in rows}
    return [(state, words, found.get(state, 0)) for state, words in LABELS.items()]
