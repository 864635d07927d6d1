"""Two rows that were one person have one open episode; parting them gives each her own again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from clinic.extensions import db, now
from clinic.patients import merge
from clinic.patients.models import Merge
from clinic.referrals import arrivals, clocks, engine, webhooks
from clinic.referrals.models import Answer, EndReason, Episode, Referral, State
from clinic.referrals.rules import merging
from clinic.referrals.states import locked, move, put_back
from clinic.viewer import Viewer, system

HOLDS_SEATS = (State.OFFERED, State.IN_CLASS, State.PAUSED)
KEPT = ("next_on", "next_step", "suspended_at", "suspended_reason")
MARK = "case"


def join(merge_id: int) -> None:
    """The kept one's episode goes on; the other open one ends as entered twice, its referrals and facts join.

    A single open episode simply follows. Raises merge.CannotMerge when the other one holds seats or an offer.
    """
    row = db.session.get_one(Merge, merge_id)
    by = system("merge", row.clinic_id)
    stays, goes = _open(row.patient_id), _open(row.gone_id)
    if stays is None or goes is None:
        return
    for episode_id in sorted((stays.id, goes.id)):
        locked(episode_id)
    if goes.state in HOLDS_SEATS:
        raise merge.CannotMerge("Both are in a class or have an offer: end one of the two first.")
    merge.note(row, goes, "state", before=_snapshot(goes), after=State.ENDED.value)
    known = {answer.id for answer in _answers(stays.id)}
    before = dict(stays.case)
    move(goes, State.ENDED, by=by, reason="merged", ended_reason=EndReason.DUPLICATE)
    for referral in _referrals(goes.id):
        merge.note(row, referral, "episode_id", before=goes.id, after=stays.id)
        referral.episode = stays
        db.session.flush()
        arrivals.decide(referral, joined=True, flags=(), facts=goes.case, by=by)
        webhooks.referral_received(referral_id=referral.id)
    for answer in _answers(stays.id):
        if answer.id not in known:
            merge.note(row, answer, merge.MADE, before=None, after=None)
    last = db.session.scalar(select(func.max(Answer.id)).where(Answer.episode_id == stays.id))
    merge.note(row, stays, MARK, before=before, after=last or 0)


def part(merge_id: int) -> None:
    """Each has her own episode in the state it had, and the facts said of her; later answers are kept."""
    row = db.session.get_one(Merge, merge_id)
    by = system("unmerge", row.clinic_id)
    changed = merge.changes(merge_id)
    for mark in changed.get(("episodes", MARK), ()):
        episode = locked(mark.row_id)
        episode.case = _replayed(episode.id, mark.before or {}, after=int(mark.after or 0))
        db.session.flush()
        engine.suggest(episode)
    for ended in changed.get(("episodes", "state"), ()):
        _reopen(locked(ended.row_id), ended.before or {}, by)


def _reopen(episode: Episode, was: dict[str, Any], by: Viewer) -> None:
    put_back(
        episode,
        State(was["state"]),
        by=by,
        reason="unmerged",
        next_on=merge.as_value(Episode, "next_on", was["next_on"]) or clocks.today(episode.clinic_id, now()),
        next_step=was["next_step"],
    )
    for name in ("suspended_at", "suspended_reason"):
        setattr(episode, name, merge.as_value(Episode, name, was[name]))


def _snapshot(episode: Episode) -> dict[str, Any]:
    return {"state": episode.state.value} | {n: merge.as_json(getattr(episode, n)) for n in KEPT}


def _replayed(episode_id: int, case: dict[str, Any], *, after: int) -> dict[str, Any]:
    """The case as it was, with what was answered since then merged in as it was answered."""
    sources: dict[str, str] = {}
    for answer in _answers(episode_id):
        if answer.id <= after:
            sources[answer.path] = answer.source
            continue
        if answer.path == "tests":
            tests = case.get("tests") or []
            case = {**case, "tests": [*tests, *(t for t in answer.value or [] if t not in tests)]}
            continue
        stands = merging.chosen(
            answer.path,
            merging.at(case, answer.path),
            answer.value,
            old_source=sources.get(answer.path, "referrer"),
            new_source=answer.source,
        )
        case, sources[answer.path] = merging.put(case, answer.path, stands), answer.source
    return case


def _answers(episode_id: int) -> list[Answer]:
    return list(db.session.scalars(select(Answer).where(Answer.episode_id == episode_id).order_by(Answer.id)))


def _referrals(episode_id: int) -> list[Referral]:
    query = select(Referral).where(Referral.episode_id == episode_id).order_by(Referral.id)
    return list(db.session.scalars(query))


def _open(patient_id: int) -> Episode | None:
    query = select(Episode).where(Episode.patient_id == patient_id, Episode.state != State.ENDED)
    return db.session.scalars(query).first()
