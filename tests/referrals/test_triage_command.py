"""`flask triage`, as other people's scripts use it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from clinic.referrals.commands import triage
from tests.referrals.rules.worked_cases import changed, steady_patient

STEADY = steady_patient()


def _run(text: str | bytes, *options: str) -> Result:
    return CliRunner().invoke(triage, ["-", *options], input=text)


def _case(**but: Any) -> dict[str, Any]:
    return changed(STEADY, but)


def _lines(*raw: dict[str, Any] | str) -> str:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in raw)


def test_one_case_gives_an_object() -> None:
    result = _run(json.dumps(STEADY))
    answer = json.loads(result.stdout)
    assert (answer["id"], answer["outcome"], result.exit_code) == ("steady", "suggest_class", 0)
    assert result.stderr == ""


def test_the_keys_stand_in_the_order_of_the_contract() -> None:
    answer = json.loads(_run(json.dumps(STEADY)).stdout)
    assert list(answer) == [
        "id", "as_of", "protocol", "engine", "outcome", "also", "phase", "band", "flags", "gates", "missing",
        "notes_to_gp",
    ]  # fmt: skip
    assert list(answer["phase"]) == ["value", "provisional", "anchor", "reasons"]
    assert list(answer["band"]) == ["value", "provisional", "floor", "ceiling", "reasons", "missing"]
    assert list(answer["gates"]) == ["group_start", "prone", "bone_loading", "impact", "taught"]
    assert list(answer["gates"]["prone"]) == ["open", "from", "reasons"]
    assert list(answer["phase"]["reasons"][0]) == ["criterion", "fact", "text", "source"]


def test_a_flag_says_how_fast_and_what_to_tell_the_referrer() -> None:
    answer = json.loads(_run(json.dumps(changed(STEADY, {"flags.cauda_equina": True}))).stdout)
    (flag,) = answer["flags"]
    assert list(flag) == ["id", "state", "urgency", "tell_referrer", "reasons"]
    assert (flag["id"], flag["state"], flag["urgency"]) == ("RF1", "yes", "emergency")
    assert "emergency department now" in flag["tell_referrer"]


def test_a_list_gives_a_list_in_the_order_of_the_input() -> None:
    result = _run(json.dumps([_case(id="b"), _case(id="a")]))
    assert [answer["id"] for answer in json.loads(result.stdout)] == ["b", "a"]
    assert json.loads(_run("[]").stdout) == []


def test_a_pretty_printed_case_is_one_case() -> None:
    assert json.loads(_run(json.dumps(STEADY, indent=2)).stdout)["id"] == "steady"
    assert [one["id"] for one in json.loads(_run(json.dumps([STEADY], indent=1)).stdout)] == ["steady"]


def test_lines_give_lines_in_the_order_of_the_input() -> None:
    result = _run(_lines(_case(id=2), _case(id=1)) + "\n")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [2, 1]
    assert result.exit_code == 0


def test_a_malformed_case_is_answered_in_its_place_and_the_others_are_decided() -> None:
    bad = changed(STEADY, {"id": "bad", "pain.rest": 12, "flags.typo": True})
    result = _run(_lines(_case(id="a"), bad, "not json", _case(id="z")))
    first, second, third, last = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["outcome"], last["outcome"]) == ("suggest_class", "suggest_class")
    assert second == {
        "id": "bad",
        "errors": [
            {"path": "flags.typo", "text": "unknown key"},
            {"path": "pain.rest", "text": "must be from 0 to 10"},
        ],
    }
    assert (third["id"], third["line"], len(third["errors"])) == (None, 3, 1)
    assert result.stderr.splitlines() == [
        "bad: flags.typo: unknown key",
        "bad: pain.rest: must be from 0 to 10",
        "line 3: $: is not JSON: Expecting value",
    ]
    assert result.exit_code == 2


def test_a_case_without_an_id_is_named_by_its_line() -> None:
    result = _run(_lines(STEADY, "", {"pain": {"rest": -1}}))
    assert result.stderr == "line 3: pain.rest: must be from 0 to 10\n"


def test_a_malformed_case_in_a_list_keeps_its_place() -> None:
    result = _run(json.dumps([STEADY, {"x": 1}, 5]))
    answers = json.loads(result.stdout)
    assert answers[1] == {"id": None, "errors": [{"path": "x", "text": "unknown key"}]}
    assert answers[2] == {"id": None, "errors": [{"path": "$", "text": "a case must be an object"}]}
    assert result.exit_code == 2


def test_a_broken_document_is_one_problem_at_its_line() -> None:
    broken = json.dumps(STEADY, indent=2).replace('"as_of":', '"as_of"')
    result = _run(broken)
    answer = json.loads(result.stdout)
    assert (answer["id"], answer["line"], result.exit_code) == (None, 3, 2)
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b'{"id": "a", "id": "b"}', "a key stands twice in one object"),
        (b'{"falls": {"worried": true, "worried": false}}', "a key stands twice in one object"),
        (b'{"id": "\xff"}', "is not UTF-8 text"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"id": ' + b"9" * 5000 + b"}", "Exceeds the limit"),
        (b"{", "is not JSON"),
    ],
)
def test_text_that_is_no_case_is_refused_and_never_a_crash(text: bytes, complaint: str) -> None:
    result = _run(text)
    assert (complaint in result.stderr, result.exit_code) == (True, 2)
    assert json.loads(result.stdout)["line"] == 1


def test_what_was_sent_cannot_break_the_one_line_of_a_problem() -> None:
    result = _run(json.dumps({"id": "a\nb\u2028", "x\ny\x1b": 1}))
    assert result.stderr == "a\\nb\\u2028: x\\ny\\u001b: unknown key\n"


def test_not_a_number_is_malformed() -> None:
    result = _run('{"id": 1, "tests": [{"name": "gait_speed_m_s", "value": NaN}]}')
    assert result.stderr == "1: tests[0].value: must be a number\n"


def test_a_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("\ufeff" + _lines(STEADY), encoding="utf-8")
    result = CliRunner().invoke(triage, [str(path)])
    assert json.loads(result.stdout)["id"] == "steady"


def test_a_file_that_is_not_there_or_not_named_is_bad_input() -> None:
    assert CliRunner().invoke(triage, ["nowhere.json"]).exit_code == 2
    assert CliRunner().invoke(triage, []).exit_code == 2


def test_no_cases_is_no_answer() -> None:
    assert (_run("").stdout, _run("").exit_code) == ("", 0)


def test_the_schema_is_printed_alone() -> None:
    result = CliRunner().invoke(triage, ["--schema"])
    schema = json.loads(result.stdout)
    flags, _ = schema["properties"]["flags"]["anyOf"]
    assert flags["properties"]["cauda_equina"]["enum"] == [
        True, False, "explained", "unknown", None,
    ]  # fmt: skip


def test_explain_says_why_on_standard_error_and_leaves_the_answer_alone() -> None:
    plain, explained = _run(json.dumps(STEADY)), _run(json.dumps(STEADY), "--explain")
    assert explained.stdout == plain.stdout
    assert explained.stderr.splitlines()[0] == "steady: A group class is suggested. A person decides."
    assert "CDC STEADI" in explained.stderr or "Upright working rules" in explained.stderr


@pytest.mark.parametrize("rule_book", ["2026-11-01", "2030-01-01", "2026-11"])
def test_a_protocol_is_chosen_by_date_or_id(rule_book: str) -> None:
    assert json.loads(_run(json.dumps(STEADY), "--protocol", rule_book).stdout)["protocol"] == "2026-11"


@pytest.mark.parametrize("rule_book", ["2026-10-31", "2019-01", "soon"])
def test_a_protocol_nobody_wrote_is_bad_input(rule_book: str) -> None:
    result = _run(json.dumps(STEADY), "--protocol", rule_book)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("utc", "london"),
    [
        ("2026-03-28T23:30:00Z", "2026-03-28"),
        ("2026-03-29T23:30:00Z", "2026-03-30"),
        ("2026-10-24T23:30:00Z", "2026-10-25"),
        ("2026-10-25T23:30:00Z", "2026-10-25"),
    ],
)
def test_without_a_day_the_case_is_decided_today_in_london(utc: str, london: str) -> None:
    with time_machine.travel(utc, tick=False):
        assert json.loads(_run('{"id": 1}').stdout)["as_of"] == london


def test_it_loads_no_app_no_database_and_no_broker() -> None:
    program = (
        "import sys; from clinic.referrals.commands import triage\n"
        "triage(['-'], standalone_mode=False)\n"
        "loaded = {'sqlalchemy', 'flask_sqlalchemy', 'celery', 'flask', 'clinic.app', 'clinic.extensions'}\n"
        "sys.exit(' '.join(sorted(loaded & set(sys.modules))) or 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], input=b'{"id": 1}', capture_output=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert json.loads(run.stdout)["outcome"] == "ask"


def test_flask_finds_it_as_a_command() -> None:
    flask = Path(sys.executable).with_name("flask")
    run = subprocess.run(
        [flask, "triage", "-"], input=b'{"id": 1}\n{"id": 2}\n', capture_output=True, check=True
    )
    assert [json.loads(line)["id"] for line in run.stdout.splitlines()] == [1, 2]


@pytest.mark.parametrize(
    ("but", "told"),
    [
        (
            {"flags.cauda_equina": None},
            "Not accepted yet: not known. We ask the patient today; if you know, tell us now. New or",
        ),
        (
            {"flags.dizziness_or_sight": None},
            "Not accepted yet: not known. We ask the patient before anything is booked; if you know,",
        ),
        (
            {"fracture.levels": ["T8", "T12", "L1"]},
            "Not accepted yet: one of our clinicians looks at this first. Three or more vertebrae fractured",
        ),
        ({"flags.cancer": True}, "Do not enrol. Urgent suspected-cancer work-up"),
    ],
)
def test_only_a_flag_that_is_yes_asks_the_referrer_to_act_on_it(but: dict[str, Any], told: str) -> None:
    (flag,) = json.loads(_run(json.dumps(changed(STEADY, but))).stdout)["flags"]
    assert flag["tell_referrer"].startswith(told)
