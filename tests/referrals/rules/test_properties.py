"""What must hold for every case, whatever its facts."""

import json
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocol.load import protocol
from clinic.referrals.rules.band import decide_band
from clinic.referrals.rules.case import CaseErrors, parse_case
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.triage import decide
from clinic.referrals.rules.words import Outcome
from tests.referrals.rules.raw_cases import AS_OF, raw_cases
from tests.referrals.rules.worked_cases import changed, steady_patient

BOOK = protocol("2026-11")
REQUIRED = {
    "falls.count_12m": [0, 1, 2, 7],
    "falls.injurious": [True, False],
    "falls.could_not_get_up": [True, False],
    "falls.lost_consciousness": [True, False],
    "falls.unsteady": [True, False],
    "falls.worried": [True, False],
    "mobility.needs_person": [True, False],
    "mobility.walking_aid": [True, False],
}
# Starting from the steady patient reaches the deep rules more often than starting from nothing.
steady_cases = raw_cases.map(lambda raw: _over(steady_patient(), raw))
cases = raw_cases | steady_cases
properties = settings(max_examples=120, deadline=None)


def _over(base: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in raw.items():
        known = (
            {name: fact for name, fact in value.items() if fact is not None}
            if isinstance(value, dict)
            else value
        )
        merged[key] = {**base[key], **known} if isinstance(base.get(key), dict) else value
    return merged


def _read(raw: dict[str, Any]) -> Case:
    case = parse_case(raw, today=AS_OF)
    assert isinstance(case, Case), case
    return case


def _answer(raw: dict[str, Any]) -> dict[str, Any]:
    return decide(_read(raw), BOOK).to_json()


def _readable(raw: dict[str, Any]) -> bool:
    return isinstance(parse_case(raw, today=AS_OF), Case)


readable = cases.filter(_readable)


def _known_noes(raw: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Every place where a False stands: the mapping and the key."""
    for value in raw.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from ((part, key) for key, fact in part.items() if fact is False)


@properties
@given(readable, st.randoms(use_true_random=False))
def test_the_order_of_keys_and_lists_changes_nothing(raw: dict[str, Any], shuffle: random.Random) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = list(value.items())
            shuffle.shuffle(items)
            return {key: shuffled(one) for key, one in items}
        if isinstance(value, list):
            return shuffle.sample([shuffled(one) for one in value], len(value))
        return value

    assert _answer(raw) == _answer(shuffled(raw))


@properties
@given(readable)
def test_turning_a_known_no_into_yes_never_lowers_the_band(raw: dict[str, Any]) -> None:
    before = decide_band(_read(raw), BOOK)
    for part, key in list(_known_noes(raw)):
        part[key] = True
        if _readable(raw):
            after = decide_band(_read(raw), BOOK)
            assert after.value.rank >= before.value.rank, key
            assert after.floor.rank >= before.floor.rank, key
            assert after.ceiling.rank >= before.ceiling.rank, key
        part[key] = False


@properties
@given(readable)
def test_a_supplied_answer_stays_within_the_floor_and_the_ceiling_announced(raw: dict[str, Any]) -> None:
    before = decide_band(_read(raw), BOOK)
    for path in before.missing:
        for value in REQUIRED[path]:
            after = decide_band(_read(changed(raw, {path: value})), BOOK)
            assert before.floor.rank <= after.floor.rank <= after.value.rank, (path, value)
            assert after.value.rank <= after.ceiling.rank <= before.ceiling.rank, (path, value)


@properties
@given(readable)
def test_forgetting_an_answer_never_lowers_the_band(raw: dict[str, Any]) -> None:
    before = decide_band(_read(raw), BOOK)
    for path in REQUIRED:
        section, _, name = path.partition(".")
        if raw.get(section, {}).get(name) in (False, 0):
            after = decide_band(_read(changed(raw, {path: None})), BOOK)
            assert after.value.rank >= before.value.rank, path
            assert after.ceiling.rank >= before.ceiling.rank, path


@properties
@given(readable, st.sampled_from(sorted(steady_patient()["flags"])))
def test_an_unanswered_flag_is_never_a_no(raw: dict[str, Any], key: str) -> None:
    answer = _answer(changed(raw, {f"flags.{key}": None}))
    assert answer["outcome"] not in ("suggest_class", "assess_first")
    assert answer["flags"] and not any(gate["open"] for gate in answer["gates"].values())


@properties
@given(readable)
def test_every_reason_names_a_criterion_of_its_protocol(raw: dict[str, Any]) -> None:
    answer = _answer(raw)
    parts = [answer["phase"], answer["band"], *answer["flags"], *answer["gates"].values()]
    assert answer["phase"]["reasons"] and all(flag["reasons"] for flag in answer["flags"])
    for reason in (reason for part in parts for reason in part["reasons"]):
        criterion = BOOK.criteria[reason["criterion"]]
        assert reason["text"] == criterion.statement and reason["source"] == str(criterion.source)
        assert reason["fact"]


@properties
@given(readable)
def test_a_class_is_suggested_only_when_nothing_else_applies(raw: dict[str, Any]) -> None:
    decision = decide(_read(raw), BOOK)
    assert Outcome.SUGGEST_CLASS not in decision.also and decision.outcome not in decision.also
    if decision.outcome is Outcome.SUGGEST_CLASS:
        assert not (
            decision.also or decision.flags or decision.phase.provisional or decision.band.provisional
        )
        assert decision.band.tested and not decision.call_today


@properties
@given(readable)
def test_every_list_is_sorted_and_nothing_is_said_twice(raw: dict[str, Any]) -> None:
    answer = _answer(raw)
    for values in (answer["also"], answer["missing"], answer["band"]["missing"], answer["notes_to_gp"]):
        assert values == sorted(set(values))
    ids = [flag["id"] for flag in answer["flags"]]
    assert ids == sorted(set(ids))
    for part in (answer["phase"], answer["band"], *answer["gates"].values()):
        keys = [(reason["criterion"], reason["fact"]) for reason in part["reasons"]]
        assert keys == sorted(set(keys))


@properties
@given(readable)
def test_the_band_lies_between_its_floor_and_its_ceiling(raw: dict[str, Any]) -> None:
    band = decide_band(_read(raw), BOOK)
    assert band.floor.rank <= band.value.rank <= band.ceiling.rank
    assert not band.provisional or band.value.rank >= 1
    assert band.provisional or band.floor is band.ceiling is band.value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
odd_cases = json_values | st.fixed_dictionaries(
    {},
    optional={
        key: json_values | st.dictionaries(st.sampled_from(sorted(value)), json_values)
        if isinstance(value, dict)
        else json_values
        for key, value in steady_patient().items()
    },
)


@properties
@given(odd_cases)
def test_any_json_is_either_decided_or_refused_with_a_path(raw: Any) -> None:
    read = parse_case(raw, today=AS_OF)
    if isinstance(read, CaseErrors):
        assert read.errors and all(error.path and error.text for error in read.errors)
        json.dumps(read.to_json())
    else:
        json.dumps(decide(read, BOOK).to_json())
