from datetime import timedelta

import pytest

from clinic.access.models import Role
from clinic.classes import places, queries, register, roster
from clinic.classes.errors import NeedsAssessment
from clinic.classes.models import Outcome, RegisterTick, SessionState
from clinic.classes.register import UNSEEN, NotEverybody, NotYet, RegisterIsClosed, Tap
from clinic.extensions import db
from clinic.patients import queries as patients
from clinic.patients import services
from clinic.referrals.models import Episode, State
from clinic.viewer import acting_as, staff
from clinic.worklist.models import Alert
from tests.classes.factories import BY, NOW, a_class, a_person, a_user, assessed, sessions_of


@pytest.fixture
def session(clinic):
    return sessions_of(a_class(clinic, capacity=6))[0]


@pytest.fixture
def by(clinic):
    user = a_user(clinic, Role.INSTRUCTOR)
    return staff(user.id, clinic.id, "instructor")


@pytest.fixture
def known(clinic):
    """Make somebody whom a physiotherapist has met."""
    physio = a_user(clinic, Role.PHYSIOTHERAPIST)
    return lambda given="Ada": assessed(a_person(clinic, given), physio)


@pytest.fixture
def place(session, known):
    return seat(session, known())


def seat(session, person):
    return queries.place(places.book_visit(session_id=session.id, episode_id=person.id, by=BY, now=NOW))


def tap(place, by, field="outcome", value="attended", *, minute=0, device="tablet", was=UNSEEN, **more):
    at = place.session.starts_at + timedelta(minutes=minute)
    one = Tap(place.id, field, value, device, at, was)
    return register.tick(tap=one, by=by, now=at, **more)


def test_one_tap_says_that_somebody_came(place, by):
    assert tap(place, by) == "kept"
    assert place.outcome is Outcome.ATTENDED
    assert db.session.get(Episode, place.episode_id).first_class_on == place.local_date


def test_the_same_tap_twice_is_one(place, by):
    tap(place, by)
    tap(place, by, value="did_not_attend", minute=1)
    assert tap(place, by) == "again"
    assert place.outcome is Outcome.DID_NOT_ATTEND
    assert db.session.query(RegisterTick).count() == 2


def test_a_tap_that_arrives_late_does_not_undo_a_later_one(place, by):
    tap(place, by, value="late", minute=5)
    assert tap(place, by, value="did_not_attend", minute=2, device="another") == "older"
    assert place.outcome is Outcome.LATE


def test_a_tap_can_be_taken_back(place, by):
    tap(place, by)
    tap(place, by, value="expected", minute=1)
    assert place.outcome is Outcome.EXPECTED


@pytest.mark.parametrize("value", ["cancelled_by_service", "in_the_pub"])
def test_only_what_a_button_sends_is_taken(place, by, value):
    with pytest.raises(ValueError):
        tap(place, by, value=value)


def test_nobody_attends_a_first_class_without_an_assessment(clinic, session, by):
    place = seat(session, a_person(clinic, state=State.AWAITING_ASSESSMENT))
    with pytest.raises(NeedsAssessment):
        tap(place, by, unassessed_because="She insisted")
    assert place.outcome is Outcome.EXPECTED


def test_a_physiotherapist_may_record_why_they_may(clinic, session):
    place = seat(session, a_person(clinic, state=State.AWAITING_ASSESSMENT))
    user = a_user(clinic, Role.PHYSIOTHERAPIST)
    tap(place, staff(user.id, clinic.id, "physiotherapist"), unassessed_because="Assessed at the door")
    assert (place.outcome, place.note) == (Outcome.ATTENDED, "Not assessed before: Assessed at the door")


def test_new_symptoms_alert_at_once(place, by):
    tap(place, by, field="symptoms", value=True)
    assert [alert.kind for alert in db.session.query(Alert)] == ["new_symptoms"]


def test_the_register_opens_an_hour_before(place, by):
    early = place.session.starts_at - timedelta(minutes=61)
    with pytest.raises(NotYet):
        register.tick(tap=Tap(place.id, "outcome", "attended", "tablet", early), by=by, now=early)


def test_closing_wants_an_outcome_and_an_answer_for_everybody(known, session, by):
    came, missed = seat(session, known()), seat(session, known())
    tap(came, by)
    end = session.ends_at
    with pytest.raises(NotEverybody) as refused:
        register.close(session_id=session.id, by=by, now=end)
    assert refused.value.place_ids == [came.id, missed.id]
    tap(came, by, field="symptoms", value=False)
    tap(missed, by, value="did_not_attend")
    register.close(session_id=session.id, by=by, now=end)
    assert (session.state, session.closed_by_id) == (SessionState.CLOSED, by.id)


def test_a_closed_register_is_opened_again_with_a_reason_in_words(place, by):
    session = place.session
    tap(place, by, value="did_not_attend")
    register.close(session_id=session.id, by=by, now=session.ends_at)
    with pytest.raises(RegisterIsClosed):
        tap(place, by, minute=3)
    again = {"session_id": session.id, "by": by, "now": session.ends_at}
    for reason, note in (("wrong_person", " "), ("no_such", "She was there")):
        with pytest.raises(ValueError):
            register.reopen(reason=reason, note=note, **again)
    register.reopen(reason="wrong_person", note="She was there", **again)
    assert tap(place, by, minute=3) == "kept"
    (why,) = register.reopenings(session)
    assert (why.reason, why.note, why.by_id) == ("wrong_person", "She was there", by.id)


def test_a_load_is_written_down_and_met_again_next_time(clinic, known, by):
    ada = known()
    first, second = (seat(one, ada) for one in sessions_of(a_class(clinic)))
    tap(first, by, field="load", value="kg_1.5")
    (row,) = roster.of_session(second.session).expected
    assert (row.usual_load, first.load) == ("1.5 kg", "kg_1.5")
    with pytest.raises(ValueError):
        tap(first, by, field="load", value="a piano", minute=1)


# --- two tablets ---


def test_two_tablets_that_differ_are_shown_until_somebody_taps_what_is_right(place, by):
    tap(place, by, value="attended", device="one")
    tap(place, by, value="did_not_attend", minute=1, device="two", was="expected")
    assert (place.outcome, place.conflict) == (Outcome.DID_NOT_ATTEND, {"outcome": "attended"})
    with pytest.raises(NotEverybody):
        register.close(session_id=place.session_id, by=by, now=place.session.ends_at)
    tap(place, by, value="attended", minute=2, device="one", was="did_not_attend")
    assert place.conflict is None


def test_who_saw_the_other_tap_corrects_it_without_a_fuss(place, by):
    tap(place, by, value="attended", device="one")
    tap(place, by, value="late", minute=1, device="two", was="attended")
    assert (place.outcome, place.conflict) == (Outcome.LATE, None)


def test_two_tablets_that_agree_do_not_differ(place, by):
    tap(place, by, value="attended", device="one")
    tap(place, by, value="attended", minute=1, device="two", was="expected")
    assert place.conflict is None


def test_a_tap_that_comes_in_late_is_shown_when_it_differs(place, by):
    tap(place, by, value="late", minute=5, device="one")
    tap(place, by, value="did_not_attend", minute=2, device="two", was="expected")
    assert (place.outcome, place.conflict) == (Outcome.LATE, {"outcome": "did_not_attend"})


def test_one_tablets_own_taps_never_differ(place, by):
    tap(place, by, value="late", minute=5)
    tap(place, by, value="did_not_attend", minute=2, was="expected")
    assert place.conflict is None


# --- the roster ---


def test_the_roster_shows_what_an_instructor_must_know(known, session):
    seat(session, known("Bea"))
    gone = seat(session, known("Ada"))
    places.cannot_come(place_id=gone.id, by=BY, now=NOW)
    found = roster.of_session(session)
    (row,) = found.expected
    assert (row.patient.given_name, row.first_class, row.assessed) == ("Bea", True, True)
    assert row.precautions == "Not yet: lying on the front, bone loading, impact."
    assert row.emergency == "No other person recorded. Own phone 07700 900101"
    assert [one.patient.given_name for one in found.not_coming] == ["Ada"]


def test_each_person_stands_once_however_many_numbers_they_have(clinic, session):
    ada, cai = a_person(clinic), a_person(clinic, "Cai", mobile=None)
    patient, son = patients.patient(ada.patient_id), {"name": "Ben", "relationship": "son"}
    services.add_phone(patient=patient, number="07700 900222", carer=son, by=BY)
    for person in (ada, cai):
        seat(session, person)
    rows = roster.of_session(session).expected
    assert [(row.phones, row.emergency) for row in rows] == [
        (["07700 900101"], "Ben (son), 07700 900222"),
        ([], "Nobody recorded."),
    ]


@pytest.mark.parametrize("people", [1, 5])
def test_the_roster_costs_four_statements_however_many_come(clinic, session, people):
    for _ in range(people):
        seat(session, a_person(clinic))
    db.session.expire_all()
    statements = []
    db.event.listen(db.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    with acting_as(BY):
        roster.of_session(queries.session(session.id))
    asked = [text for text in statements if text.startswith("SELECT") and "set_config" not in text]
    assert len(asked) <= 4
