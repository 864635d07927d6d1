"""Which classes suit one person, how many seats are free, and why not each of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clinic import audit
from clinic.access import queries as access
from clinic.classes import candidates, handover, queries, waiting
from clinic.classes.models import ClassSession, ExerciseClass, Member, Offer, Venue, WaitingEntry
from clinic.classes.offer_rows import StandingLine
from clinic.classes.rules import placement as rules
from clinic.classes.rules import ranking, vacancies
from clinic.extensions import db, transaction
from clinic.referrals import states
from clinic.referrals.models import Episode
from clinic.viewer import Viewer

MOST_SHOWN = 6
SCREENED = "water_screened"
ALSO = (
    ("water", "They would come to a class in water"),
    (SCREENED, "Screened for water by a physiotherapist"),
    ("video", "They would join a class by video"),
    ("someone_at_home", "Somebody is at home during a video class"),
    ("emergency_address", "The address for an emergency is confirmed"),
)
Rejected = tuple[ExerciseClass, tuple[str, ...]]


@dataclass(frozen=True)
class Choice:
    """One or two classes with the dates on which they would begin, and why they suit."""

    lines: tuple[tuple[ExerciseClass, StandingLine], ...]
    because: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the form sends back: the ids of its classes."""
        return "-".join(str(row.id) for row, _ in self.lines)

    @property
    def free(self) -> int:
        return min(row.capacity - row.taken for row, _ in self.lines)


@dataclass(frozen=True)
class Page:
    """Everything on the placement page of one episode."""

    episode: Episode
    candidate: rules.Candidate
    pairs: list[Choice]
    singles: list[Choice]
    rejected: list[Rejected]
    offers: Sequence[Offer]
    members: Sequence[Member]
    venues: list[Venue]
    waiting: WaitingEntry | None
    ahead: int
    visits: list[ClassSession]


def for_episode(episode_id: int, now: datetime) -> Page:
    """The page's data; raises LookupError for an episode the viewer cannot see."""
    episode = db.session.get(Episode, episode_id)
    if episode is None:
        raise LookupError(f"no episode {episode_id}")
    today = access.local(episode.clinic_id, now).date()
    person = candidates.candidate(episode, candidates.known_of([episode_id], today, now))
    rows = {str(row.id): row for row in queries.running_classes(episode.clinic_id, today)}
    found = rules.suggest(person, [candidates.class_facts(row) for row in rows.values()])
    suits = {cls.id for choice in (*found.pairs, *found.singles) for cls in choice.classes}
    lines = {key: handover.first_line(rows[key], now, person) for key in sorted(suits)}
    entry = queries.waiting_entry(episode_id)
    return Page(
        episode=episode,
        candidate=person,
        pairs=_choices(found.pairs, rows, lines),
        singles=_choices(found.singles, rows, lines),
        rejected=[(rows[key], tuple(one.text for one in why)) for key, why in found.rejected],
        offers=queries.open_offers(episode_id),
        members=queries.members_of(episode_id),
        venues=queries.venues(episode.clinic_id),
        waiting=entry,
        ahead=_ahead(episode) if entry else 0,
        visits=visits_for(episode, now),
    )


def moves_for(member: Member, now: datetime) -> tuple[list[Choice], list[Rejected]]:
    """The classes one standing seat could move to, as if its own day were free, and why not the others."""
    episode = db.session.get_one(Episode, member.episode_id)
    today = access.local(episode.clinic_id, now).date()
    known = candidates.known_of([episode.id], today, now)
    known.weekdays[episode.id].discard(member.klass.weekday)
    person = replace(candidates.candidate(episode, known), sessions_wanted=1)
    others = [row for row in queries.running_classes(episode.clinic_id, today) if row.id != member.class_id]
    rows = {str(row.id): row for row in others}
    found = rules.suggest(person, [candidates.class_facts(row) for row in others])
    suits = {cls.id for choice in found.singles for cls in choice.classes}
    lines = {key: _from_next_session(rows[key], now) for key in sorted(suits)}
    rejected = [(rows[key], tuple(one.text for one in why)) for key, why in found.rejected]
    return _choices(found.singles, rows, lines), rejected


def lines_for(key: str, episode_id: int, now: datetime) -> list[StandingLine]:
    """The lines of a choice sent back by the form; raises LookupError when it is not one of ours any more."""
    page = for_episode(episode_id, now)
    for choice in (*page.pairs, *page.singles):
        if choice.key == key:
            return [line for _, line in choice.lines]
    raise LookupError(f"no choice {key}")


def visits_for(episode: Episode, now: datetime) -> list[ClassSession]:
    """Sessions of the coming fortnight with a seat that suits this person, to be booked by telephone."""
    if episode.state not in candidates.MAY_SIT or episode.suspended_at is not None:
        return []
    today = access.local(episode.clinic_id, now).date()
    known = candidates.known_of([episode.id], today, now)
    who = ranking.Waiter(
        id=str(episode.id),
        tier=2,
        referred_on=episode.referred_on,
        candidate=candidates.candidate(episode, known),
        dates_held=frozenset(known.dates[episode.id]),
    )
    coming = queries.sessions_with_room(episode.clinic_id, now, now + vacancies.LENT_AHEAD)
    seats = ((one, waiting.vacancy(one.klass, one, freed=1)[0]) for one in coming)
    return [one for one, seat in seats if not ranking.why_not(who, seat)][:MOST_SHOWN]


@transaction()
def record_wishes(
    *,
    episode_id: int,
    days: Collection[int],
    venues: Collection[int],
    sessions: int,
    by: Viewer,
    also: Collection[str] = (),
) -> None:
    """When and where the person can come, and once or twice a week; none chosen means any.

    `also` are other kinds of class they would take and what those ask for (F37); that the screening for water
    is done, only a physiotherapist says or unsays.
    """
    episode = states.locked(episode_id)
    before = set((episode.wishes or {}).get("also", ()))
    kept = {name for name, _ in ALSO if name in also}
    if by.role != "physiotherapist":
        kept = (kept - {SCREENED}) | (before & {SCREENED})
    wishes = {
        "days": sorted(days),
        "venues": sorted(venues),
        "sessions": 1 if sessions == 1 else 2,
        "also": sorted(kept),
    }
    episode.wishes = {**episode.wishes, **wishes}
    audit.record("episode.wishes_recorded", by=by, about=episode)


def waiting_list(clinic_id: int) -> list[tuple[WaitingEntry, Episode]]:
    """Everybody who waits, in the one order in which seats are given."""
    found = queries.waiting(clinic_id)
    return sorted(found, key=lambda pair: (pair[0].tier, pair[0].referred_on, pair[1].id))


def _from_next_session(row: ExerciseClass, now: datetime) -> StandingLine | None:
    """Agreed by telephone, so it begins with the next session: nobody has to answer first."""
    session = queries.next_session(row.id, now)
    return StandingLine(row.id, session.local_date) if session else None


def _choices(
    found: Sequence[rules.Suggestion],
    rows: dict[str, ExerciseClass],
    lines: dict[str, StandingLine | None],
) -> list[Choice]:
    choices = []
    for one in found:
        pairs = [(rows[cls.id], lines[cls.id]) for cls in one.classes]
        whole = tuple((row, line) for row, line in pairs if line is not None)
        if len(whole) == len(pairs):
            choices.append(Choice(whole, one.because))
    return choices[:MOST_SHOWN]


def _ahead(episode: Episode) -> int:
    """How many stand before this person on the list."""
    return [one.id for _, one in waiting_list(episode.clinic_id)].index(episode.id)
