"""What a class trains: all of its level until a physiotherapist chooses; a missing part is flagged (F38)."""

from datetime import time, timedelta

import pytest

from clinic.classes import following, session_plan
from clinic.classes.errors import BadTimetable
from clinic.classes.splitting import Following
from clinic.extensions import db, transaction
from clinic.protocol.exercise_library import library
from tests.classes.factories import BY, NOW, TODAY, a_class, sessions_of
from tests.classes.house import post

CELL = library(TODAY).cell("P2", "intermediate")
EVERY = {item.exercise.id for item in CELL}
STRENGTH = next(item.exercise for item in CELL if "strength" in item.exercise.target)


def test_until_somebody_chooses_a_class_trains_all_of_its_level(clinic):
    plan = session_plan.plan_of(a_class(clinic), TODAY)
    assert (set(plan.chosen), plan.by_a_person, plan.lacking) == (EVERY, False, ())


def test_a_class_of_one_kind_of_training_lacks_the_others(clinic):
    row = a_class(clinic)
    session_plan.choose(class_id=row.id, exercise_ids=[STRENGTH.id], today=TODAY, by=BY)
    assert session_plan.lacking(row, TODAY) == ("balance", "posture")


@pytest.mark.parametrize("wanted", [[], ["E99"], [STRENGTH.id, "E99"]])
def test_nothing_and_what_the_level_may_not_do_are_refused(clinic, wanted):
    with pytest.raises(BadTimetable):
        session_plan.choose(class_id=a_class(clinic).id, exercise_ids=wanted, today=TODAY, by=BY)


def test_of_a_water_class_the_library_says_nothing(clinic):
    row = a_class(clinic, modality="water", exercises=[STRENGTH.id])
    assert session_plan.lacking(row, TODAY) == ()


def test_a_class_that_goes_on_at_another_time_trains_the_same(clinic):
    row = a_class(clinic, weeks=3, exercises=[STRENGTH.id])
    later = TODAY + timedelta(days=14)
    edit = Following(
        class_id=row.id, since=later, weekday=row.weekday, wall_time=time(14), venue_id=row.venue_id
    )
    assert following.follow(edit=edit, by=BY, now=NOW).exercises == [STRENGTH.id]


def test_a_physiotherapist_chooses_and_the_timetable_flags_what_is_missing(house):
    path = f"/classes/{house.tuesday}/plan"
    assert post(house.physiotherapist, path, exercises=STRENGTH.id).status_code == 302
    page = house.coordinator.get(path).text
    assert "no exercise for balance and none for posture" in page
    assert STRENGTH.name in page and "A physiotherapist chooses" in page
    assert "No balance, no posture" in house.coordinator.get("/classes").text
    assert "No balance, no posture" in house.coordinator.get(f"/classes/{house.tuesday}").text


def test_a_coordinator_chooses_no_exercise(house):
    path = f"/classes/{house.tuesday}/plan"
    assert post(house.coordinator, path, exercises=STRENGTH.id).status_code == 404


def test_who_leads_a_class_reads_what_it_trains(house):
    assert "never one kind alone" in house.instructor.get(f"/classes/{house.tuesday}/plan").text


def test_a_video_session_begins_with_where_everybody_is(house):
    with house.inside(), transaction():
        row = db.session.get_one(session_plan.ExerciseClass, house.tuesday)
        row.modality = "video"
        (first, *_) = sessions_of(row)
    assert "where are you today" in house.coordinator.get(f"/sessions/{first.id}").text


def test_with_nothing_ticked_the_page_says_what_to_do(house):
    answer = post(house.physiotherapist, f"/classes/{house.tuesday}/plan")
    assert answer.status_code == 422
    assert "Choose at least one exercise" in answer.text
    with house.inside():
        assert db.session.get_one(session_plan.ExerciseClass, house.tuesday).exercises is None
