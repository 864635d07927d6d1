"""A clinic with practices and staff, a referral received, an accepted episode; all through services."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from flask.testing import FlaskClient

from clinic.access import services as access
from clinic.access import sessions
from clinic.access.models import ApiClient, Clinic, Organisation, Role, User
from clinic.access.queries import local
from clinic.extensions import db, now, transaction
from clinic.referrals import assessments, decisions, intake
from clinic.referrals.models import Episode, Referral, Source
from clinic.referrals.rules.flags import FLAGS
from clinic.referrals.validation import PatientFacts
from clinic.viewer import Viewer, acting_as, referrer, staff, system

TEST = system("tests")
_turn = count()


@dataclass(frozen=True)
class World:
    """One clinic, two practices, a member of staff of each deciding role, a referrer of each practice."""

    clinic: Clinic
    practice: Organisation
    other_practice: Organisation
    coordinator: Viewer
    physiotherapist: Viewer
    gp: Viewer
    other_gp: Viewer


@transaction()
def a_world(name: str = "Leeds Spine Classes") -> World:
    """Everything committed; act with `acting_as(world.gp)`. Users have no password: see `signed_in`."""
    number = next(_turn)
    with acting_as(TEST):
        clinic = access.add_clinic(
            name=f"{name} {number}", zone="Europe/London", phone="0113 496 0000", by=TEST
        )
        practices = [
            access.add_organisation(
                ods=f"Y{number:02d}{i}", name=f"Practice {number}{i}", clinic=clinic, by=TEST
            )
            for i in (1, 2)
        ]
        db.session.flush()
        coordinator, physiotherapist = (
            a_user(role, number, clinic_id=clinic.id) for role in (Role.COORDINATOR, Role.PHYSIOTHERAPIST)
        )
        gps = [a_user(Role.REFERRER, f"{number}-{p.ods}", organisation_id=p.id) for p in practices]
    return World(
        clinic,
        practices[0],
        practices[1],
        staff(coordinator.id, clinic.id, "coordinator"),
        staff(physiotherapist.id, clinic.id, "physiotherapist"),
        referrer(gps[0].id, practices[0].id),
        referrer(gps[1].id, practices[1].id),
    )


def a_user(role: Role, mark: object, **home: object) -> User:
    """Somebody to act as, who never signs in: no password, no invitation on its way."""
    row = User(email=f"{role.value}-{mark}@example.org", name=f"Sam {role.value}", role=role, **home)
    db.session.add(row)
    db.session.flush()
    return row


def a_patient(**changes: object) -> PatientFacts:
    """Mrs Okafor, 76, with a mobile."""
    facts = {
        "given_name": "Grace",
        "family_name": "Okafor",
        "birth_date": "1950-03-02",
        "sex": "female",
        "nhs_number": "999 000 0018",
        "mobile": "07700 900123",
    }
    return PatientFacts(**{**facts, **changes})


def a_case(today: date | None = None, **changes: object) -> dict:
    """Complete facts of someone 16 weeks after a fracture, tested, no flag: suggest_class, P2.

    A change is a dotted path with double underscores: `flags__cauda_equina=True`; None takes the fact away.
    """
    today = today or now().date()
    day = (today - timedelta(weeks=16)).isoformat()
    tested = (today - timedelta(days=14)).isoformat()
    case = {
        "fracture": {
            "date": day,
            "site": "vertebral",
            "levels": ["T12"],
            "cause": "lifting",
            "confirmed_by": "xray",
            "osteoporotic": True,
            "incidental": False,
            "dated_by": "referrer",
        },
        "pain": {"rest": 2, "movement": 3, "trend": "better"},
        "mobility": {"walks_10m": True, "needs_person": False, "walking_aid": False},
        "falls": {
            "count_12m": 1,
            "injurious": False,
            "could_not_get_up": False,
            "lost_consciousness": False,
            "unsteady": True,
            "worried": False,
        },
        "tests": [{"name": "timed_up_and_go_s", "value": 13.2, "on": tested}],
        "flags": {flag.key: False for flag in FLAGS},
    }
    for path, value in changes.items():
        section, _, key = path.partition("__")
        if key:
            case[section] = {**case[section], key: value}
        else:
            case[section] = value
    return deepcopy(case)


def a_referral(
    world: World, *, case: dict | None = None, by: Viewer | None = None, **more: object
) -> intake.Received:
    """A referral received from the first practice's GP; `more` goes to `intake.receive`."""
    by = by or world.gp
    facts = {
        "clinic_id": world.clinic.id,
        "organisation_id": by.organisation_id,
        "source": Source.WEB,
        "sender_system": "tests",
        "sender_value": f"referral-{next(_turn)}",
        "patient": a_patient(),
        "case": a_case() if case is None else case,
        "clinician": "Dr Shah",
        "typed_by": "Dr Shah",
        **more,
    }
    with acting_as(by):
        return intake.receive(by=by, **facts)


def an_accepted_episode(world: World, *, case: dict | None = None, **more: object) -> Episode:
    """Received and accepted as suggested: awaiting its first assessment."""
    received = a_referral(world, case=case, **more)
    return accept(world, received.referral)


def an_assessed_episode(world: World, *, taught: tuple[str, ...] = ("E01",), **more: object) -> Episode:
    """Accepted and assessed as suggested: waiting for a class."""
    episode = an_accepted_episode(world, **more)
    with acting_as(world.physiotherapist):
        assessments.record(
            episode_id=episode.id,
            assessed_on=local(world.clinic.id, now()).date(),
            tests=[],
            phase=episode.phase,
            band=episode.band,
            taught=taught,
            by=world.physiotherapist,
        )
        return db.session.get_one(Episode, episode.id)


def accept(world: World, referral: Referral, *, by: Viewer | None = None) -> Episode:
    """Accept as suggested, the three deciding facts confirmed."""
    by = by or world.physiotherapist
    with acting_as(by):
        return decisions.accept(
            episode_id=referral.episode_id,
            confirmed=decisions.deciding_facts(referral.episode_id),
            by=by,
        )


def signed_in(client: FlaskClient, viewer: Viewer) -> FlaskClient:
    """The browser of a member of staff or of a referrer, past the front door."""
    with client.application.app_context(), acting_as(TEST):
        token = sessions.begin(user=db.session.get_one(User, viewer.id), by=TEST)
    with client.session_transaction() as cookie:
        cookie["sign_in"] = token
    return client


@transaction()
def a_client(world: World, key_hash: str = "0" * 64) -> ApiClient:
    row = ApiClient(name="Practice system", organisation_id=world.practice.id, key_hash=key_hash)
    db.session.add(row)
    db.session.flush()
    return row
