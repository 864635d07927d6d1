"""`flask roster propose`: JSON alone on stdout, words on stderr; 0 done, 1 found wrong, 2 bad input."""

import json

import pytest
import time_machine

from clinic.classes import waiting
from clinic.extensions import db, transaction
from clinic.viewer import acting_as
from tests.classes.factories import BY, NOW, a_class, a_clinic, a_person

KEYS = {
    "clinic", "waiting",
    "has_offer", "proved", "goals", "tiers", "placed", "cannot_be_placed", "classes",
    "would_help_most", "would_help_too", "wrong",
}  # fmt: skip


@pytest.fixture
def propose(app):
    """Run the command for the clinic of this test."""
    with time_machine.travel(NOW, tick=False):
        yield lambda *words: app.test_cli_runner().invoke(args=["roster", "propose", *words])


@pytest.fixture
def riverside(app):
    """One class with two seats, and three people who wait."""
    with app.app_context(), acting_as(BY):
        clinic = a_clinic()
        a_class(clinic, capacity=2, room=6)
        for name in ("Ada", "Ben", "Cy"):
            person = a_person(clinic, name, mobile=None)
            with transaction():
                waiting.enter(episode=db.session.merge(person), by=BY)
    return "--clinic", "Riverside"


@pytest.mark.both_databases
def test_the_whole_proposal_is_printed(propose, riverside):
    ran = propose(*riverside, "--json")
    answer = json.loads(ran.stdout)
    assert (ran.exit_code, answer.keys()) == (0, KEYS)
    assert (answer["waiting"], len(answer["placed"]), len(answer["cannot_be_placed"])) == (3, 2, 1)
    assert answer["proved"] is True
    assert all(goal["proved"] for goal in answer["goals"])
    assert answer["placed"][0]["seats"][0].keys() == {"class", "name", "weekday", "time", "venue", "from"}
    assert answer["would_help_most"]["would_seat"] == [answer["cannot_be_placed"][0]["episode"]]


def test_asked_twice_it_answers_the_same_to_the_last_letter(propose, riverside):
    assert propose(*riverside, "--json").stdout == propose(*riverside, "--json").stdout


def test_no_name_of_anybody_is_printed(propose, riverside):
    ran = propose(*riverside, "--json")
    assert not {"Ada", "Ben", "Cy", "Okafor"} & set(ran.stdout.replace('"', " ").split())
    assert "Okafor" not in ran.stderr


def test_words_are_on_stderr_and_without_json_nothing_is_on_stdout(propose, riverside):
    ran = propose(*riverside)
    assert ran.stdout == ""
    assert "Routine: 2 of 3 would have a seat" in ran.stderr
    assert "Proved" in ran.stderr
    assert "Most help: " in ran.stderr


def test_an_unknown_clinic_is_bad_input(propose, riverside):
    ran = propose("--clinic", "Nowhere", "--json")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "There is no clinic named 'Nowhere'" in ran.stderr


def test_without_a_clinic_or_with_less_than_no_time_it_is_bad_input(propose, riverside):
    assert propose("--json").exit_code == 2
    assert propose(*riverside, "--seconds", "-1").exit_code == 2


def test_what_the_time_did_not_suffice_to_prove_is_something_wrong(propose, riverside):
    ran = propose(*riverside, "--json", "--seconds", "0")
    answer = json.loads(ran.stdout)
    assert (ran.exit_code, answer["proved"]) == (1, False)
    seated = answer["goals"][0]
    assert (seated["reached"], seated["at_most"], seated["proved"]) == (2, 3, False)
    assert "at most 3 could" in ran.stderr


def test_a_clinic_where_nobody_waits_is_no_error(app, propose):
    with app.app_context(), acting_as(BY):
        a_clinic()
    ran = propose("--clinic", "Riverside", "--json")
    assert (ran.exit_code, json.loads(ran.stdout)["placed"]) == (0, [])
    assert ran.stderr.strip() == "Nobody waits for a seat."
