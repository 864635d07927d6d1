"""The commands that need the service: accounts, database, messages, audit. JSON alone on stdout."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

import click
from flask import Flask, current_app, url_for
from flask.cli import AppGroup
from sqlalchemy import select

from clinic import audit
from clinic.access import services
from clinic.access.models import Clinic, Organisation, Role
from clinic.access.services import AccessProblem
from clinic.classes.roster_command import roster
from clinic.columns import config
from clinic.demo import load as demo
from clinic.extensions import db, now, wiring
from clinic.notifications.cli_messages import messages
from clinic.viewer import acting_as, system

clinics = AppGroup("clinics", help="Clinics of this deployment.")
organisations = AppGroup("organisations", help="Practices and services that refer.")
users = AppGroup("users", help="People who sign in.")
clients = AppGroup("clients", help="Computer systems of referring organisations.")
audit_group = AppGroup("audit", help="The audit trail.")
retention = AppGroup("retention", help="What may go, and when.")
demo_group = AppGroup("demo", help="Invented people for a look around.")


def install(app: Flask) -> None:
    for group in (
        clinics,
        organisations,
        users,
        clients,
        audit_group,
        retention,
        demo_group,
        messages,
        roster,
    ):
        app.cli.add_command(group)


def fail(words: str, code: int = 2) -> NoReturn:
    """Say what to do on stderr; 1 found something wrong, 2 bad input."""
    click.echo(words, err=True)
    sys.exit(code)


def show(answer: Any) -> None:
    click.echo(json.dumps(answer))


def _clinic(name: str) -> Clinic:
    row = db.session.scalars(select(Clinic).where(Clinic.name == name)).first()
    return row or fail(f"There is no clinic named {name!r}. Add it with: flask clinics add")


def _organisation(ods: str) -> Organisation:
    row = db.session.scalars(select(Organisation).where(Organisation.ods == ods.upper())).first()
    return row or fail(f"There is no organisation {ods!r}. Add it with: flask organisations add")


@clinics.command("add")
@click.argument("name")
@click.option("--zone", required=True, help="IANA zone, such as Europe/London.")
@click.option("--phone", required=True)
def add_clinic(name: str, zone: str, phone: str) -> None:
    """Add a clinic."""
    with acting_as(system("cli")) as by:
        try:
            row = services.add_clinic(name=name, zone=zone, phone=phone, by=by)
        except AccessProblem as problem:
            fail(str(problem))
        show({"id": row.id, "name": row.name})


@organisations.command("add")
@click.argument("ods")
@click.argument("name")
@click.option("--clinic", required=True)
def add_organisation(ods: str, name: str, clinic: str) -> None:
    """Add a referring organisation, or link an existing one to a clinic."""
    with acting_as(system("cli")) as by:
        try:
            row = services.add_organisation(ods=ods, name=name, clinic=_clinic(clinic), by=by)
        except AccessProblem as problem:
            fail(str(problem))
        show({"id": row.id, "ods": row.ods, "name": row.name})


@users.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", default=None)
@click.option("--organisation", default=None, help="ODS code, for a referrer.")
@click.option("--clinic", default=None, help="Clinic name, for staff.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(
    email: str,
    role: str,
    name: str | None,
    organisation: str | None,
    clinic: str | None,
    password_stdin: bool,
) -> None:
    """Add a user; without a password, print an invitation link."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with acting_as(system("cli")) as by:
        try:
            row, token = services.add_user(
                email=email,
                name=name or email.split("@")[0],
                role=Role(role),
                clinic=_clinic(clinic) if clinic else None,
                organisation=_organisation(organisation) if organisation else None,
                password=password,
                by=by,
            )
        except AccessProblem as problem:
            fail(str(problem))
        answer = {"id": row.id, "email": row.email, "role": row.role.value}
        if token:
            answer["invitation"] = f"{config().public_base_url}{_path('access.invitation', token=token)}"
        show(answer)


def _path(endpoint: str, **values: Any) -> str:
    with current_app.test_request_context():
        return url_for(endpoint, **values)


@clients.command("add")
@click.argument("name")
@click.option("--organisation", required=True, help="ODS code.")
def add_client(name: str, organisation: str) -> None:
    """Add a FHIR client; the key is printed once, alone."""
    with acting_as(system("cli")) as by:
        click.echo(services.add_client(name=name, organisation=_organisation(organisation), by=by))


@audit_group.command("verify")
@click.option("--head", default=None, help="An exported head that must still be in the chain.")
def audit_verify(head: str | None) -> None:
    """Report sealed, unsealed and tampered rows; exit 1 when anything was tampered with."""
    with acting_as(system("audit")):
        answer = audit.verify(head=head)
    show(answer)
    if answer["tampered"] or answer["broken_seals"] or answer["tail_cut"]:
        sys.exit(1)


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Count what would go; remove nothing.")
def retention_run(dry_run: bool) -> None:
    """Remove what need not be kept any longer; print how much of each."""
    with acting_as(system("retention")):
        counts = dict(provider(moment=now(), dry_run=dry_run) for provider in wiring().RETENTION)
    show({"dry_run": dry_run, "removed": counts})


@demo_group.command("load")
@click.option("--patients", type=click.IntRange(1, 700), default=demo.PATIENTS, show_default=True)
@click.option("--seed", type=int, default=demo.SEED, show_default=True)
def demo_load(patients: int, seed: int) -> None:
    """Fill an empty database with a clinic's living week of invented people."""
    if not config().demo:
        fail("Demo data is refused in production.")
    if not demo.is_empty():
        fail("This database is not empty. Demo data goes into an empty one only.", 1)
    show(demo.load(patients=patients, seed=seed))
