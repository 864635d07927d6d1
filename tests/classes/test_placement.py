from datetime import timedelta

import pytest

from clinic.classes import offers, placement, waiting
from clinic.classes.offer_rows import StandingLine
from clinic.extensions import transaction
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person


@transaction()
def on_the_list(person):
    waiting.enter(episode=person, by=BY)
    return person


def test_the_page_suggests_a_pair_with_a_day_of_rest(clinic):
    tuesday, friday = a_class(clinic), a_class(clinic, weekday=4)
    a_class(clinic, weekday=2, level_phase="P3")
    page = placement.for_episode(a_person(clinic).id, NOW)
    assert page.pairs[0].key == f"{tuesday.id}-{friday.id}"
    ((_, why),) = page.rejected
    assert "phase 3" in why[0]


def test_a_seat_begins_after_the_offer_would_have_lapsed(clinic):
    a_class(clinic)
    (choice,) = placement.for_episode(a_person(clinic).id, NOW).singles
    ((_, line),) = choice.lines
    assert line.from_date == TODAY + timedelta(days=8)


def test_a_full_class_is_named_with_its_reason(clinic):
    row = a_class(clinic, capacity=1)
    offers.make(episode_id=a_person(clinic).id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW)
    page = placement.for_episode(a_person(clinic).id, NOW)
    assert page.rejected == [(row, ("Every standing seat in this class is taken.",))]


def test_wishes_narrow_the_choice(clinic):
    a_class(clinic)
    ada = a_person(clinic)
    placement.record_wishes(episode_id=ada.id, days=[4], venues=[], sessions=1, by=BY)
    page = placement.for_episode(ada.id, NOW)
    assert page.singles == []
    assert page.rejected[0][1] == ("The person cannot come on Tuesday mornings.",)


def test_a_choice_comes_back_as_the_same_lines(clinic):
    row = a_class(clinic)
    ada = a_person(clinic)
    assert placement.lines_for(str(row.id), ada.id, NOW) == [StandingLine(row.id, TODAY + timedelta(days=8))]
    with pytest.raises(LookupError):
        placement.lines_for("999", ada.id, NOW)


def test_the_page_says_how_many_wait_before(clinic):
    on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=60)))
    ada = on_the_list(a_person(clinic))
    assert placement.for_episode(ada.id, NOW).ahead == 1
