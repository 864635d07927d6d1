"""What a person may do at home, and which one exercise a text names on a day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clinic.protocol.exercise_model import CellItem, Exercise, Library

STANDING_AT_HOME = "standing_at_home"
ONE_DAY = timedelta(days=1)
STRENGTH_DAYS_A_WEEK = 2
STRENGTH_A_SESSION = 8


@dataclass(frozen=True)
class PlanItem:
    """An exercise this person may do at home, in the way they may do it."""

    exercise: Exercise
    with_hands: bool = False
    seated: bool = False
    adapted: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words of the prompt for this way of doing it."""
        if self.with_hands and self.exercise.sms_with_hands:
            return self.exercise.sms_with_hands
        if self.seated and self.exercise.sms_seated:
            return self.exercise.sms_seated
        return self.exercise.sms


@dataclass(frozen=True)
class HeldBack:
    """An exercise of the cell that is not for this person at home now, and why."""

    exercise: Exercise
    code: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """A home plan: every exercise of the cell is either an item or held back with a reason."""

    items: tuple[PlanItem, ...]
    held_back: tuple[HeldBack, ...]


@dataclass(frozen=True)
class Prompted:
    """An exercise named in a text on a local date."""

    on: date
    exercise_id: str


@dataclass(frozen=True)
class DayPrompt:
    """The one exercise for a day, or None and why: suspended, class_day, already, nothing_to_do, rest."""

    item: PlanItem | None
    reason: str | None = None


def plan(
    library: Library,
    phase: str,
    band: str,
    *,
    gates: Mapping[str, bool],
    taught: Collection[str],
    released: Collection[str] = (),
    tags: Collection[str] = (),
    home: Collection[str] = (),
) -> Plan:
    """The home plan of a phase and band: only what was taught to this person, behind its gates (F5, A8, A16).

    `released` holds exercise ids a physiotherapist released, and `standing_at_home`. A gate that is not known
    is closed. `tags` are condition tags, `home` what the home has; both use the library's words.
    """
    items, held_back = [], []
    for one in library.cell(phase, band):
        refusal = _refusal(one, band, gates, taught, released, tags, home)
        if refusal:
            held_back.append(HeldBack(one.exercise, *refusal))
        else:
            items.append(item_of(one, band, released, tags))
    return Plan(tuple(items), tuple(held_back))


def item_of(one: CellItem, band: str, released: Collection[str], tags: Collection[str]) -> PlanItem:
    """The way this person may do it: with hands, seated until standing is released, adapted to conditions."""
    seated = one.exercise.stance == "either" and _standing_needs_release(band, released)
    adapted = tuple(text for tag, text in sorted(one.exercise.adapt_for.items()) if tag in tags)
    return PlanItem(one.exercise, one.with_hands, seated, adapted)


def phone_screen_set(library: Library, phase: str, band: str) -> tuple[str, ...]:
    """Ids a phone screen may tick as explained: lying and seated ones with no gate and no release (F5)."""
    return tuple(
        one.exercise.id
        for one in library.cell(phase, band)
        if one.exercise.stance in {"lying", "seated"}
        and not (one.prone_gate or one.needs_release or one.class_only)
    )


def prompt_for(
    day: date,
    plan: Plan,
    class_days: Collection[date],
    history: Iterable[Prompted] = (),
    suspended: str | None = None,
) -> DayPrompt:
    """The exercise a text names on this local day: the one named longest ago, plan order breaking ties.

    Never on a class day, at most one a day. Strength and bone loading rest the day before and after a class
    and next to such a prompt (24 hours, S002); they come first while the week holds fewer than two strength
    days, classes counted (S004). Posture, holds and balance go on daily. Same input, same answer.
    """
    told = tuple(history)
    if suspended:
        return DayPrompt(None, "suspended")
    if day in class_days:
        return DayPrompt(None, "class_day")
    if any(one.on == day for one in told):
        return DayPrompt(None, "already")
    if not plan.items:
        return DayPrompt(None, "nothing_to_do")
    loading, gentle = _by_load(plan)
    if _rests(day, loading, class_days, told):
        ready = gentle
    elif _strength_days(day, loading, class_days, told) < STRENGTH_DAYS_A_WEEK:
        ready = loading or gentle
    else:
        ready = plan.items
    return DayPrompt(_longest_ago(ready, told)[0]) if ready else DayPrompt(None, "rest")


def day_set(
    day: date, plan: Plan, class_days: Collection[date], history: Iterable[Prompted] = ()
) -> tuple[PlanItem, ...]:
    """Everything the sheet and the page list for a local day, in plan order; the text names one of them.

    At most eight strength exercises (six to eight a training session, S004), those named longest ago; none
    on a class day or a rest day. The day's own prompt changes nothing: it stays in the set.
    """
    told = tuple(one for one in history if one.on != day)
    loading, gentle = _by_load(plan)
    if day in class_days or _rests(day, loading, class_days, told):
        return gentle
    chosen = {item.exercise.id for item in (*gentle, *_longest_ago(loading, told)[:STRENGTH_A_SESSION])}
    return tuple(item for item in plan.items if item.exercise.id in chosen)


def prompt_days(
    first: date,
    last: date,
    plan: Plan,
    class_days: Collection[date],
    history: Sequence[Prompted] = (),
    suspended: str | None = None,
) -> tuple[tuple[date, PlanItem], ...]:
    """The prompts of a span of days, both ends included, each day knowing those before it."""
    told = list(history)
    found = []
    day = first
    while day <= last:
        item = prompt_for(day, plan, class_days, told, suspended).item
        if item:
            found.append((day, item))
            told.append(Prompted(day, item.exercise.id))
        day += ONE_DAY
    return tuple(found)


def _by_load(plan: Plan) -> tuple[tuple[PlanItem, ...], tuple[PlanItem, ...]]:
    """The items that need a rest day, and those that do not."""
    loading = tuple(item for item in plan.items if item.exercise.needs_rest_day)
    return loading, tuple(item for item in plan.items if item not in loading)


def _longest_ago(items: Sequence[PlanItem], told: Iterable[Prompted]) -> list[PlanItem]:
    last = {one.exercise_id: one.on for one in sorted(told, key=lambda one: one.on)}
    return sorted(items, key=lambda item: last.get(item.exercise.id, date.min))


def _loaded_days(
    loading: Sequence[PlanItem], class_days: Collection[date], told: Iterable[Prompted]
) -> set[date]:
    ids = {item.exercise.id for item in loading}
    return set(class_days) | {one.on for one in told if one.exercise_id in ids}


def _rests(
    day: date, loading: Sequence[PlanItem], class_days: Collection[date], told: Iterable[Prompted]
) -> bool:
    return bool({day - ONE_DAY, day + ONE_DAY} & _loaded_days(loading, class_days, told))


def _strength_days(
    day: date, loading: Sequence[PlanItem], class_days: Collection[date], told: Iterable[Prompted]
) -> int:
    monday = day - ONE_DAY * day.weekday()
    week = {monday + ONE_DAY * number for number in range(7)}
    return len(week & _loaded_days(loading, class_days, told))


def _standing_needs_release(band: str, released: Collection[str]) -> bool:
    return band == "high" and STANDING_AT_HOME not in released


def _refusal(
    one: CellItem,
    band: str,
    gates: Mapping[str, bool],
    taught: Collection[str],
    released: Collection[str],
    tags: Collection[str],
    home: Collection[str],
) -> tuple[str, str] | None:
    """The first reason, gates first: a closed gate matters more than a missing worktop."""
    exercise = one.exercise
    lacking = sorted(exercise.needs - set(home))
    conditions = sorted(exercise.pause_for & set(tags))
    checks = (
        (not gates.get("taught", False), "gates", "Home exercises are on hold."),
        (one.class_only, "class_only", "In class only."),
        (one.prone_gate and not gates.get("prone", False), "prone", "Lying on the front is not open yet."),
        (
            exercise.loads_bone and not gates.get("bone_loading", False),
            "bone_loading",
            "Bone loading is not open yet.",
        ),
        (one.needs_release and exercise.id not in released, "release", "Needs a physiotherapist's release."),
        (
            exercise.stance == "standing" and _standing_needs_release(band, released),
            "standing",
            "Standing at home needs a physiotherapist's release.",
        ),
        (
            bool(conditions) and exercise.id not in released,
            "condition",
            f"A physiotherapist decides first: {', '.join(conditions).replace('_', ' ')}.",
        ),
        (exercise.id not in taught, "taught", "Not yet shown to this person."),
        (bool(lacking), "home", f"The home lacks: {', '.join(lacking).replace('_', ' ')}."),
    )
    return next(((code, reason) for refused, code, reason in checks if refused), None)
