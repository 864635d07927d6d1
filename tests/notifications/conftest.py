"""A small clinic, its people and its six tables, for the post office's tests."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday, GMT
EVERY_DAY = {str(day): ["09:00", "17:00"] for day in range(5)}


class Post:
    """What a test needs at hand: the clinic, its tables of wiring, and ways to make people and texts."""

    def __init__(self, app):
        from clinic import wiring
        from clinic.app import wire

        self.app = app
        self.heard: list[tuple[str, dict]] = []
        events = {name: (self._hear(name),) for name in wiring.EVENTS}
        self.tables = SimpleNamespace(REPLIES={}, EVENTS=events, PLANNERS={}, FACTS={})
        wire(app, self.tables)
        self.facts: dict[int, object] = {}
        self.tables.FACTS["place"] = lambda ids: {i: self.facts[i] for i in ids if i in self.facts}
        self.clinic_id = self.clinic()

    def _hear(self, name):
        def handler(**facts):
            self.heard.append((name, facts))

        return handler

    def clinic(self, name="Riverside Bone Health", **changes):
        from clinic.access.models import Clinic
        from clinic.extensions import db, transaction

        with transaction():
            row = Clinic(
                name=name,
                zone="Europe/London",
                phone="01632 960000",
                opening=EVERY_DAY,
                duty_phone="+447700900999",
                duty_email="duty@riverside.invalid",
                **changes,
            )
            db.session.add(row)
            db.session.flush()
            return row.id

    def patient(self, name="Ada", number="+447700900001", clinic_id=None, **contact):
        from clinic.columns import blind_index
        from clinic.extensions import db, transaction
        from clinic.patients.models import Contact, ContactKind, Patient

        with transaction():
            person = Patient(
                clinic_id=clinic_id or self.clinic_id,
                given_name=name,
                family_name="Okafor",
                family_name_index="x",
                family_prefix_index="x",
                birth_date="1950-03-02",
            )
            db.session.add(person)
            db.session.flush()
            if number:
                facts = {"confirmed_on": NOON.date(), **contact}
                db.session.add(
                    Contact(
                        clinic_id=person.clinic_id,
                        patient_id=person.id,
                        kind=ContactKind.MOBILE,
                        value=number,
                        value_index=blind_index("phone", number),
                        **facts,
                    )
                )
            return person.id

    def plan(self, patient_id, cause_id=1, **changes):
        """Plan a reminder of a class at 15:00, due now; True when it was new."""
        from clinic.extensions import db, transaction
        from clinic.notifications import outbox
        from clinic.patients.models import Patient

        self.facts.setdefault(
            cause_id, {"day": "Tue", "date": "24 Nov", "time": "15:00", "venue": "The Hall"}
        )
        given = {
            "text": "reminder",
            "purpose": "reminder",
            "cause_kind": "place",
            "cause_id": cause_id,
            "rule": "reminder",
            "due_at": NOON,
            "expires_at": NOON + timedelta(hours=3),
            "now": NOON,
        }
        with transaction():
            return outbox.plan_one(patient=db.session.get_one(Patient, patient_id), **{**given, **changes})

    def messages(self):
        from clinic.extensions import db
        from clinic.notifications.models import Message

        db.session.expire_all()
        rows = db.session.scalars(db.select(Message).order_by(Message.id)).all()
        db.session.commit()
        return rows

    def calls(self):
        from clinic.extensions import db
        from clinic.worklist.models import CallListEntry

        rows = db.session.execute(db.select(CallListEntry.kind, CallListEntry.patient_id)).all()
        db.session.commit()
        return [tuple(row) for row in rows]


@pytest.fixture
def post(app_context):
    from clinic.viewer import acting_as, system

    with acting_as(system("test")):
        yield Post(app_context.app)


ACCOUNT, TOKEN, SENDER = "AC" + "0" * 32, "t" * 32, "+447700900000"


@pytest.fixture
def provider(tmp_path):
    """Twilio's verified fake, in a thread: lists at once, calls nobody back unless a test asks."""
    from clinic.simulator.server import start
    from clinic.simulator.settings import Tempo

    tempo = Tempo(listing_lag_least=0, listing_lag_most=0)
    handle = start(
        0,
        tmp_path / "simulator.sqlite3",
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        webhook_base_url="http://127.0.0.1:1",
        tempo=tempo,
    )
    yield handle
    handle.stop()


@pytest.fixture
def wired(make_app, provider):
    """The application, its post office, and a provider that answers; delivers with four threads."""
    from clinic.viewer import acting_as, system

    app = make_app(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_url=provider.url,
        public_base_url="http://127.0.0.1:1",
        delivery_time_scale=0.1,
    )
    with app.app_context(), acting_as(system("test")):
        post = Post(app)
        post.provider = provider
        yield post


@pytest.fixture
def desk(make_app, provider):
    """A coordinator's browser, a patient whose number is confirmed, one text that is not due yet."""
    from clinic.extensions import db, transaction
    from clinic.patients.models import Contact
    from clinic.viewer import acting_as, system
    from tests import factories

    app = make_app(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_api_url=provider.url)
    with app.app_context(), acting_as(system("test")):
        clinic = factories.a_clinic()
        patient = factories.a_patient(clinic)
        email = factories.a_member_of_staff(clinic).email
        with transaction():
            db.session.scalars(db.select(Contact)).one().confirmed_on = NOON.date()
        _plan_welcome(patient.id)
        app.patient_id = patient.id
    app.browser = factories.sign_in(app.test_client(), email)
    return app


def _plan_welcome(patient_id):
    from clinic.extensions import db, now, transaction
    from clinic.notifications import outbox
    from clinic.patients.models import Patient

    with transaction():
        outbox.plan_one(
            patient=db.session.get_one(Patient, patient_id),
            text="welcome",
            purpose="welcome",
            cause_kind="drill",
            cause_id=1,
            rule="welcome",
            due_at=now() + timedelta(days=2),
            expires_at=now() + timedelta(days=9),
            now=now(),
        )
