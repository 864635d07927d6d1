"""The three facts a person confirms: in turn the phase's, the band's, the start's, each once (F28)."""

import pytest

from clinic.referrals.rules.deciding import deciding


def answer(phase=(), band=(), start=()):
    reasons = [[{"fact": fact} for fact in facts] for facts in (phase, band, start)]
    return {
        "phase": {"reasons": reasons[0]},
        "band": {"reasons": reasons[1]},
        "gates": {"group_start": {"reasons": reasons[2]}},
    }


@pytest.mark.parametrize(
    ("facts", "chosen"),
    [
        (answer(["p1", "p2"], ["b1", "b2"], ["s1"]), ["p1", "b1", "s1"]),
        (answer(["p1", "p2"], [], ["s1"]), ["p1", "s1", "p2"]),
        (answer(["p1"], ["b1", "b2", "b3"], []), ["p1", "b1", "b2"]),
        (answer(["x"], ["x"], ["x", "s2"]), ["x", "s2"]),
        (answer(["p1", "p1", "p2"], [], []), ["p1", "p2"]),
        (answer(), []),
    ],
)
def test_the_deciding_facts_are_taken_in_turn(facts, chosen):
    assert deciding(facts) == chosen
