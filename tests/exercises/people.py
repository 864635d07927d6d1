"""Somebody who was assessed, has a worktop and a firm chair at home, and was shown two exercises."""

from clinic.access.queries import local
from clinic.extensions import db, now, transaction
from clinic.referrals import assessments, states
from clinic.referrals.models import Episode
from clinic.viewer import acting_as
from tests.referrals import factories
from tests.referrals.factories import TEST, World

SHOWN = ("E04", "E11")


def a_taught_episode(world: World, shown: tuple[str, ...] = SHOWN, **more: object) -> Episode:
    """Waiting for a class, in phase 2 with intermediate supervision, unless the case says otherwise."""
    episode = factories.an_accepted_episode(world, **more)
    with acting_as(TEST), transaction():
        row = states.locked(episode.id)
        row.wishes = {**row.wishes, "home": ["firm_chair", "worktop"]}
    with acting_as(world.physiotherapist):
        assessments.record(
            episode_id=episode.id,
            assessed_on=local(world.clinic.id, now()).date(),
            tests=[],
            phase=episode.phase,
            band=episode.band,
            taught=shown,
            by=world.physiotherapist,
        )
        return db.session.get_one(Episode, episode.id)
