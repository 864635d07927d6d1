"""Replies written before the rules were looked at, frozen by hash: how the rules do on what nobody tuned.

The figures of the first look stand in `docs/clinical-safety/red-flag-replies.md`; here is held what was
reached since. Changing a set would make its first look worthless: write a new one.
"""

import hashlib
import json
from pathlib import Path

import pytest

from clinic.notifications.rules.replies import ALERTING_PAIN, Intent, Question, read

FOLDER = Path(__file__).parents[1] / "unseen"
FROZEN = {
    "2026-11-22-a": "afd7df70c54ee55262790c274ed3ad09ccf7df4854f6e2a47f1ae7d570d602f8",
    "2026-11-22-b": "131f19b5323fb161fe9bdc33cfdba89cc6106f70138df45818c8128b6b84b6b7",
    "2026-11-22-c": "085a63c54db62001492727d25db498312567fc99f20afb93c0f936e6aa421ead",
}


def replies(name):
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def alarms(text):
    """Somebody is told at once: a red flag, a fall, or severe pain."""
    said = read(text, Question.NONE)
    return said.red_flag or said.intent is Intent.FALL or (said.score or 0) >= ALERTING_PAIN


@pytest.mark.parametrize("name", FROZEN)
def test_a_set_is_as_it_was_when_it_was_first_looked_at(name):
    assert hashlib.sha256((FOLDER / f"{name}.jsonl").read_bytes()).hexdigest() == FROZEN[name]


@pytest.mark.parametrize("name", FROZEN)
def test_nearly_all_that_cannot_wait_is_heard_and_most_alarms_are_right(name):
    heard = [(reply["alarm"], alarms(reply["text"])) for reply in replies(name)]
    cannot_wait = [found for meant, found in heard if meant]
    assert len(cannot_wait) >= 90
    assert sum(cannot_wait) / len(cannot_wait) >= 0.95
    assert sum(cannot_wait) / sum(found for _, found in heard) >= 0.8


def test_help_is_heard_in_other_scripts_and_without_accents():
    for text in (
        "मदद",
        "ਮਦਦ ਕਰੋ",
        "مدد کریں",
        "帮我",
        "我摔倒了",
        "помогите мне",
        "upadlam",
        "yardim",
        "pomóż",
    ):
        assert alarms(text), text


def test_thanks_in_other_languages_alarm_nobody():
    for text in ("dziękuję", "gracias", "谢谢", "धन्यवाद", "shukriya", "diolch", "obrigada", "mulțumesc"):
        assert not alarms(text), text
