"""The one reminder of every place: planned by the same select for a whole session and for one new booking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Executable, FromClause, Integer, Select, bindparam, case, exists, select
from sqlalchemy.orm import aliased

from clinic.access import queries as access
from clinic.access.models import Clinic
from clinic.classes.models import ClassSession, Place, PlaceState, SessionState
from clinic.classes.takes import Change
from clinic.columns import UtcDateTime
from clinic.extensions import db
from clinic.notifications import outbox
from clinic.notifications.rules import window
from clinic.notifications.rules.wishes import EVE
from clinic.referrals.models import Episode

RULE = "reminder"
RULES = (RULE, EVE)  # what stops when a place is freed or its session moves
SESSION = (ClassSession.id, ClassSession.starts_at, ClassSession.revision, Clinic.zone)


def planner(now: datetime, until: datetime) -> Iterator[outbox.Round]:
    """One round over every coming session that was not planned at its present revision; none when all are.

    One moved so close that its reminder would be late already has none: the news of the move is the reminder.
    """
    query = _sessions().where(
        ClassSession.state == SessionState.PLANNED,
        ClassSession.starts_at > now,
        ClassSession.starts_at <= until,
        outbox.not_yet_swept(ClassSession.id, ClassSession.revision, RULE),
    )
    sessions = db.session.execute(query.order_by(ClassSession.id)).all()
    timely = [
        outbox.Due(one.id, one.revision, _due(one), one.starts_at) for one in sessions if _due(one) > now
    ]
    if timely:
        yield outbox.Round(RULE, timely, _of_sessions)


def follow(change: Change, *, now: datetime) -> None:
    """After a change of seats: remind of what was booked, stop reminding of what was freed."""
    for place_id in change.released:
        outbox.supersede(cause_kind="place", cause_id=place_id, rules=RULES, reason="released")
    _plan(change.places, change.sessions, now)


def plan_for(place_ids: Collection[int], *, now: datetime) -> int:
    """Plan the reminders of these places now; a later sweep of their sessions finds them planned."""
    if not place_ids:
        return 0
    query = (
        _sessions()
        .where(ClassSession.state == SessionState.PLANNED, ClassSession.starts_at <= now + outbox.HORIZON)
        .where(exists().where(Place.session_id == ClassSession.id, Place.id.in_(sorted(place_ids))))
        .order_by(ClassSession.id)
    )
    return _plan(place_ids, db.session.execute(query).all(), now)


def _plan(place_ids: Collection[int], sessions: Iterable[Any], now: datetime) -> int:
    """Plan the reminders of these places, which are in these sessions, all still to be held."""
    near = {one.id: one for one in sessions if one.starts_at <= now + outbox.HORIZON and _due(one) > now}
    statement = _of_places(db.engine.dialect.name)
    return sum(
        outbox.insert_prepared(statement, place_ids=sorted(place_ids), **_values(near[session_id]))
        for session_id in sorted(near)
    )


def due(clinic_id: int, starts_at: datetime) -> datetime:
    """When the reminder of a session that starts then is due, in UTC: three hours before, see the rule."""
    return window.due_at_reminder(starts_at, access.zone_of(clinic_id))


def _sessions() -> Any:
    """Sessions with their clinic's zone: no second look at the clinic for each."""
    return select(*SESSION).join(Clinic, Clinic.id == ClassSession.clinic_id)


def _due(session: Any) -> datetime:
    return window.due_at_reminder(session.starts_at, ZoneInfo(session.zone))


@cache
def _of_places(dialect: str) -> Executable:
    """The statement of named places of one session, its values still to be given: built once a database."""
    at, session = UtcDateTime(), SimpleNamespace()
    session.id = bindparam("session_id", type_=BigInteger())
    session.revision = bindparam("revision", type_=Integer())
    session.starts_at = bindparam("starts_at", type_=at)
    rows = _rows(session, bindparam("due_at", type_=at))
    return outbox.prepared(rows.where(Place.id.in_(bindparam("place_ids", expanding=True))))


def _values(session: Any) -> dict[str, Any]:
    moments = {"due_at": _due(session), "starts_at": session.starts_at}
    return {"session_id": session.id, "revision": session.revision, **moments}


def _of_sessions(due: FromClause) -> Select[Any]:
    given = due.c
    session = SimpleNamespace(id=given.session_id, revision=given.revision, starts_at=given.expires_at)
    return _rows(session, given.due_at)


def _rows(session: Any, due_at: Any) -> Select[Any]:
    """The reminders of a session's booked places; the first visit has its own words."""
    constants = outbox.columns(
        text=RULE,
        purpose="reminder",
        cause_kind="place",
        cause_revision=session.revision,
        rule=RULE,
        due_at=due_at,
        expires_at=session.starts_at,
    )
    return (
        select(
            *(column for column in constants if column.name != "text"),
            _words().label("text"),
            Place.id.label("cause_id"),
            Place.patient_id,
            Place.clinic_id,
            Place.organisation_id,
        )
        .join(Episode, Episode.id == Place.episode_id)
        .where(Place.session_id == session.id, Place.state == PlaceState.BOOKED)
    )


def _words() -> Any:
    """The first visit says what to bring; a visit has no weekly place to speak of."""
    return case(
        (_first_visit(), "reminder_first_visit"), (Place.kind == "visit", "reminder_visit"), else_="reminder"
    )


def _first_visit() -> Any:
    earlier = aliased(Place)
    before = exists().where(
        earlier.episode_id == Place.episode_id,
        earlier.local_date < Place.local_date,
        earlier.state == PlaceState.BOOKED,
    )
    return Episode.first_class_on.is_(None) & ~before
