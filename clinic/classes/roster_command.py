"""`flask roster propose`: JSON alone on stdout, words on stderr; ids and classes, never a name."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from clinic.access.models import Clinic
from clinic.classes import roster_plan, roster_proposal, roster_report
from clinic.extensions import db, now
from clinic.viewer import acting_as, system

roster = AppGroup("roster", help="Standing seats for everybody who waits.")


@roster.command("propose")
@click.option("--clinic", "name", required=True, help="The clinic's name.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole proposal on standard output.")
@click.option(
    "--seconds", type=click.FloatRange(min=0), default=roster_plan.SECONDS, show_default=True, help="At most."
)
def propose(name: str, as_json: bool, seconds: float) -> None:
    """Propose who could have which standing seats; nothing is changed.

    Exit code 1: a class holds more people than it may, or the time was over before the proof was complete.
    """
    clinic = db.session.scalars(select(Clinic).where(Clinic.name == name)).first()
    if clinic is None:
        click.echo(f"There is no clinic named {name!r}. Add it with: flask clinics add", err=True)
        sys.exit(2)
    with acting_as(system("roster.propose", clinic.id)):
        proposal = roster_proposal.propose(clinic.id, now(), seconds=seconds)
        answer: dict[str, Any] = {"clinic": clinic.name, **roster_report.as_json(proposal)}
    click.echo("\n".join(roster_report.in_words(proposal)), err=True)
    if as_json:
        click.echo(json.dumps(answer))
    if proposal.wrong:
        sys.exit(1)
