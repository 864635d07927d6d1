"""How the suggestions are used: agreement, overrides, what needed a physiotherapist, what is suggested."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from clinic.extensions import db
from clinic.referrals import fact_words, phrases, second_look
from clinic.referrals.models import Assessment, Decision, Episode
from clinic.reports.counting import Bar, bars, needed_physiotherapist, overrides
from clinic.worklist.models import Task

HASTY = 20  # seconds; a service's own default


@dataclass(frozen=True, slots=True)
class Override:
    """One way in which people differed from the suggestion, how often, and the reasons they gave."""

    words: str
    count: int
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """One clinic's figures since a date; counts of decisions, second looks and suggestions."""

    accepted: int
    as_suggested: int
    drawn: int
    agreed: int
    disagreed: int
    overrides: list[Override]
    decided: int
    needed: int
    needed_by_reason: list[Bar]
    outcomes: list[Bar]
    phases: list[Bar]
    bands: list[Bar]
    seconds: list[int]  # each acceptance's page was open, shortest first; those that are known

    @property
    def half_within(self) -> int:
        """The middle acceptance's seconds on the page; of none, 0."""
        return self.seconds[len(self.seconds) // 2] if self.seconds else 0

    @property
    def hasty(self) -> int:
        """How many were accepted faster than anybody reads three facts."""
        return sum(one < HASTY for one in self.seconds)

    @property
    def agreement(self) -> Bar:
        """Of the second looks that were answered."""
        return Bar("Agreed", self.agreed, self.agreed + self.disagreed)


def since(moment: datetime, day: date) -> Overview:
    """The viewer's clinic from `moment` on (decisions), and of referrals since `day` (suggestions)."""
    decided = _decided(moment)
    accepted = [row for row in decided if row.choice == "accept"]
    looks = Counter(_second_looks(moment))
    why = [needed_physiotherapist(row.answer) for row in decided]
    arrived = on_arrival(day)
    return Overview(
        accepted=len(accepted),
        as_suggested=sum(not _changed(row) for row in accepted),
        drawn=looks.total(),
        agreed=looks[second_look.AGREED],
        disagreed=looks[second_look.DISAGREED],
        overrides=_overrides(accepted, moment),
        decided=len(decided),
        needed=sum(map(bool, why)),
        needed_by_reason=_by_reason(why),
        outcomes=bars(phrases.OUTCOME, (row.outcome for row in arrived)),
        phases=bars(phrases.PHASE, (row.phase for row in arrived)),
        bands=bars(phrases.BAND, (row.band for row in arrived)),
        seconds=sorted(row.seconds_open for row in accepted if row.seconds_open is not None),
    )


def _decided(moment: datetime) -> list[Decision]:
    query = select(Decision).where(Decision.kind == "decided", Decision.at >= moment)
    return list(db.session.scalars(query.order_by(Decision.id)))


def _second_looks(moment: datetime) -> Iterable[str]:
    query = select(Task.outcome).where(Task.kind == second_look.KIND, Task.raised_at >= moment)
    return (outcome or "open" for outcome in db.session.scalars(query))


def on_arrival(day: date) -> list[Decision]:
    """What the rules first suggested for each episode referred since a date, before anybody asked."""
    first = (
        select(func.min(Decision.id))
        .join(Episode, Episode.id == Decision.episode_id)
        .where(Decision.kind == "suggested", Episode.referred_on >= day)
        .group_by(Decision.episode_id)
    )
    return list(db.session.scalars(select(Decision).where(Decision.id.in_(first))))


def _changed(row: Decision) -> list[str]:
    answer = row.answer
    return overrides((answer["phase"]["value"], answer["band"]["value"]), (row.phase, row.band))


def _overrides(accepted: list[Decision], moment: datetime) -> list[Override]:
    """On accepting and at assessments, grouped by what was changed; reasons as people wrote them."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in accepted:
        for words in _changed(row):
            reasons[words].append(row.reason or "")
    for assessment, suggested in _assessed(moment):
        for words in overrides((suggested.phase, suggested.band), (assessment.phase, assessment.band)):
            reasons[words].append(assessment.reason or "")
    return [Override(words, len(said), sorted({*said} - {""})) for words, said in sorted(reasons.items())]


def _assessed(moment: datetime) -> list[tuple[Assessment, Decision]]:
    """Each assessment with the suggestion that was made of it: the newest one before."""
    before = (
        select(func.max(Decision.id))
        .where(
            Decision.episode_id == Assessment.episode_id,
            Decision.kind == "suggested",
            Decision.at <= Assessment.at,
        )
        .correlate(Assessment)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Assessment, Decision).join(Decision, Decision.id == before).where(Assessment.at >= moment)
    )
    return [(assessment, decision) for assessment, decision in rows]


def _by_reason(why: list[list[str]]) -> list[Bar]:
    counted = Counter(reason for reasons in why for reason in reasons)
    return [Bar(_flag_words(reason), count, len(why)) for reason, count in counted.most_common()]


def _flag_words(reason: str) -> str:
    flag, _, state = reason.partition(" ")
    return f"{fact_words.label(flag)}: {fact_words.answer(state)}"
