"""What was demonstrated to one person in class, and what the gates still hold back (F5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from clinic.classes import queries
from clinic.classes.rules import held_back
from clinic.classes.rules.held_back import Gates
from clinic.extensions import transaction
from clinic.protocol.exercise_library import CellItem, library
from clinic.referrals import assessments
from clinic.referrals.models import Episode
from clinic.viewer import Viewer


def cell_of(episode: Episode, day: date) -> tuple[CellItem, ...]:
    """The exercises of this person's phase and band; the gentlest cell while neither is confirmed."""
    return library(day).cell(episode.phase or "P1", episode.band or "high")


def shown(episode: Episode) -> set[str]:
    """Ids of what our staff have shown to this person; kept in the case, so nothing is asked for."""
    return set((episode.case.get("progress") or {}).get("taught") or ())


def held_back_of(episode: Episode, day: date, gates: Gates) -> dict[str, str]:
    """Exercise id -> the closed gate that holds it back."""
    return held_back.in_class(cell_of(episode, day), gates)


@transaction()
def set_shown(*, place_id: int, exercise_ids: Collection[str], by: Viewer) -> None:
    """Exactly these of the person's cell are shown from now on; others are left alone."""
    place = queries.place(place_id)
    episode = queries.episode_of(place)
    cell = {one.exercise.id for one in cell_of(episode, place.local_date)}
    wanted, known = cell & set(exercise_ids), shown(episode) & cell
    if new := wanted - known:
        assessments.tick_taught(episode_id=episode.id, exercise_ids=new, by=by, how="class")
    for exercise_id in sorted(known - wanted):
        assessments.untick(episode_id=episode.id, exercise_id=exercise_id, by=by)
