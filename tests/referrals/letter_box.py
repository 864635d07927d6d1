"""What the letters' tests need around them: a registered practice, a decision, letters and their ways."""

from datetime import date

from sqlalchemy import select

from clinic.access import services as access
from clinic.access.models import Clinic, Organisation
from clinic.extensions import db, transaction
from clinic.patients.models import Consent, Patient, Registration
from clinic.referrals import decisions, letters_sending
from clinic.referrals.models import Letter, Referral
from clinic.referrals.paper import LetterDelivery, Route
from clinic.viewer import acting_as
from clinic.worklist.models import Task
from tests.referrals.factories import TEST, World, a_referral


@transaction()
def registered_with(patient: Patient, practice: Organisation | None, name: str | None = None) -> None:
    """Where she is registered; whatever a referral said before is over."""
    for row in db.session.scalars(select(Registration).where(Registration.patient_id == patient.id)):
        row.until = date(2026, 1, 1)
    db.session.flush()
    db.session.add(
        Registration(
            clinic_id=patient.clinic_id,
            organisation_id=practice.id if practice else None,
            patient_id=patient.id,
            practice_name=name,
            since=date(2026, 1, 1),
            source="staff",
        )
    )


@transaction()
def will_not_share(patient: Patient) -> None:
    db.session.add(
        Consent(
            clinic_id=patient.clinic_id,
            organisation_id=patient.organisation_id,
            patient_id=patient.id,
            kind="share",
            given=False,
        )
    )


@transaction()
def a_surgery(world: World, name: str = "Quiet Surgery", ods: str = "Q1") -> Organisation:
    """A practice linked to the clinic in which nobody can sign in."""
    clinic = db.session.get_one(Clinic, world.coordinator.clinic_id)
    return access.add_organisation(ods=f"{ods}{clinic.id}", name=name, clinic=clinic, by=TEST)


def declined(world: World, referral: Referral | None = None) -> list[Letter]:
    """A referral is declined; its letters about that, in the order they were written."""
    referral = referral or a_referral(world).referral
    with acting_as(world.physiotherapist):
        decisions.decline(
            episode_id=referral.episode_id,
            reason="other",
            comment="A hip fracture.\nSee the hip pathway.",
            by=world.physiotherapist,
        )
    query = select(Letter).where(Letter.episode_id == referral.episode_id, Letter.kind == "declined")
    return list(db.session.scalars(query.order_by(Letter.id)))


def way(letter: Letter) -> LetterDelivery:
    return db.session.scalars(select(LetterDelivery).where(LetterDelivery.letter_id == letter.id)).one()


def rows(model, *where):
    """Read anew, in the order they were made."""
    db.session.expire_all()
    return list(db.session.scalars(select(model).where(*where).order_by(model.id)))


def tasks(kind: str) -> list[Task]:
    """What a person is asked to do."""
    return rows(Task, Task.kind == kind, Task.state == "open")


def by_file(world: World, practice: Organisation | None = None) -> None:
    """The practice takes its letters as files."""
    letters_sending.choose_route(
        clinic_id=world.clinic.id,
        organisation_id=(practice or world.practice).id,
        route=Route.FILE_DROP,
        by=TEST,
    )
