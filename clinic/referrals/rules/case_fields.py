"""Which facts a case may carry and what each may be: the one table behind reader and schema."""

from collections.abc import Mapping
from typing import Any

from clinic.referrals.rules.facts import (
    Falls,
    Fracture,
    Frailty,
    Mobility,
    Observations,
    Pain,
    Person,
    Progress,
)
from clinic.referrals.rules.fields import (
    AnyDay,
    Flag,
    FullDay,
    Kind,
    ListOf,
    Measured,
    Number,
    OneOf,
    Wrong,
    YesNo,
    level,
    words,
)
from clinic.referrals.rules.flags import FLAGS
from clinic.referrals.rules.words import (
    Cause,
    ConfirmedBy,
    DatedBy,
    Phase,
    Release,
    Sex,
    Site,
    TestName,
    Trend,
)

_RELEASES = {release.value: release for release in Release}


def _release(value: Any) -> Release:
    if type(value) is str and value in _RELEASES:
        return _RELEASES[value]
    raise Wrong(f"must be {', '.join(_RELEASES)}")


_YES_NO, _DAY, _POINTS = YesNo(), FullDay(), Number(0, 10, whole=True)

SECTIONS: Mapping[str, tuple[type, Mapping[str, Kind]]] = {
    "person": (Person, {"birth_date": _DAY, "sex": OneOf(Sex)}),
    "fracture": (
        Fracture,
        {
            "date": AnyDay(),
            "site": OneOf(Site),
            "levels": ListOf(level, {"type": "string", "pattern": "^[CTLSctls][0-9]{1,2}$"}),
            "cause": OneOf(Cause),
            "confirmed_by": OneOf(ConfirmedBy),
            "osteoporotic": _YES_NO,
            "incidental": _YES_NO,
            "healed_on_imaging": _YES_NO,
            "cement": YesNo(words=True),
            "cement_procedure_on": AnyDay(),
            "reported_on": _DAY,
            "dated_by": OneOf(DatedBy),
        },
    ),
    "pain": (Pain, {"rest": _POINTS, "movement": _POINTS, "trend": OneOf(Trend)}),
    "mobility": (Mobility, {"walks_10m": _YES_NO, "needs_person": _YES_NO, "walking_aid": _YES_NO}),
    "falls": (
        Falls,
        {
            "count_12m": Number(0, 99, whole=True),
            "injurious": _YES_NO,
            "could_not_get_up": _YES_NO,
            "lost_consciousness": _YES_NO,
            "unsteady": _YES_NO,
            "worried": _YES_NO,
            "stay_independent": Number(0, 14, whole=True),
        },
    ),
    "frailty": (Frailty, {"clinical_frailty_scale": Number(1, 9, whole=True), "frail": _YES_NO}),
    "progress": (
        Progress,
        {
            "strength_weeks": Number(0, 5200, whole=True),
            "stabilised": _YES_NO,
            "released": ListOf(_release, {"enum": list(_RELEASES)}),
            "taught": ListOf(words, {"type": "string", "minLength": 1}),
        },
    ),
    "observations": (
        Observations,
        {"systolic": Number(50, 300), "diastolic": Number(20, 200), "pulse": Number(20, 250), "on": _DAY},
    ),
}
PHASE_SET_FIELDS: Mapping[str, Kind] = {"value": OneOf(Phase), "on": _DAY}
TEST_FIELDS: Mapping[str, Kind] = {
    "name": OneOf(TestName),
    "value": Measured(),
    "unable": _YES_NO,
    "on": _DAY,
    "used_arms": _YES_NO,
}
FLAG_FIELDS: Mapping[str, Kind] = {flag.key: Flag() for flag in FLAGS}
TOP_LEVEL = frozenset({"id", "as_of", *SECTIONS, "tests", "flags"})
