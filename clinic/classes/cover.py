"""Cover: another colleague takes a session, for that date only; the series stays as it is (F29)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.access.models import Role, User
from clinic.classes import absences, cover_news, staffing
from clinic.classes.absences import LEAD
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.models import ClassSession, SessionState
from clinic.extensions import db, transaction
from clinic.viewer import Viewer


@transaction()
def assign(*, session_id: int, seat: str, staff_id: int, by: Viewer, now: datetime) -> int:
    """Put a colleague in the lead or second seat of one session; how many people are over with them there.

    An instructor so assigned sees this session and its register, and no other. Raises SessionIsOver, and
    BadTimetable when they are busy, away, or may not supervise.
    """
    user = _locked_user(staff_id)
    session = _locked(session_id, now)
    role = staffing.counts_as(user)
    if user.clinic_id != session.clinic_id or not user.active or role is None:
        raise BadTimetable("Choose a physiotherapist or instructor of this clinic.")
    lead = seat == LEAD
    beside, replaced = (session.second_id, session.instructor_id)[:: 1 if lead else -1]
    if staff_id in (beside, replaced):
        raise BadTimetable(f"{user.name} is in this session already.")
    if why := staffing.why_not_free(staff_id, session):
        raise BadTimetable(f"{user.name} {why}.")
    roles = list(session.staffing)
    gap = absences.open_gap(session_id, seat)
    if gap is not None:
        gap.covered_by_id, gap.closed_at = staff_id, now
    elif replaced is not None:
        roles = staffing.without(roles, staffing.counts_as(access.user(replaced)) or "")
    if lead:
        session.instructor_id = staff_id
    else:
        session.second_id = staff_id
    over = staffing.staff_with(session, [*roles, role], by=by, now=now)
    cover_news.asked(session, staff_id, now=now)
    if replaced is not None:
        cover_news.over(session, replaced, now=now)
    audit.record("session.covered", by=by, about=session, seat=seat, staff_id=staff_id, over=over)
    return over


def who_can(session: ClassSession) -> list[tuple[User, str | None]]:
    """Everybody who may supervise, with what keeps them from this session; those who are free come first."""
    staff = access.staff_of(session.clinic_id, Role.PHYSIOTHERAPIST, Role.INSTRUCTOR)
    others = [user for user in staff if user.id not in (session.instructor_id, session.second_id)]
    found = [(user, staffing.why_not_free(user.id, session)) for user in others]
    return sorted(found, key=lambda one: (one[1] is not None, one[0].name))


def _locked_user(staff_id: int) -> User:
    """Two sessions that want the same colleague at once wait for each other here."""
    query = select(User).where(User.id == staff_id).with_for_update(key_share=True)
    user = db.session.scalars(query).first()
    if user is None:
        raise BadTimetable("Choose a colleague of this clinic.")
    return user


def _locked(session_id: int, now: datetime) -> ClassSession:
    query = select(ClassSession).where(ClassSession.id == session_id)
    session = db.session.scalars(
        query.with_for_update(of=ClassSession, key_share=True).execution_options(populate_existing=True)
    ).first()
    if session is None or session.state is not SessionState.PLANNED or session.ends_at <= now:
        raise SessionIsOver
    return session
