"""The timetable names real tasks, says why, and lets no stale wake-up through."""

from clinic.extensions import celery
from clinic.schedule import TIMETABLE, beat_schedule


def test_every_entry_names_a_real_task(app):
    unknown = [name for name, entry in TIMETABLE.items() if entry.task not in celery.tasks]
    assert unknown == []


def test_every_entry_says_why():
    assert all(len(entry.why) > 10 for entry in TIMETABLE.values())


def test_every_wake_up_expires():
    assert all(line["options"]["expires"] > 0 for line in beat_schedule().values())


def test_no_task_of_ours_waits_for_nothing(app):
    """A task nobody schedules is either called by the service or forgotten; ours are all scheduled."""
    ours = {name for name in celery.tasks if not name.startswith("celery.")}
    assert ours == {entry.task for entry in TIMETABLE.values()}
