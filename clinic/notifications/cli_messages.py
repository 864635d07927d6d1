"""`flask messages`: one pass each, JSON alone on stdout."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from clinic.extensions import now
from clinic.notifications import delivery, outbox, queries, reconcile
from clinic.viewer import acting_as, system

messages = AppGroup("messages", help="Texts and e-mail: plan, deliver, reconcile, look.")


@messages.command("plan")
def plan_command() -> None:
    """Plan every text of the horizon that is not planned yet."""
    click.echo(json.dumps(outbox.plan(now())))


@messages.command("deliver")
@click.option("--batch", type=click.IntRange(min=1), help="At most this many; the lease may allow fewer.")
@click.option("--in-flight", type=click.IntRange(min=1), help="Requests at once; SMS_IN_FLIGHT by default.")
def deliver_command(batch: int | None, in_flight: int | None) -> None:
    """Claim once, send, record."""
    click.echo(json.dumps(delivery.deliver(batch=batch, in_flight=in_flight)))


@messages.command("reconcile")
def reconcile_command() -> None:
    """Settle the unknown ones: by the provider's list, else by a call."""
    click.echo(json.dumps(reconcile.reconcile()))


@messages.command("status")
def status_command() -> None:
    """Count the messages by state, and how late the oldest due one is."""
    with acting_as(system("cli")):
        click.echo(json.dumps(queries.status(now())))
