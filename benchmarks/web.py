"""P11: the register's page against a minimal signed-in page of the same app, and its statements.

`python -m benchmarks.web [--people N] [--pages N] [--rounds N]`: both pages are asked for in turn, by an
instructor and by a coordinator, of one session with its people, on PostgreSQL. Statements are judged hard.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.floors import signed_in_page
from benchmarks.harness import Line, interleaved, report
from clinic.access import sessions
from clinic.access.models import Clinic, Role, User
from clinic.app import create_app
from clinic.classes import queries, seats
from clinic.classes.takes import VisitTake
from clinic.extensions import at, db, transaction
from clinic.referrals import engine
from clinic.referrals.models import Decision
from clinic.viewer import acting_as
from tests import databases, servers
from tests.classes import factories

SHARE, STATEMENTS, ROSTER_OF = 0.6, 9, (1, 12, 50)
CASE = {
    "fracture": {"date": "2026-04-20", "site": "vertebral", "confirmed_by": "xray"},
    "pain": {"rest": 2, "movement": 3},
    "mobility": {"walks_10m": True},
    "progress": {"taught": ["E01", "E02", "E03", "E05"]},
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    keeper = servers.keep()
    try:
        return report(run(options))
    finally:
        if keeper.stdin:
            keeper.stdin.close()


def run(options: argparse.Namespace) -> list[Line]:
    app = create_app(databases.postgres_database("_web").config())
    app.register_blueprint(signed_in_page.bp)
    lines = []
    for role in (Role.INSTRUCTOR, Role.COORDINATOR):
        town = Town(app, role, options.people)
        with at(town.starts):
            lines += town.measured(options)
    return lines


class Town:
    """One clinic, one member of staff who leads three sessions of different sizes that begin now."""

    def __init__(self, app: Flask, role: Role, people: int) -> None:
        self.app, self.role, self.people = app, role, people
        with at(factories.NOW), app.app_context(), acting_as(factories.BY):
            clinic = factories.a_clinic(f"Bench {role.value}")
            user = factories.a_user(clinic, role)
            sizes = sorted({*ROSTER_OF, people})
            self.sessions = {size: self._session(clinic, user, size) for size in sizes}
            self.starts = queries.session(self.sessions[people]).starts_at
            with at(self.starts):
                self.token = sessions.begin(user=user, by=factories.BY)

    def measured(self, options: argparse.Namespace) -> list[Line]:
        client, who = self._client(), self.role.value
        here, floor = f"/sessions/{self.sessions[self.people]}", f"/floor/{self.sessions[self.people]}"
        pages = {path: partial(self._ask, client, path, options.pages) for path in (floor, here)}
        timed = {"units": options.pages, "rounds": options.rounds}
        wall = interleaved(pages[floor], pages[here], clock=time.perf_counter, **timed)
        counts = {size: self._statements(client, session) for size, session in self.sessions.items()}
        most = max(counts.values())
        return [
            Line(f"{who}: minimal page of {self.people}, a second", wall.floor_per_second),
            Line(f"{who}: register of {self.people}, a second", wall.subject_per_second),
            Line(f"{who}: share of the minimal page", wall.share, SHARE),
            Line(f"{who}: statements of the request", most, STATEMENTS, at_least=False),
            Line(f"{who}: more statements for 50 than for 1", most - min(counts.values()), 0, at_least=False),
        ]

    def _session(self, clinic: Clinic, user: User, size: int) -> int:
        session = factories.sessions_of(factories.a_class(clinic, capacity=size))[0]
        with transaction():
            session.instructor_id = user.id
        answer = engine.suggestion(clinic.id, CASE, factories.TODAY).to_json()
        for n in range(size):
            with transaction():
                episode = factories.a_person(clinic, f"Person {n}", mobile=f"+4477009{n:05d}")
                episode.case = CASE
                for decision in db.session.query(Decision).filter_by(episode_id=episode.id):
                    decision.answer = answer  # as large as a real one
                seats.change(takes=[VisitTake(session.id, episode.id)], by=factories.BY, now=factories.NOW)
        return session.id

    def _client(self) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["sign_in"] = self.token
        return client

    def _ask(self, client: FlaskClient, path: str, times: int) -> None:
        for _ in range(times):
            answer = client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            assert answer.text.count('value="attended"') == self.people

    def _statements(self, client: FlaskClient, session_id: int) -> int:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            seen.append(statement)

        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            client.get(f"/sessions/{session_id}")
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)


if __name__ == "__main__":
    sys.exit(main())
