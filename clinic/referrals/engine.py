"""Runs the rules over an episode's facts and keeps the whole answer beside the whole case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic.access import queries as access
from clinic.extensions import db, now
from clinic.protocol import load
from clinic.referrals import clocks
from clinic.referrals.models import Decision, Episode
from clinic.referrals.rules import triage
from clinic.referrals.rules.case import CaseErrors, parse_case
from clinic.referrals.rules.decision import Decision as Suggestion
from clinic.referrals.rules.words import FlagState

NOT_ACCEPTED = ("RF1", "RF2", "RF4")  # F6: act today


class CannotDecide(Exception):
    """The facts of a case contradict its form; `errors` say where and why."""

    def __init__(self, errors: CaseErrors) -> None:
        super().__init__("; ".join(f"{e.path}: {e.text}" for e in errors.errors))
        self.errors = errors


def suggestion(clinic_id: int, case: Mapping[str, Any], today: date) -> Suggestion:
    """What the clinic's protocol suggests for a case on a clinic date. Raises CannotDecide."""
    parsed = parse_case({**case, "as_of": today.isoformat()}, today=today)
    if isinstance(parsed, CaseErrors):
        raise CannotDecide(parsed)
    return triage.decide(parsed, load.protocol(access.clinic(clinic_id).protocol or today))


def suggest(episode: Episode, *, found: Suggestion | None = None) -> Decision:
    """Decide the episode's case anew and store it; an unconfirmed phase and band follow the suggestion.

    `found`: what the rules have just said of this very case.
    """
    found = found or suggestion(episode.clinic_id, episode.case, clocks.today(episode.clinic_id, now()))
    row = Decision(
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        kind="suggested",
        protocol=found.protocol,
        engine=found.engine,
        outcome=found.outcome.value,
        phase=found.phase.value.value,
        band=found.band.value.value,
        case={**episode.case, "as_of": found.as_of.isoformat()},
        answer=found.to_json(),
    )
    db.session.add(row)
    if episode.confirmed_on is None:
        episode.phase, episode.band = row.phase, row.band
    db.session.flush()
    return row


def latest(episode_id: int, kind: str = "suggested") -> Decision | None:
    """The newest suggestion, or the newest decision a person took."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.episode_id == episode_id, Decision.kind == kind)
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()


def act_today(found: Suggestion) -> tuple[str, ...]:
    """The red flags that refuse a referral at the door: RF1, RF2 or RF4 answered yes (F6)."""
    return tuple(f.flag.id for f in found.flags if f.flag.id in NOT_ACCEPTED and f.state is FlagState.YES)
