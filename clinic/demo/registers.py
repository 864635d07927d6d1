"""The registers of the lived weeks: who came, who did not; yesterday's last one is still open."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from clinic.classes import packs, register
from clinic.classes.models import ClassSession, Outcome, Place, PlaceState, SessionState
from clinic.demo.place import PASSWORD, House
from clinic.extensions import at, db
from clinic.viewer import acting_as, current, staff

# of ten places: eight came, one was late, one stayed away
CAME = (*[Outcome.ATTENDED] * 8, Outcome.LATE, Outcome.DID_NOT_ATTEND)


def taken(house: House, random: Random, now: datetime) -> int:
    """Fill in and close every past register but the last; how many were closed."""
    physio = staff(house.staff["physio@demo.invalid"].id, house.clinic.id, "physiotherapist")
    with acting_as(physio) as by:
        packs.set_passphrase(words=PASSWORD, by=by)
        past = db.session.scalars(
            select(ClassSession)
            .where(
                ClassSession.ends_at < now,
                ClassSession.taken > 0,
                ClassSession.state == SessionState.PLANNED,
            )
            .order_by(ClassSession.starts_at)
        ).all()
        ids = [(session.id, session.ends_at) for session in past][:-1]
        for session_id, ended in ids:
            moment = ended + timedelta(minutes=5)
            with at(moment):
                _fill_in(session_id, random, moment)
                register.close(session_id=session_id, by=by, now=moment)
    return len(ids)


def _fill_in(session_id: int, random: Random, moment: datetime) -> None:
    places = select(Place.id).where(Place.session_id == session_id, Place.state == PlaceState.BOOKED)
    for place_id in db.session.scalars(places.order_by(Place.id)).all():
        outcome = random.choice(CAME)
        taps: list[tuple[str, object]] = [("outcome", outcome.value)]
        if outcome is not Outcome.DID_NOT_ATTEND:
            taps.append(("symptoms", False))
        for n, (field, value) in enumerate(taps):
            tap = register.Tap(
                place_id=place_id,
                field=field,
                value=value,
                device="demo",
                device_at=moment + timedelta(seconds=n),
            )
            register.tick(tap=tap, by=current(), now=moment)
