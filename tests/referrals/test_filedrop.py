"""Letters as files in a practice's own folder: whole, under names that say nothing, and never lost."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import update

from clinic.extensions import db, now, transaction
from clinic.notifications.models import Message
from clinic.referrals import filedrop, letters_prints, letters_work
from clinic.referrals.paper import LetterPrint, LetterStep
from clinic.viewer import acting_as, system
from tests.referrals.letter_box import by_file, declined, rows, tasks, way


@pytest.fixture
def folder(app_context, tmp_path, monkeypatch) -> Path:
    """The folder of practices that take files; a whole configuration like the running one, with it."""
    place = tmp_path / "letters"
    set_up(app_context, monkeypatch, letters_folder=str(place))
    return place


def set_up(app_context, monkeypatch, **settings) -> None:
    kept = app_context.app.extensions
    monkeypatch.setitem(kept, "upright_config", kept["upright_config"].model_copy(update=settings))


@pytest.mark.both_databases
def test_a_letter_goes_into_the_practices_folder_under_a_name_that_says_nothing(world, folder):
    by_file(world)
    (letter,) = declined(world)
    assert letters_work.do() | {"printed": 0} == {"printed": 0, "dropped": 2, "failed": 0, "chased": 0}
    files = sorted(path.name for path in (folder / world.practice.ods).iterdir())
    assert {f"{letter.public_id}.pdf", f"{letter.public_id}.txt"} <= set(files)
    assert len(files) == 4
    assert (folder / world.practice.ods / f"{letter.public_id}.pdf").read_bytes() == letters_prints.pdf_of(
        letter
    )
    assert (folder / world.practice.ods / f"{letter.public_id}.txt").read_text() == letter.body
    assert way(letter).arrived_at is not None
    assert letters_work.do()["dropped"] == 0
    assert rows(Message, Message.text == "letter_waiting") == []


def test_files_are_for_their_owner_and_group_only(world, folder):
    by_file(world)
    declined(world)
    letters_work.do()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder / world.practice.ods).iterdir()}
    assert modes <= {0o640, 0o600}


def test_a_folder_that_cannot_be_written_is_tried_again_and_told_to_a_person_and_nothing_is_lost(
    world, folder
):
    by_file(world)
    (letter,) = declined(world)
    folder.write_text("a file stands where the folder should be")
    start = now()
    for minutes in (0, 1, 10):
        with time_machine.travel(start + timedelta(minutes=minutes, seconds=5), tick=False):
            assert letters_work.do()["failed"] == 2
    assert [task.cause_id for task in tasks("post_letter")].count(letter.id) == 1
    folder.unlink()
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        assert letters_work.do()["dropped"] == 2
    assert tasks("post_letter") == []
    kept = rows(LetterStep, LetterStep.letter_id == letter.id)
    assert [step.step.value for step in kept] == ["drop_failed"] * 3 + ["dropped"]
    assert {step.reason for step in kept} == {"folder_not_writable", None}


def test_a_disk_that_fills_up_leaves_no_half_a_file(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        filedrop.put(tmp_path, "a.pdf", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.pdf", b"old")]


def test_a_worker_that_died_on_the_way_is_made_good_after_its_lease(world, folder):
    by_file(world)
    declined(world)
    with acting_as(system("letters")) as by:
        assert len(filedrop._claim(now())) == 2
        assert filedrop.drop_due(by=by) == (0, 0)
        with time_machine.travel(now() + filedrop.LEASE + timedelta(seconds=5)):
            assert filedrop.drop_due(by=by) == (2, 0)


def test_a_setting_that_is_missing_in_production_is_told_as_what_it_is(world, app_context, monkeypatch):
    by_file(world)
    (letter,) = declined(world)
    set_up(app_context, monkeypatch, clinic_env="production")
    assert letters_work.do()["failed"] == 2
    (step,) = rows(LetterStep, LetterStep.letter_id == letter.id)
    assert step.reason == "no_folder_set"


def test_one_letter_that_cannot_be_read_holds_up_no_other(world, folder):
    by_file(world)
    (letter,) = declined(world)
    letters_prints.keep_missing()
    with transaction():
        spoilt = update(LetterPrint).where(LetterPrint.letter_id == letter.id).values(digest="spoilt")
        db.session.execute(spoilt)
    assert letters_work.do() == {"printed": 0, "dropped": 1, "failed": 1, "chased": 0}
    (step,) = rows(LetterStep, LetterStep.letter_id == letter.id)
    assert step.reason == "cannot_be_printed"
