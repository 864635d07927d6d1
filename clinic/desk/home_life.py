"""What the home has and which conditions a plan must know of; kept among the episode's wishes (F5, F39)."""

from __future__ import annotations

from collections.abc import Collection

from clinic import audit
from clinic.exercises.rules.plan import STANDING_AT_HOME
from clinic.extensions import transaction
from clinic.referrals import states
from clinic.referrals.models import Episode
from clinic.viewer import Viewer

HOME = (
    ("worktop", "A worktop to hold"),
    ("firm_chair", "A firm chair without wheels"),
    ("stairs_with_rail", "Stairs with a rail"),
    ("exercise_band", "An exercise band"),
)
TAGS = (
    ("arthritis", "Arthritis"),
    ("heart", "Heart condition"),
    ("nerve_disease", "Nerve disease"),
    ("parkinsons", "Parkinson's"),
    ("stoma_or_hernia", "Stoma or hernia"),
    ("brace", "Wears a brace"),
    ("anticoagulant", "Takes a blood thinner"),
    ("strong_painkiller", "Takes a strong painkiller"),
)


@transaction()
def keep(
    *, episode: Episode, home: Collection[str], tags: Collection[str], standing: bool, by: Viewer
) -> None:
    """Remember what the home has, the condition tags, and a release of standing exercises at home."""
    row = states.locked(episode.id)
    released = [STANDING_AT_HOME] if standing else []
    row.wishes = {**row.wishes, "home": sorted(home), "tags": sorted(tags), "released": released}
    audit.record("episode.home_recorded", by=by, about=row, standing=standing)
