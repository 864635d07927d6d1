"""`flask doctor`: is everything set, reachable and safe to serve; JSON on stdout, exit 1 when it is not.

A command of the installed package, like `flask triage`: it must speak even when the configuration is so wrong
that no app can be made.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from clinic.config import BadConfig, Config

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,6}")  # E.164, or a short code
OUR_WORDS = ("1", "2")


@click.command("doctor")
def doctor() -> None:
    """Check configuration, database, migrations, sender, carrier words, audit."""
    report = examine()
    click.echo(json.dumps(report, indent=1))
    for problem in report["problems"]:
        click.echo(problem, err=True)
    if report["problems"]:
        sys.exit(1)


def examine(config: Config | None = None) -> dict[str, Any]:
    """What is well and what is not, each problem with the setting to change."""
    from clinic.app import create_app

    report: dict[str, Any] = {"status": "ok", "environment": None, "problems": [], "notes": []}
    try:
        config = config or Config.load()
        report["environment"] = config.clinic_env
        report |= {"carrier_words": carrier_words(), "our_words": list(OUR_WORDS)}
        _sender("TWILIO_FROM", config.twilio_from, report)
        app = create_app(config)
        with app.app_context():
            _look_at_database(config, report)
    except BadConfig as problem:
        report["problems"] += str(problem).splitlines()
    except SQLAlchemyError as problem:
        report["problems"].append(f"DATABASE_URL: the database does not answer ({type(problem).__name__})")
    report["status"] = "problems" if report["problems"] else "ok"
    return report


def carrier_words() -> dict[str, list[str]]:
    """Words that the carrier acts on by itself: a question of ours may ask for none of them (F24)."""
    from clinic.notifications.rules import phrases

    kinds = {"stop": phrases.CARRIER_STOP, "start": phrases.CARRIER_START, "help": phrases.CARRIER_HELP}
    return {kind: sorted(w.strip().upper() for w in words.split(",")) for kind, words in kinds.items()}


def _look_at_database(config: Config, report: dict[str, Any]) -> None:
    from clinic import walls
    from clinic.access.models import Clinic
    from clinic.audit import AuditSeal
    from clinic.classes import packs
    from clinic.extensions import db
    from clinic.health import database_checks
    from clinic.referrals import conservation
    from clinic.viewer import acting_as, system

    with acting_as(system("doctor")):
        checks = database_checks()
        report["checks"] = checks
        if checks["database"] != "ok":
            report["problems"].append("DATABASE_URL: the database does not answer")
            return
        if checks["migrations"] != "ok":
            report["problems"].append(f"migrations are {checks['migrations']}: run flask db upgrade")
            return
        if not config.sqlite and (words := walls.powerful_login(db.session.connection())):
            report["problems"].append(words)
        _letters(config, report)
        for clinic in db.session.scalars(select(Clinic).order_by(Clinic.id)):
            _sender(f"sender of clinic {clinic.id}", clinic.sender or "", report)
            if not clinic.opening:
                report["problems"].append(f"clinic {clinic.id} never opens: set its opening hours")
            if not (clinic.duty_phone or clinic.duty_email):
                report["notes"].append(
                    f"clinic {clinic.id} has no duty phone or e-mail: alerts stay on pages"
                )
            if packs.passphrase(clinic.id) is None:
                report["notes"].append(f"clinic {clinic.id} has no offline pack: set a passphrase")
        report["conservation"] = conservation.named()
        for reference, words in report["conservation"].items():
            report["problems"].append(f"{reference} {words}")
        report["audit_head"] = db.session.scalar(
            select(AuditSeal.digest).order_by(AuditSeal.id.desc()).limit(1)
        )
    if config.twilio_messaging_service_sid:
        report["notes"].append(
            "TWILIO_MESSAGING_SERVICE_SID: see that its senders are numbers that receive replies, no names"
        )


def _letters(config: Config, report: dict[str, Any]) -> None:
    """Letters need their font; a folder for files that cannot be written would fill the work list."""
    from clinic.referrals import letters_font

    if not (letters_font.REGULAR.is_file() and letters_font.BOLD.is_file()):
        report["problems"].append("the font of letters is missing: run tools/assets.py")
    if config.letters_folder and not os.access(config.letters_folder, os.W_OK | os.X_OK):
        report["problems"].append("LETTERS_FOLDER: letters cannot be written there")


def _sender(setting: str, sender: str, report: dict[str, Any]) -> None:
    """A name as sender reads well and hears nothing: STOP, PAIN and 2 would be lost (F24)."""
    if sender and not NUMBER.fullmatch(sender):
        report["problems"].append(f"{setting}: a sender that is no number cannot receive replies")
