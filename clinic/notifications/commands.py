"""`flask replies`: the pure reading of replies at the command line; loads no app, database or secret."""

import json
import sys
from typing import Any

import click

from clinic.notifications.rules.replies import Question, read


@click.group()
def replies() -> None:
    """Read patients' replies."""


@replies.command()
@click.argument("source", type=click.File("r", encoding="utf-8"), default="-")
def classify(source: Any) -> None:
    """Read JSON lines {"id","text","question"}; answer one line each, in order.

    A malformed line is answered in its place with its errors, and named on stderr. Exit 2 if there was any.
    """
    malformed = 0
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        answer = _answer(line)
        click.echo(json.dumps(answer, ensure_ascii=False))
        for error in answer.get("errors", []):
            malformed += 1
            name = answer["id"] if answer["id"] is not None else f"line {number}"
            click.echo(f"{name}: {error['path']}: {error['text']}", err=True)
    sys.exit(2 if malformed else 0)


def _answer(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError:
        return {"id": None, "errors": [{"path": "", "text": "is not a JSON object"}]}
    if not isinstance(given, dict):
        return {"id": None, "errors": [{"path": "", "text": "is not a JSON object"}]}
    if errors := _errors(given):
        return {"id": given.get("id"), "errors": errors}
    reading = read(given["text"], Question(given["question"]))
    return {
        "id": given["id"],
        "intent": reading.intent,
        "red_flag": reading.red_flag,
        "score": reading.score,
    }


def _errors(given: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    if not isinstance(given.get("id"), str | int):
        found.append({"path": "id", "text": "must be a text or a number"})
    if not isinstance(given.get("text"), str):
        found.append({"path": "text", "text": "must be a text"})
    if given.get("question") not in list(Question):
        found.append({"path": "question", "text": f"must be one of {', '.join(Question)}"})
    unknown = sorted(given.keys() - {"id", "text", "question"})
    return found + [{"path": key, "text": "is not known"} for key in unknown]
