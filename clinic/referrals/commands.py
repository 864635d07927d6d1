"""`flask triage`: decide cases from a file or a pipe, with no app, database or secret."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click

from clinic.protocol.load import all_protocols, protocol
from clinic.protocol.model import Protocol
from clinic.referrals.rules.case import CaseError, CaseErrors, case_schema, parse_case
from clinic.referrals.rules.explain import explain
from clinic.referrals.rules.triage import decide

_LONDON = ZoneInfo("Europe/London")
_BAD_INPUT = 2


class _NotJson(ValueError):
    """Text that is no JSON, or JSON in which a key stands twice."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line, self.text = line, text


@click.command("triage")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a case and stop.")
@click.option("--protocol", "rule_book", metavar="DATE", help="Use the protocol in force on DATE, or its id.")
@click.option("--explain", "explaining", is_flag=True, help="Also say why, in words, on standard error.")
def triage(file: BinaryIO | None, schema: bool, rule_book: str | None, explaining: bool) -> None:
    """Decide the cases in FILE ("-" for standard input): one object, a list, or JSON lines.

    Answers go to standard output in the order of the input; a malformed case is answered by its
    errors and ends the command with exit code 2, after the others are decided.
    """
    if schema:
        click.echo(json.dumps(case_schema(), indent=2))
        return
    if file is None:
        raise click.UsageError("Name a FILE, or - for standard input.")
    desk = _Desk(_chosen(rule_book), explaining)
    _answer(file.read(), desk)
    if desk.malformed:
        sys.exit(_BAD_INPUT)


class _Desk:
    """Decides one raw case after the other and says on standard error what was wrong."""

    def __init__(self, chosen: Protocol | None, explaining: bool) -> None:
        self._chosen = chosen
        self._explaining = explaining
        self._today = datetime.now(_LONDON).date()
        self.malformed = False

    def decide(self, raw: Any, place: str) -> dict[str, Any]:
        """The decision or the errors of one raw case; `place` names it when it has no id."""
        case = parse_case(raw, today=self._today)
        if isinstance(case, CaseErrors):
            self._complain(case, place)
            return case.to_json()
        decision = decide(case, self._chosen or protocol(case.as_of))
        if self._explaining:
            click.echo("\n".join(explain(decision)), err=True)
        return decision.to_json()

    def refuse(self, wrong: _NotJson) -> dict[str, Any]:
        """The answer in the place of text that is no JSON."""
        errors = CaseErrors(None, (CaseError("$", wrong.text),))
        self._complain(errors, f"line {wrong.line}")
        return {"id": None, "line": wrong.line, "errors": errors.to_json()["errors"]}

    def _complain(self, errors: CaseErrors, place: str) -> None:
        self.malformed = True
        name = place if errors.id in (None, "") else _one_line(str(errors.id))
        for error in errors.errors:
            click.echo(f"{name}: {_one_line(error.path)}: {error.text}", err=True)


def _answer(text: bytes, desk: _Desk) -> None:
    """One case gives an object, a list a list, lines lines."""
    try:
        whole = _parse(text, 1)
    except _NotJson as wrong:
        if _is_one_document(text):
            click.echo(json.dumps(desk.refuse(wrong), indent=2))
        else:
            _write_lines(_decide_lines(text, desk))
        return
    if isinstance(whole, list):
        answers = [desk.decide(raw, f"case {place}") for place, raw in enumerate(whole, 1)]
        click.echo("[" + ",\n ".join(map(json.dumps, answers)) + "]")
    else:
        indent = 2 if b"\n" in text.strip() else None
        click.echo(json.dumps(desk.decide(whole, "case 1"), indent=indent))


def _decide_lines(text: bytes, desk: _Desk) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            raw = _parse(line, number)
        except _NotJson as wrong:
            yield desk.refuse(wrong)
        else:
            yield desk.decide(raw, f"line {number}")


def _write_lines(answers: Iterator[dict[str, Any]]) -> None:
    dumps: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":")).encode
    for answer in answers:
        sys.stdout.write(dumps(answer) + "\n")


def _is_one_document(text: bytes) -> bool:
    """True when the first line only opens a document, so that its lines are not cases."""
    return text.lstrip().split(b"\n", 1)[0].strip() in (b"{", b"[")


def _parse(text: bytes, first_line: int) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=_no_key_twice)
    except json.JSONDecodeError as error:
        raise _NotJson(first_line + error.lineno - 1, f"is not JSON: {error.msg}") from None
    except UnicodeDecodeError:
        raise _NotJson(first_line, "is not UTF-8 text") from None
    except RecursionError:
        raise _NotJson(first_line, "is nested too deeply") from None
    except ValueError as error:
        raise _NotJson(first_line, str(error)) from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets the last one win; here a "no" must not hide a "yes"."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _chosen(rule_book: str | None) -> Protocol | None:
    if rule_book is None:
        return None
    try:
        day = date.fromisoformat(rule_book)
    except ValueError:
        try:
            return protocol(rule_book)
        except LookupError as error:
            raise click.BadParameter(f"{error}", param_hint="--protocol") from None
    first = all_protocols()[0].effective_from
    if day < first:
        raise click.BadParameter(f"no protocol was in force before {first}", param_hint="--protocol")
    return protocol(day)


def _one_line(text: str) -> str:
    return json.dumps(text)[1:-1]
