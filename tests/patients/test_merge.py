"""Two records of one person become one with everything in it, and two again exactly as they were."""

import pytest
from sqlalchemy import inspect, select, text

from clinic.audit import AuditEvent
from clinic.classes import lists
from clinic.extensions import db, now, transaction
from clinic.notifications import outbox
from clinic.notifications.models import Message, OpenQuestion
from clinic.patients import duplicates, merge, queries, registrations
from clinic.patients.models import Merge, MergedRow, Patient
from clinic.referrals import answers
from clinic.referrals.conservation import conservation
from clinic.referrals.models import Episode, Referral, State
from clinic.referrals.origins import Origin
from clinic.viewer import acting_as
from tests.referrals.browsing import Person
from tests.referrals.factories import a_case, a_patient, a_referral, an_assessed_episode
from tests.referrals.factories import a_world as another_world

OWN_TABLES = {"merges", "merged_rows", "audit_events", "state_changes", "decisions"}
SLIP = "999 000 0026"


@pytest.fixture
def twice(world):
    """Mrs Okafor from two practices, the second time with another number; the second is the duplicate."""
    home, other = (Origin(road="web", practice_id=p.id) for p in (world.practice, world.other_practice))
    kept = a_referral(world, case=a_case(falls__count_12m=0), origin=home)
    gone = a_referral(
        world,
        by=world.other_gp,
        patient=a_patient(nhs_number=SLIP, landline="0113 496 0001"),
        case=a_case(falls__count_12m=2),
        origin=other,
    )
    return kept.referral, gone.referral


def joined(world, kept, gone) -> Merge:
    with acting_as(world.coordinator):
        return merge.merge(
            kept_id=kept.patient_id, gone_id=gone.patient_id, reason="Rang her: one", by=world.coordinator
        )


def parted(world, row: Merge) -> None:
    with acting_as(world.coordinator):
        merge.unmerge(merge_id=row.id, reason="Two sisters", by=world.coordinator)


def everything() -> dict:
    """Every row of every table with a patient in it, but those that only grow and the row's own version."""
    db.session.expire_all()
    found = {}
    for model in [*registrations.tables_of_patients(), Patient]:
        if model.__tablename__ not in OWN_TABLES:
            for row in db.session.scalars(select(model)):
                columns = inspect(model).columns.keys()
                found[model.__tablename__, row.id] = {
                    name: getattr(row, name) for name in columns if name != "version"
                }
    return found


def test_every_record_follows_and_one_episode_is_open(world, twice):
    kept, gone = twice
    row = joined(world, kept, gone)
    for model in registrations.tables_of_patients():
        if model not in (Merge, MergedRow) and not getattr(model, "append_only", False):
            left = db.session.scalars(select(model).where(model.patient_id == row.gone_id)).all()
            assert left == [], model.__tablename__
    episodes = db.session.scalars(select(Episode).order_by(Episode.id)).all()
    assert [e.state for e in episodes] == [State.BEING_DECIDED, State.ENDED]
    assert episodes[1].ended_reason == "duplicate"
    assert {r.episode_id for r in db.session.scalars(select(Referral))} == {kept.episode_id}


def test_the_facts_of_both_stand_with_the_more_cautious(world, twice):
    joined(world, *twice)
    assert db.session.get_one(Episode, twice[0].episode_id).case["falls"]["count_12m"] == 2


@pytest.mark.both_databases
def test_unmerging_restores_exactly(world, twice):
    before = everything()
    row = joined(world, *twice)
    assert everything() != before
    parted(world, row)
    after = everything()
    assert {key for key in before | after if before.get(key) != after.get(key)} == set()


def test_what_was_answered_since_the_merge_stays_with_the_kept_one(world, twice):
    kept, gone = twice
    row = joined(world, kept, gone)
    with acting_as(world.coordinator):
        facts = {"falls.worried": True, "falls.count_12m": 1}
        answers.rerun(
            episode_id=kept.episode_id,
            facts=facts,
            source="patient",
            answered_on=now().date(),
            by=world.coordinator,
        )
    parted(world, row)
    db.session.expire_all()
    first, second = (db.session.get_one(Episode, r.episode_id) for r in twice)
    assert first.case["falls"]["worried"] is True
    assert (first.case["falls"]["count_12m"], second.case["falls"]["count_12m"]) == (1, 2)


def test_texts_and_open_questions_are_hers_after_merging_and_her_sisters_after_parting(world, twice):
    kept, gone = twice
    message = a_question(gone)
    row = joined(world, kept, gone)
    db.session.expire_all()
    assert asked(message) == (kept.patient_id, kept.patient_id, kept.patient_id)
    parted(world, row)
    db.session.expire_all()
    assert asked(message) == (gone.patient_id, gone.patient_id, gone.patient_id)


@transaction()
def a_question(referral) -> Message:
    """A text planned for this patient, with the question it asks."""
    patient, moment = db.session.get_one(Patient, referral.patient_id), now()
    outbox.plan_one(
        patient=patient,
        text="check_in",
        purpose="check_in",
        cause_kind="episode",
        cause_id=referral.episode_id,
        rule="test",
        due_at=moment,
        expires_at=moment.replace(year=moment.year + 1),
        now=moment,
    )
    message = db.session.scalars(select(Message).where(Message.patient_id == patient.id)).one()
    question = OpenQuestion(
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        message_id=message.id,
        number_index="x",
        question="check_in",
        cause_kind="episode",
        cause_id=referral.episode_id,
        expires_at=message.expires_at,
    )
    db.session.add(question)
    return message


def asked(message: Message) -> tuple[int | None, ...]:
    question = db.session.scalars(select(OpenQuestion)).one()
    return message.patient_id, message.recipient_id, question.patient_id


def test_texts_go_to_one_number_and_every_number_is_kept(world, twice):
    kept, gone = twice
    joined(world, kept, gone)
    contacts = queries.contacts(kept.patient_id)
    assert len(contacts) == 3
    assert sum(c.main for c in contacts if c.kind == "mobile") == 1


def test_who_waited_waits_again_after_parting_and_nobody_is_lost_in_between(world):
    kept = a_referral(world).referral
    gone = an_assessed_episode(world, patient=a_patient(nhs_number=SLIP), by=world.other_gp)
    row = joined(world, kept, gone)
    assert (lists.waiting(), conservation().why) == (set(), {})
    parted(world, row)
    db.session.expire_all()
    episode = db.session.get_one(Episode, gone.id)
    assert (episode.state, episode.patient_id) == (State.WAITING, gone.patient_id)
    assert (lists.waiting(), conservation().why) == ({gone.id}, {})


def test_whoever_holds_seats_is_not_swept_away(world):
    kept = a_referral(world)
    gone = an_assessed_episode(world, patient=a_patient(nhs_number=SLIP), by=world.other_gp)
    with transaction():
        db.session.execute(text(f"UPDATE episodes SET state = 'in_class' WHERE id = {gone.id}"))
    with pytest.raises(merge.CannotMerge, match="in a class"):
        joined(world, kept.referral, gone)
    db.session.expire_all()
    assert db.session.get_one(Patient, gone.patient_id).merged_into_id is None


def test_what_cannot_be_one_is_refused_in_words(world, twice):
    kept, gone = (referral.patient_id for referral in twice)
    stranger = a_referral(another_world("Elsewhere")).referral.patient_id
    refused(world, kept, kept, "two different")
    refused(world, kept, stranger, "not of this clinic")
    refused(world, kept, gone, "Say why", reason=" ")
    joined(world, *twice)
    refused(world, kept, gone, "merged already")


def refused(world, kept_id: int, gone_id: int, words: str, reason: str = "One") -> None:
    with acting_as(world.coordinator), pytest.raises(merge.CannotMerge, match=words):
        merge.merge(kept_id=kept_id, gone_id=gone_id, reason=reason, by=world.coordinator)


def test_both_practices_see_their_own_referral_and_only_the_holder_the_episode(world, twice):
    kept, gone = twice
    joined(world, kept, gone)
    with acting_as(world.gp):
        assert db.session.scalars(select(Referral.id)).all() == [kept.id]
        assert db.session.scalars(select(Episode.id)).all() == [kept.episode_id]
    with acting_as(world.other_gp):
        assert db.session.scalars(select(Referral.id)).all() == [gone.id]
        assert kept.episode_id not in db.session.scalars(select(Episode.id)).all()


def test_the_number_of_the_other_record_finds_the_kept_one_until_they_are_parted(world, twice):
    kept, gone = twice
    row = joined(world, kept, gone)
    slip = SLIP.replace(" ", "")
    assert queries.by_nhs_number(world.clinic.id, slip).id == kept.patient_id
    again = a_referral(world, patient=a_patient(nhs_number=SLIP)).referral
    assert (again.patient_id, again.episode_id) == (kept.patient_id, kept.episode_id)
    parted(world, row)
    assert queries.by_nhs_number(world.clinic.id, slip).id == gone.patient_id


def test_who_merged_and_who_parted_is_in_the_audit(world, twice):
    row = joined(world, *twice)
    parted(world, row)
    acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("patient.%merged")))
    assert sorted(acts) == ["patient.merged", "patient.unmerged"]
    assert row.by_id == world.coordinator.id


def test_a_couple_on_one_phone_is_no_pair_and_a_slip_of_the_number_is(world, twice):
    a_referral(
        world,
        patient=a_patient(given_name="John", birth_date="1948-01-02", nhs_number="999 000 0034"),
    )
    with acting_as(world.coordinator):
        (pair,) = duplicates.of_clinic()
        again = duplicates.of_patient(pair.first)
    assert {pair.first.id, pair.second.id} == {r.patient_id for r in twice}
    assert pair.why[:2] == ("the same name", "the same date of birth")
    assert [(p.first.id, p.second.id) for p in again] == [(pair.first.id, pair.second.id)]


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("9990000018", "9990000026", False),
        ("9990000018", "9990000118", True),
        ("9990000018", "9990000081", True),
        (None, "9990000081", False),
    ],
)
def test_a_near_number_is_one_slip_of_the_hand(first, second, near):
    assert duplicates._near(first, second) is near


def test_side_by_side_merge_and_undo_on_the_pages(app, world, twice):
    kept, gone = twice
    desk = Person(app, world.coordinator)
    assert "Grace Okafor and Grace Okafor" in desk.get("/duplicates")
    desk.get(f"/patients/{kept.patient_id}/same-as/{gone.patient_id}")
    assert "different NHS numbers" in desk.text
    desk.post(data={"reason": ""})
    assert (desk.status, "Say why" in desk.text) == (422, True)
    desk.post(data={"reason": "The practice confirms one slip"})
    assert "One record now" in desk.page
    desk.get(f"/patients/{gone.patient_id}")
    assert desk.url == f"/patients/{kept.patient_id}"
    desk.get(f"/patients/{kept.patient_id}/about")
    (row,) = db.session.scalars(select(Merge))
    desk.post(f"/patients/{kept.patient_id}/merges/{row.id}/undo", {f"undo_reason-{row.id}": "Two sisters"})
    assert "Two records again" in desk.page
    db.session.expire_all()
    assert db.session.get_one(Patient, gone.patient_id).merged_into_id is None
