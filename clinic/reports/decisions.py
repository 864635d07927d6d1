"""Every decision of an episode as it was taken, with what the rules say today beside it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.classes import queries as classes
from clinic.classes.models import Member
from clinic.extensions import db, now, transaction
from clinic.protocol import load
from clinic.referrals import clocks, engine, fact_words, phrases
from clinic.referrals.models import Decision, Episode
from clinic.referrals.rules import triage
from clinic.referrals.rules.case import CaseErrors, parse_case
from clinic.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the rules answer: as it was then, and as it is today."""

    what: str
    then: str
    today: str

    @property
    def same(self) -> bool:
        return self.then == self.today


@dataclass(frozen=True, slots=True)
class Past:
    """One decision: who took it, its lines beside today's; `again` tells whether the same facts under the
    same rules still give the same answer (None when they can no longer be run)."""

    row: Decision
    who: str | None
    lines: list[Line]
    again: bool | None


@dataclass(frozen=True, slots=True)
class Page:
    """`today` is today's answer, or None with the reason in `problem`; newest decision first."""

    episode: Episode
    members: list[Member]
    today: dict[str, Any] | None
    problem: str
    past: list[Past]


@transaction()
def read(episode_id: int, *, by: Viewer) -> Page | None:
    """The decisions of an episode the viewer may see; the reading is audited. None when there is none."""
    episode = db.session.scalars(select(Episode).where(Episode.id == episode_id)).first()
    if episode is None:
        return None
    audit.record("decisions.read", by=by, about=episode)
    today, problem = _today(episode)
    rows = db.session.scalars(
        select(Decision).where(Decision.episode_id == episode_id).order_by(Decision.id.desc())
    )
    past = [Past(row, _who(row), _lines(row.answer, today), runs_again(row)) for row in rows]
    return Page(episode, classes.members_of(episode_id), today, problem, past)


def runs_again(row: Decision) -> bool | None:
    """Whether the stored facts under the rule book of that day give the stored answer still."""
    as_of = row.answer["as_of"]
    try:
        case = parse_case({**row.case, "as_of": as_of}, today=clocks.today(row.clinic_id, row.at))
        book = load.protocol(row.protocol)
    except LookupError:
        return None
    if isinstance(case, CaseErrors):
        return None
    return triage.decide(case, book).to_json() == row.answer


def _today(episode: Episode) -> tuple[dict[str, Any] | None, str]:
    try:
        found = engine.suggestion(episode.clinic_id, episode.case, clocks.today(episode.clinic_id, now()))
    except engine.CannotDecide as problem:
        return None, str(problem)
    return found.to_json(), ""


def _who(row: Decision) -> str | None:
    return access.user(row.by_id).name if row.by_id is not None else None


def _lines(then: dict[str, Any], today: dict[str, Any] | None) -> list[Line]:
    before, after = _said(then), _said(today) if today else {}
    return [Line(what, words, after.get(what, "cannot be decided")) for what, words in before.items()]


def _said(answer: dict[str, Any]) -> dict[str, str]:
    """An answer in seven short lines."""
    open_gates = [phrases.GATE[name] for name, gate in answer["gates"].items() if gate["open"]]
    flags = [f"{flag['id']} {fact_words.answer(flag['state'])}" for flag in answer["flags"]]
    return {
        "Suggestion": phrases.OUTCOME[answer["outcome"]],
        "Phase": _for_now(phrases.PHASE[answer["phase"]["value"]], answer["phase"]),
        "Supervision": _for_now(phrases.BAND[answer["band"]["value"]], answer["band"]),
        "Red flags": ", ".join(flags) or "none open",
        "Open gates": ", ".join(open_gates) or "none",
        "Not known": ", ".join(map(fact_words.label, answer["missing"])) or "nothing the rules ask for",
        "Rules": f"{answer['protocol']}, engine {answer['engine']}",
    }


def _for_now(words: str, part: dict[str, Any]) -> str:
    return f"{words}, for now" if part["provisional"] else words
