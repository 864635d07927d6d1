"""Somebody's needs have changed: who comes with them takes room from now on, or gives it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic.classes import companions, holding, promotion, queries, telling
from clinic.classes.models import ClassSession
from clinic.classes.seats import lock_people
from clinic.extensions import transaction
from clinic.viewer import Viewer

BEFORE_IT_STARTS = timedelta(days=1)


@transaction()
def follow(*, episode_id: int, by: Viewer, now: datetime) -> int:
    """Count who is beside this person in every class and session to come; how many of those are over now.

    Nobody is moved or dropped: who is over has a task with an owner. Room given back goes to who is next.
    """
    classes = sorted({one.class_id for one in queries.members_of(episode_id)})
    ids = companions.sessions_of([episode_id], now)
    if not classes and not ids:
        return 0
    holding.hold(ClassSession.id.in_(sorted(ids)), classes)
    people = lock_people([episode_id])
    before = {row.id: row.capacity for row in map(queries.session, sorted(ids))}
    seats_before = {one: queries.klass(one).capacity for one in classes}
    over = companions.settle(people, class_ids=classes, session_ids=ids, now=now)
    for row in over:
        starts = getattr(row, "starts_at", now + 2 * BEFORE_IT_STARTS)
        telling.over_capacity(row, due_at=max(now, starts - BEFORE_IT_STARTS), by=by)
    roomier = [one for one, was in before.items() if queries.session(one).capacity > was]
    for session_id in roomier:
        promotion.hand_on_session(session_id=session_id, by=by, now=now)
    for class_id in classes:
        if queries.klass(class_id).capacity > seats_before[class_id]:
            promotion.hand_on_class(class_id=class_id, by=by, now=now)
    return len(over)
