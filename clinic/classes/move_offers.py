"""Another class offered by text in place of one: the old seat stays until the person says yes."""

from __future__ import annotations

from datetime import datetime

from clinic import audit
from clinic.access import queries as access
from clinic.classes import candidates, handover, offers, queries, seats
from clinic.classes.errors import CannotSeat, CannotTakeASeat
from clinic.classes.models import Member, MemberState, Offer
from clinic.classes.offer_rows import StandingLine
from clinic.extensions import db, transaction
from clinic.patients import queries as patients
from clinic.viewer import Viewer


class OnlyByPhone(CannotSeat):
    """Two seats on one weekday cannot be held at once, and a text needs a number."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.text = f"Agree this by telephone: {why}"


@transaction()
def make(
    *, member_id: int, to_class_id: int, by: Viewer, now: datetime, out_of_turn: str | None = None
) -> Offer:
    """Hold a seat in the other class from after the answer is due, and text the offer of it.

    Raises OnlyByPhone, ClassIsFull, CannotTakeASeat, HasOpenOffer, TooLateToOffer or PassesOver.
    """
    member = db.session.get_one(Member, member_id)
    seats.lock_people([member.episode_id])
    if member.state is not MemberState.ACTIVE:
        raise CannotTakeASeat(episode_id=member.episode_id)
    if why := why_by_phone(member, queries.klass(to_class_id).weekday):
        raise OnlyByPhone(why)
    line = line_for(member, to_class_id, now)
    if line is None:
        raise OnlyByPhone("no session of that class is planned far enough ahead.")
    made = offers.make(
        episode_id=member.episode_id, lines=[line], by=by, now=now, out_of_turn=out_of_turn, moves=member.id
    )
    audit.record("member.move_offered", by=by, about=member, to_class=to_class_id, offer=made.id)
    return made


def why_by_phone(member: Member, weekday: int) -> str | None:
    """Why a move to a class of this weekday cannot be offered by text, in a sentence; None when it can."""
    if weekday in {one.klass.weekday for one in queries.members_of(member.episode_id)}:
        return "both classes are on one day, and nobody holds two seats on one day."
    contact = patients.main_contact(member.patient_id)
    if contact is None or not contact.can_text:
        return "no mobile takes our texts."
    return None


def line_for(member: Member, to_class_id: int, now: datetime) -> StandingLine | None:
    """The first session after an offer made now would have lapsed."""
    episode = queries.find_episode(member.episode_id)
    assert episode is not None, "a member has an episode"
    today = access.local(member.clinic_id, now).date()
    person = candidates.candidate(episode, candidates.known_of([episode.id], today, now))
    return handover.first_line(queries.klass(to_class_id), now, person)
