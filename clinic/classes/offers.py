"""Offers: seats held for one person until a time, taken whole or by a day's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.access.hours import next_opening
from clinic.classes import handover, offer_rows, queries, seats, standing, turn
from clinic.classes.errors import CannotSeat, HasOpenOffer, OfferIsClosed, WhichDay
from clinic.classes.models import LineState, Member, MemberState, Offer, OfferLine, OfferState, PlaceState
from clinic.classes.offer_rows import Line, VisitLine
from clinic.classes.rules.offers import Line as RuleLine
from clinic.classes.rules.offers import answer
from clinic.classes.takes import Release, StandingRelease, StandingTake, Take, VisitRelease, VisitTake
from clinic.extensions import db, emit, transaction
from clinic.notifications import outbox
from clinic.viewer import Viewer, acting_as, system


class TooLateToOffer(CannotSeat):
    """Under 45 minutes to answer: ring, and book the seat when they say yes."""

    text = "There is too little time for a text to be answered. Ring, and book the place if they can come."


@transaction()
def make(
    *,
    episode_id: int,
    lines: Sequence[Line],
    by: Viewer,
    now: datetime,
    out_of_turn: str | None = None,
    moves: int | None = None,
) -> Offer:
    """Hold these seats for somebody and text the offer: both happen, or neither.

    With `moves`, a member of theirs, taking it gives that seat up; until then, and otherwise, it stays.

    Raises ClassIsFull, AlreadyHasAPlace, HasOpenOffer, TooLateToOffer, and PassesOver unless a
    physiotherapist says in `out_of_turn` why somebody who waits longer is passed over.
    """
    person = seats.lock_people([episode_id])[episode_id]
    if queries.open_offers(episode_id):
        raise HasOpenOffer
    kind, first_start = offer_rows.kind_of(lines), _first_start(lines)
    expires_at = offer_rows.expiry(person.clinic_id, kind, first_start, now)
    if expires_at is None:
        raise TooLateToOffer
    turn.insist(episode_id, lines, by=by, now=now, out_of_turn=out_of_turn)
    seats.change(takes=offer_rows.held(lines, episode_id), by=by, now=now)
    offer = offer_rows.write(person=person, lines=lines, expires_at=expires_at, by=by, now=now, moves=moves)
    if moves is None:
        handover.to_offered(episode_id, lines, by=by)
    return offer


@transaction()
def accept(*, offer_id: int, by: Viewer, now: datetime, tell: bool = False) -> Offer:
    """Every held seat becomes hers, once; raises OfferIsClosed for a late answer, which takes nothing."""
    return _answer(offer_id, "confirm", None, by=by, now=now, tell=tell)


@transaction()
def take_day(*, offer_id: int, weekday: int, by: Viewer, now: datetime, tell: bool = False) -> Offer:
    """The line of that day becomes hers and the others go on; raises WhichDay or OfferIsClosed."""
    return _answer(offer_id, "choose_day", weekday, by=by, now=now, tell=tell)


@transaction()
def decline(*, offer_id: int, by: Viewer, now: datetime, tell: bool = False) -> Offer:
    """The seats go on; she keeps her place in the waiting list. Raises OfferIsClosed."""
    return _answer(offer_id, "decline", None, by=by, now=now, tell=tell)


@transaction()
def withdraw(*, offer_id: int, by: Viewer, now: datetime, hand_on: bool = True) -> None:
    """We take the offer back (she died, is suspended, ended): the seats go on. Late is no error.

    Without `hand_on` the seats are only freed: the session itself is cancelled.
    """
    offer = _locked(offer_id)
    if offer.state is OfferState.OPEN:
        _close(offer, OfferState.WITHDRAWN, takes=(), by=by, now=now, hand_on=hand_on)


@transaction()
def expire(*, offer_id: int, by: Viewer, now: datetime) -> bool:
    """Nobody answered: the seats go on, she keeps her place in the list and is rung (F26)."""
    offer = _locked(offer_id)
    if offer.state is not OfferState.OPEN or offer.expires_at > now:
        return False
    _close(offer, OfferState.EXPIRED, takes=(), by=by, now=now)
    if offer.kind == offer_rows.STANDING:
        offer_rows.ring(offer, kind="offer_unanswered", due_at=_opens(offer.clinic_id, now), now=now)
    return True


def expire_due(now: datetime) -> int:
    """Every offer whose time is over, each in a transaction of its own; how many lapsed."""
    with acting_as(system("offers.expire")):
        due = select(Offer.id, Offer.clinic_id).where(Offer.state == OfferState.OPEN, Offer.expires_at <= now)
        late = db.session.execute(due.order_by(Offer.expires_at)).all()
    lapsed = 0
    for offer_id, clinic_id in late:
        asker = system("offers.expire", clinic_id)
        with acting_as(asker):
            lapsed += expire(offer_id=offer_id, by=asker, now=now)
    return lapsed


def _answer(
    offer_id: int, intent: str, weekday: int | None, *, by: Viewer, now: datetime, tell: bool
) -> Offer:
    offer = _locked(offer_id)
    if offer.state is not OfferState.OPEN or offer.expires_at <= now:
        raise OfferIsClosed(offer.state if offer.state is not OfferState.OPEN else OfferState.EXPIRED)
    said = answer([_rule_line(line) for line in offer.lines], intent, weekday)
    if said.ask:
        raise WhichDay
    state = OfferState.ACCEPTED if said.takes else OfferState.DECLINED
    _close(offer, state, takes=tuple(map(int, said.takes)), by=by, now=now)
    if tell:
        offer_rows.news(offer, confirmation(offer), now=now)
    return offer


def _locked(offer_id: int) -> Offer:
    """The offer, read after its episode's lock: whoever came second sees what the first did."""
    owner = db.session.execute(select(Offer.episode_id).where(Offer.id == offer_id)).scalar_one()
    seats.lock_people([owner])
    return db.session.get_one(Offer, offer_id, populate_existing=True)


def _close(
    offer: Offer,
    state: OfferState,
    *,
    takes: tuple[int, ...],
    by: Viewer,
    now: datetime,
    hand_on: bool = True,
) -> None:
    """Confirm the lines taken, free and hand on the rest, and put the episode where it now is."""
    offer.state, offer.answered_at = state, now
    kept = [line for line in offer.lines if line.id in takes]
    gone = [line for line in offer.lines if line not in kept]
    for line in offer.lines:
        line.state = LineState.TAKEN if line in kept else LineState.RELEASED
    taken = [_confirmed(line, offer) for line in kept]
    let_go = [_let_go(line, offer, f"offer_{state.value}") for line in gone]
    let_go += _left_behind(offer, kept)
    if hand_on:
        handover.change(takes=taken, releases=let_go, by=by, now=now, not_to=[offer.episode_id])
    else:
        seats.change(takes=taken, releases=let_go, by=by, now=now)
    outbox.supersede(cause_kind="offer", cause_id=offer.id, reason=state.value)
    audit.record(f"offer.{state.value}", by=by, about=offer, kept=[line.id for line in kept])
    if offer.kind == offer_rows.STANDING:
        standing.settle(episode_id=offer.episode_id, by=by, now=now)
    emit("offer_answered", offer_id=offer.id)


def _confirmed(line: OfferLine, offer: Offer) -> Take:
    if line.class_id is not None:
        return StandingTake(line.class_id, offer.episode_id, line.from_date)
    assert line.session_id is not None
    return VisitTake(line.session_id, offer.episode_id)


def _let_go(line: OfferLine, offer: Offer, reason: str) -> Release:
    """The release of what a line holds."""
    if line.class_id is not None:
        held = [m for m in queries.members_of(offer.episode_id) if m.class_id == line.class_id]
        return StandingRelease(held[0].id, line.from_date, reason)
    places = queries.places_of(line.session_id or 0, PlaceState.HELD)
    return VisitRelease(next(p.id for p in places if p.episode_id == offer.episode_id), reason)


def _left_behind(offer: Offer, kept: Sequence[OfferLine]) -> list[Release]:
    """The seat a move gives up, from the new one's first date on; forgotten when it is no longer theirs."""
    if offer.moves_member_id is None:
        return []
    old = db.session.get_one(Member, offer.moves_member_id)
    if old.state is MemberState.LEFT:
        offer.moves_member_id = None
        return []
    return [StandingRelease(old.id, line.from_date, standing.MOVED) for line in kept[:1]]


def _rule_line(line: OfferLine) -> RuleLine:
    on = line.klass.weekday if line.klass else line.from_date.weekday()
    return RuleLine(str(line.id), on)


def _first_start(lines: Sequence[Line]) -> datetime | None:
    """When the earliest session of an offer starts."""
    starts = []
    for line in lines:
        if isinstance(line, VisitLine):
            starts.append(queries.session(line.session_id).starts_at)
        elif found := queries.session_from(line.class_id, line.from_date):
            starts.append(found.starts_at)
    return min(starts, default=None)


def _opens(clinic_id: int, now: datetime) -> datetime:
    clinic = access.clinic(clinic_id)
    return next_opening(clinic.opening, access.local(clinic_id, now), access.holidays_of(clinic_id))


def confirmation(offer: Offer) -> str:
    """The text that says what came of an answered offer."""
    moves = offer.moves_member_id is not None
    if offer.state is OfferState.DECLINED:
        return "offer_move_kept" if moves else "offer_declined"
    if moves:
        return "offer_move_confirmed"
    if offer.kind == offer_rows.SINGLE:
        return "offer_single_confirmed"
    whole = all(line.state is LineState.TAKEN for line in offer.lines)
    return "offer_confirmed" if whole else "offer_day_confirmed"
