"""A class that begins at this moment, with four people in it: `python -m tests.browser.a_session EMAIL`.

Run in the service's own environment; what it made is printed as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta

from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.models import Clinic, Role, User
from clinic.app import create_app
from clinic.classes import queries, seats, waiting
from clinic.classes.models import ClassSession
from clinic.classes.takes import VisitTake
from clinic.extensions import db, now, transaction
from clinic.viewer import acting_as
from tests.classes import factories

PEOPLE = ("Ada", "Bea", "Cai", "Dot")


def main(email: str) -> None:
    with create_app().app_context(), acting_as(factories.BY) as by, transaction():
        clinic = db.session.scalars(select(Clinic)).first()
        lead = db.session.scalars(select(User).where(User.email == email)).one()
        physio = db.session.scalars(select(User).where(User.role == Role.PHYSIOTHERAPIST)).first()
        assert clinic is not None and physio is not None
        begins = now()
        session = _session(clinic, begins + timedelta(minutes=30))
        for n, name in enumerate(PEOPLE):
            person = factories.a_person(clinic, name, mobile=f"+4477009009{n:02}")
            factories.assessed(person, physio)
            seats.change(takes=[VisitTake(session.id, person.id)], by=by, now=begins)
        session.instructor_id = lead.id
        _begin(session, begins)
        for place in queries.places_of(session.id):
            place.local_date = session.local_date
        print(json.dumps({"session": session.id, **_coming(clinic)}))


def _coming(clinic: Clinic) -> dict[str, object]:
    """A session of another day with somebody in it, and somebody who has waited longest of all."""
    session = _session(clinic, now() + timedelta(days=9))
    guest = factories.a_person(clinic, "Gwen", mobile="+447700900998")
    seats.change(takes=[VisitTake(session.id, guest.id)], by=factories.BY, now=now())
    long_ago = session.local_date - timedelta(days=400)
    first = factories.a_person(clinic, "Eve", mobile="+447700900997", referred_on=long_ago)
    waiting.enter(episode=first, by=factories.BY)
    later = session.local_date + timedelta(days=1)
    return {"coming": session.id, "later": later.isoformat(), "waiting": first.id}


def _session(clinic: Clinic, begins: datetime) -> ClassSession:
    (session,) = factories.sessions_of(factories.a_class(clinic, capacity=8, weeks=1))
    _begin(session, begins)
    return session


def _begin(session: ClassSession, begins: datetime) -> None:
    session.local_date = access.local(session.clinic_id, begins).date()
    session.starts_at, session.ends_at = begins, begins + timedelta(hours=1)
    db.session.flush()


if __name__ == "__main__":
    main(sys.argv[1])
