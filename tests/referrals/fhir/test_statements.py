"""P12 by counting: what a Bundle costs the database, whatever it holds."""

import pytest

from clinic.extensions import db
from tests.referrals.fhir import bundles
from tests.statements import counted

A_BUNDLE, THE_SAME_AGAIN = 25, 13


def engine_of(place):
    with place.app.app_context():
        return db.engine


def older_tests(count: int):
    tested = bundles.resource(bundles.bundle(), bundles.TUG)
    return [{**tested, "effectiveDateTime": f"2019-05-{n + 1:02}"} for n in range(count)]


@pytest.mark.both_databases
def test_a_bundle_costs_a_bounded_number_of_statements_however_many_entries_it_has(place):
    with counted(engine_of(place)) as small:
        assert place.mine.post(bundles.bundle("A-1")).status_code == 200
    another = bundles.add(bundles.someone_else(bundles.bundle("A-2")), *older_tests(24))
    with counted(engine_of(place)) as large:
        assert place.mine.post(another).status_code == 200
    assert len(large) == len(small) <= A_BUNDLE


@pytest.mark.both_databases
def test_the_same_bundle_again_costs_a_third(place):
    place.mine.post(bundles.bundle("A-1"))
    with counted(engine_of(place)) as again:
        assert place.mine.post(bundles.bundle("A-1")).status_code == 200
    assert len(again) <= THE_SAME_AGAIN
