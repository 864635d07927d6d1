"""What is still missing: what to ask the patient, and where each answer would lead."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from clinic.protocol.model import Protocol
from clinic.referrals.rules.decision import Decision
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.flags import BY_KEY
from clinic.referrals.rules.questions import QUESTIONS, Question
from clinic.referrals.rules.triage import decide
from clinic.referrals.rules.words import Band, Outcome, Phase


@dataclass(frozen=True, slots=True)
class Possibility:
    """One answer, and what would be suggested if every other missing fact were reassuring."""

    answer: str
    outcome: Outcome
    phase: Phase
    band: Band


@dataclass(frozen=True, slots=True)
class Change:
    """One missing fact and the outcomes it could lead to; `matters` when the answer makes a difference."""

    question: Question
    possibilities: tuple[Possibility, ...]
    matters: bool

    @property
    def path(self) -> str:
        """The fact, as in `missing`."""
        return self.question.path

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes this fact could lead to, in the order of their answers."""
        return tuple(dict.fromkeys(possible.outcome for possible in self.possibilities))


def missing_questions(decision: Decision) -> tuple[Question, ...]:
    """Only the missing facts, in the order of a phone call: emergencies, then pain, dating, falls."""
    asked = [QUESTIONS[path] for path in QUESTIONS if path in set(decision.missing)]
    return tuple(sorted(asked, key=_emergencies_first))


def what_would_change(case: Case, protocol: Protocol) -> tuple[Change, ...]:
    """For each missing fact, the suggestion each of its answers would lead to.

    The other missing facts are taken as reassuring, so that each line shows its own fact's weight.
    """
    questions = missing_questions(decide(case, protocol))
    answers = {question.path: question.answers(case, protocol.numbers) for question in questions}
    calm = case
    for question in questions:
        calm = with_fact(calm, question.path, answers[question.path][question.calm][1])
    changes = []
    for question in questions:
        possibilities = []
        for answer, value in answers[question.path]:
            then = decide(with_fact(calm, question.path, value), protocol)
            possibilities.append(Possibility(answer, then.outcome, then.phase.value, then.band.value))
        matters = len({(p.outcome, p.phase, p.band) for p in possibilities}) > 1
        changes.append(Change(question, tuple(possibilities), matters))
    return tuple(changes)


def with_fact(case: Case, path: str, value: Any) -> Case:
    """The same case with one fact changed; `path` as in `missing`, `value` as the rules hold it."""
    section, _, name = path.partition(".")
    if section == "flags":
        return replace(case, flags=MappingProxyType({**case.flags, name: value}))
    return replace(case, **{section: replace(getattr(case, section), **{name: value})})


def _emergencies_first(question: Question) -> bool:
    section, _, name = question.path.partition(".")
    return not (section == "flags" and BY_KEY[name].emergency_first)
