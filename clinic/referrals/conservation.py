"""Nobody is lost: every referral ever answered with a 2xx stands on exactly the lists its state says (F10).

Each room gives its own lists (`wiring.LISTS`), the queries its people work from; they are compared as sets of
ids with the receipts, and who is missing or on a list too many is named, becomes an alert and has an owner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.models import Clinic, Role
from clinic.extensions import db, now, transaction, wiring
from clinic.referrals import clocks
from clinic.referrals.inbox import UNDECIDED, inbox
from clinic.referrals.models import Episode, IntakeReceipt, Referral, State
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist

NO_ROW = "is in no episode"
# the list that must hold everybody of a state
HOME: Mapping[State, str] = {
    **{state: state.value for state in UNDECIDED},
    State.WAITING: "waiting",
    State.OFFERED: "holds",
    State.IN_CLASS: "seats",
}
# in which states somebody may be on a list; on another one they are counted twice
MAY_BE_ON: Mapping[str, frozenset[State]] = {
    **{state.value: frozenset({state}) for state in UNDECIDED},
    "waiting": frozenset({State.WAITING, State.OFFERED, State.IN_CLASS, State.AWAITING_ASSESSMENT}),
    "holds": frozenset({State.OFFERED, State.WAITING, State.IN_CLASS, State.AWAITING_ASSESSMENT}),
    "seats": frozenset(
        {State.IN_CLASS, State.PAUSED, State.OFFERED, State.WAITING, State.AWAITING_ASSESSMENT}
    ),
    "slots": frozenset(set(State) - {State.ENDED}),
}


@dataclass(frozen=True, slots=True)
class Conservation:
    """The receipts against the lists, as sets of referral ids; `why` says of each one wrong what is wrong."""

    received: frozenset[int]
    by_state: dict[str, frozenset[int]]
    missing: frozenset[int]
    doubled: frozenset[int]
    why: dict[int, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not (self.missing or self.doubled)


def conservation(lists: Mapping[str, Collection[int]] | None = None) -> Conservation:
    """Compare once; `lists` takes the place of the rooms' own lists of episode ids, by name."""
    known = {name: set(ids) for name, ids in (lists if lists is not None else _lists()).items()}
    for row in inbox(date.max):
        known.setdefault(row.episode.state.value, set()).add(row.episode.id)
    received = frozenset(db.session.scalars(select(IntakeReceipt.referral_id).distinct()))
    states: dict[str, set[int]] = {state.value: set() for state in State}
    missing, doubled, why = set(received), set(), {}
    pairs = select(Episode.state, Episode.id, Referral.id).join(Referral, Referral.episode_id == Episode.id)
    for state, episode_id, referral_id in db.session.execute(pairs):
        home = HOME.get(state)
        if home is None or home not in known or episode_id in known[home]:
            states[state.value].add(referral_id)
            missing.discard(referral_id)
        elif referral_id in received:
            why[referral_id] = f"is {state.value}, and not on the list {home}"
        wrong = [name for name, ids in known.items() if episode_id in ids and state not in MAY_BE_ON[name]]
        if wrong:
            doubled.add(referral_id)
            why[referral_id] = f"is {state.value}, and on the list {', '.join(sorted(wrong))}"
    return Conservation(
        received=received,
        by_state={state: frozenset(ids) for state, ids in states.items()},
        missing=frozenset(missing),
        doubled=frozenset(doubled),
        why={one: why.get(one, NO_ROW) for one in sorted(missing | doubled)},
    )


def settled() -> Conservation:
    """Compare twice: what was only on its way from one list to the other is not wrong."""
    first = conservation()
    if first.holds:
        return first
    db.session.rollback()
    second = conservation()
    missing, doubled = first.missing & second.missing, first.doubled & second.doubled
    why = {one: words for one, words in second.why.items() if one in missing | doubled}
    return Conservation(second.received, second.by_state, missing, doubled, why)


def named() -> dict[str, str]:
    """Who is wrong by reference, and what is; empty when all is well. For `flask doctor`."""
    found = settled().why
    query = select(Referral.id, Referral.reference).where(Referral.id.in_(found))
    names = {row.id: row.reference for row in db.session.execute(query)}
    return {names.get(one, f"referral {one}"): words for one, words in found.items()}


def watch() -> int:
    """Every clinic once a day: an alert for each one wrong, with an owner; how many are wrong."""
    with acting_as(system("conservation")):
        clinics = list(db.session.scalars(select(Clinic.id).order_by(Clinic.id)))
    wrong = 0
    for clinic_id in clinics:
        with acting_as(system("conservation", clinic_id)) as by:
            found = settled().why
            for referral_id, words in found.items():
                _alert(clinic_id, referral_id, words, by)
            wrong += len(found)
    return wrong


@transaction()
def _alert(clinic_id: int, referral_id: int, words: str, by: Viewer) -> None:
    row = db.session.get(Referral, referral_id)
    episode = db.session.get(Episode, row.episode_id) if row else None
    worklist.raise_alert(
        kind="referral_lost",
        patient_id=row.patient_id if row else None,
        cause_kind="referrals",
        cause_id=referral_id,
        clinic_id=clinic_id,
        organisation_id=row.organisation_id if row else None,
        due_at=clocks.end_of_working_day(clinic_id, now()),
        note=f"{row.reference if row else f'Referral {referral_id}'} {words}: put it right today",
        owner_id=(episode.owner_id if episode else None) or _owner(clinic_id),
        by=by,
    )


def _owner(clinic_id: int) -> int | None:
    """Whoever the clinic names for it, else its first coordinator; the team when there is none."""
    named = access.clinic(clinic_id).settings.get("conservation_owner_id")
    return named or next((user.id for user in access.staff_of(clinic_id, Role.COORDINATOR)), None)


def _lists() -> dict[str, set[int]]:
    tables: Any = wiring()
    found: dict[str, set[int]] = defaultdict(set)
    for name, provider in tables.LISTS.items():
        found[name] |= set(provider())
    return found
