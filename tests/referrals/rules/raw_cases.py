"""Random raw cases for the property tests: every fact known, unknown, or on the edge of a rule."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from clinic.referrals.rules.flags import FLAGS

AS_OF = date(2026, 11, 22)
EDGES = (
    0,
    1,
    21,
    22,
    27,
    28,
    29,
    41,
    42,
    43,
    61,
    89,
    90,
    91,
    92,
    93,
    180,
    181,
    183,
    184,
    200,
    364,
    365,
    366,
    900,
)

answers = st.sampled_from([True, False, None])
known_mostly = st.sampled_from([True, False, False, None])


def _days_ago(edges: tuple[int, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(edges).map(lambda days: (AS_OF - timedelta(days=days)).isoformat())


def _some(**facts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=facts)


def _or_none(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


fracture_dates = _or_none(
    _days_ago(EDGES)
    | st.sampled_from(["2026", "2025", "2026-11", "2026-10", "2026-08", "2026-05", "2025-11"])
)
tests = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"name": st.just(name), "value": _or_none(st.sampled_from(values))},
            optional={
                "on": _or_none(_days_ago((0, 30, 89, 90, 91, 400))),
                "unable": answers,
                "used_arms": answers,
            },
        )
        for name, values in (
            ("timed_up_and_go_s", [2, 3, 9, 11.9, 12, 300, 301]),
            ("gait_speed_m_s", [-1, 0.8, 0.81, 1.2, 3.5]),
            ("tandem_stance_s", [9.9, 10, 30, 121]),
            ("chair_stand_30s", [0, 4, 9, 10, 11, 14, 20, 61]),
        )
    ),
    max_size=4,
)
raw_cases = st.fixed_dictionaries(
    {"id": st.just("any"), "as_of": st.just(AS_OF.isoformat())},
    optional={
        "person": _some(
            birth_date=st.sampled_from(["1950-03-02", "1931-10-16", "1967-01-01", "1980-05-05", None]),
            sex=st.sampled_from(["female", "male", None]),
        ),
        "fracture": _some(
            date=fracture_dates,
            site=st.sampled_from(["vertebral", "vertebral", "hip", None]),
            levels=st.lists(st.sampled_from(["T8", "T12", "L1", "L2"]), max_size=4),
            cause=st.sampled_from(["fall", "lifting", "high_trauma", "none", None]),
            confirmed_by=st.sampled_from(["xray", "mri", "not_confirmed", None]),
            osteoporotic=answers,
            incidental=answers,
            healed_on_imaging=answers,
            cement=answers,
            cement_procedure_on=fracture_dates,
            dated_by=st.sampled_from(["physiotherapist", "imaging", None]),
            reported_on=_or_none(_days_ago((0, 10, 40))),
        ),
        "pain": _some(
            rest=_or_none(st.integers(0, 10)),
            movement=_or_none(st.integers(0, 10)),
            trend=st.sampled_from(["better", "better", "same", "worse", None]),
        ),
        "mobility": _some(walks_10m=answers, needs_person=known_mostly, walking_aid=known_mostly),
        "falls": _some(
            count_12m=_or_none(st.sampled_from([0, 0, 0, 1, 2, 5])),
            injurious=known_mostly,
            could_not_get_up=known_mostly,
            lost_consciousness=known_mostly,
            unsteady=known_mostly,
            worried=known_mostly,
            stay_independent=_or_none(st.sampled_from([0, 3, 4, 14])),
        ),
        "frailty": _some(clinical_frailty_scale=_or_none(st.integers(1, 9)), frail=known_mostly),
        "progress": _some(
            strength_weeks=_or_none(st.integers(0, 6)),
            stabilised=answers,
            released=st.lists(st.sampled_from(["prone", "bone_loading", "impact"])),
            taught=st.lists(st.sampled_from(["E01", "E02"])),
            phase_set=_or_none(
                st.fixed_dictionaries(
                    {"value": st.sampled_from(["P1", "P2", "P3"]), "on": _days_ago((0, 20, 60, 200))}
                )
            ),
        ),
        "tests": tests,
        "observations": _some(
            systolic=_or_none(st.sampled_from([85, 90, 140, 179, 180])),
            diastolic=_or_none(st.sampled_from([70, 99, 100])),
            pulse=_or_none(st.sampled_from([49, 50, 72, 100, 101])),
        ),
        "flags": st.fixed_dictionaries(
            {},
            optional={flag.key: st.sampled_from([True, *[False] * 12, None, "explained"]) for flag in FLAGS},
        ),
    },
)
