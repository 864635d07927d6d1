"""`flask replies`: the pure reading of replies at the command line; loads no app, database or secret."""

import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from clinic.notifications.rules.replies import Question, read

Answer = dict[str, Any]
Problem = dict[str, str]
_NO_OBJECT = {"path": "$", "text": "is not a JSON object"}


@click.group()
def replies() -> None:
    """Read patients' replies."""


@replies.command()
@click.argument("source", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def classify(source: Iterable[str]) -> None:
    """Read JSON lines {"id","text","question"} and answer each in its place; other keys are ignored.

    A malformed line is answered {"id","errors"} and named on stderr. Exit 2 if there was any, else 0.
    """
    malformed = False
    for number, line in enumerate(source, 1):
        if line.strip():
            answer = _answer(line, number)
            malformed |= "errors" in answer
            click.echo(json.dumps(answer, ensure_ascii=False))
            _complain(answer, number)
    sys.exit(2 if malformed else 0)


def _answer(line: str, number: int) -> Answer:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return {"id": None, "line": number, "errors": [_NO_OBJECT]}
    name = given.get("id") if _is_name(given.get("id")) else None
    if problems := _problems(given):
        return {"id": name, "errors": problems}
    reading = read(given["text"], Question(given["question"]))
    return {"id": name, "intent": reading.intent, "red_flag": reading.red_flag, "score": reading.score}


def _problems(given: dict[str, Any]) -> list[Problem]:
    checks = {
        "id": (_is_name(given.get("id")), "must be a text or a whole number"),
        "text": (isinstance(given.get("text"), str), "must be a text"),
        "question": (given.get("question") in tuple(Question), f"must be one of {', '.join(Question)}"),
    }
    return [{"path": path, "text": text} for path, (good, text) in checks.items() if not good]


def _is_name(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _complain(answer: Answer, number: int) -> None:
    name = f"line {number}" if answer["id"] is None else answer["id"]
    for problem in answer.get("errors", []):
        click.echo(f"{name}: {problem['path']}: {problem['text']}", err=True)
