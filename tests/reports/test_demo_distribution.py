"""On the demo population no outcome and no band takes more than 60 %: the rules tell people apart."""

from datetime import date

import pytest

from clinic.demo.load import load
from clinic.referrals.rules.words import Band, Outcome
from clinic.reports import overview
from clinic.viewer import acting_as, system

MOST = 60  # per cent


def shares(found: list[str]) -> dict[str, int]:
    return {word: round(100 * found.count(word) / len(found)) for word in sorted(set(found))}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_outcome_and_no_band_takes_more_than_60_percent_of_the_demo(app_context):
    load()
    with acting_as(system("distribution")):
        arrived = overview.on_arrival(date(2000, 1, 1))
    outcomes, bands = shares([row.outcome for row in arrived]), shares([row.band for row in arrived])
    print(f"\n{len(arrived)} referrals as they arrived, in per cent\noutcomes {outcomes}\nbands    {bands}")
    assert len(arrived) >= 50
    assert max(outcomes.values()) <= MOST, outcomes
    assert max(bands.values()) <= MOST, bands
    assert set(bands) == set(Band)
    assert len(set(outcomes) & set(Outcome)) >= 5
