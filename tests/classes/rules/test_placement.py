"""Which classes suit a person, why others do not, and in which order they are suggested."""

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.classes.rules.capacity import BANDS, PHASES, Level
from clinic.classes.rules.placement import Candidate, ClassFacts, distance, fits, rested, suggest, unsuitable

PERSON = Candidate("P2", "intermediate", group_start=date(2026, 11, 30))
TUESDAY = ClassFacts("tue", Level("P2", "intermediate"), 1, time(10, 30), "hall", free_standing=3)
FRIDAY = replace(TUESDAY, id="fri", weekday=4)
VIDEO_PERSON = replace(
    PERSON,
    band="low",
    modalities=frozenset({"video"}),
    taught=True,
    someone_at_home=True,
    emergency_address=True,
)
VIDEO = replace(TUESDAY, modality="video")

levels = st.builds(Level, st.sampled_from(PHASES), st.sampled_from(BANDS))
halfdays = st.frozensets(st.tuples(st.integers(0, 6), st.sampled_from(["am", "pm"])))
people = st.builds(
    Candidate,
    phase=st.sampled_from(PHASES),
    band=st.sampled_from(BANDS),
    provisional=st.booleans(),
    ceiling=st.none() | st.sampled_from(BANDS),
    halfdays=st.none() | halfdays,
    venues=st.none() | st.frozensets(st.sampled_from(["hall", "gym"])),
    modalities=st.frozensets(st.sampled_from(["land", "water", "video"])),
    needs=st.frozensets(st.sampled_from(["step_free", "loop"])),
    brings=st.integers(0, 2),
    sessions_wanted=st.sampled_from([1, 2]),
    group_start=st.none() | st.just(date(2026, 11, 30)),
    water_screened=st.booleans(),
    held_weekdays=st.frozensets(st.integers(0, 6), max_size=1),
)
timetables = st.lists(
    st.builds(
        ClassFacts,
        id=st.uuids().map(str),
        level=levels,
        weekday=st.integers(0, 6),
        wall_time=st.sampled_from([time(9), time(11, 59), time(12), time(14)]),
        venue=st.sampled_from(["hall", "gym"]),
        free_standing=st.integers(0, 5),
        room_left=st.none() | st.integers(0, 5),
        modality=st.sampled_from(["land", "water", "video"]),
        access=st.frozensets(st.sampled_from(["step_free", "loop"])),
    ),
    max_size=7,
    unique_by=lambda cls: cls.id,
)


def codes(candidate, cls):
    return [misfit.code for misfit in fits(candidate, cls)]


def test_a_class_at_the_persons_own_level_fits():
    assert fits(PERSON, TUESDAY) == ()


@pytest.mark.parametrize("person", PHASES)
@pytest.mark.parametrize("served", PHASES)
def test_a_class_serves_its_phase_and_every_later_one(person, served):
    fit = codes(replace(PERSON, phase=person), replace(TUESDAY, level=Level(served, "intermediate")))
    assert fit == ([] if person >= served else ["phase"])


@pytest.mark.parametrize("person", BANDS)
@pytest.mark.parametrize("served", BANDS)
def test_a_class_serves_its_band_and_every_milder_one(person, served):
    fit = codes(replace(PERSON, band=person), replace(TUESDAY, level=Level("P2", served)))
    assert fit == ([] if BANDS.index(person) >= BANDS.index(served) else ["band"])


@pytest.mark.parametrize(
    ("ceiling", "fit"), [("low", []), ("intermediate", []), ("high", ["band"]), (None, ["band"])]
)
def test_a_provisional_band_is_staffed_as_its_ceiling(ceiling, fit):
    assert codes(replace(PERSON, band="low", provisional=True, ceiling=ceiling), TUESDAY) == fit


def test_a_confirmed_band_forgets_its_ceiling():
    assert codes(replace(PERSON, ceiling="high"), TUESDAY) == []


@pytest.mark.parametrize(
    ("person", "cls", "code"),
    [
        ({"group_start": None}, {}, "group_start"),
        ({}, {"modality": "water"}, "modality"),
        ({"modalities": frozenset({"water"})}, {"modality": "water"}, "water"),
        ({}, {"audience": "women"}, "audience"),
        ({"halfdays": frozenset({(1, "pm"), (2, "am")})}, {}, "time"),
        ({"venues": frozenset({"gym"})}, {}, "travel"),
        ({"needs": frozenset({"step_free"})}, {}, "access"),
        ({"held_weekdays": frozenset({0})}, {}, "rest_day"),
        ({"held_weekdays": frozenset({1})}, {}, "rest_day"),
        ({"held_weekdays": frozenset({2})}, {}, "rest_day"),
        ({}, {"free_standing": 0}, "full"),
        ({"brings": 1}, {"room_left": 1}, "room"),
    ],
)
def test_each_thing_that_does_not_suit_is_named(person, cls, code):
    assert codes(replace(PERSON, **person), replace(TUESDAY, **cls)) == [code]


@pytest.mark.parametrize(
    ("person", "cls"),
    [
        ({"modalities": frozenset({"water"}), "water_screened": True}, {"modality": "water"}),
        ({"audiences": frozenset({"everyone", "women"})}, {"audience": "women"}),
        ({"halfdays": frozenset({(1, "am")})}, {}),
        ({"halfdays": frozenset({(1, "am")})}, {"wall_time": time(11, 59)}),
        ({"halfdays": frozenset({(1, "pm")})}, {"wall_time": time(12, 0)}),
        ({"venues": frozenset({"hall"})}, {}),
        ({"needs": frozenset({"loop"})}, {"access": frozenset({"loop", "step_free"})}),
        ({"held_weekdays": frozenset({3})}, {}),
        ({"held_weekdays": frozenset({6})}, {}),
        ({"brings": 1}, {"room_left": 2}),
    ],
)
def test_each_thing_on_the_near_side_of_its_limit_fits(person, cls):
    assert codes(replace(PERSON, **person), replace(TUESDAY, **cls)) == []


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"band": "intermediate"}, "video_band"),
        ({"taught": False}, "video_taught"),
        ({"someone_at_home": False}, "video_alone"),
        ({"emergency_address": False}, "video_address"),
    ],
)
def test_a_video_class_asks_for_each_of_its_conditions(missing, code):
    assert fits(VIDEO_PERSON, VIDEO) == ()
    assert codes(replace(VIDEO_PERSON, **missing), VIDEO) == [code]


def test_nobody_travels_to_a_video_class():
    at_home = replace(VIDEO_PERSON, venues=frozenset(), needs=frozenset({"step_free"}))
    assert fits(at_home, VIDEO) == ()


def test_every_reason_is_given_not_only_the_first():
    far = replace(PERSON, band="high", halfdays=frozenset(), venues=frozenset())
    assert codes(far, replace(TUESDAY, free_standing=0)) == ["band", "time", "travel", "full"]


def test_a_reason_is_a_sentence_a_coordinator_can_read_aloud():
    (misfit,) = fits(replace(PERSON, band="low", provisional=True), TUESDAY)
    person = "The person needs high supervision until their band is confirmed"
    assert misfit.text == f"{person}; this class is staffed for intermediate."


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (time(9), "The person cannot come on Tuesday mornings."),
        (time(14), "The person cannot come on Tuesday afternoons."),
    ],
)
def test_a_time_that_does_not_suit_is_named_by_its_half_day(at, text):
    (misfit,) = fits(replace(PERSON, halfdays=frozenset()), replace(TUESDAY, wall_time=at))
    assert misfit.text == text


def test_what_nobody_has_said_of_a_person_never_opens_a_class():
    unknown = Candidate("P3", "low", modalities=frozenset({"video", "water"}))
    assert codes(unknown, VIDEO) == ["group_start", "video_taught", "video_alone", "video_address"]
    assert codes(unknown, replace(TUESDAY, modality="water")) == ["group_start", "water"]


def test_a_person_is_taken_to_come_alone_and_to_want_two_sessions():
    assert fits(PERSON, replace(TUESDAY, room_left=1)) == ()
    assert suggest(PERSON, [TUESDAY, FRIDAY]).pairs


REST = {(day, other) for day in range(7) for other in range(7) if (day - other) % 7 in {2, 3, 4, 5}}


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("other", range(7))
def test_two_days_are_rested_unless_they_touch_round_the_week(day, other):
    assert rested(day, other) is ((day, other) in REST)


@pytest.mark.parametrize(
    ("first", "second", "pairs"), [(0, 1, 0), (6, 0, 0), (2, 2, 0), (0, 2, 1), (5, 0, 1)]
)
def test_a_pair_never_lies_on_consecutive_days(first, second, pairs):
    timetable = [replace(TUESDAY, weekday=first), replace(FRIDAY, weekday=second)]
    assert len(suggest(PERSON, timetable).pairs) == pairs


def test_a_pair_is_listed_in_the_order_of_the_week():
    (pair,) = suggest(PERSON, [FRIDAY, TUESDAY]).pairs
    assert [cls.id for cls in pair.classes] == ["tue", "fri"]


@pytest.mark.parametrize("person", [{"sessions_wanted": 1}, {"held_weekdays": frozenset({6})}])
def test_one_session_is_a_whole_placement_when_one_is_wanted_or_one_is_held(person):
    placement = suggest(replace(PERSON, **person), [TUESDAY, FRIDAY])
    assert placement.pairs == ()
    assert placement.singles


def test_the_nearest_level_comes_first_then_the_most_free_then_the_earliest():
    stricter = replace(TUESDAY, id="stricter", level=Level("P1", "high"), free_standing=6)
    emptier = replace(TUESDAY, id="emptier", weekday=4, free_standing=4)
    sooner = replace(TUESDAY, id="sooner", weekday=0, free_standing=3)
    singles = suggest(PERSON, [stricter, TUESDAY, emptier, sooner]).singles
    assert [one.classes[0].id for one in singles] == ["emptier", "sooner", "tue", "stricter"]


@pytest.mark.parametrize(
    ("cls", "why"),
    [
        ({"free_standing": 2}, "Tuesday 10:30 is for exactly this level and has 2 free seats."),
        (
            {"level": Level("P2", "high"), "free_standing": 1},
            "Tuesday 10:30 also serves people who need more help and has 1 free seat.",
        ),
    ],
)
def test_a_suggestion_says_why(cls, why):
    (single,) = suggest(PERSON, [replace(TUESDAY, **cls)]).singles
    assert single.because == (why,)


def test_a_water_class_says_that_it_does_not_load_bone():
    swimmer = replace(PERSON, modalities=frozenset({"water"}), water_screened=True)
    (single,) = suggest(swimmer, [replace(TUESDAY, modality="water")]).singles
    assert "A water class does not count as bone loading." in single.because


def test_a_full_class_that_suits_is_one_to_wait_for():
    full = replace(TUESDAY, free_standing=0)
    wrong = replace(FRIDAY, free_standing=0, level=Level("P3", "low"))
    assert suggest(PERSON, [full, wrong]).could_wait_for == ("tue",)


@given(people, timetables)
def test_every_class_is_suggested_or_rejected_with_a_reason_and_never_both(person, timetable):
    placement = suggest(person, timetable)
    singles = [one.classes[0].id for one in placement.singles]
    rejected = [class_id for class_id, why in placement.rejected if why]
    assert sorted(singles + rejected) == sorted(cls.id for cls in timetable)


@given(people, timetables)
def test_no_suggested_class_is_milder_than_the_person(person, timetable):
    placement = suggest(person, timetable)
    for cls in (cls for one in placement.pairs + placement.singles for cls in one.classes):
        assert PHASES.index(cls.level.phase) <= PHASES.index(person.level.phase)
        assert BANDS.index(cls.level.band) <= BANDS.index(person.level.band)


@given(people, timetables)
def test_every_pair_has_a_rest_day_and_two_seats(person, timetable):
    for pair in suggest(person, timetable).pairs:
        one, other = pair.classes
        assert rested(one.weekday, other.weekday)
        assert one.free_standing and other.free_standing


@given(people, timetables.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_suggestions_do_not_depend_on_the_order_of_the_timetable(person, both):
    one, other = (suggest(person, timetable) for timetable in both)
    assert (one.pairs, one.singles) == (other.pairs, other.singles)


@given(people, timetables, st.sampled_from(BANDS))
def test_needing_more_supervision_never_opens_a_class(person, timetable, band):
    stricter = replace(person, provisional=False, band=min(band, person.level.band, key=BANDS.index))
    for cls in timetable:
        assert not unsuitable(person, cls) or unsuitable(stricter, cls)


@given(levels, levels)
def test_only_the_own_level_is_at_distance_nothing(one, other):
    assert (distance(one, other) == 0) is (one == other)
