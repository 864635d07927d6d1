"""Open offers of what an edit changes: withdrawn, judged again, and made anew where they still suit.

Nobody answers `1` to a time that is no more. Who is not offered the new one keeps the place in the list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.access import queries as access
from clinic.classes import candidates, handover, offer_rows, offers, promotion, queries, telling
from clinic.classes.errors import CannotSeat
from clinic.classes.models import Offer, SessionState
from clinic.classes.rules import placement
from clinic.extensions import transaction
from clinic.viewer import Viewer

TO_CALL = timedelta(days=1)


@dataclass(frozen=True)
class Withdrawn:
    """An offer taken back: the classes its standing lines were of, and whether she had heard of it."""

    offer: Offer
    class_ids: tuple[int, ...]
    was_told: bool


def withdraw(found: Collection[Offer], *, by: Viewer, now: datetime) -> list[Withdrawn]:
    """Take these back without handing their seats on; takes part in the caller's transaction."""
    gone = []
    for offer in found:
        class_ids = tuple(line.class_id for line in offer.lines if line.class_id is not None)
        gone.append(Withdrawn(offer, class_ids, telling.heard_of(offer.id)))
        offers.withdraw(offer_id=offer.id, by=by, now=now, hand_on=False)
    return gone


def again(
    gone: Sequence[Withdrawn],
    now_is: Mapping[int, int | None],
    *,
    by: Viewer,
    now: datetime,
) -> list[int]:
    """Offer anew what still suits; `now_is` says which class each edited one has become, None for none.

    The episodes that have an offer again. Everybody else is told that theirs is withdrawn.
    """
    renewed = []
    for one in gone:
        if _offer_again(one, now_is, by, now):
            renewed.append(one.offer.episode_id)
        else:
            telling.of_offer(one.offer, was_told=one.was_told, now=now)
    for one in gone:
        _hand_on(one, now_is, by, now)
    return renewed


def _hand_on(one: Withdrawn, now_is: Mapping[int, int | None], by: Viewer, now: datetime) -> None:
    """What the offer held and nobody took again goes to who is next, if it is still there."""
    for class_id in one.class_ids:
        if (new := now_is.get(class_id, class_id)) is not None:
            promotion.hand_on_class(class_id=new, by=by, now=now)
    for line in one.offer.lines:
        if line.session_id is not None and line.session and line.session.state is SessionState.PLANNED:
            promotion.hand_on_session(session_id=line.session_id, by=by, now=now)


def _offer_again(one: Withdrawn, now_is: Mapping[int, int | None], by: Viewer, now: datetime) -> bool:
    episode = queries.find_episode(one.offer.episode_id)
    if episode is None or not one.class_ids or one.offer.moves_member_id is not None:
        return False
    today = access.local(episode.clinic_id, now).date()
    person = candidates.candidate(episode, candidates.known_of([episode.id], today, now))
    rows = [queries.klass(new) for class_id in one.class_ids if (new := now_is.get(class_id, class_id))]
    suits = [row for row in rows if not placement.unsuitable(person, candidates.class_facts(row))]
    lines = [line for row in suits if (line := handover.first_line(row, now, person))]
    if not lines:
        return False
    try:
        with transaction():
            offers.make(episode_id=episode.id, lines=lines, by=by, now=now)
    except CannotSeat:  # full, or somebody has waited longer for what is a new seat now: a person decides
        offer_rows.ring(one.offer, kind="offer_changed", due_at=now + TO_CALL, now=now)
    return True
