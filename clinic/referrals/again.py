"""Amend and send again: a new draft from an old referral, linked both ways and seen by both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from clinic.extensions import db, transaction
from clinic.referrals import drafts, form, origins, queries
from clinic.referrals.changes import mine
from clinic.referrals.models import Draft, EndReason, Episode, Referral, State
from clinic.referrals.problems import NotAllowed
from clinic.viewer import Viewer, current

# how it ended, where the practice may have more to say; a death or a completed course is no such end
AMENDABLE = (
    EndReason.DECLINED,
    EndReason.NOT_SUITABLE,
    EndReason.HOME_ROUTE,
    EndReason.DECLINED_BY_PATIENT,
    EndReason.WITHDRAWN,
    EndReason.LOST_CONTACT,
)


def may_amend(referral: Referral, episode: Episode | None) -> bool:
    """After a decline, and after NOT ACCEPTED while nobody has decided; once for each referral."""
    if episode is None or origins.replaced_by(referral.id) is not None:
        return False
    if episode.state is State.ENDED:
        return episode.ended_reason in AMENDABLE
    return episode.state is State.BEING_DECIDED and bool(queries.act_today_of(referral))


@transaction()
def start(*, referral_id: int, by: Viewer) -> Draft:
    """A draft with everything that was typed before; the same one again while it is not sent.

    Raises NotAllowed when there is nothing to amend.
    """
    referral = mine(referral_id)
    if found := _begun(referral_id):
        return found
    if not may_amend(referral, queries.episode_of(referral)):
        raise NotAllowed("This referral is not declined, or it was sent again already.")
    typed = {**(_typed_before(referral_id) or retyped(referral)), "replaces": referral_id}
    typed["reference"] = referral.reference
    return drafts.start(clinic_id=referral.clinic_id, by=by, typed=typed)


def retyped(referral: Referral) -> dict[str, Any]:
    """What the form would hold for a referral that came by another road."""
    typed: dict[str, Any] = {}
    person, case = referral.person, referral.case
    for name in (
        "nhs_number",
        "no_nhs_number_reason",
        "given_name",
        "family_name",
        "sex",
        "address",
        "postcode",
    ):
        typed[name] = person.get(name) or ""
    typed["phone"] = person.get("mobile") or person.get("landline") or ""
    carer = person.get("carer") or {}
    typed |= {"carer_name": carer.get("name", ""), "carer_relationship": carer.get("relationship", "")}
    typed |= _date("birth_date", person.get("birth_date")) | _date(
        "fracture_date", _at(case, "fracture", "date")
    )
    for name, (section, key) in form.WORDS.items():
        typed[name] = _at(case, section, key) or ""
    for name, (section, key) in form.YES_NO_FACTS.items():
        typed[name] = {True: "yes", False: "no"}.get(_at(case, section, key), "")
    for name, (section, key) in form.NUMBERS.items():
        value = _at(case, section, key)
        typed[name] = "" if value is None else str(value)
    typed["levels"] = ", ".join(_at(case, "fracture", "levels") or ())
    said = {True: "yes", False: "no", "explained": "explained"}
    flags = case.get("flags") or {}
    typed |= {f"flag_{flag.key}": said.get(flags.get(flag.key), "unknown") for flag in form.FLAGS}
    typed |= {
        "priority": referral.priority,
        "note": referral.note or "",
        "clinician": referral.clinician or "",
    }
    return typed


def _at(case: Mapping[str, Any], section: str, key: str) -> Any:
    known = case.get(section)
    value = known.get(key) if isinstance(known, dict) else None
    return None if value == "unknown" else value


def _date(name: str, text: str | None) -> dict[str, str]:
    parts = (text or "").split("-")
    found = dict(zip(("year", "month", "day"), parts, strict=False)) if text else {}
    return {f"{name}-{part}": found.get(part, "").lstrip("0") for part in ("day", "month", "year")}


def _typed_before(referral_id: int) -> dict[str, Any] | None:
    found = db.session.scalars(select(Draft).where(Draft.referral_id == referral_id)).first()
    return dict(found.typed) if found else None


def _begun(referral_id: int) -> Draft | None:
    """The viewer's own unsent draft in this referral's place."""
    unsent = select(Draft).where(Draft.user_id == current().id, Draft.referral_id.is_(None))
    return next((d for d in db.session.scalars(unsent) if d.typed.get("replaces") == referral_id), None)
