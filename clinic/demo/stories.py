"""How each invented patient came to where they are: the real services, at past moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from clinic.classes import candidates, offers
from clinic.classes.models import ExerciseClass
from clinic.classes.offer_rows import StandingLine
from clinic.classes.rules import placement
from clinic.demo import cases
from clinic.demo.people import Person
from clinic.demo.place import House
from clinic.desk.home_life import keep
from clinic.extensions import at, db, transaction
from clinic.patients import queries as patients
from clinic.patients import services as patient_services
from clinic.protocol.exercise_library import library
from clinic.referrals import assessments, changes, decisions, intake, suspension
from clinic.referrals.models import Episode, Referral, Source
from clinic.referrals.origins import Origin
from clinic.referrals.validation import PatientFacts
from clinic.viewer import Viewer, acting_as, referrer, staff, system

TAUGHT = 6  # exercises shown at a first assessment


@dataclass
class Teller:
    """Tells one story in one house; days are counted back from today."""

    house: House
    random: Random
    today: date
    zone: Any
    now: datetime
    completed: list[int] = field(default_factory=list)  # end once their registers are taken, by `post`

    def moment(self, days_ago: int, hour: int = 10) -> datetime:
        """A working moment so many days ago; a weekend day moves back to its Friday.

        Today is a few minutes ago, whatever the hour: an alert of today's still has its hour to run.
        """
        lately = self.now - timedelta(minutes=30 - hour)
        if not days_ago:
            return lately
        day = self.today - timedelta(days=days_ago)
        while day.weekday() > 4 and days_ago:
            day -= timedelta(days=1)
        then = datetime.combine(day, time(hour, 15), tzinfo=self.zone)
        return min(then, lately)  # nothing has happened tomorrow yet

    @property
    def physio(self) -> Viewer:
        user = self.house.staff["physio@demo.invalid"]
        return staff(user.id, self.house.clinic.id, "physiotherapist")

    def refer(self, person: Person, days_ago: int, case: dict[str, Any], *, urgent: bool = False) -> int:
        """Sent by one of the practices' forms; the episode's id."""
        n = self.random.randrange(len(self.house.practices))
        by = referrer(self.house.referrers[n].id, self.house.practices[n].id)
        with at(self.moment(days_ago, 9)), acting_as(by):
            received = intake.receive(
                clinic_id=self.house.clinic.id,
                organisation_id=self.house.practices[n].id,
                source=Source.WEB,
                sender_system="demo",
                sender_value=person.nhs_number,
                patient=PatientFacts(
                    given_name=person.given_name,
                    family_name=person.family_name,
                    birth_date=person.birth_date.isoformat(),
                    sex=person.sex,
                    nhs_number=person.nhs_number,
                    mobile=person.mobile,
                    landline=person.landline,
                    address=person.address,
                    postcode=person.postcode,
                ),
                case=case,
                priority="urgent" if urgent else "routine",
                clinician=self.house.referrers[n].name,
                by=by,
                consent=True,
                origin=Origin(road="web", practice_id=self._home(person, n)),
            )
            return received.referral.episode_id

    def _home(self, person: Person, sender: int) -> int:
        """The practice that refers is hers; whom the fracture liaison refers belongs to one of the two."""
        practices = self.house.practices
        return practices[sender if sender < 2 else len(person.given_name) % 2].id

    def accept(self, episode_id: int, days_ago: int) -> None:
        with at(self.moment(days_ago, 11)), acting_as(self.physio) as by:
            decisions.accept(episode_id=episode_id, confirmed=decisions.deciding_facts(episode_id), by=by)
            self._confirm_number(episode_id, days_ago)

    def assess(self, episode_id: int, days_ago: int) -> None:
        """Measured, confirmed and taught: the first exercises that need no release."""
        with at(self.moment(days_ago, 14)), acting_as(self.physio) as by, transaction():
            episode = db.session.get_one(Episode, episode_id)
            phase, band = episode.phase or "P1", episode.band or "high"
            cell = library().cell(phase, band)
            free = [one.exercise.id for one in cell if not (one.needs_release or one.class_only)]
            keep(
                episode=episode,
                home=("worktop", "firm_chair"),
                tags=(),
                standing=True,
                by=by,
            )
            assessments.record(
                episode_id=episode_id,
                assessed_on=self.moment(days_ago).date(),
                tests=[{"name": "chair_stand_30s", "value": self.random.randint(7, 13), "used_arms": False}],
                phase=phase,
                band=band,
                taught=free[:TAUGHT],
                reason="As seen at the visit",
                by=by,
            )

    def offer(self, episode_id: int, days_ago: int, *, hour: int = 15) -> int | None:
        """The best pair of standing seats, or one; None when nothing fits."""
        moment = self.moment(days_ago, hour)
        with at(moment), acting_as(self.physio) as by:
            chosen = self._classes_for(episode_id, moment)
            if not chosen:
                return None
            lines = [StandingLine(c.id, self._first_date(c, moment.date())) for c in chosen]
            made = offers.make(
                episode_id=episode_id, lines=lines, by=by, now=moment, out_of_turn="Demo: in turn on that day"
            )
            return made.id

    def join(self, episode_id: int, days_ago: int) -> bool:
        """Offered and accepted by a reply; False when no class fits."""
        offer_id = self.offer(episode_id, days_ago)
        if offer_id is None:
            return False
        moment = self.moment(days_ago, 16)
        with at(moment), acting_as(system("reply", self.house.clinic.id)) as by:
            offers.accept(offer_id=offer_id, by=by, now=moment)
        return True

    def _confirm_number(self, episode_id: int, days_ago: int) -> None:
        patient_id = db.session.get_one(Episode, episode_id).patient_id
        contact = patients.main_contact(patient_id)
        if contact is not None:
            day = self.today - timedelta(days=days_ago)
            patient_services.confirm_contact(contact=contact, source="phone call", on=day, by=self.physio)

    def _classes_for(self, episode_id: int, moment: datetime) -> list[ExerciseClass]:
        episode = db.session.get_one(Episode, episode_id)
        rows = {str(c.id): c for c in db.session.query(ExerciseClass)}
        known = candidates.known_of([episode_id], moment.date(), moment)
        who = candidates.candidate(episode, known)
        found = placement.suggest(who, [candidates.class_facts(c) for c in rows.values()])
        best = found.pairs or found.singles
        return [rows[c.id] for c in best[0].classes] if best else []

    def _first_date(self, row: ExerciseClass, after: date) -> date:
        return after + timedelta(days=(row.weekday - after.weekday()) % 7 or 7)


Story = Callable[[Teller, Person], None]


def _case(t: Teller, days_ago: int, weeks: int, band: str) -> dict[str, Any]:
    return cases.facts(t.random, t.moment(days_ago).date(), weeks_old=weeks, help_needed=band)


def _band(t: Teller) -> str:
    return t.random.choice(("low", "low", "intermediate", "high", "high"))


def _weeks(t: Teller) -> int:
    return t.random.choice((8, 15, 18, 22, 28, 34, 40))


def just_sent(t: Teller, p: Person) -> None:
    t.refer(p, t.random.randint(0, 4), cases.sparse(_case(t, 4, _weeks(t), _band(t))))


def act_today(t: Teller, p: Person) -> None:
    """RF1 at the door: not accepted, and the one-hour call is open (F6)."""
    t.refer(p, 0, cases.changed(_case(t, 0, 8, "high"), "flags.cauda_equina", True))


def flagged(t: Teller, p: Person) -> None:
    flag = t.random.choice(("flags.severe_pain", "flags.heart_or_pressure", "flags.dizziness_or_sight"))
    t.refer(p, t.random.randint(1, 3), cases.changed(_case(t, 3, _weeks(t), _band(t)), flag, True))


def too_sore(t: Teller, p: Person) -> None:
    """Pain that wants one-to-one treatment first."""
    t.refer(p, 2, cases.changed(_case(t, 2, 7, "intermediate"), "pain.rest", 5))


def asked_back(t: Teller, p: Person) -> None:
    episode = t.refer(p, 6, _case(t, 6, _weeks(t), _band(t)))
    with at(t.moment(4)), acting_as(t.physio) as by:
        decisions.ask(episode_id=episode, question="Which vertebra, and is there an imaging report?", by=by)


def on_hold(t: Teller, p: Person) -> None:
    episode = t.refer(p, 9, _case(t, 9, 5, "high"))
    with at(t.moment(7)), acting_as(t.physio) as by:
        until = t.today + timedelta(days=t.random.randint(4, 12))
        decisions.hold(episode_id=episode, reason="in_hospital", until=until, by=by)


def to_assess(t: Teller, p: Person) -> None:
    episode = t.refer(p, 8, _case(t, 8, _weeks(t), _band(t)))
    t.accept(episode, 6)


def waiting(t: Teller, p: Person) -> None:
    ago = t.random.randint(12, 30)
    episode = t.refer(p, ago, _case(t, ago, _weeks(t), _band(t)))
    t.accept(episode, ago - 3)
    t.assess(episode, 1)  # new on the list, so still the coordinator's to place by hand


def offered(t: Teller, p: Person) -> None:
    """An offer that is open now: it leaves for the handset as soon as the service runs."""
    episode = t.refer(p, 16, _case(t, 16, _weeks(t), _band(t)))
    t.accept(episode, 14)
    t.assess(episode, 9)
    t.offer(episode, 0, hour=9)


def in_class(t: Teller, p: Person) -> None:
    ago = t.random.randint(30, 50)
    episode = t.refer(p, ago, _case(t, ago, _weeks(t), _band(t)))
    t.accept(episode, ago - 2)
    t.assess(episode, ago - 7)
    t.join(episode, ago - 9)


def completed(t: Teller, p: Person) -> None:
    """Came for weeks, and it is done: the practice has its letter."""
    episode_id = t.refer(p, 55, _case(t, 55, 28, "intermediate"))
    t.accept(episode_id, 54)
    t.assess(episode_id, 52)
    t.join(episode_id, 50)
    t.completed.append(episode_id)


def paused(t: Teller, p: Person) -> None:
    """A new fracture was reported: seats and prompts rest until somebody has looked (F14)."""
    ago = 40
    episode_id = t.refer(p, ago, _case(t, ago, 20, "high"))
    t.accept(episode_id, ago - 2)
    t.assess(episode_id, ago - 7)
    t.join(episode_id, ago - 9)
    with at(t.moment(2)), acting_as(t.physio) as by:
        suspension.suspend(db.session.get_one(Episode, episode_id), reason="new_fracture", by=by)


def declined(t: Teller, p: Person) -> None:
    episode = t.refer(p, 12, _case(t, 12, _weeks(t), _band(t)))
    with at(t.moment(10)), acting_as(t.physio) as by:
        decisions.decline(
            episode_id=episode, reason="home_route", comment="Prefers to exercise at home; pack sent.", by=by
        )


def withdrawn(t: Teller, p: Person) -> None:
    episode_id = t.refer(p, 11, _case(t, 11, _weeks(t), _band(t)))
    with acting_as(system("demo")):
        row = db.session.query(Referral).filter_by(episode_id=episode_id).one()
        user, organisation = row.user_id, row.organisation_id
    assert organisation is not None
    with at(t.moment(9)), acting_as(referrer(user or 0, organisation)) as by:
        changes.withdraw(referral_id=row.id, reason="moved", by=by)


def died(t: Teller, p: Person) -> None:
    episode = t.refer(p, 20, _case(t, 20, _weeks(t), "high"))
    t.accept(episode, 18)
    with at(t.moment(5)), acting_as(t.physio) as by:
        patient = db.session.get_one(Episode, episode).patient
        patient_services.record_death(patient=patient, on=t.today - timedelta(days=6), source="family", by=by)


# one round of the wheel; sixty patients are three rounds
WHEEL: tuple[Story, ...] = (
    offered, in_class, in_class, waiting, just_sent, in_class, to_assess, in_class, flagged, waiting,
    in_class, just_sent, in_class, declined, to_assess, waiting, in_class, too_sore, in_class, on_hold,
)  # fmt: skip
ONCE: tuple[Story, ...] = (act_today, asked_back, withdrawn, died, completed, completed, paused)
