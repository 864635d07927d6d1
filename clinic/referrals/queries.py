"""Reads of this room for pages and for the rooms above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import lazyload

from clinic.extensions import db, wiring
from clinic.patients.timeline import Line
from clinic.referrals import letters_words, phrases
from clinic.referrals.changes import without_patient
from clinic.referrals.engine import NOT_ACCEPTED
from clinic.referrals.models import (
    Assessment,
    Episode,
    Letter,
    Referral,
    State,
    StateChange,
)
from clinic.referrals.rules.flags import FLAGS
from clinic.viewer import Kind, acting_as, current, system

WAIT_WINDOW = timedelta(days=90)
FEWEST = 5  # fewer starts than this say nothing about the usual wait (F21)


@dataclass(frozen=True, slots=True)
class UsualWait:
    """How long people of one phase and band waited from referral to first class, in days."""

    n: int
    median_days: int
    eightieth_days: int

    @property
    def words(self) -> str:
        weeks = max(1, round(self.median_days / 7))
        return f"{weeks} week{'' if weeks == 1 else 's'} (n = {self.n})"


def counts_by_state() -> dict[State, int]:
    """How many episodes are in each state; zero is said too. One statement."""
    rows = db.session.execute(select(Episode.state, func.count()).group_by(Episode.state))
    return {**dict.fromkeys(State, 0), **dict(rows.all())}


def usual_wait(clinic_id: int, phase: str | None, band: str | None, today: date) -> UsualWait | None:
    """Median and 80th centile of those who started in the last 90 days; None when fewer than five did.

    Counts only: any viewer may ask it of a clinic. One statement.
    """
    with acting_as(system("usual wait", clinic_id)):
        days = sorted(
            (first - referred).days
            for referred, first in db.session.execute(
                select(Episode.referred_on, Episode.first_class_on).where(
                    Episode.clinic_id == clinic_id,
                    Episode.phase == phase,
                    Episode.band == band,
                    Episode.first_class_on > today - WAIT_WINDOW,
                    Episode.first_class_on <= today,
                )
            )
            if first is not None
        )
    if len(days) < FEWEST:
        return None
    place = -(-8 * len(days) // 10) - 1  # nearest rank
    return UsualWait(len(days), round(median(days)), days[place])


def open_episode(patient_id: int) -> Episode | None:
    """The patient's one episode that has not ended."""
    query = select(Episode).where(Episode.patient_id == patient_id, Episode.state != State.ENDED)
    return db.session.scalars(query).first()


def referral(public_id: str) -> Referral | None:
    """A referral the viewer may see; its patient and episode may stand behind the wall."""
    return db.session.scalars(
        select(Referral).where(Referral.public_id == public_id).options(*without_patient())
    ).first()


def referral_by_id(referral_id: int) -> Referral:
    """The same by its number; raises when the viewer may not see it."""
    query = select(Referral).where(Referral.id == referral_id).options(*without_patient())
    return db.session.scalars(query).one()


def act_today_of(row: Referral) -> tuple[str, ...]:
    """The flags for which a referral was answered NOT ACCEPTED, from what its sender said (F6)."""
    flags = row.case.get("flags") or {}
    return tuple(f.id for f in FLAGS if f.id in NOT_ACCEPTED and flags.get(f.key) is True)


def episode_of(row: Referral) -> Episode | None:
    """The referral's episode, or None when it belongs to another organisation."""
    query = select(Episode).where(Episode.id == row.episode_id).options(lazyload(Episode.patient))
    return db.session.scalars(query).first()


def of_organisation(*, before: int | None = None, limit: int = 100) -> list[tuple[Referral, Episode | None]]:
    """A page of the viewer's referrals, newest first, each with its episode unless it is held elsewhere."""
    newest = (Referral.received_at.desc(), Referral.id.desc())
    query = select(Referral).options(*without_patient()).order_by(*newest).limit(limit)
    if before is not None:
        last = select(Referral.received_at).where(Referral.id == before).scalar_subquery()
        same = and_(Referral.received_at == last, Referral.id < before)
        query = query.where(or_(Referral.received_at < last, same))
    return _with_episodes(list(db.session.scalars(query)))


def to_answer() -> list[tuple[Referral, Episode | None]]:
    """The viewer's referrals that wait for its answer, oldest first: every one, however old."""
    query = (
        select(Referral)
        .join(Episode, Episode.id == Referral.episode_id)
        .where(Episode.state == State.WITH_REFERRER, Referral.withdrawn_at.is_(None))
        .options(*without_patient())
        .order_by(Referral.id)
    )
    return _with_episodes(list(db.session.scalars(query)))


def _with_episodes(rows: list[Referral]) -> list[tuple[Referral, Episode | None]]:
    ids = [row.episode_id for row in rows]
    seen = select(Episode).where(Episode.id.in_(ids)).options(lazyload(Episode.patient))
    episodes = {episode.id: episode for episode in db.session.scalars(seen)}
    return [(row, episodes.get(row.episode_id)) for row in rows]


def referrals_of(episode_id: int) -> list[Referral]:
    """Every referral of an episode, first to last."""
    query = select(Referral).where(Referral.episode_id == episode_id).order_by(Referral.id)
    return list(db.session.scalars(query.options(*without_patient())))


def changes_of(episode_id: int) -> list[StateChange]:
    """The episode's moves, first to last."""
    query = select(StateChange).where(StateChange.episode_id == episode_id).order_by(StateChange.id)
    return list(db.session.scalars(query))


def letters_of(episode_id: int) -> list[Letter]:
    """Letters the viewer may see, newest first."""
    query = select(Letter).where(Letter.episode_id == episode_id).order_by(Letter.id.desc())
    return list(db.session.scalars(query))


def letter(public_id: str) -> Letter | None:
    return db.session.scalars(select(Letter).where(Letter.public_id == public_id)).first()


def timeline(patient_id: int) -> list[Line]:
    """This room's dated lines about a patient, as far as the viewer sees (TIMELINE). Three statements."""
    shown_notes = ("asked", "answered")
    lines = [
        Line(
            at=change.at,
            room="referrals",
            text=_move_words(change),
            detail=change.note or "" if change.reason in shown_notes or _staff() else "",
        )
        for change in _moves_of(patient_id)
    ]
    lines += [
        Line(at=done.at, room="referrals", text="Assessed by a physiotherapist", staff_only=True)
        for done in _of(Assessment, patient_id)
    ]
    lines += [
        Line(at=row.written_at, room="referrals", text=f"Letter written: {letters_words.title(row.kind)}")
        for row in _of(Letter, patient_id)
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def lines_for_referrer(patient_id: int) -> list[Line]:
    """Every room's lines about a patient that a referrer may see, newest first (TIMELINE)."""
    lines = [line for provider in wiring().TIMELINE for line in provider(patient_id)]
    return sorted((line for line in lines if not line.staff_only), key=lambda x: x.at, reverse=True)


def _moves_of(patient_id: int) -> Sequence[StateChange]:
    """By episode, since an episode may have followed its patient from another record."""
    query = select(StateChange).join(Episode, Episode.id == StateChange.episode_id)
    return db.session.scalars(query.where(Episode.patient_id == patient_id)).all()


def _of(model: Any, patient_id: int) -> Sequence[Any]:
    return db.session.scalars(select(model).where(model.patient_id == patient_id)).all()


def _move_words(change: StateChange) -> str:
    words = phrases.STATE_FOR_STAFF if _staff() else phrases.STATE_FOR_REFERRER
    why = phrases.reason(change.reason)
    return f"{why}: {words[change.after].lower()}" if why else words[change.after]


def _staff() -> bool:
    return current().kind in (Kind.STAFF, Kind.SYSTEM)
