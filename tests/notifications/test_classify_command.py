import json
import subprocess
import sys

import pytest

LINES = {
    "an answer": {"id": "a", "text": "1 please", "question": "offer"},
    "a pain": {"id": 2, "text": "PAIN 8", "question": "prompt"},
    "a sign": {"id": "c", "text": "can’t feel my legs", "question": "none"},
}


def classify(*lines, tmp_path):
    """The command as its users run it: another folder, no app, no database, no secret."""
    given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return subprocess.run(
        [sys.executable, "-m", "flask", "replies", "classify"],
        input=given,
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={"DATABASE_URL": "nowhere://", "CLINIC_ENV": "production", "FLASK_APP": "nothing.here"},
        timeout=60,
    )


def answers(run):
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_each_line_is_answered_in_order_with_four_keys(tmp_path):
    run = classify(*LINES.values(), tmp_path=tmp_path)
    assert answers(run) == [
        {"id": "a", "intent": "confirm", "red_flag": False, "score": None},
        {"id": 2, "intent": "pain", "red_flag": False, "score": 8},
        {"id": "c", "intent": "unclear", "red_flag": True, "score": None},
    ]
    assert (run.returncode, run.stderr) == (0, "")


def test_a_malformed_line_is_answered_in_its_place_and_named_on_stderr(tmp_path):
    wrong = {"id": "x", "text": 7, "question": "who"}
    run = classify(LINES["an answer"], "not json", wrong, tmp_path=tmp_path)
    first, second, third = answers(run)
    assert first["intent"] == "confirm"
    assert (second["id"], second["line"]) == (None, 2)
    assert [error["path"] for error in third["errors"]] == ["text", "question"]
    assert [line.split(":")[0] for line in run.stderr.splitlines()] == ["line 2", "x", "x"]
    assert run.returncode == 2


@pytest.mark.parametrize("line", ["[]", "1", '"a"', "null", "{}", '{"id":"a"}', "{" * 100_000, '{"id":NaN}'])
def test_hostile_lines_never_break_the_command(line, tmp_path):
    run = classify(line, LINES["a pain"], tmp_path=tmp_path)
    assert (run.returncode, len(answers(run))) == (2, 2)
    assert "Traceback" not in run.stderr


def test_it_leaves_nothing_behind_and_needs_no_input(tmp_path):
    run = classify(tmp_path=tmp_path)
    assert (run.returncode, run.stdout, list(tmp_path.iterdir())) == (0, "", [])


def test_reading_replies_imports_no_framework_and_no_database():
    seen = "import sys, clinic.notifications.commands; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert not {"flask", "sqlalchemy", "celery", "twilio", "redis", "clinic.config"} & set(run.stdout.split())
