"""What the front desk says of a letter, a call or a self-referral; what a referrer says of the practice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clinic.access import queries as access
from clinic.access.models import Organisation
from clinic.patients import registrations
from clinic.referrals import form
from clinic.referrals.models import Draft, Source
from clinic.referrals.origins import ROADS, Origin

DESK = "desk"  # in a draft's `door`: staff type what somebody else sent
OTHER = "other"  # in place of an organisation: one that is not linked to us, named in words
SOURCES = (Source.LETTER, Source.PHONE, Source.SELF)
DESK_ROADS = tuple(road for road in ROADS if road not in ("web", "fhir"))


@dataclass(frozen=True, slots=True)
class Told:
    """Who referred and how it came; `errors` by field are what the desk has still to say."""

    source: Source
    organisation_id: int | None
    origin: Origin
    errors: dict[str, str]


def at_desk(draft: Draft) -> bool:
    """Whether staff type it in."""
    return draft.typed.get("door") == DESK


def told(draft: Draft, today: date) -> Told:
    """Where a draft comes from; a referrer's own comes from the form. `today` is the clinic's date."""
    errors: dict[str, str] = {}
    typed = draft.typed
    linked = {str(one.id): one.id for one in access.organisations_of(draft.clinic_id)}
    if not at_desk(draft):
        practice_id, name = _practice(typed, "own_practice", linked, errors)
        origin = Origin(
            road="web", practice_id=practice_id, practice_name=name, replaces_id=typed.get("replaces")
        )
        return Told(Source.WEB, draft.organisation_id, origin, errors)
    source = Source(typed["source"]) if typed.get("source") in set(SOURCES) else None
    if source is None:
        errors["source"] = "Choose what it is"
    road = typed.get("road", "")
    if road not in DESK_ROADS:
        errors["road"] = "Choose how it came"
    written_on = form.whole_date(typed, "written_on", errors)
    if written_on is not None and written_on > today:
        errors["written_on"] = "The date is in the future"
    by_whom = typed.get("referred_by", "").strip()
    chosen = typed.get("organisation", "")
    if source is Source.LETTER and chosen not in linked and not by_whom:
        errors["organisation"] = "Choose who referred, or name them below"
    practice_id, name = _practice(typed, "practice", linked, errors)
    origin = Origin(
        road=road if road in DESK_ROADS else "post",
        written_on=written_on,
        referred_by=by_whom if source is not Source.SELF and chosen not in linked and by_whom else None,
        practice_id=practice_id,
        practice_name=name,
    )
    sender = linked.get(chosen) if source is not Source.SELF else None
    return Told(source or Source.LETTER, sender, origin, errors)


def own_practice(organisation_id: int | None) -> str:
    """What a referrer's form is filled in with: their own practice, when it is one."""
    sender = access.organisation(organisation_id) if organisation_id else None
    return str(sender.id) if sender and registrations.is_practice(sender) else ""


def organisations(draft: Draft) -> list[Organisation]:
    """Whom the form offers to choose from: everybody linked to the clinic, by name."""
    return access.organisations_of(draft.clinic_id)


def _practice(
    typed: Mapping[str, str], field: str, linked: Mapping[str, int], errors: dict[str, str]
) -> tuple[int | None, str | None]:
    """The registered practice, by id or by name; not known when nothing is said."""
    chosen, name = typed.get(field, ""), typed.get(f"{field}_name", "").strip()
    if chosen == OTHER and not name:
        errors[f"{field}_name"] = "Enter the name of the practice"
    return (linked[chosen], None) if chosen in linked else (None, name or None)
