"""An offer as rows and texts: seats held for one person until a time, its two texts, its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from clinic import audit
from clinic.access import queries as access
from clinic.access import terms
from clinic.classes.models import ClassSession, ExerciseClass, MemberState, Offer, OfferLine, PlaceState
from clinic.classes.takes import StandingTake, Take, VisitTake
from clinic.extensions import db, emit
from clinic.notifications import outbox
from clinic.notifications.rules import window
from clinic.notifications.rules.window import OfferKind, Purpose
from clinic.patients import queries as patients
from clinic.viewer import Viewer, system
from clinic.worklist import services as worklist

STANDING, SINGLE = "standing", "single"


@dataclass(frozen=True)
class StandingLine:
    """A standing seat in a class, from a date on."""

    class_id: int
    from_date: date


@dataclass(frozen=True)
class VisitLine:
    """A seat in one session."""

    session_id: int


Line = StandingLine | VisitLine


def held(lines: Sequence[Line], episode_id: int) -> list[Take]:
    """The takes that hold these lines for somebody."""
    return [
        StandingTake(line.class_id, episode_id, line.from_date, MemberState.HELD)
        if isinstance(line, StandingLine)
        else VisitTake(line.session_id, episode_id, PlaceState.HELD)
        for line in lines
    ]


def kind_of(lines: Sequence[Line]) -> str:
    """An offer is of standing seats or of visits, never of both: they have different clocks."""
    kinds = {type(line) for line in lines}
    if len(kinds) != 1:
        raise ValueError("an offer has lines, all standing or all visits")
    return STANDING if kinds == {StandingLine} else SINGLE


def expiry(clinic_id: int, kind: str, first_start: datetime | None, now: datetime) -> datetime | None:
    """Until when an offer made now stands; None when so little time is left that we ring instead."""
    zone, working = access.zone_of(clinic_id), access.working_day(clinic_id)
    return window.offer_expiry(
        now,
        OfferKind(kind),
        first_start,
        zone,
        working,
        standing_days=terms.of(clinic_id, terms.OFFER_DAYS),
        single_runs=timedelta(hours=terms.of(clinic_id, terms.SINGLE_HOURS)),
    )


def write(
    *,
    person: Any,
    lines: Sequence[Line],
    expires_at: datetime,
    by: Viewer,
    now: datetime,
    moves: int | None = None,
) -> Offer:
    """The offer, its lines and its texts; the seats are held already. `person` is a locked episode's row.

    `moves` is the member whose seat this one would take the place of.
    """
    owner = {
        "clinic_id": person.clinic_id,
        "organisation_id": person.organisation_id,
        "patient_id": person.patient_id,
    }
    times = {"made_at": now, "expires_at": expires_at}
    offer = Offer(episode_id=person.id, kind=kind_of(lines), made_by=by.label, **times, **owner)
    offer.moves_member_id = moves
    offer.lines = [OfferLine(**_columns(line), **owner) for line in lines]
    db.session.add(offer)
    db.session.flush()
    tell(offer, now=now)
    audit.record("offer.made", by=by, about=offer, lines=len(lines), kind=offer.kind)
    emit("offer_made", offer_id=offer.id)
    return offer


def tell(offer: Offer, *, now: datetime) -> None:
    """Text the offer and its second text, or put a person without a mobile on the call list (F23)."""
    contact = patients.main_contact(offer.patient_id)
    if contact is None or not contact.can_text:
        ring(offer, kind="offer_by_phone", due_at=offer.expires_at, now=now)
        return
    move = offer.moves_member_id is not None
    first = "offer_pair" if len(offer.lines) > 1 else f"offer_{offer.kind}"
    _plan(offer, "offer_move" if move else first, "offer", now, now)
    zone, working = access.zone_of(offer.clinic_id), access.working_day(offer.clinic_id)
    second = window.second_text_at(now, offer.expires_at, zone, working)
    if offer.kind == STANDING and second is not None:
        _plan(offer, "offer_move_second" if move else "offer_second", "offer_second", second, now)


def ring(offer: Offer, *, kind: str, due_at: datetime, now: datetime) -> None:
    """Somebody telephones about this offer, at the latest by then."""
    worklist.add_call(
        kind=kind,
        patient_id=offer.patient_id,
        cause_kind="offer",
        cause_id=offer.id,
        clinic_id=offer.clinic_id,
        organisation_id=offer.organisation_id,
        due_at=max(now, due_at),
        by=system("offers", offer.clinic_id),
    )


def news(offer: Offer, text: str, *, now: datetime) -> None:
    """Confirm what was decided by telephone or on a page; a reply is answered with the reply."""
    outbox.plan_one(
        patient=patients.patient(offer.patient_id),
        text=text,
        purpose=Purpose.CONFIRMATION,
        cause_kind="offer_news",
        cause_id=offer.id,
        rule=text,
        due_at=now,
        expires_at=offer.expires_at + window.URGENT_WITHIN,
        now=now,
    )


def _plan(offer: Offer, text: str, purpose: str, due_at: datetime, now: datetime) -> None:
    outbox.plan_one(
        patient=patients.patient(offer.patient_id),
        text=text,
        purpose=purpose,
        cause_kind="offer",
        cause_id=offer.id,
        rule=purpose,
        due_at=due_at,
        expires_at=offer.expires_at,
        now=now,
        event_start=_the_session(offer),
    )


def _the_session(offer: Offer) -> datetime | None:
    """When the one session offered starts: its own day has longer hours. A standing seat has none."""
    ids = [line.session_id for line in offer.lines if line.session_id]
    return min((db.session.get_one(ClassSession, one).starts_at for one in ids), default=None)


def _columns(line: Line) -> dict[str, Any]:
    if isinstance(line, StandingLine):
        return {"class_id": line.class_id, "from_date": line.from_date}
    session = db.session.get_one(ClassSession, line.session_id)
    return {"session_id": line.session_id, "from_date": session.local_date}


def class_of(line: OfferLine) -> ExerciseClass:
    """The class a line is about, standing or not."""
    found = line.klass or (line.session.klass if line.session else None)
    if found is None:
        raise LookupError(f"offer line {line.id} is about nothing")
    return found
