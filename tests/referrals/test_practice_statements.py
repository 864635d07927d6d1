"""What a practice's page costs does not depend on how many patients it shows."""

import pytest

from clinic.extensions import db, now, transaction
from clinic.patients.models import Consent, Patient, Registration
from clinic.referrals import practice_view
from clinic.referrals.models import Episode, State
from clinic.viewer import acting_as
from tests.referrals.factories import TEST
from tests.statements import counted


def add_patients(world, count: int) -> None:
    """Registered with the practice that looks, referred by the other one; every third shares nothing."""
    clinic_id, today = world.clinic.id, now().date()
    referrer, practice = world.practice.id, world.other_practice.id
    with acting_as(TEST), transaction():
        for n in range(count):
            patient = Patient(
                clinic_id=clinic_id,
                organisation_id=referrer,
                given_name=f"Ada {n}",
                family_name="Okafor",
                family_name_index="same",
                family_prefix_index="same",
                birth_date="1950-03-02",
            )
            db.session.add(patient)
            db.session.flush()
            owned = {"clinic_id": clinic_id, "patient_id": patient.id}
            db.session.add(
                Episode(
                    **owned,
                    organisation_id=None if n % 2 else referrer,
                    state=State.BEING_DECIDED,
                    next_step="decide",
                    next_on=today,
                    referred_on=today,
                    case={},
                )
            )
            db.session.add(Registration(**owned, organisation_id=practice, since=today, source="referral"))
            if n % 3 == 2:
                db.session.add(Consent(**owned, organisation_id=referrer, kind="share", given=False))


def looked(world) -> tuple[int, int]:
    """How many are shown, and by how many statements."""
    db.session.rollback()
    with counted(db.engine) as seen, acting_as(world.other_gp):
        return len(practice_view.followed()), len(seen)


@pytest.mark.both_databases
def test_a_practices_patients_cost_the_same_for_1_12_and_50(world):
    add_patients(world, 1)
    looked(world)
    found = [looked(world)]
    for more in (11, 38):
        add_patients(world, more)
        found.append(looked(world))
    assert [people for people, _ in found] == [1, 9, 35]
    statements = {count for _, count in found[1:]}
    assert len(statements) == 1
    assert found[0][1] <= statements.pop() <= 8
