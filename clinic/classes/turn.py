"""Nobody is passed over without a reason: the one check at every door where a seat is given by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clinic import audit
from clinic.classes import queries, waiting
from clinic.classes.errors import ClassIsFull, PassesOver
from clinic.classes.models import ClassSession, ExerciseClass
from clinic.classes.offer_rows import Line, StandingLine
from clinic.classes.rules import ranking
from clinic.viewer import Viewer


def insist(
    episode_id: int, lines: Sequence[Line], *, by: Viewer, now: datetime, out_of_turn: str | None
) -> tuple[int, ...]:
    """Episodes passed over for these seats, which a physiotherapist has given a reason for; written down.

    Raises PassesOver without one, and ClassIsFull when there is nothing to take.
    """
    passed = passes_over(episode_id=episode_id, lines=lines, now=now)
    if passed and not (out_of_turn and by.role == "physiotherapist"):
        raise PassesOver(passed)
    if passed:
        given = {"episode_id": episode_id, "passed_over": list(passed)}
        audit.record("seat.out_of_turn", by=by, clinic_id=queries.clinic_of(episode_id), **given)
    return passed


def passes_over(*, episode_id: int, lines: Sequence[Line], now: datetime) -> tuple[int, ...]:
    """Episodes that suit one of these seats, wait longer, and would find it gone.

    Raises ClassIsFull when there is no seat to pass anybody over for: most who ask find it so.
    """
    passed: set[int] = set()
    for line in lines:
        counted = ExerciseClass if isinstance(line, StandingLine) else ClassSession
        seat_id = line.class_id if isinstance(line, StandingLine) else line.session_id
        free, waiters, theirs = queries.free_and_waiting(counted, seat_id, episode_id)
        if free <= 0 and not theirs:
            raise ClassIsFull(**{"class_id" if counted is ExerciseClass else "session_id": seat_id})
        if waiters < free:
            continue
        session = queries.session(seat_id) if counted is ClassSession else None
        row = session.klass if session else queries.klass(seat_id)
        # a date has its own counter: the class may be full for good and the date still free
        seat, keys = waiting.vacancy(row, session, freed=int(session is not None))
        line_up = waiting.in_line(queries.clinic_of(episode_id), now, **keys)
        ahead = ranking.passed_over(f"{episode_id:012d}", line_up, seat)
        if len(ahead) >= free:
            passed |= {int(one) for one in ahead}
    return tuple(sorted(passed))
