"""What a reply to an offer or a reminder does; the answer always names the date."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.classes import facts, offers, places, queries
from clinic.classes.errors import OfferIsClosed, SessionIsOver, TooLateToUndo, WhichDay
from clinic.classes.models import Offer, OfferState, Place, PlaceState
from clinic.extensions import db, transaction
from clinic.notifications.inbound import Answer, Heard
from clinic.notifications.outbox import NotDue
from clinic.viewer import Viewer, system
from clinic.worklist import services as worklist


@transaction()
def offer_yes(heard: Heard) -> Answer:
    """`1`: every seat of the offer. A second `1` hears the same again, a late one that it is too late."""
    offer_id = _cause(heard)
    try:
        offers.accept(offer_id=offer_id, by=_by(heard), now=heard.at)
    except OfferIsClosed as closed:
        return _closed(closed, OfferState.ACCEPTED, offer_id, heard)
    return _said(offer_id, "offer_accepted")


@transaction()
def offer_no(heard: Heard) -> Answer:
    """`2`: the seats go on and the place in the list is kept; after a `1` a person rings."""
    offer_id = _cause(heard)
    try:
        offers.decline(offer_id=offer_id, by=_by(heard), now=heard.at)
    except OfferIsClosed as closed:
        return _closed(closed, OfferState.DECLINED, offer_id, heard)
    return _said(offer_id, "offer_declined")


@transaction()
def offer_day(heard: Heard) -> Answer:
    """A day's name: that line, and the confirmation says which other was let go."""
    offer_id, day = _cause(heard), heard.reading.day
    try:
        offers.take_day(offer_id=offer_id, weekday=-1 if day is None else day, by=_by(heard), now=heard.at)
    except WhichDay:
        lines = _of_offer(offer_id)["lines"]
        choices = [f"{line['day']} {line['date']}" for line in lines]
        return Answer("which_question", {"choices": choices, "how": "the day"}, "which_day")
    except OfferIsClosed as closed:
        return _closed(closed, OfferState.ACCEPTED, offer_id, heard)
    return _said(offer_id, "offer_day_taken")


@transaction()
def cannot_come(heard: Heard) -> Answer:
    """`2` to a reminder frees that one session; the standing seat stays. An appointment is moved by phone."""
    if heard.question is not None and heard.question.cause_kind == "slot":
        return _rung(heard, "slot_cannot_come", None)
    place = _place(heard)
    try:
        places.cannot_come(place_id=place.id, by=_by(heard), now=heard.at)
    except SessionIsOver:
        return _rung(heard, "cancelled_after_start", place)
    text = "cannot_come_confirmed" if place.kind == "standing" else "cannot_come_confirmed_visit"
    return Answer(text, _of_place(place), "place_freed")


@transaction()
def coming(heard: Heard) -> Answer:
    """`1` to a reminder: nothing to do, or the undoing of a `2` within half an hour."""
    if heard.question is not None and heard.question.cause_kind == "slot":
        return Answer(None, {}, "coming")
    place = _place(heard)
    if place.state is PlaceState.BOOKED:
        return Answer(None, {}, "coming")
    try:
        places.undo(place_id=place.id, by=_by(heard), now=heard.at)
    except TooLateToUndo:
        return Answer("undo_too_late", _of_place(place), "undo_too_late")
    return Answer("undo_confirmed", _of_place(place), "undone")


@transaction()
def late(heard: Heard) -> Answer:
    """LATE: written on today's place, where the instructor reads it."""
    place = _next_place(heard)
    if place is None:
        return _rung(heard, "late_without_a_class", None)
    place.note = "Running late, by text."
    audit.record("place.late", by=_by(heard), about=place)
    return Answer("late_noted", _of_place(place), "late_noted")


@transaction()
def when(heard: Heard) -> Answer:
    """WHEN: the next class, with day, date, time and place, or that none is booked."""
    place = _next_place(heard)
    if place is None:
        return Answer("when_answer_none", {}, "when_answered")
    return Answer("when_answer", _of_place(place), "when_answered")


@transaction()
def coming_next_time(heard: Heard) -> Answer:
    """`1` to a check-in after a missed class: the next one, by its date."""
    place = _next_place(heard)
    if place is None:
        return Answer("when_answer_none", {}, "check_in_answered")
    return Answer("check_in_yes", _of_place(place), "check_in_answered")


def _said(offer_id: int, effect: str) -> Answer:
    offer = db.session.get_one(Offer, offer_id)
    return Answer(offers.confirmation(offer), _of_offer(offer_id), effect)


def _closed(closed: OfferIsClosed, same: OfferState, offer_id: int, heard: Heard) -> Answer:
    """The same word twice is answered alike; another one after an answer goes to a person."""
    if closed.state == same:
        return _said(offer_id, "repeated")
    if closed.state in (OfferState.ACCEPTED, OfferState.DECLINED):
        offer = db.session.get_one(Offer, offer_id)
        _ring(heard, "changed_their_mind", "offer", offer_id, offer)
        return Answer("call_me_answer", {}, "changed_their_mind")
    moves = db.session.get_one(Offer, offer_id).moves_member_id is not None
    text = "offer_move_ended" if moves else "offer_expired_late_reply"
    return Answer(text, _of_offer(offer_id), "late_reply")


def _rung(heard: Heard, kind: str, place: Place | None) -> Answer:
    about: Any = place or queries.episode_of_patient(heard.patient_id)
    _ring(heard, kind, "inbound", heard.inbound_id, about)
    return Answer("call_me_answer", {}, kind)


def _ring(heard: Heard, kind: str, cause_kind: str, cause_id: int, about: Any) -> None:
    worklist.add_call(
        kind=kind,
        patient_id=heard.patient_id,
        cause_kind=cause_kind,
        cause_id=cause_id,
        clinic_id=about.clinic_id,
        organisation_id=about.organisation_id,
        due_at=heard.at,
        by=_by(heard),
    )


def _place(heard: Heard) -> Place:
    return _now(queries.place(_cause(heard)))


def _now(place: Place) -> Place:
    """The place as it is now: after an undo the same person has a new one in the same session."""
    query = select(Place).where(
        Place.session_id == place.session_id,
        Place.episode_id == place.episode_id,
        Place.state != PlaceState.RELEASED,
    )
    return db.session.scalars(query).first() or _last(place)


def _last(place: Place) -> Place:
    query = select(Place).where(Place.session_id == place.session_id, Place.episode_id == place.episode_id)
    return db.session.scalars(query.order_by(Place.id.desc()).limit(1)).one()


def _next_place(heard: Heard) -> Place | None:
    return queries.next_place(heard.patient_id, heard.at)


def _of_offer(offer_id: int) -> dict[str, Any]:
    return _sayable(facts.of_offer_news([offer_id])[offer_id])


def _of_place(place: Place) -> dict[str, Any]:
    return _sayable(facts.of_place_news([place.id])[place.id])


def _sayable(found: dict[str, Any] | NotDue) -> dict[str, Any]:
    """Facts that may be kept with a message: moments stay behind."""
    known = {} if isinstance(found, NotDue) else found
    return {name: value for name, value in known.items() if not isinstance(value, datetime)}


def _cause(heard: Heard) -> int:
    if heard.question is None:
        raise LookupError("this reply needs the question it answers")
    return heard.question.cause_id


def _by(heard: Heard) -> Viewer:
    return system("reply")
