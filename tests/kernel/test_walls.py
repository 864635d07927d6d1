"""Two walls between tenants: queries narrowed by the viewer, and PostgreSQL's row policies beneath."""

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import aliased

from clinic.extensions import db, transaction
from clinic.patients.models import Contact, Patient
from clinic.viewer import NoViewer, acting_as, client, patient_link, referrer, staff, system
from tests import factories


@pytest.fixture
def two(app_context):
    """Two clinics with a patient each; the second one's patient was referred by another practice."""
    made = []
    for n, name in enumerate(("Larkfield Clinic", "Elmbridge Clinic")):
        clinic = factories.a_clinic(name)
        practice = factories.a_practice(clinic, ods=f"X9900{n}")
        patient = factories.a_patient(clinic, practice, given_name=f"Person{n}", mobile=f"+4477009001{n}0")
        made.append((clinic.id, practice.id, patient.id))
    db.session.rollback()
    return made


WAYS = [
    select(Patient.id),
    select(func.count()).select_from(Patient),
    select(aliased(Patient).id),
    select(Contact.id).join(Patient, Patient.id == Contact.patient_id),
    update(Patient).values(language="cy"),
    delete(Contact),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("statement", WAYS, ids=range(len(WAYS)))
def test_with_no_viewer_every_statement_raises(two, statement):
    with pytest.raises(NoViewer), acting_as(None):
        db.session.execute(statement)
    db.session.rollback()


@pytest.mark.both_databases
def test_each_viewer_sees_its_own_and_nothing_else(two):
    (clinic, practice, patient), (_, other_practice, other) = two
    seen = {
        staff(1, clinic, "coordinator"): {patient},
        referrer(1, practice): {patient},
        client(1, other_practice): {other},
        patient_link(1, clinic, patient): {patient},
        patient_link(1, clinic, other): set(),
        system("test", clinic): {patient},
        system("test"): {patient, other},
    }
    for viewer, expected in seen.items():
        with acting_as(viewer):
            assert set(db.session.scalars(select(Patient.id))) == expected, viewer
            assert db.session.scalar(select(func.count()).select_from(Patient)) == len(expected)
            assert len(list(db.session.scalars(select(aliased(Contact).patient_id)))) == len(expected)
        db.session.rollback()


@pytest.mark.both_databases
def test_a_viewer_changed_in_mid_transaction_is_heeded(two):
    (clinic, _, patient), (second, _, other) = two
    with acting_as(staff(1, clinic, "coordinator")):
        assert list(db.session.scalars(select(Patient.id))) == [patient]
        with acting_as(staff(2, second, "coordinator")):
            assert list(db.session.scalars(select(Patient.id))) == [other]
    db.session.rollback()


@pytest.mark.both_databases
def test_a_lazy_load_is_narrowed_too(two):
    (clinic, _, patient), (_, _, other) = two
    with acting_as(staff(1, clinic, "coordinator")):
        assert db.session.get(Patient, other) is None
        assert db.session.get(Patient, patient) is not None
    db.session.rollback()


@pytest.mark.both_databases
def test_an_update_reaches_no_other_tenant(two):
    (clinic, _, _), _ = two
    with acting_as(staff(1, clinic, "coordinator")), transaction():
        changed = db.session.execute(update(Patient).values(language="cy")).rowcount
    assert changed == 1


@pytest.mark.both_databases
def test_a_row_of_another_clinic_cannot_be_written(two):
    (clinic, _, _), (second, _, other) = two
    with pytest.raises(NoViewer), acting_as(staff(1, clinic, "coordinator")), transaction():
        db.session.add(
            Contact(clinic_id=second, patient_id=other, kind="mobile", value="+447700900999", value_index="x")
        )
        db.session.flush()


@pytest.mark.both_databases
def test_a_row_of_another_clinic_cannot_be_written_past_the_objects(two):
    (clinic, _, _), (second, _, other) = two
    row = {"patient_id": other, "kind": "mobile", "value": "+447700900999", "value_index": "x"}
    for given in ({"clinic_id": second, **row}, [{"clinic_id": second, **row}]):
        with pytest.raises(NoViewer), acting_as(staff(1, clinic, "coordinator")), transaction():
            db.session.execute(insert(Contact.__table__), given)


@pytest.mark.both_databases
def test_the_same_statement_is_narrowed_for_each_who_runs_it(two):
    """It is built once and kept: only the viewer's own values differ."""
    (clinic, _, patient), (second, _, other) = two
    kept = select(Patient.id).order_by(Patient.id)
    viewers = (staff(1, clinic, "coordinator"), staff(2, second, "coordinator"), system("test"))
    seen = []
    for viewer in (*viewers, *viewers):
        with acting_as(viewer):
            seen.append(list(db.session.scalars(kept)))
    assert seen == [[patient], [other], [patient, other]] * 2


class TestTheSecondWall:
    """Raw SQL, which the first wall cannot narrow."""

    def test_raw_sql_sees_only_the_viewers_rows(self, two):
        (clinic, practice, patient), (_, _, other) = two
        for viewer, expected in (
            (staff(1, clinic, "coordinator"), [patient]),
            (referrer(1, practice), [patient]),
            (system("test"), [patient, other]),
            (None, []),
        ):
            with acting_as(viewer):
                found = db.session.execute(text("SELECT id FROM patients ORDER BY id")).scalars().all()
            assert found == expected, viewer
            db.session.rollback()

    def test_a_viewer_set_in_a_savepoint_is_unset_with_it(self, two):
        """The setting goes with the savepoint: whoever goes on asking is announced again."""
        (clinic, _, patient), (_, _, other) = two
        with acting_as(staff(1, clinic, "coordinator")), transaction():
            assert db.session.execute(text("SELECT id FROM patients")).scalars().all() == [patient]
            with pytest.raises(KeyError), transaction():
                db.session.execute(text("SELECT 1"))
                with acting_as(system("test")):
                    db.session.execute(text("SELECT 1"))
                    raise KeyError
            with acting_as(system("test")):
                seen = db.session.execute(text("SELECT id FROM patients ORDER BY id")).scalars().all()
        assert seen == [patient, other]

    def test_raw_sql_cannot_write_another_tenants_row(self, two):
        (clinic, _, _), (second, _, _) = two
        insert = text(
            "INSERT INTO closures (clinic_id, first, last, reason)"
            " VALUES (:clinic, '2026-12-24', '2026-12-24', 'party')"
        )
        with acting_as(staff(1, clinic, "coordinator")):
            db.session.execute(insert, {"clinic": clinic})
            with pytest.raises(ProgrammingError, match="row-level security"):
                db.session.execute(insert, {"clinic": second})
        db.session.rollback()

    def test_the_walls_stand_on_every_table_that_holds_a_patient(self, two):
        walled = db.session.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        ).scalars()
        scoped = {t.name for t in db.metadata.tables.values() if "clinic_id" in t.c}
        unscoped = {"users", "organisation_clinics", "audit_events"}
        assert scoped - unscoped == set(walled)

    def test_the_login_cannot_see_through(self, two):
        role = db.session.execute(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        ).scalar_one()
        assert role is False


def test_nothing_is_compiled_just_in_time_for_guesses_behind_the_wall(two):
    """Over ten million texts that made an idle tick of a millisecond one of 700."""
    with acting_as(system("test")), transaction():
        assert db.session.scalar(text("SHOW jit")) == "off"
