"""F2: whatever is open on one phone, whatever is replied in whatever order, nothing is guessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.notifications.rules import binder
from clinic.notifications.rules.binder import Asked
from clinic.notifications.rules.replies import Intent, Question

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE = {1: "Ada", 2: "Bea", 3: "Mary-Ann"}
DAYS = ("Mon", "Tue", "Wed")
KINDS = [kind for kind in Question if kind not in (Question.WHICH, Question.NONE)]
REPLIES = (
    *("1", "2", "Yes please", "DONE", "PAIN 4", "Tuesday", "tue please", "Ada", "for Bea", "Mary-Ann"),
    *(
        "Ada Tue",
        "Wed for Bea",
        "not Tuesday",
        "Ada and Bea",
        "Tue or Wed",
        "CALL ME",
        "whatever",
        "2 thanks",
    ),
)


def asked(number, patient_id=1, kind=Question.REMINDER, days=(), **more):
    return Asked(
        id=number,
        patient_id=patient_id,
        question=kind,
        about=("place", number),
        name=binder.name_said(PEOPLE[patient_id]),
        days=frozenset(days),
        **more,
    )


class Phone:
    """What the office does with what the rule says, on values: acts, asks back, or leaves it to a person."""

    def __init__(self, questions):
        self.asked, self.first, self.next_id = list(questions), "", 100

    def reply(self, body, now):
        """The questions this one reply acts on."""
        bound = binder.bind(body, self.asked, now)
        meant = bound.question
        if meant is not None and meant.question is Question.WHICH:
            self._close(meant, now)
            bound = binder.choose(body, self.first, bound.several)
            if bound is None:
                self._ask_which(self.first)
                return []
            meant = bound.question
        elif bound.several:
            self._ask_which(body)
            return []
        if meant is None:
            return []
        assert bound.reading.intent in binder.ANSWERS[meant.question]
        self._close(meant, now)
        return [meant]

    def _ask_which(self, first):
        self.first, self.next_id = first, self.next_id + 1
        self.asked.append(Asked(self.next_id, 1, Question.WHICH, ("inbound", self.next_id)))

    def _close(self, meant, now):
        self.asked = [
            replace(one, open=False, answered_at=now) if one.id == meant.id else one for one in self.asked
        ]


questions = st.lists(
    st.tuples(
        st.sampled_from(sorted(PEOPLE)), st.sampled_from(KINDS), st.sets(st.integers(0, 2), max_size=2)
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(questions, st.lists(st.sampled_from(REPLIES), min_size=1, max_size=6))
def test_no_reply_ever_acts_on_more_than_one_question_nor_on_another_person(several, replies):
    phone = Phone(asked(n, *one) for n, one in enumerate(several, start=1))
    for n, body in enumerate(replies):
        now = NOON + timedelta(minutes=40 * n)  # past the half hour of second thoughts
        open_before = [one for one in phone.asked if one.open and one.question is not Question.WHICH]
        fitting = [one for one in open_before if binder.bind(body, [one], now).question]
        done = phone.reply(body, now)
        assert len(done) <= 1
        for one in done:
            assert one in open_before, "what was answered long ago is not answered again"
            named = [person for person in PEOPLE.values() if person in body]
            assert not named or named == [PEOPLE[one.patient_id]]
            said = {day for day, name in enumerate(DAYS) if name.lower() in body.lower()}
            assert not said or said & one.days or one.question is Question.OFFER
            assert len(fitting) < 2 or named or said, "two could be meant and nothing was named"


@pytest.mark.parametrize("first", ["2", "1"])
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_two_patients_one_phone_three_open_questions_each_is_answered_by_its_name_and_day(first, order):
    about = {1: (1, "Ada Tue", {1}), 2: (1, "Ada on Wednesday", {2}), 3: (2, "Bea", {1})}
    phone = Phone(asked(n, patient, days=days) for n, (patient, _, days) in about.items())
    for n, meant in enumerate(order):
        now = NOON + timedelta(hours=n)
        if n < 2:
            assert phone.reply(first, now) == []
            assert [one.id for one in phone.reply(about[meant][1], now)] == [meant]
        else:
            assert [one.id for one in phone.reply(first, now)] == [meant]


def test_her_first_words_still_count_when_she_must_be_asked_twice():
    phone = Phone([asked(1, 1, days={1}), asked(2, 2, days={1})])
    assert phone.reply("2", NOON) == []
    assert phone.reply("Tuesday", NOON) == []  # both are on Tuesday
    [meant] = phone.reply("Bea please", NOON)
    assert (meant.patient_id, phone.first) == (2, "2")


def test_a_second_thought_about_two_things_at_once_is_read_by_a_person():
    closed = [asked(n, n, open=False, answered_at=NOON) for n in (1, 2)]
    bound = binder.bind("1", closed, NOON + timedelta(minutes=5))
    assert (bound.question, bound.late) == (None, closed[1])


def test_a_second_thought_about_one_thing_reaches_it():
    closed = [asked(1, open=False, answered_at=NOON)]
    assert binder.bind("1", closed, NOON + timedelta(minutes=5)).question == closed[0]


@pytest.mark.parametrize(
    ("several", "how"),
    [
        ([asked(1, 1, days={1}), asked(2, 1, days={2})], "day"),
        ([asked(1, 1, days={1}), asked(2, 2, days={1})], "name"),
        ([asked(1, 1, Question.NUMBER_CHECK), asked(2, 2, Question.NUMBER_CHECK)], "name"),
        ([asked(1, 1, days={1}), asked(2, 2, days={1}), asked(3, 1, days={2})], "both"),
        ([asked(1, 1, days={1}), asked(2, 1, Question.STILL_WANTED)], None),
    ],
)
def test_the_sender_is_asked_only_for_what_leaves_one_question(several, how):
    assert binder.told_apart(several) == how


def test_a_reading_of_two_people_on_one_number_check_is_by_first_name():
    checks = [asked(1, 1, Question.NUMBER_CHECK), asked(2, 2, Question.NUMBER_CHECK)]
    chosen = binder.choose("Bea", "1", checks)
    assert (chosen.question.patient_id, chosen.reading.intent) == (2, Intent.CONFIRM)
