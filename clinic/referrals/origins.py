"""How a referral came: by which road, from whom when nobody of ours sent it, and what it replaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, lazyload, mapped_column

from clinic.columns import BigId, Encrypted
from clinic.extensions import db
from clinic.referrals.models import Referral, Source
from clinic.walls import PatientData

ROADS = ("web", "fhir", "post", "email", "telephone", "in_person")
BY_STAFF = (Source.LETTER, Source.PHONE, Source.SELF)


class ReferralOrigin(PatientData, db.Model):  # type: ignore[name-defined]
    """One referral's road here. The referring organisation is the referral's own `organisation_id`: a
    self-referral has none, and the registered practice is the patient's `Registration` (F11).
    """

    __tablename__ = "referral_origins"
    __table_args__ = (
        UniqueConstraint("referral_id"),
        CheckConstraint(
            "road IN ('web', 'fhir', 'post', 'email', 'telephone', 'in_person')", name="known_road"
        ),
    )
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    referral_id: Mapped[int] = mapped_column(BigId, ForeignKey("referrals.id"))
    road: Mapped[str] = mapped_column(String(12))
    written_on: Mapped[date | None]  # the letter's own date, or the day of the call
    referred_by: Mapped[str | None] = mapped_column(Encrypted)  # an organisation that is not linked to us
    replaces_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("referrals.id"), index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a sender or the front desk says of how it came.

    `practice_id` or `practice_name`: where the patient is registered; neither is not known.
    `practice_unknown`: its ODS code, when nobody here has it: somebody asks. `replaces_id`:
    the earlier referral of the same organisation that this one amends.
    """

    road: str
    written_on: date | None = None
    referred_by: str | None = None
    practice_id: int | None = None
    practice_name: str | None = None
    practice_unknown: str | None = None
    replaces_id: int | None = None


def write(referral: Referral, origin: Origin) -> ReferralOrigin:
    """Keep how it came beside the referral; takes part in the caller's transaction."""
    row = ReferralOrigin(
        clinic_id=referral.clinic_id,
        organisation_id=referral.organisation_id,
        patient_id=referral.patient_id,
        referral_id=referral.id,
        road=origin.road,
        written_on=origin.written_on,
        referred_by=origin.referred_by,
        replaces_id=origin.replaces_id,
    )
    db.session.add(row)
    return row


def of(referral_id: int) -> ReferralOrigin | None:
    """How one referral came, as far as the viewer sees."""
    return db.session.scalars(select(ReferralOrigin).where(ReferralOrigin.referral_id == referral_id)).first()


def replaced_by(referral_id: int) -> Referral | None:
    """The referral that was sent in this one's place, if any."""
    return _linked(select(ReferralOrigin.referral_id).where(ReferralOrigin.replaces_id == referral_id))


def replaces(referral_id: int) -> Referral | None:
    """The earlier referral in whose place this one was sent, if any."""
    return _linked(select(ReferralOrigin.replaces_id).where(ReferralOrigin.referral_id == referral_id))


def _linked(ids: object) -> Referral | None:
    query = select(Referral).where(Referral.id.in_(ids))  # type: ignore[arg-type]
    alone = (lazyload(Referral.patient), lazyload(Referral.episode))
    return db.session.scalars(query.options(*alone).order_by(Referral.id.desc()).limit(1)).first()
