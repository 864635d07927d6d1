"""Whatever frees a seat or makes room hands it on in the same transaction: one list, held by the source."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from clinic.access.models import Role
from clinic.classes import (
    absences,
    ending,
    moving,
    offers,
    places,
    queries,
    register,
    seats,
    venues,
    waiting,
    walk_ins,
)
from clinic.classes import one_session as one
from clinic.classes.absences import Away
from clinic.classes.ending import End
from clinic.classes.models import MemberState, Outcome, PlaceState
from clinic.classes.offer_rows import StandingLine
from clinic.classes.rules.offers import BEFORE_START
from clinic.classes.takes import StandingTake, VisitTake
from clinic.extensions import transaction
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, a_user, sessions_of
from tests.classes.test_cover import led

ROOM = Path(seats.__file__).parent
BY_EACH_CALLER = "not at all: "
WAYS = {
    ("handover.py", "change", "frees"): "next_for",
    ("offers.py", "_close", "frees"): "handover.change",  # withdrawn for an edit: reoffers.again hands on
    ("following.py", "_let_go", "frees"): BY_EACH_CALLER + "_follow hands on when the dates have moved",
    ("following.py", "_bring_members", "frees"): BY_EACH_CALLER + "the seats are the same people's at once",
    ("following.py", "_bring_members", "capacity"): BY_EACH_CALLER + "the class is about to end",
    ("following.py", "_move", "capacity"): "promotion.hand_on_session",
    ("moving.py", "move", "frees"): "promotion.hand_on_session",
    ("staffing.py", "staff_with", "capacity"): "promotion.hand_on_session",
    ("editing.py", "_write", "capacity"): "promotion.hand_on_class",
    ("venues.py", "_fit", "capacity"): "promotion.hand_on_class",
    ("companions.py", "_fit", "capacity"): BY_EACH_CALLER + "accompanying.follow does, else the sweep",
    ("cancelling.py", "call_off", "frees"): BY_EACH_CALLER + "the session is not held",
    ("merging.py", "merge", "frees"): BY_EACH_CALLER + "the session they leave is not held",
    ("ending.py", "_end", "frees"): BY_EACH_CALLER + "the class ends",
    ("ending.py", "_end", "capacity"): BY_EACH_CALLER + "the class ends",
    ("heard.py", "death", "frees"): BY_EACH_CALLER + "the session has begun; later dates go with the ending",
}


def sites(path: Path) -> set[tuple[str, str, str]]:
    """Every function that gives `releases` to the door, or writes a capacity."""
    found = set()
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in ast.walk(function):
            called = isinstance(node, ast.Call) and ast.unparse(node.func) == "seats.change"
            if called and any(word.arg == "releases" for word in node.keywords):
                found.add((path.name, function.name, "frees"))
            for target in getattr(node, "targets", ()):
                if any(getattr(part, "attr", "") == "capacity" for part in ast.walk(target)):
                    found.add((path.name, function.name, "capacity"))
    return found


def test_every_way_to_free_a_seat_or_make_room_is_on_the_list():
    found = set().union(*(sites(path) for path in sorted(ROOM.glob("*.py"))))
    assert found == set(WAYS)


@pytest.mark.parametrize(
    ("file", "way"), [(key[0], way) for key, way in WAYS.items() if not way.startswith(BY_EACH_CALLER)]
)
def test_each_hands_on_where_the_list_says_so(file, way):
    assert f"{way}(" in (ROOM / file).read_text()


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@transaction()
def waits(person):
    waiting.enter(episode=person, by=BY).entered_at = NOW - timedelta(days=10)
    return person


@transaction()
def take(*takes):
    return seats.change(takes=takes, by=BY, now=NOW)


def promised(session) -> list[int]:
    return [place.episode_id for place in queries.places_of(session.id, PlaceState.HELD)]


def full_but_for_staff(clinic):
    """A session of two whose people cannot come; without its physiotherapist it holds nobody."""
    lead = a_user(clinic, Role.PHYSIOTHERAPIST)
    row = led(a_class(clinic, capacity=2, level_band="high"), lead)
    for _ in range(2):
        take(StandingTake(row.id, a_person(clinic).id, TODAY))
    first = sessions_of(row)[0]
    for place in queries.places_of(first.id):
        places.cannot_come(place_id=place.id, by=BY, now=NOW)
    return row, first, lead


def test_staff_who_come_back_open_seats_that_go_on_at_once(clinic):
    _, first, lead = full_but_for_staff(clinic)
    away = absences.record(
        away=Away(clinic.id, lead.id, TODAY, TODAY + timedelta(days=6)), reason="illness", by=BY, now=NOW
    )
    bea = waits(a_person(clinic, "Bea", band="high", wishes={"sessions": 1}))
    absences.withdraw(absence_id=away.id, by=BY, now=NOW)
    assert promised(first) == [bea.id]


def test_more_staff_that_day_open_seats_that_go_on_at_once(clinic):
    _, first, _ = full_but_for_staff(clinic)
    one.set_staffing(session_id=first.id, staffing=["physiotherapist"], by=BY, now=NOW)
    bea = waits(a_person(clinic, "Bea", band="high", wishes={"sessions": 1}))
    both = ["physiotherapist", "instructor"]
    one.set_staffing(session_id=first.id, staffing=both, by=BY, now=NOW)
    assert promised(first) == [bea.id]


def test_a_larger_room_takes_who_waits_at_once(clinic):
    row = a_class(clinic, capacity=1)
    hall = venues.add_room(venue_id=row.venue_id, name="Hall", size=1, equipment=[], notes="", by=BY)
    with transaction():
        for each in (row, *sessions_of(row)):
            each.room_id = hall.id
    take(StandingTake(row.id, a_person(clinic).id, TODAY))
    bea = waits(a_person(clinic, "Bea", wishes={"sessions": 1}))
    venues.change_room(room_id=hall.id, name="Hall", size=2, equipment=[], notes="", by=BY, now=NOW)
    assert [m.state for m in queries.members_of(bea.id)] == [MemberState.HELD]


def test_a_session_that_moves_onto_somebodys_other_day_hands_their_seat_on(clinic):
    tuesday, thursday = a_class(clinic, capacity=1), a_class(clinic, weekday=3, capacity=1)
    ada = a_person(clinic)
    take(StandingTake(tuesday.id, ada.id, TODAY), StandingTake(thursday.id, ada.id, TODAY))
    bea = waits(a_person(clinic, "Bea", wishes={"sessions": 1}))
    first, other = sessions_of(tuesday)[0], sessions_of(thursday)[0]
    left = moving.move(
        session_id=first.id,
        on=other.local_date,
        wall_time=tuesday.wall_time.replace(hour=14),
        venue_id=first.venue_id,
        by=BY,
        now=NOW,
    )
    assert (len(left), promised(first)) == (1, [bea.id])


def test_somebody_added_at_the_door_by_mistake_is_as_if_they_had_never_been_there(clinic):
    row = a_class(clinic)
    session, ada = sessions_of(row)[0], a_person(clinic, state="in_class")
    take(StandingTake(row.id, ada.id, TODAY + timedelta(days=8)))
    at = session.starts_at - timedelta(minutes=5)
    place = walk_ins.seat(session_id=session.id, episode_id=ada.id, by=BY, now=at)
    assert walk_ins.take_off(place_id=place, by=BY, now=at)
    gone = queries.place(place)
    assert (gone.state, gone.outcome, session.taken) == (PlaceState.RELEASED, Outcome.EXPECTED, 0)
    assert not walk_ins.take_off(place_id=place, by=BY, now=at)


def test_an_ordinary_visit_is_not_taken_off_as_a_mistake(clinic):
    session = sessions_of(a_class(clinic))[0]
    place = take(VisitTake(session.id, a_person(clinic).id)).places[0]
    assert not walk_ins.take_off(place_id=place, by=BY, now=NOW)


def test_at_the_door_nobody_who_waits_could_still_be_offered_the_seat():
    assert register.OPENS_BEFORE <= BEFORE_START


def test_what_a_withdrawn_offer_held_elsewhere_goes_to_who_is_next(clinic):
    ends, stays = a_class(clinic, capacity=1), a_class(clinic, weekday=4, capacity=1)
    ada = a_person(clinic)
    lines = [StandingLine(row.id, TODAY) for row in (ends, stays)]
    offers.make(episode_id=ada.id, lines=lines, by=BY, now=NOW)
    with transaction():
        ada.wishes = {"days": [1]}  # the other day no longer suits her
    bea = waits(a_person(clinic, "Bea", wishes={"sessions": 1}))
    ending.end(asked=End(ends.id, TODAY + timedelta(days=1)), by=BY, now=NOW)
    assert [member.episode_id for member, _ in queries.members_in(stays.id)] == [bea.id]
