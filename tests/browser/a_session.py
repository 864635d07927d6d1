"""A class that begins at this moment, with four people in it: `python -m tests.browser.a_session EMAIL`.

Run in the service's own environment; what it made is printed as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.models import Clinic, Role, User
from clinic.app import create_app
from clinic.classes import queries, seats
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
        session = factories.sessions_of(factories.a_class(clinic, capacity=8, weeks=1))[0]
        for n, name in enumerate(PEOPLE):
            person = factories.a_person(clinic, name, mobile=f"+4477009009{n:02}")
            factories.assessed(person, physio)
            seats.change(takes=[VisitTake(session.id, person.id)], by=by, now=now())
        begins = now()
        day = access.local(clinic.id, begins).date()
        session.instructor_id, session.local_date = lead.id, day
        session.starts_at, session.ends_at = begins, begins + timedelta(hours=1)
        for place in queries.places_of(session.id):
            place.local_date = day
        print(json.dumps({"session": session.id, "name": session.klass.name}))


if __name__ == "__main__":
    main(sys.argv[1])
