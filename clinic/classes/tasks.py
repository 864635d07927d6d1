"""Wake-ups of this room: the work is found in the database, so a lost one loses nothing."""

from __future__ import annotations

from celery import shared_task

from clinic.classes import offers, packs, timetable
from clinic.extensions import now


@shared_task(name="classes.expire_offers")
def expire_offers() -> None:
    """Offers whose time is over pass their seats on."""
    offers.expire_due(now())


@shared_task(name="classes.roll_forward")
def roll_forward() -> None:
    """The timetable always reaches six weeks ahead."""
    timetable.roll_forward(now())


@shared_task(name="classes.make_packs")
def make_packs() -> None:
    """The evening's offline packs; those of days gone by are removed with them."""
    moment = now()
    packs.make_due(moment)
    packs.old(moment=moment, dry_run=False)
