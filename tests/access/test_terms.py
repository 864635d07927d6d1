"""What a clinic may set about seats and texts: defaults without a word, bounds kept, and each one obeyed."""

from datetime import timedelta

import pytest

from clinic.access import terms
from clinic.access.models import Clinic
from clinic.access.settings import SettingsProblem
from clinic.classes import lending, offer_rows
from clinic.extensions import db
from clinic.viewer import acting_as
from tests.classes.factories import BY, NOW, a_clinic

DEFAULTS = {
    "offer_days": 2,
    "single_hours": 2,
    "by_hand_days": 2,
    "still_wanted_weeks": 6,
    "pause_weeks": 12,
    "weekly_texts": 5,
}


def test_a_clinic_that_sets_nothing_has_the_defaults_of_the_house():
    row = Clinic(settings={})
    assert {term.name: terms.in_row(row, term) for term in terms.ALL} == DEFAULTS


@pytest.mark.parametrize("words", ["0", "6", "two", "", "-1", "2.5", "9999999"])
def test_a_number_outside_its_bounds_is_refused_with_the_bounds(words):
    with pytest.raises(SettingsProblem) as refused:
        terms.read({"offer_days": words, "pause_weeks": "8"})
    assert refused.value.errors == {"offer_days": "Enter a whole number from 1 to 5"}


def test_a_number_no_page_would_keep_counts_as_the_nearest_that_it_would():
    row = Clinic(settings={"weekly_texts": 50, "offer_days": 0, "pause_weeks": "many"})
    kept = [terms.in_row(row, term) for term in (terms.WEEKLY_TEXTS, terms.OFFER_DAYS, terms.PAUSE_WEEKS)]
    assert kept == [7, 1, 12]


def test_offers_and_pauses_keep_to_what_is_set(app_context):
    with acting_as(BY):
        clinic = a_clinic()
        before = offer_rows.expiry(clinic.id, "standing", None, NOW)
        terms.change(
            clinic_id=clinic.id, numbers={"offer_days": 4, "single_hours": 5, "pause_weeks": 3}, by=BY
        )
        after = offer_rows.expiry(clinic.id, "standing", None, NOW)
        single = offer_rows.expiry(clinic.id, "single", NOW + timedelta(days=3), NOW)
        assert (after - before, single - NOW) == (timedelta(days=2), timedelta(hours=5))
        assert lending.kept_for(clinic.id) == timedelta(weeks=3)
        assert db.session.get(Clinic, clinic.id).settings["offer_days"] == 4
