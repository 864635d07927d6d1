"""The facts a gate shows, word for word: the golden file keeps only whether and when it is open."""

from typing import Any

from clinic.protocol.load import protocol
from clinic.referrals.rules.case import parse_case
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.triage import decide
from tests.referrals.rules.raw_cases import AS_OF
from tests.referrals.rules.worked_cases import changed, steady_patient

GATES = ("group_start", "prone", "bone_loading", "impact", "taught")


def _facts(**but: Any) -> dict[str, list[str]]:
    case = parse_case(changed(steady_patient(), but), today=AS_OF)
    assert isinstance(case, Case)
    gates = decide(case, protocol("2026-11")).to_json()["gates"]
    return {name: [f"{r['criterion']}: {r['fact']}" for r in gates[name]["reasons"]] for name in GATES}


def test_each_gate_shows_the_facts_it_goes_by() -> None:
    assert _facts() == {
        "group_start": [
            "GS-1.1: day = 226",
            "GS-1.2: pain.rest = 1",
            "GS-1.3: pain.movement = 3",
            "GS-1.4: mobility.walks_10m = true",
        ],
        "prone": ["GT-1.2: phase = P3", "GT-1.2: progress.stabilised = unknown"],
        "bone_loading": [
            "GT-1.4: band = low",
            "GT-1.4: phase = P3",
            "GT-1.4: progress.strength_weeks = 0",
        ],
        "impact": ["GT-1.6: progress.released = not impact"],
        "taught": ["GT-1.7: progress.taught = nothing yet"],
    }


def test_what_a_physiotherapist_opened_is_shown() -> None:
    facts = _facts(
        **{
            "falls.count_12m": 2,
            "progress.released": ["prone", "bone_loading", "impact"],
            "progress.stabilised": True,
            "progress.taught": ["E04", "E01"],
        }
    )
    assert facts["prone"] == [
        "GT-1.2: phase = P3",
        "GT-1.2: progress.stabilised = true",
        "GT-1.3: progress.released = prone, day = 226",
    ]
    assert facts["bone_loading"] == ["GT-1.5: progress.released = bone_loading"]
    assert facts["impact"] == ["GT-1.6: progress.released = impact"]
    assert facts["taught"] == ["GT-1.7: progress.taught = E01, E04"]


def test_without_a_firm_date_the_day_is_shown_as_unknown() -> None:
    facts = _facts(**{"fracture.date": None, "progress.released": ["prone"], "pain.rest": None})
    assert facts["group_start"][2:] == ["GS-1.4: mobility.walks_10m = true", "GS-1.6: day = unknown"]
    assert facts["group_start"][0] == "GS-1.2: pain.rest = unknown"
    assert facts["prone"][-1] == "GT-1.3: progress.released = prone, day = unknown"


def test_what_closes_every_gate_stands_at_every_gate() -> None:
    facts = _facts(**{"flags.cancer": None, "falls.lost_consciousness": True, "mobility.walks_10m": False})
    for name in GATES:
        assert {"GT-1.1: RF3 = unknown", "GT-1.1: RF7 = yes", "GS-1.5: mobility.walks_10m = false"} <= set(
            facts[name]
        )


def test_bone_loading_in_the_high_band_shows_that_it_was_not_released() -> None:
    assert _facts(**{"falls.count_12m": 2})["bone_loading"] == [
        "GT-1.5: progress.released = not bone_loading"
    ]
