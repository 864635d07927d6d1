"""Which classes suit a person, and why each other class does not.

A class declares the strictest phase and band it serves. It is staffed and taught for that level, so it is
safe for everybody at that level or milder, and for nobody stricter. Two sessions a week on non-consecutive
days are preferred (24 hours of rest after loading, S002); one class with a home plan is valid (F20).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import combinations

from clinic.classes.rules.capacity import BANDS, PHASES, Level

NOON = time(12)
LACKS_ROOM = frozenset({"full", "room"})
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Halfday = tuple[int, str]


@dataclass(frozen=True)
class Candidate:
    """What decides a person's seat, and nothing that names them.

    `halfdays` are (weekday, "am" or "pm") and `venues` ids; None means any. `group_start` is the date from
    which the group gate is open, None while it is closed. `brings` are people who take room beside them
    (carer, interpreter: F16, F19). `modalities` and `audiences` are those the person accepts.
    """

    phase: str
    band: str
    provisional: bool = False
    ceiling: str | None = None
    halfdays: frozenset[Halfday] | None = None
    venues: frozenset[str] | None = None
    modalities: frozenset[str] = frozenset({"land"})
    audiences: frozenset[str] = frozenset({"everyone"})
    needs: frozenset[str] = frozenset()
    brings: int = 0
    sessions_wanted: int = 2
    group_start: date | None = None
    taught: bool = False
    water_screened: bool = False
    someone_at_home: bool = False
    emergency_address: bool = False
    held_weekdays: frozenset[int] = frozenset()

    @property
    def level(self) -> Level:
        """Their phase and the band to staff for: a provisional band counts as its ceiling (rules A11)."""
        return Level(self.phase, (self.ceiling or "high") if self.provisional else self.band)


@dataclass(frozen=True)
class ClassFacts:
    """A weekly class as placement sees it; `room_left` None means the room is not what limits it."""

    id: str
    level: Level
    weekday: int
    wall_time: time
    venue: str
    free_standing: int
    room_left: int | None = None
    modality: str = "land"
    audience: str = "everyone"
    access: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Misfit:
    """One reason why a class does not suit a person, in a word and in a sentence for people."""

    code: str
    text: str


@dataclass(frozen=True)
class Suggestion:
    """One class, or two on non-consecutive days; `because` says why it suits and how it ranks."""

    classes: tuple[ClassFacts, ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class Placement:
    """Every class answered for: in a pair, a single, or rejected with its reasons."""

    pairs: tuple[Suggestion, ...]
    singles: tuple[Suggestion, ...]
    rejected: tuple[tuple[str, tuple[Misfit, ...]], ...]

    @property
    def could_wait_for(self) -> tuple[str, ...]:
        """Ids of classes that suit and only lack a seat."""
        return tuple(class_id for class_id, why in self.rejected if {one.code for one in why} <= LACKS_ROOM)


def fits(candidate: Candidate, cls: ClassFacts) -> tuple[Misfit, ...]:
    """Every reason why this class is not for this person now; empty means it fits and has a seat."""
    return unsuitable(candidate, cls) + rest_day(candidate, cls) + seats(candidate, cls)


def unsuitable(candidate: Candidate, cls: ClassFacts) -> tuple[Misfit, ...]:
    """The reasons that neither a free seat nor another class day of theirs would cure."""
    checks = (_level, _gate, _modality, _time, _place)
    return tuple(misfit for check in checks for misfit in check(candidate, cls))


def rest_day(candidate: Candidate, cls: ClassFacts) -> tuple[Misfit, ...]:
    """A standing seat on the same day or a neighbouring one as a seat they hold."""
    return tuple(
        Misfit("rest_day", f"Their class on {DAY_NAMES[held]} leaves no rest day in between.")
        for held in sorted(candidate.held_weekdays)
        if not rested(held, cls.weekday)
    )


def seats(candidate: Candidate, cls: ClassFacts) -> tuple[Misfit, ...]:
    """A free standing seat, and room around it."""
    if cls.free_standing < 1:
        return (Misfit("full", "Every standing seat in this class is taken."),)
    return room(candidate, cls)


def room(candidate: Candidate, cls: ClassFacts) -> tuple[Misfit, ...]:
    """Room for the person and whoever comes with them: a carer or interpreter takes a place (F16, F19)."""
    if cls.room_left is not None and cls.room_left < 1 + candidate.brings:
        return (Misfit("room", "The room has no space for the person and those who come with them."),)
    return ()


def suggest(candidate: Candidate, classes: Sequence[ClassFacts]) -> Placement:
    """Pairs and singles, best first: nearest to the person's own level, then most free seats, then earliest.

    One who wants one session, or holds a seat already, gets singles only.
    """
    reasons = {cls.id: fits(candidate, cls) for cls in classes}
    open_classes = [cls for cls in classes if not reasons[cls.id]]
    wants_pair = candidate.sessions_wanted >= 2 and not candidate.held_weekdays
    pairs = [pair for pair in combinations(open_classes, 2) if rested(pair[0].weekday, pair[1].weekday)]
    return Placement(
        pairs=_ranked(candidate, pairs) if wants_pair else (),
        singles=_ranked(candidate, ((cls,) for cls in open_classes)),
        rejected=tuple((cls.id, reasons[cls.id]) for cls in classes if reasons[cls.id]),
    )


def rested(weekday: int, other: int) -> bool:
    """True if at least one whole day lies between the two, round the week: Sunday and Monday do not."""
    return (weekday - other) % 7 not in {0, 1, 6}


def distance(level: Level, cls_level: Level) -> int:
    """Steps between a person's level and a class's: 0 is exact."""
    phases = PHASES.index(level.phase) - PHASES.index(cls_level.phase)
    bands = BANDS.index(level.band) - BANDS.index(cls_level.band)
    return abs(phases) + abs(bands)


def _ranked(candidate: Candidate, choices: Iterable[tuple[ClassFacts, ...]]) -> tuple[Suggestion, ...]:
    tidy = (tuple(sorted(choice, key=_week_order)) for choice in choices)
    ordered = sorted(tidy, key=lambda choice: _rank(candidate, choice))
    return tuple(Suggestion(choice, _because(candidate, choice)) for choice in ordered)


def _week_order(cls: ClassFacts) -> tuple[int, time, str]:
    return cls.weekday, cls.wall_time, cls.id


def _rank(candidate: Candidate, choice: tuple[ClassFacts, ...]) -> tuple[object, ...]:
    away = sum(distance(candidate.level, cls.level) for cls in choice)
    free = min(cls.free_standing for cls in choice)
    return away, -free, tuple(map(_week_order, choice))


def _because(candidate: Candidate, choice: tuple[ClassFacts, ...]) -> tuple[str, ...]:
    said = []
    for cls in choice:
        exact = distance(candidate.level, cls.level) == 0
        how = "is for exactly this level" if exact else "also serves people who need more help"
        free = "1 free seat" if cls.free_standing == 1 else f"{cls.free_standing} free seats"
        said.append(f"{DAY_NAMES[cls.weekday]} {cls.wall_time:%H:%M} {how} and has {free}.")
        if cls.modality == "water":
            said.append("A water class does not count as bone loading.")
    return tuple(said)


def _level(candidate: Candidate, cls: ClassFacts) -> Iterable[Misfit]:
    person, served = candidate.level, cls.level
    if PHASES.index(person.phase) < PHASES.index(served.phase):
        theirs, earliest = person.phase.lstrip("P"), served.phase.lstrip("P")
        yield Misfit("phase", f"The person is in phase {theirs}; this class starts at phase {earliest}.")
    if BANDS.index(person.band) < BANDS.index(served.band):
        until = " until their band is confirmed" if candidate.provisional else ""
        needs = f"The person needs {person.band} supervision{until}"
        yield Misfit("band", f"{needs}; this class is staffed for {served.band}.")


def _gate(candidate: Candidate, cls: ClassFacts) -> Iterable[Misfit]:
    if candidate.group_start is None:
        yield Misfit("group_start", "The person may not start in a group yet.")


def _modality(candidate: Candidate, cls: ClassFacts) -> Iterable[Misfit]:
    """Water has its own screening; video is for the low band, taught, with somebody at home (F37)."""
    if cls.audience not in candidate.audiences:
        yield Misfit("audience", f"This class is for {cls.audience}.")
    if cls.modality not in candidate.modalities:
        yield Misfit("modality", f"The person has not asked for a {cls.modality} class.")
    elif cls.modality == "water" and not candidate.water_screened:
        yield Misfit("water", "The screening for water has not been done.")
    elif cls.modality == "video":
        yield from _video(candidate)


def _video(candidate: Candidate) -> Iterable[Misfit]:
    if candidate.level.band != "low":
        yield Misfit("video_band", "Video classes are for low supervision only.")
    if not candidate.taught:
        yield Misfit("video_taught", "The person has not yet been shown the exercises.")
    if not candidate.someone_at_home:
        yield Misfit("video_alone", "Somebody needs to be at home during a video class.")
    if not candidate.emergency_address:
        yield Misfit("video_address", "The emergency address has not been confirmed.")


def _time(candidate: Candidate, cls: ClassFacts) -> Iterable[Misfit]:
    half = "am" if cls.wall_time < NOON else "pm"
    if candidate.halfdays is not None and (cls.weekday, half) not in candidate.halfdays:
        part = "mornings" if half == "am" else "afternoons"
        yield Misfit("time", f"The person cannot come on {DAY_NAMES[cls.weekday]} {part}.")


def _place(candidate: Candidate, cls: ClassFacts) -> Iterable[Misfit]:
    if cls.modality == "video":
        return
    if candidate.venues is not None and cls.venue not in candidate.venues:
        yield Misfit("travel", "The person cannot travel to this venue.")
    for need in sorted(candidate.needs - cls.access):
        yield Misfit("access", f"The venue lacks what the person needs: {need.replace('_', ' ')}.")
