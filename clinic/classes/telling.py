"""News of the timetable to the people in it: a text, or a call where a text cannot do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic.access import queries as access
from clinic.classes import offer_rows
from clinic.classes.models import ClassSession, Member, Offer, Place
from clinic.classes.rules.calendar import instant
from clinic.extensions import db
from clinic.notifications import outbox, wording
from clinic.notifications.models import Message, MessageState
from clinic.notifications.rules.window import Purpose
from clinic.patients import queries as patients
from clinic.viewer import Viewer, system
from clinic.worklist import services as worklist

BEFORE_IT_STARTS = timedelta(hours=2)
A_DAY = timedelta(days=1)
MOST_DATES = 4
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
PLACE_NEWS, MEMBER_NEWS, SEAT_ENDED = "place_news", "member_news", "seat_ended"


def of_place(
    place: Place,
    text: str,
    purpose: Purpose,
    *,
    now: datetime,
    facts: dict[str, str] | None = None,
) -> None:
    """What became of one place. News that has not left yet is replaced: nobody hears of a step between."""
    session = place.session
    unsent = _unsent(place.id)
    if not _can_text(place.patient_id):
        ring(place, text, now=now)
        return
    outbox.plan_one(
        patient=patients.patient(place.patient_id),
        text=text,
        purpose=purpose,
        cause_kind=PLACE_NEWS,
        cause_id=place.id,
        cause_revision=session.revision,
        rule=text,
        due_at=now,
        expires_at=session.starts_at,
        now=now,
        event_start=session.starts_at,
        facts=_as_she_knows_it(text, facts, unsent),
    )


def of_cancelled(places: Sequence[Place], *, now: datetime) -> None:
    """One person's cancelled sessions, soonest first, in one text; the first decides how urgent it is."""
    first = places[0]
    if len(places) == 1 or not _can_text(first.patient_id):
        for place in places:
            of_place(place, "session_cancelled", Purpose.CANCELLATION, now=now)
        return
    for place in places:
        outbox.supersede(cause_kind=PLACE_NEWS, cause_id=place.id, reason="newer")
    outbox.plan_one(
        patient=patients.patient(first.patient_id),
        text="sessions_cancelled",
        purpose=Purpose.CANCELLATION,
        cause_kind=PLACE_NEWS,
        cause_id=first.id,
        cause_revision=first.session.revision,
        rule="sessions_cancelled",
        due_at=now,
        expires_at=first.session.starts_at,
        now=now,
        event_start=first.session.starts_at,
        facts={"dates": dates_of(places)},
    )


def of_member(member: Member, first: datetime, *, now: datetime) -> None:
    """A standing seat is at another time or place; told before `first`, when the old habit is wrong."""
    outbox.supersede(cause_kind=MEMBER_NEWS, cause_id=member.id, reason="newer")
    _of_seat(member, "class_moved", MEMBER_NEWS, first, now, None)


def of_ended_seat(member: Member, last: date, first: datetime, *, now: datetime) -> None:
    """A class ends: its last day, and that we look for another seat; told before the first date without."""
    outbox.supersede(cause_kind=MEMBER_NEWS, cause_id=member.id, reason="ended")
    row, zone = member.klass, access.zone_of(member.clinic_id)
    usual = wording.moment(instant(last, row.wall_time, zone), zone)
    _of_seat(member, "class_ended", SEAT_ENDED, first, now, {**usual, "day": WEEKDAYS[row.weekday]})


def _of_seat(
    member: Member, text: str, cause: str, first: datetime, now: datetime, facts: dict[str, str] | None
) -> None:
    if not _can_text(member.patient_id):
        by = system("timetable", member.clinic_id)
        ring_member(member, text, due_at=max(now, first - A_DAY), by=by)
        return
    outbox.plan_one(
        patient=patients.patient(member.patient_id),
        text=text,
        purpose=Purpose.CHANGE,
        cause_kind=cause,
        cause_id=member.id,
        cause_revision=member.klass.schedule_revision,
        rule=text,
        due_at=now,
        expires_at=first,
        now=now,
        event_start=first,
        facts=facts,
    )


def of_offer(offer: Offer, *, was_told: bool, now: datetime) -> None:
    """Her offer is withdrawn; who never heard of it hears nothing, who cannot be texted is rung."""
    if not was_told:
        return
    if _can_text(offer.patient_id):
        text = "offer_withdrawn" if offer.moves_member_id is None else "offer_move_ended"
        offer_rows.news(offer, text, now=now)
    else:
        offer_rows.ring(offer, kind="offer_changed", due_at=now + A_DAY, now=now)


def heard_of(offer_id: int) -> bool:
    """Whether an offer's text has left, or somebody was to ring about it."""
    query = select(Message.id).where(
        Message.cause_kind == "offer", Message.cause_id == offer_id, Message.state != MessageState.PLANNED
    )
    texted = db.session.scalars(query.limit(1)).first() is not None
    return texted or not _any_text(offer_id)


def ring(place: Place, kind: str, *, now: datetime, note: str | None = None) -> None:
    """Somebody telephones about this place, two hours before it at the latest."""
    worklist.add_call(
        kind=kind,
        patient_id=place.patient_id,
        cause_kind="place",
        cause_id=place.id,
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        due_at=max(now, place.session.starts_at - BEFORE_IT_STARTS),
        by=system("timetable", place.clinic_id),
        note=note,
    )


def ring_member(member: Member, kind: str, *, due_at: datetime, by: Viewer, note: str | None = None) -> None:
    """Somebody telephones about this standing seat."""
    worklist.add_call(**_about(member, kind, due_at, by, note))


def task_of_member(member: Member, kind: str, *, due_at: datetime, by: Viewer) -> None:
    """Work about this standing seat, owned by who caused it."""
    owner = by.id if by.kind == "staff" else None
    worklist.open_task(**_about(member, kind, due_at, by, None), owner_id=owner)


def over_capacity(row: Any, *, due_at: datetime, by: Viewer) -> None:
    """A class or session with more people than seats: somebody owns it until a person has decided."""
    kind = "session" if isinstance(row, ClassSession) else "class"
    worklist.open_task(
        kind=f"{kind}_over_capacity",
        patient_id=None,
        cause_kind=kind,
        cause_id=row.id,
        clinic_id=row.clinic_id,
        organisation_id=None,
        due_at=due_at,
        by=by,
        owner_id=by.id if by.kind == "staff" else None,
    )


def spoken(session: ClassSession) -> dict[str, str]:
    """When a session was, for the text that says where it has gone."""
    said = wording.moment(session.starts_at, access.zone_of(session.clinic_id))
    return {f"old_{name}": words for name, words in said.items()}


def again(place_ids: Sequence[int]) -> Sequence[Place]:
    """These places as they are now, in one query."""
    query = select(Place).where(Place.id.in_(place_ids)).order_by(Place.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def dates_of(places: Sequence[Place]) -> str:
    """Up to four dates one by one, more as a span: a text has two parts at most."""
    zone = access.zone_of(places[0].clinic_id)
    said = [wording.moment(place.session.starts_at, zone) for place in places]
    if len(said) <= MOST_DATES:
        return ", ".join(f"{one['day']} {one['date']} {one['time']}" for one in said)
    first, last = said[0], said[-1]
    return f"{len(said)} from {first['day']} {first['date']} to {last['day']} {last['date']}"


def _about(member: Member, kind: str, due_at: datetime, by: Viewer, note: str | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "patient_id": member.patient_id,
        "cause_kind": "member",
        "cause_id": member.id,
        "clinic_id": member.clinic_id,
        "organisation_id": member.organisation_id,
        "due_at": due_at,
        "by": by,
        "note": note,
    }


def _can_text(patient_id: int) -> bool:
    contact = patients.main_contact(patient_id)
    return contact is not None and contact.can_text


def _any_text(offer_id: int) -> bool:
    query = select(Message.id).where(Message.cause_kind == "offer", Message.cause_id == offer_id)
    return db.session.scalars(query.limit(1)).first() is not None


def _unsent(place_id: int) -> dict[str, str] | None:
    """When the session was as far as she knows, if news of a move has not left yet; that text is stopped."""
    query = select(Message.facts).where(
        Message.cause_kind == PLACE_NEWS,
        Message.cause_id == place_id,
        Message.rule == "session_moved",
        Message.state == MessageState.PLANNED,
    )
    facts = db.session.scalars(query.order_by(Message.id).limit(1)).first()
    outbox.supersede(cause_kind=PLACE_NEWS, cause_id=place_id, reason="newer")
    return facts


def _as_she_knows_it(
    text: str, facts: dict[str, str] | None, unsent: dict[str, str] | None
) -> dict[str, str] | None:
    """A move is told from where she still believes it to be; a cancellation names that date."""
    known = {name: words for name, words in (unsent or {}).items() if name.startswith("old_")}
    if not known:
        return facts
    if text == "session_moved":
        return {**(facts or {}), **known}
    return {**{name.removeprefix("old_"): words for name, words in known.items()}, **(facts or {})}
