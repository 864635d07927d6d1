"""Promise P5: who somebody is stands in no log and, in the database, nowhere in plain text."""

import logging
import re
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from clinic.extensions import db, transaction
from clinic.patients import services as patients
from clinic.patients.models import Patient
from clinic.viewer import acting_as
from clinic.worklist import services as worklist
from tests.factories import csrf
from tests.referrals import factories
from tests.referrals.factories import TEST

GIVEN, FAMILY, CARER = "Zebedee", "Quixotefontaine", "Hesperanza"
PHONE, NHS_NUMBER = "07700900877", "9990000069"
ADDRESS, POSTCODE, WORDS = "77 Marzipan Crescent", "ZZ99 9ZZ", "she keeps a cockatrice"
PLAIN = re.compile(
    "|".join([GIVEN, FAMILY, CARER, "7700 ?900 ?877", "999 ?000 ?0069", "Marzipan", "ZZ99", "cockatrice"]),
    re.I,
)


@pytest.fixture
def lived(make_app, caplog):
    """A referral, a page, a search, a link, an alert and an error, all about one invented man."""
    caplog.set_level(logging.DEBUG)
    app = make_app()
    app.testing = False
    app.add_url_rule("/fails", "fails", fails)
    secrets = [PLAIN]
    with app.app_context(), acting_as(TEST):
        world = factories.a_world()
        person = factories.a_patient(
            given_name=GIVEN,
            family_name=FAMILY,
            nhs_number=NHS_NUMBER,
            mobile=PHONE,
            address=ADDRESS,
            postcode=POSTCODE,
        )
        raw = f'{{"resourceType": "Bundle", "name": "{GIVEN} {FAMILY}"}}'
        received = factories.a_referral(world, patient=person, note=WORDS, raw=raw)
        episode = factories.accept(world, received.referral)
        patient = db.session.scalars(select(Patient)).one()
        carer = {"name": CARER, "relationship": "son"}
        patients.add_phone(patient=patient, number="07700 900878", carer=carer, by=TEST)
        token = patients.make_link(patient=patient, purpose="page", by=TEST)
        about = {"patient_id": patient.id, "clinic_id": patient.clinic_id, "organisation_id": None}
        cause = {"cause_kind": "episodes", "cause_id": episode.id, "due_at": received.referral.received_at}
        alert = worklist.raise_alert(kind="fall", note=WORDS, by=TEST, **cause, **about)
        worklist.close(work=alert, outcome="reached", note=WORDS, by=TEST)
        patient_id = patient.id
    client = factories.signed_in(app.test_client(), world.physiotherapist)
    with client.session_transaction() as cookie:
        secrets.append(cookie["sign_in"])
    assert FAMILY in client.get(f"/patients/{patient_id}").text
    form = csrf(client.get("/search").text)
    assert FAMILY in client.post("/search", data={"csrf_token": form, "words": FAMILY}).text
    assert GIVEN in client.get(f"/p/{token}").text
    assert client.get(f"/p/{token}x").status_code == 404
    data = {
        "csrf_token": csrf(client.get("/sign-in").text),
        "email": f"{FAMILY}@x.invalid",
        "password": WORDS,
    }
    assert client.post("/sign-in", data=data).status_code == 422
    assert client.get("/fails").status_code == 500
    return [*secrets, token]


def fails():
    """An error whose text repeats what was typed, from the database too."""
    with acting_as(TEST), transaction():
        name = db.session.scalars(select(Patient)).first().full_name
        db.session.add(Patient(given_name=f"{GIVEN}", nhs_number=NHS_NUMBER, family_name=FAMILY))
        try:
            db.session.flush()
        except Exception as error:
            raise ValueError(f"{name} {PHONE}") from error


def found_in(text: str, secrets: list) -> list[str]:
    """Which secrets stand in the text."""
    (pattern, *tokens) = secrets
    return sorted({*pattern.findall(text), *(t for t in tokens if t in text)})


@pytest.mark.both_databases
def test_no_log_names_anybody(lived, caplog):
    records = caplog.get_records("setup")
    written = "\n".join(logging.Formatter().format(record) for record in records)
    assert "unhandled error" in written
    assert found_in(written, lived) == []


@pytest.mark.both_databases
def test_the_database_holds_nobody_in_plain(lived, database):
    dump = sqlite_bytes(database) if database.kind == "sqlite" else postgres_text(database)
    assert "awaiting_assessment" in dump
    assert found_in(dump, lived) == []


def sqlite_bytes(database) -> str:
    path = Path(database.url.removeprefix("sqlite:///"))
    files = [path, path.with_name(path.name + "-wal")]
    return "".join(f.read_bytes().decode("latin-1") for f in files if f.exists())


def postgres_text(database) -> str:
    """Every row of every table as a backup would hold it."""
    with psycopg.connect(database.superuser_url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = []
        for (name,) in names:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            rows += [row for (row,) in connection.execute(query).fetchall()]
    return "\n".join(rows)


def test_the_search_finds_what_it_looks_for():
    """A check that cannot fail is none."""
    for leak in (
        GIVEN,
        FAMILY.upper(),
        "+447700900877",
        "999 000 0069",
        "07700 900877",
        "Marzipan",
        "zz99 9zz",
    ):
        assert found_in(f"x{leak}y", [PLAIN])
    assert found_in("x tok3n y", [PLAIN, "tok3n"]) == ["tok3n"]
