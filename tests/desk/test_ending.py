"""An episode ends by a person's act, with everything that follows, and never for staying away alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.access.models import Clinic
from clinic.classes import seats, standing
from clinic.classes.models import Place, PlaceState, Venue
from clinic.classes.takes import StandingTake
from clinic.desk import leaving
from clinic.desk import letters as desk_letters
from clinic.extensions import db, now, transaction
from clinic.notifications.models import Message, MessageState
from clinic.patients import needs
from clinic.patients.models import Patient
from clinic.referrals import reopening
from clinic.referrals.models import Episode, Letter, State
from clinic.referrals.problems import Incomplete, NotAllowed
from clinic.viewer import acting_as
from tests.classes.factories import BY
from tests.classes.factories import a_class as class_of
from tests.referrals.factories import TEST


@pytest.fixture
def seated(app, world, assessed):
    """Mrs Okafor has a standing seat and has come once."""
    with app.app_context(), acting_as(TEST):
        clinic = db.session.get_one(Clinic, world.coordinator.clinic_id)
        with transaction():
            db.session.add(Venue(clinic_id=clinic.id, name="Hall", address="1 Low Lane", access=[]))
        row = class_of(clinic)
        with transaction():
            take = StandingTake(row.id, assessed.episode, now().date())
            seats.change(takes=[take], by=BY, now=now())
            standing.settle(episode_id=assessed.episode, by=BY, now=now())
            db.session.get_one(Episode, assessed.episode).first_class_on = now().date()
        yield assessed


def end(ids, by, reason="completed", note="Agreed with her", telephoned=False) -> Episode:
    return leaving.end(episode_id=ids.episode, reason=reason, note=note, telephoned=telephoned, by=by)


def of(model, *where):
    return list(db.session.scalars(select(model).where(*where).order_by(model.id)))


def test_everything_follows_in_one_act(world, seated):
    assert end(seated, world.physiotherapist).state is State.ENDED
    assert {place.state for place in of(Place)} == {PlaceState.RELEASED}
    assert [letter.kind for letter in of(Letter)][-1] == "discharge"
    (goodbye,) = of(Message, Message.text == "goodbye")
    assert goodbye.state is MessageState.PLANNED


def test_a_coordinator_does_not_decide_that_a_course_is_complete(world, seated):
    with pytest.raises(NotAllowed, match="physiotherapist"):
        end(seated, world.coordinator)


def test_a_coordinator_records_that_somebody_has_moved(world, seated):
    assert end(seated, world.coordinator, "moved").ended_reason == "moved"
    assert of(Message, Message.text == "goodbye") == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"reason": "died"}, "reason"), ({"reason": ""}, "reason"), ({"note": " "}, "note")],
)
def test_an_end_without_its_reason_or_words_is_refused(world, seated, facts, field):
    with pytest.raises(Incomplete) as refused:
        end(seated, world.physiotherapist, **facts)
    assert refused.value.field == field


def missed(ids, times: int) -> None:
    """She did not come, the last time today."""
    with transaction():
        for n, place in enumerate(of(Place)[:times]):
            place.outcome = "did_not_attend"
            place.local_date = now().date() - timedelta(days=7 * n)


def stays_away(ids, by, **facts) -> Episode:
    return end(ids, by, "lost_contact", **{"telephoned": True, **facts})


def test_staying_away_once_ends_nothing(world, seated):
    missed(seated, 1)
    with pytest.raises(Incomplete, match="two sessions in a row"):
        stays_away(seated, world.coordinator)


def test_staying_away_needs_a_call_then_a_letter(world, seated):
    missed(seated, 2)
    with pytest.raises(Incomplete, match="Ring them first"):
        stays_away(seated, world.coordinator, telephoned=False)
    with pytest.raises(Incomplete, match="Write to them first"):
        stays_away(seated, world.coordinator)
    desk_letters.did_not_attend(
        patient_id=seated.patient, reached="no_answer", next_step="We try once more", by=world.coordinator
    )
    assert stays_away(seated, world.coordinator).state is State.ENDED


def test_who_is_on_the_welfare_list_is_never_ended_for_staying_away(world, seated):
    missed(seated, 2)
    with transaction():
        db.session.get_one(Patient, seated.patient).needs = {needs.WELFARE: True}
    with pytest.raises(Incomplete, match="welfare list"):
        stays_away(seated, world.coordinator)


def test_a_discharge_that_is_taken_back_says_no_goodbye(world, seated):
    end(seated, world.physiotherapist)
    reopening.reopen(episode_id=seated.episode, reason="She wants to go on", by=world.physiotherapist)
    (goodbye,) = of(Message, Message.text == "goodbye")
    assert goodbye.state is MessageState.SUPERSEDED


def test_the_page_says_first_what_will_follow_and_keeps_the_words(physiotherapist, seated):
    address = f"/episodes/{seated.episode}/end"
    page = physiotherapist.get(address).text
    assert "goes to who is next" in page
    assert "The course is complete" in page
    refused = physiotherapist.post(address, note="Half a sentence")
    assert (refused.status_code, "Half a sentence" in refused.text) == (422, True)


def test_ended_by_the_page(physiotherapist, seated):
    address = f"/episodes/{seated.episode}/end"
    answer = physiotherapist.post(address, reason="completed", note="Agreed with her")
    assert answer.location == f"/patients/{seated.patient}"
    assert physiotherapist.get(address).status_code == 404
