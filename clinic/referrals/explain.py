"""A suggestion laid open: the facts it used, what is missing, and what each missing answer would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from clinic.access import queries as access
from clinic.protocol import load
from clinic.referrals import fact_words
from clinic.referrals.models import Answer, Decision, Episode, Referral
from clinic.referrals.rules import merging
from clinic.referrals.rules.case import CaseErrors, parse_case
from clinic.referrals.rules.completeness import Change, what_would_change


@dataclass(frozen=True, slots=True)
class Layers:
    """`used`: label and words of every known fact; `missing`: labels of what is not known."""

    used: list[tuple[str, str]]
    tests: list[str]
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Differing:
    """One fact on which two people differ: who said what, in the order they said it."""

    label: str
    said: list[tuple[str, str, date]]


def layers(decision: Decision) -> Layers:
    """The facts as they were when the rules ran, not as they are now."""
    used = [
        (fact_words.label(path), fact_words.answer(value))
        for path, value in sorted(merging.facts_of(decision.case).items())
        if not (path.startswith("flags.") and value is False)
    ]
    tests = decision.case.get("tests")
    return Layers(
        used=used,
        tests=[_test(test) for test in tests] if isinstance(tests, list) else [],
        missing=[fact_words.label(path) for path in decision.answer["missing"]],
    )


def would_change(episode: Episode, today: date) -> list[Change]:
    """What would change the suggestion: only the missing facts whose answer makes a difference."""
    case = parse_case({**episode.case, "as_of": today.isoformat()}, today=today)
    if isinstance(case, CaseErrors):
        return []
    book = load.protocol(access.clinic(episode.clinic_id).protocol or today)
    return [change for change in what_would_change(case, book) if change.matters]


def differing(first: Referral, answers: Iterable[Answer]) -> list[Differing]:
    """Facts with two different answers, the first referral's included; the case holds the cautious one."""
    said: dict[str, list[tuple[str, str, date]]] = defaultdict(list)
    for answer in answers:
        if answer.path != "tests":
            known = merging.at(first.case, answer.path)
            if known is not None and answer.path not in said:
                said[answer.path].append(("referrer", fact_words.answer(known), first.received_at.date()))
            said[answer.path].append((answer.source, fact_words.answer(answer.value), answer.answered_on))
    return [
        Differing(fact_words.label(path), rows)
        for path, rows in said.items()
        if len({words for _, words, _ in rows}) > 1
    ]


def _test(test: Mapping[str, Any]) -> str:
    value = "unable" if test.get("unable") else fact_words.answer(test.get("value"))
    on = f", {fact_words.answer(test['on'])}" if test.get("on") else ""
    return f"{fact_words.label('tests.' + str(test.get('name')))}: {value}{on}"
