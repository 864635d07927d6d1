"""A clinic on a Monday morning and its staff's clients, for tests of pages."""

from contextlib import contextmanager

from clinic.access import sessions
from clinic.access.models import Role, User
from clinic.classes import places
from clinic.extensions import db, transaction
from clinic.viewer import acting_as
from tests.classes.factories import BY, NOW, a_class, a_clinic, a_person, a_user, assessed, sessions_of
from tests.factories import csrf


class House:
    """A clinic on a Monday morning: two classes, Ada waiting, and staff who sign in when asked for."""

    def __init__(self, app):
        self.app = app
        with self.inside():
            clinic = a_clinic()
            users = {role: a_user(clinic, role).id for role in STAFF}
            tuesday, friday = a_class(clinic), a_class(clinic, weekday=4)
            ada = assessed(a_person(clinic), db.session.get_one(User, users[Role.PHYSIOTHERAPIST]))
            first = sessions_of(tuesday)[0]
            with transaction():
                first.instructor_id = users[Role.INSTRUCTOR]
            self.clinic, self.users, self.starts = clinic.id, users, first.starts_at
            self.tuesday, self.friday, self.ada, self.session = tuesday.id, friday.id, ada.id, first.id

    @contextmanager
    def inside(self):
        with self.app.app_context(), acting_as(BY):
            yield

    def sign_in(self, user_id):
        client = self.app.test_client()
        with self.inside():
            token = sessions.begin(user=db.session.get_one(User, user_id), by=BY)
        with client.session_transaction() as cookie:
            cookie["sign_in"] = token
        return client

    def __getattr__(self, role):
        """A client of this role, signed in at this moment."""
        return self.sign_in(self.users[Role(role)])

    def another(self, role) -> int:
        """A colleague of the same role."""
        with transaction():
            row = User(email=f"other-{role}@example.org", name="Kim", role=role, clinic_id=self.clinic)
            db.session.add(row)
        return row.id

    def book(self) -> int:
        with self.inside():
            return places.book_visit(session_id=self.session, episode_id=self.ada, by=BY, now=NOW)


STAFF = (Role.COORDINATOR, Role.PHYSIOTHERAPIST, Role.INSTRUCTOR)


def post(client, path, page=None, **typed):
    token = csrf(client.get(page or path).text)
    return client.post(path, data={"csrf_token": token, **typed})


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]
