import json
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.notifications.rules.grammar import AT_ANY_TIME, CARRIER_WORDS, IN_ANSWER_TO
from clinic.notifications.rules.replies import Intent, Question, Reading, read

CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "replies_corpus.jsonl").read_text(encoding="utf-8").splitlines()
]

RED_FLAGS = [reply["text"] for reply in CORPUS if reply["red_flag"]]


def said(text, question="none"):
    return read(text, Question(question))


def test_the_corpus_is_large_and_names_each_reply_once():
    assert len(CORPUS) >= 400
    assert len({reply["id"] for reply in CORPUS}) == len(CORPUS)


def test_every_reply_of_the_corpus_is_read_as_a_person_would():
    wrong = {
        reply["id"]: (reply["text"], reply["question"], reading.intent, reading.score)
        for reply in CORPUS
        if (reading := said(reply["text"], reply["question"])) is not None
        and (reading.intent, reading.score) != (reply["intent"], reply["score"])
    }
    assert wrong == {}


def test_no_red_flag_of_the_corpus_is_missed():
    missed = [reply["text"] for reply in CORPUS if reply["red_flag"] and not said(reply["text"]).red_flag]
    assert missed == []


def test_at_least_four_alarms_in_five_are_true():
    alarms = [reply for reply in CORPUS if said(reply["text"]).red_flag]
    assert sum(reply["red_flag"] for reply in alarms) / len(alarms) >= 0.8


@pytest.mark.parametrize("question", [Question.OFFER, Question.STILL_WANTED])
def test_2_declines_an_offer_or_a_place_on_the_list(question):
    assert read("2", question) == Reading(Intent.DECLINE, red_flag=False)


def test_2_to_a_reminder_gives_up_that_session_only():
    assert said("2", "reminder").intent is Intent.CANNOT_COME


@pytest.mark.parametrize("text", ["1", "2", "yes please", "see you there"])
def test_an_answer_without_a_question_does_nothing(text):
    assert said(text).intent is Intent.UNCLEAR


@pytest.mark.parametrize("question", list(Question))
def test_yes_alone_takes_no_seat_because_it_is_the_carriers_word(question):
    assert read("YES", question).intent is Intent.START


@pytest.mark.parametrize(
    "word", ["STOP", "StopAll", "unsubscribe", "CANCEL", "end", "Quit", "optout", "REVOKE"]
)
def test_the_carriers_words_stop_whatever_was_asked(word):
    assert all(read(word, question).intent is Intent.STOP for question in Question)


@pytest.mark.parametrize("text", ["cancel please", "cancel my class", "sorry end of the road is shut"])
def test_a_carriers_word_inside_a_sentence_is_for_a_person(text):
    assert said(text, "reminder").intent is Intent.UNCLEAR


@pytest.mark.parametrize(
    "text", ["1 but not this week", "1?", "1 or 2", "1 if there is parking", "no worries mate"]
)
def test_one_word_outside_the_grammar_and_nothing_is_done(text):
    assert said(text, "offer").intent is Intent.UNCLEAR


@pytest.mark.parametrize("text", ["ok", "ok thanks", "👍", "thank you"])
def test_a_bare_thank_you_never_undoes_a_cancellation(text):
    assert said(text, "reminder").intent is Intent.UNCLEAR


@pytest.mark.parametrize("text", ["ie", "tak", "haan ji", "nie", "nahi", "jee", "oui", "tak, poproszę"])
def test_yes_and_no_in_other_languages_go_to_a_person(text):
    assert said(text, "offer") == Reading(Intent.UNCLEAR, red_flag=False)


def test_a_red_flag_beats_the_answer_beside_it():
    assert said("1 but my legs have gone numb", "offer") == Reading(Intent.UNCLEAR, red_flag=True)


def test_a_red_flag_keeps_the_pain_and_the_fall_that_alarm_with_it():
    assert said("PAIN 9 and my legs are numb") == Reading(Intent.PAIN, red_flag=True, score=9)
    assert said("fell and hit my head") == Reading(Intent.FALL, red_flag=True)


def test_a_pain_score_alone_is_no_red_flag_word():
    assert said("PAIN 10", "prompt") == Reading(Intent.PAIN, red_flag=False, score=10)


@pytest.mark.parametrize(
    ("text", "score"),
    [("Pain 6-7", 7), ("pain 8/10", 8), ("pain 10/10", 10), ("pain seven", 7), ("PAIN: 0", 0)],
)
def test_the_score_is_read_as_written_and_the_higher_of_two(text, score):
    assert said(text, "prompt").score == score


def test_a_bad_pain_is_heard_inside_a_sentence_and_a_mild_one_is_left_to_a_person():
    assert said("Done but my pain is about 8 now", "prompt") == Reading(Intent.PAIN, False, score=8)
    assert said("Done but pain 7", "prompt").score == 7
    assert said("Done but pain 6", "prompt") == Reading(Intent.UNCLEAR, False)


@pytest.mark.parametrize("text", ["pain 11", "pain 100", "no pain after 8 goes", "did 10 with no pain"])
def test_a_number_that_is_no_score_is_not_taken_for_one(text):
    assert said(text, "prompt").score is None


@pytest.mark.parametrize("text", ["Had a fall this morning", "fell over the cat, all ok", "mum has fallen"])
def test_a_fall_is_heard_in_any_sentence(text):
    assert said(text, "reminder").intent is Intent.FALL


@pytest.mark.parametrize("text", ["no falls this week", "fell asleep", "see you at the falls class"])
def test_no_fall_is_heard_where_there_was_none(text):
    assert said(text).intent is Intent.UNCLEAR


@pytest.mark.parametrize(
    ("text", "day"), [("Tuesday", 1), ("just fri please", 4), ("the Monday one", 0), ("Weds 25 Nov 10:30", 2)]
)
def test_a_day_is_chosen_by_its_name(text, day):
    assert said(text, "offer") == Reading(Intent.CHOOSE_DAY, False, day=day)


@pytest.mark.parametrize(
    "text", ["not Tuesday", "Tuesday and Friday", "2 Tuesday", "Tuesday?", "Tuesday maybe"]
)
def test_a_day_in_doubt_chooses_nothing(text):
    assert said(text, "offer").intent is Intent.UNCLEAR


@given(st.text(max_size=200), st.sampled_from(list(Question)))
def test_any_text_at_all_gets_one_reading(text, question):
    reading = read(text, question)
    assert (reading.score is None) or reading.intent is Intent.PAIN
    assert (reading.day is None) or reading.intent is Intent.CHOOSE_DAY


@given(st.sampled_from(RED_FLAGS), st.sampled_from(list(Question)))
def test_no_reply_with_a_red_flag_ever_acts_on_a_seat(text, question):
    acting = {Intent.CONFIRM, Intent.DECLINE, Intent.CANNOT_COME, Intent.CHOOSE_DAY, Intent.DONE, Intent.STOP}
    assert read(text, question).intent not in acting


@pytest.mark.parametrize("text", ["cant feel " * 160, "cantfeel" * 200, "a " * 800, "qzxj" * 400])
def test_a_very_long_text_is_read_in_a_moment(text):
    begun = perf_counter()
    said(text)
    assert perf_counter() - begun < 10


def test_no_phrase_of_the_grammar_raises_an_alarm():
    grammars = [CARRIER_WORDS, AT_ANY_TIME, *IN_ANSWER_TO.values()]
    phrases = {" ".join(words) for grammar in grammars for known in grammar.values() for words in known}
    assert {phrase for phrase in phrases if said(phrase).red_flag} == set()
