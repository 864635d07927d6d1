"""Nobody is lost: the receipts against every room's own list, by name; what is wrong has an owner."""

import json

import psycopg
import pytest
from sqlalchemy import delete, select, update

from clinic.classes import lists
from clinic.classes.models import WaitingEntry
from clinic.doctor import examine
from clinic.extensions import db, transaction
from clinic.referrals import changes, conservation
from clinic.referrals.conservation import conservation as compared
from clinic.referrals.models import Episode, Referral, State
from clinic.viewer import acting_as
from clinic.worklist.models import Alert
from tests.referrals.browsing import Person
from tests.referrals.factories import a_patient, a_referral, an_assessed_episode

NUMBERS = ("999 000 0018", "999 000 0026")


def arrive(world, number: int) -> Referral:
    return a_referral(world, patient=a_patient(nhs_number=NUMBERS[number])).referral


@pytest.fixture
def waiting(world) -> Referral:
    """Assessed, and on the waiting list."""
    episode = an_assessed_episode(world)
    assert lists.waiting() == {episode.id}
    return db.session.scalars(select(Referral).where(Referral.episode_id == episode.id)).one()


@transaction()
def behind_their_back(statement) -> None:
    db.session.execute(statement)


def test_every_received_referral_is_in_one_state(world):
    first, second = arrive(world, 0), arrive(world, 1)
    with acting_as(world.gp):
        changes.withdraw(referral_id=second.id, reason="No", by=world.gp)
    found = compared()
    assert found.holds
    assert found.received == {first.id, second.id}
    assert found.by_state["being_decided"] == {first.id}
    assert found.by_state["ended"] == {second.id}


def test_a_waiting_entry_removed_behind_their_back_is_named(waiting):
    assert compared().why == {}
    behind_their_back(delete(WaitingEntry))
    assert compared().why == {waiting.id: "is waiting, and not on the list waiting"}
    assert conservation.named() == {waiting.reference: "is waiting, and not on the list waiting"}


def test_who_ended_and_still_has_a_place_in_the_line_is_counted_twice(waiting):
    ended = {"state": State.ENDED, "ended_reason": "completed", "next_on": None}
    behind_their_back(update(Episode).values(**ended))
    found = compared()
    assert (found.doubled, found.missing) == ({waiting.id}, frozenset())
    assert found.why == {waiting.id: "is ended, and on the list waiting"}


def test_every_list_is_asked_and_a_rooms_list_that_forgets_is_found(waiting):
    every = {"waiting": lists.waiting(), "holds": lists.holds(), "seats": lists.seats()}
    assert compared(every).holds
    assert compared({**every, "waiting": set()}).missing == {waiting.id}
    assert compared({**every, "holds": {waiting.episode_id}}).holds  # an offer may be open meanwhile
    assert compared({**every, "being_decided": {waiting.episode_id}}).doubled == {waiting.id}


def test_a_receipt_whose_referral_no_episode_holds_is_missing(world, database):
    referral = arrive(world, 0)
    with psycopg.connect(database.superuser_url) as edited:  # somebody edits the database by hand
        edited.execute("SET session_replication_role = replica")
        edited.execute("UPDATE referrals SET episode_id = 999999 WHERE id = %s", (referral.id,))
    assert compared().why == {referral.id: "is in no episode"}


def test_the_daily_round_gives_it_to_an_owner_once_and_the_home_page_says_so(app, world, waiting):
    behind_their_back(delete(WaitingEntry))
    assert [conservation.watch(), conservation.watch()] == [1, 1]
    db.session.expire_all()
    (alert,) = db.session.scalars(select(Alert))
    assert (alert.kind, alert.owner_id) == ("referral_lost", world.coordinator.id)
    assert waiting.reference in alert.note
    home = Person(app, world.coordinator)
    home.get("/")
    assert "A referral is in no list" in home.text


def test_a_round_over_a_sound_clinic_opens_nothing(world, waiting):
    assert conservation.watch() == 0
    assert db.session.scalars(select(Alert)).all() == []


def test_what_is_only_on_its_way_is_not_wrong(app, waiting, monkeypatch):
    """Between two looks the entry came: a move that was under way, not a loss."""
    answers = iter([set(), {waiting.episode_id}])
    monkeypatch.setitem(app.extensions["upright_wiring"].LISTS, "waiting", lambda: next(answers))
    assert conservation.settled().holds


def test_the_doctor_names_who_is_lost(database, waiting):
    behind_their_back(delete(WaitingEntry))
    with acting_as(None):
        report = examine(database.config())
    assert report["conservation"] == {waiting.reference: "is waiting, and not on the list waiting"}
    assert any(waiting.reference in problem for problem in report["problems"])
    assert json.dumps(report)
