"""The same referral from many senders at once is one; different ones of one patient join one episode."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.referrals import intake
from clinic.referrals.models import Episode, IntakeReceipt, Referral, Source
from clinic.viewer import acting_as
from tests.referrals.factories import TEST, World, a_case, a_patient, a_world

SENDERS = 8


def sent_at_once(app, world: World, values: list[str]) -> list[str]:
    """Everybody waits at the barrier, then sends; the references they were given."""
    barrier, case = Barrier(len(values)), a_case()
    clinic_id = world.coordinator.clinic_id

    def send(value: str) -> str:
        with app.app_context(), acting_as(world.gp):
            barrier.wait(timeout=30)
            received = intake.receive(
                clinic_id=clinic_id,
                organisation_id=world.gp.organisation_id,
                source=Source.WEB,
                sender_system="race",
                sender_value=value,
                patient=a_patient(),
                case=case,
                by=world.gp,
            )
            return received.referral.reference

    with ThreadPoolExecutor(len(values)) as pool:
        return list(pool.map(send, values))


def counted(app, *models) -> list[int]:
    with app.app_context(), acting_as(TEST):
        return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


@pytest.fixture
def settled_world(app) -> World:
    with app.app_context(), acting_as(TEST):
        return a_world()


@pytest.mark.both_databases
def test_one_referral_sent_many_times_at_once_is_one(app, settled_world):
    references = sent_at_once(app, settled_world, ["same"] * SENDERS)
    assert len(set(references)) == 1
    assert counted(app, Referral, Episode, Patient, IntakeReceipt) == [1, 1, 1, SENDERS]


@pytest.mark.both_databases
def test_many_referrals_of_one_patient_at_once_join_one_episode(app, settled_world):
    references = sent_at_once(app, settled_world, [f"sender-{n}" for n in range(4)])
    assert len(set(references)) == 4
    assert counted(app, Referral, Episode, Patient) == [4, 1, 1]
