"""Wake-ups of this room: the work is found in the database, so a lost one loses nothing."""

from __future__ import annotations

from celery import shared_task

from clinic.classes import non_attendance, offers, packs, promotion, timetable, transport, validation
from clinic.extensions import now
from clinic.notifications.single_flight import single_flight


@shared_task(name="classes.expire_offers")
def expire_offers() -> None:
    """Offers whose time is over pass their seats on."""
    offers.expire_due(now())


@shared_task(name="classes.promote")
def promote() -> None:
    """Every free seat finds who is next; a pass still running is left alone."""
    with single_flight("promotion") as first:
        if first:
            promotion.sweep(now())
            validation.ring_the_silent(now())


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


@shared_task(name="classes.check_rides")
def check_rides() -> None:
    """Rides and interpreters: what is still to book, and what no longer fits."""
    transport.sweep(now())


@shared_task(name="classes.open_registers")
def open_registers() -> None:
    """A register nobody closed is somebody's task."""
    non_attendance.remind_of_open_registers(now())
