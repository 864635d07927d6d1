"""The end of the demo's courses with their letters, and the practices that open theirs, but for a few."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from clinic.demo.place import House
from clinic.demo.stories import Teller
from clinic.extensions import at, db, transaction
from clinic.referrals import assessments, letters_reading, letters_sending, states
from clinic.referrals.models import EndReason, Episode, Letter, State
from clinic.referrals.paper import LetterDelivery, Route, Step
from clinic.viewer import Viewer, acting_as, referrer

NEW = timedelta(days=3)  # what is younger is still unopened
LEFT = 23  # one letter in so many lies unopened for longer


def discharged(teller: Teller) -> None:
    """Measured again two days ago, and ended yesterday: from Timed Up and Go 16 s to 12 s."""
    for episode_id in teller.completed:
        with at(teller.moment(2, 14)), acting_as(teller.physio) as by:
            episode = db.session.get_one(Episode, episode_id)
            first = {test["name"]: test["value"] for test in episode.case.get("tests", ()) if "value" in test}
            seconds, stands = first.get("timed_up_and_go_s", 16.0), first.get("chair_stand_30s", 8)
            assessments.record(
                episode_id=episode_id,
                assessed_on=teller.moment(2).date(),
                tests=[
                    {"name": "timed_up_and_go_s", "value": round(seconds * 0.78, 1)},
                    {"name": "chair_stand_30s", "value": stands + 3, "used_arms": False},
                ],
                phase=episode.phase or "P3",
                band=episode.band or "intermediate",
                taught=(),
                reason="As measured at the end",
                by=by,
            )
        with at(teller.moment(1)), acting_as(teller.physio) as by:
            states.move(
                db.session.get_one(Episode, episode_id),
                State.ENDED,
                by=by,
                ended_reason=EndReason.COMPLETED,
            )


@transaction()
def opened(house: House, now: datetime) -> None:
    """Each letter by the person who referred, the working morning after."""
    readers = {row.organisation_id: referrer(row.id, row.organisation_id or 0) for row in house.referrers}
    for letter in list(db.session.scalars(select(Letter).order_by(Letter.id))):
        by = readers.get(letter.organisation_id)
        if by is None or letter.written_at > now - NEW or letter.id % LEFT == 0:
            continue
        with at(letter.written_at + timedelta(hours=23)), acting_as(by):
            letters_reading.opened(letter=letter, by=by)


def posted(now: datetime, *, by: Viewer) -> None:
    """What goes by post, such as the welcome to a patient, was taken to the post the day after."""
    waiting = select(LetterDelivery).where(
        LetterDelivery.route == Route.POST, LetterDelivery.arrived_at.is_(None)
    )
    for way in list(db.session.scalars(waiting.order_by(LetterDelivery.id))):
        if way.letter.written_at <= now - NEW:
            with at(way.letter.written_at + timedelta(days=1)):
                letters_sending.step(way, Step.POSTED, by=by)
