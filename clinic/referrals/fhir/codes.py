"""The codes we read, each with where it was checked: data to review with every terminology release."""

from __future__ import annotations

from typing import NamedTuple

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
OURS = "https://fhir.upright.example"
CASE = f"{OURS}/CodeSystem/case"  # code = case path, or the name of a test
RED_FLAG = f"{OURS}/CodeSystem/red-flag"
STATE = f"{OURS}/CodeSystem/episode-state"
END_REASON = f"{OURS}/CodeSystem/end-reason"
LETTER = f"{OURS}/CodeSystem/letter"
RECEIPT = f"{OURS}/CodeSystem/receipt"
REFERENCE = f"{OURS}/Id/referral"
CLINIC = f"{OURS}/Id/clinic"
UNABLE = "unable"  # in dataAbsentReason: tried, could not do it

SECONDS = frozenset({"s", "sec", "second", "seconds"})
METRES_A_SECOND = frozenset({"m/s", "m/sec"})
COUNT = frozenset(
    {"1", "{#}", "{#}/(30.s)", "/a", "{falls}", "{falls}/a", "{count}", "count", "stands", "falls"}
)
POINTS = frozenset({"1", "{score}", "{points}", "score", "points"})
PRESSURE = frozenset({"mm[hg]", "mmhg"})
RATE = frozenset({"/min", "{beats}/min", "beats/min", "bpm", "beats/minute"})


class Measure(NamedTuple):
    """A test by name, or a single fact by its case path, and the units its number may have."""

    test: str | None
    path: str | None
    units: frozenset[str]


_TUG = Measure("timed_up_and_go_s", None, SECONDS)
_STANDS = Measure("chair_stand_30s", None, COUNT)
_STANDS_WITH_ARMS = Measure("chair_stand_30s", "used_arms", COUNT)
_GAIT = Measure("gait_speed_m_s", None, METRES_A_SECOND)

MEASURES: dict[tuple[str, str], Measure] = {
    (LOINC, "89423-8"): _TUG,  # loinc.org/89422-0, the panel
    (LOINC, "66247-8"): _STANDS,  # 30 second chair stand
    (LOINC, "93125-3"): _STANDS_WITH_ARMS,  # the same, with the arms used
    (LOINC, "83172-7"): _GAIT,  # 4 metre walk, loinc.org/83144-6
    (LOINC, "75856-5"): Measure(None, "falls.count_12m", COUNT),
    (LOINC, "72514-3"): Measure(None, "pain.movement", POINTS),  # does not say when: the worse is meant
    (LOINC, "8480-6"): Measure(None, "observations.systolic", PRESSURE),
    (LOINC, "8462-4"): Measure(None, "observations.diastolic", PRESSURE),
    (LOINC, "8867-4"): Measure(None, "observations.pulse", RATE),
    (CASE, "timed_up_and_go_s"): _TUG,
    (CASE, "chair_stand_30s"): _STANDS,
    (CASE, "gait_speed_m_s"): _GAIT,
    (CASE, "tandem_stance_s"): Measure("tandem_stance_s", None, SECONDS),  # no LOINC code found
}

# SNOMED CT codes of Conditions: what each says of the fracture. Terms to be confirmed in the UK edition.
VERTEBRAL: dict[str, object] = {"site": "vertebral"}
CONDITIONS: dict[str, dict[str, object]] = {
    "42942008": VERTEBRAL,  # compression fracture of vertebral column
    "207938004": VERTEBRAL,  # closed fracture of thoracic vertebra
    "207957008": VERTEBRAL,  # closed fracture of lumbar vertebra
    "50448004": VERTEBRAL,  # fracture of vertebral column
    "443165006": {"osteoporotic": True},  # osteoporotic fracture of bone: any bone
    "306171000000106": {"osteoporotic": True},  # fragility fracture: any bone
}
