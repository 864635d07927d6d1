"""Water and video are offered to who asked for them and has what they ask for, and to nobody else (F37)."""

import pytest
import time_machine

from clinic.classes import placement
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode
from clinic.viewer import staff
from tests.classes.factories import BY, NOW, a_class, a_person

PHYSIO = staff(1, 1, "physiotherapist")


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False):
        yield


def wish(person, *also, by=BY):
    placement.record_wishes(episode_id=person.id, days=[], venues=[], sessions=1, also=also, by=by)


def suits(person) -> list[int]:
    return [int(choice.key) for choice in placement.for_episode(person.id, NOW).singles]


def test_water_waits_for_the_wish_and_for_a_physiotherapists_screening(clinic):
    row, ada = a_class(clinic, modality="water"), a_person(clinic)
    assert suits(ada) == []
    wish(ada, "water", "water_screened")  # not a coordinator's to say
    assert suits(ada) == []
    wish(ada, "water", "water_screened", by=PHYSIO)
    assert suits(ada) == [row.id]
    wish(ada, "water")  # nor to unsay
    assert suits(ada) == [row.id]


def test_video_asks_for_low_supervision_teaching_somebody_at_home_and_an_address(clinic):
    row = a_class(clinic, modality="video", level_band="low")
    ada = a_person(clinic, band="low")
    wish(ada, "video", "someone_at_home", "emergency_address")
    assert suits(ada) == []
    with transaction():
        db.session.get_one(Episode, ada.id).case = {"progress": {"taught": ["sit_to_stand"]}}
    assert suits(ada) == [row.id]
    wish(ada, "video", "someone_at_home")
    assert suits(ada) == []
