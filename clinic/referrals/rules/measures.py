"""Which balance and strength tests count today, which are abnormal, and which cannot be used."""

from bisect import bisect_right
from datetime import date
from enum import Enum, auto
from typing import NamedTuple

from clinic.protocol.model import Protocol
from clinic.protocol.numbers import Numbers
from clinic.referrals.rules.dates import age_on
from clinic.referrals.rules.decision import Reason
from clinic.referrals.rules.facts import Case, TestResult
from clinic.referrals.rules.words import Sex, TestName


class _Verdict(Enum):
    NORMAL = auto()
    ABNORMAL = auto()
    UNUSABLE = auto()


class _Judged(NamedTuple):
    result: TestResult
    verdict: _Verdict
    criteria: tuple[str, ...]


class Measures(NamedTuple):
    """`tested`: there is a current test; `abnormal` and `notes` as reasons."""

    tested: bool
    abnormal: tuple[Reason, ...]
    normal_facts: tuple[str, ...]
    notes: tuple[Reason, ...]


_NO_TESTS = Measures(False, (), (), ())


def measure(case: Case, protocol: Protocol) -> Measures:
    """An abnormal result stands until the same test is repeated; a normal one lasts 90 days."""
    if not case.tests:
        return _NO_TESTS
    judged = [_judge(result, case, protocol.numbers) for result in case.tests]
    usable = [one for one in judged if one.verdict is not _Verdict.UNUSABLE]
    current = [one for one in usable if _is_current(one.result, case.as_of, protocol.numbers)]
    normal = [_fact(one.result) for one in current if one.verdict is _Verdict.NORMAL]
    abnormal, notes = [], []
    for one in _standing(usable):
        for criterion in one.criteria:
            abnormal.append(Reason(protocol.criteria[criterion], _fact(one.result)))
    for one in judged:
        if one.verdict is _Verdict.UNUSABLE:
            for criterion in one.criteria:
                notes.append(Reason(protocol.criteria[criterion], _fact(one.result)))
    return Measures(bool(current), tuple(abnormal), tuple(normal), tuple(notes))


def _standing(usable: list[_Judged]) -> list[_Judged]:
    """The abnormal results no later result of the same test has replaced; undated ones stay (A30)."""
    newest: dict[TestName, date] = {}
    for one in usable:
        name, on = one.result.name, one.result.on
        if on is not None and on > newest.get(name, date.min):
            newest[name] = on
    return [
        one
        for one in usable
        if one.verdict is _Verdict.ABNORMAL
        and (one.result.on is None or one.result.on == newest[one.result.name])
    ]


def _is_current(result: TestResult, as_of: date, numbers: Numbers) -> bool:
    return result.on is not None and (as_of - result.on).days <= numbers.test_current_days


def _judge(result: TestResult, case: Case, numbers: Numbers) -> _Judged:
    if result.unable:
        return _Judged(result, _Verdict.ABNORMAL, ("FB-1.15",))
    if result.name is TestName.CHAIR_STAND:
        return _judge_chair_stand(result, case, numbers)
    value = result.value
    if value is None:
        return _Judged(result, _Verdict.UNUSABLE, ())
    if result.name is TestName.TIMED_UP_AND_GO:
        if value > numbers.tug_most_s:
            return _Judged(result, _Verdict.ABNORMAL, ("FB-1.11", "FB-1.25"))
        return _verdict(result, value >= numbers.tug_least_s, value >= numbers.tug_abnormal_from_s, "FB-1.11")
    if result.name is TestName.GAIT_SPEED:
        usable = 0 <= value <= numbers.gait_most_m_s
        return _verdict(result, usable, value <= numbers.gait_abnormal_to_m_s, "FB-1.12")
    usable = 0 <= value <= numbers.tandem_most_s
    return _verdict(result, usable, value < numbers.tandem_abnormal_below_s, "FB-1.14")


def _verdict(result: TestResult, usable: bool, abnormal: bool, criterion: str) -> _Judged:
    if not usable:
        return _Judged(result, _Verdict.UNUSABLE, ("FB-1.22",))
    if abnormal:
        return _Judged(result, _Verdict.ABNORMAL, (criterion,))
    return _Judged(result, _Verdict.NORMAL, ())


def _judge_chair_stand(result: TestResult, case: Case, numbers: Numbers) -> _Judged:
    """Arms used counts as 0; not knowing whether they were used makes a good count no test (A21)."""
    stands = result.value
    if stands is not None and not 0 <= stands <= numbers.chair_stand_most:
        return _Judged(result, _Verdict.UNUSABLE, ("FB-1.22",))
    if result.used_arms:
        stands = 0
    if stands is None:
        return _Judged(result, _Verdict.UNUSABLE, ())
    cut = _chair_stand_cut(case, result.on or case.as_of, numbers)
    if cut is None:
        return _Judged(result, _Verdict.UNUSABLE, ("FB-1.23",))
    if stands < cut:
        return _Judged(result, _Verdict.ABNORMAL, ("FB-1.13",))
    if result.used_arms is None:
        return _Judged(result, _Verdict.UNUSABLE, ("FB-1.23",))
    return _Judged(result, _Verdict.NORMAL, ())


def _chair_stand_cut(case: Case, on: date, numbers: Numbers) -> int | None:
    """Below this is below average; None outside the ages of the table or without a birth date."""
    if case.person.birth_date is None:
        return None
    age = age_on(case.person.birth_date, on)
    row = bisect_right(numbers.chair_stand_from_ages, age) - 1
    if row < 0 or age > numbers.chair_stand_to_age:
        return None
    men, women = numbers.chair_stand_men[row], numbers.chair_stand_women[row]
    if case.person.sex is None:
        return max(men, women)
    return men if case.person.sex is Sex.MALE else women


def _fact(result: TestResult) -> str:
    shown = "unable" if result.unable else "unknown" if result.value is None else f"{result.value:g}"
    arms = ", arms used" if result.used_arms else ""
    return f"tests.{result.name} = {shown}{arms} on {result.on or 'an unknown day'}"
