"""What a person decides: accept, ask, hold, decline. The engine suggests; nobody is moved without a name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from clinic import audit
from clinic.access.permissions import Permission, may
from clinic.extensions import db, emit, now, transaction
from clinic.referrals import clocks, engine, letters, phrases, sign_off
from clinic.referrals.models import Decision, EndReason, Episode, State
from clinic.referrals.problems import Incomplete as Incomplete
from clinic.referrals.problems import NotAllowed as NotAllowed
from clinic.referrals.rules.deciding import deciding
from clinic.referrals.rules.words import Band, FlagState, Outcome
from clinic.referrals.states import CannotMove, locked, move
from clinic.viewer import Viewer
from clinic.worklist import services as worklist

ACCEPTED_FROM = (State.BEING_DECIDED, State.WITH_REFERRER, State.ON_HOLD)


@transaction()
def accept(
    *,
    episode_id: int,
    confirmed: Collection[str],
    by: Viewer,
    phase: str | None = None,
    band: str | None = None,
    reason: str | None = None,
    next_on: date | None = None,
    version: int | None = None,
    seconds_open: int | None = None,
) -> Episode:
    """Take the patient on, to a first assessment, with phase and band as suggested or changed for a reason.

    `confirmed` holds the deciding facts that the person ticked, `seconds_open` how long she looked (F28).
    Emits `episode_accepted`. Raises NotAllowed, Incomplete, CannotMove.
    """
    episode, suggested = _open_to_decide(episode_id, version, by)
    if episode.state not in ACCEPTED_FROM:
        raise CannotMove("This referral has been decided already.")
    _may_accept(suggested, by)
    if refused := sign_off.refusal(episode.clinic_id, clocks.today(episode.clinic_id, now())):
        raise NotAllowed(refused)
    left = [fact for fact in deciding(suggested.answer) if fact not in confirmed]
    if left:
        raise Incomplete("confirmed", "Confirm each of the facts that decide: " + "; ".join(left))
    phase, band = phase or suggested.phase, band or suggested.band
    change_is_allowed(suggested, phase=phase, band=band, reason=reason, by=by)
    episode.phase, episode.band = phase, band
    episode.confirmed_by_id, episode.confirmed_on = by.id, clocks.today(episode.clinic_id, now())
    _decided(episode, suggested, choice="accept", reason=reason, by=by, seconds_open=seconds_open)
    move(episode, State.AWAITING_ASSESSMENT, by=by, reason="accepted", next_on=next_on)
    letters.write(episode=episode, kind="accepted", by=by, phase=phase, band=band, next_on=episode.next_on)
    emit("episode_accepted", episode_id=episode.id)
    return episode


@transaction()
def ask(*, episode_id: int, question: str, by: Viewer, version: int | None = None) -> Episode:
    """Ask the referrer; the clock of the service stops until the answer. Raises Incomplete, NotAllowed."""
    episode, suggested = _open_to_decide(episode_id, version, by)
    if episode.organisation_id is None:
        raise NotAllowed(
            "Nobody of ours referred: ring the patient, or whoever wrote, and keep it meanwhile."
        )
    if not question.strip():
        raise Incomplete("question", "Write the question that the practice should answer")
    _decided(episode, suggested, choice="ask", reason=question, by=by)
    return move(episode, State.WITH_REFERRER, by=by, reason="asked", note=question.strip())


@transaction()
def hold(
    *,
    episode_id: int,
    reason: str,
    until: date,
    by: Viewer,
    note: str | None = None,
    version: int | None = None,
) -> Episode:
    """Keep the patient until a clinic date, for a coded reason; on that day somebody looks again."""
    episode, suggested = _open_to_decide(episode_id, version, by)
    if reason not in phrases.HOLD:
        raise Incomplete("reason", "Choose why it is on hold")
    if until <= clocks.today(episode.clinic_id, now()):
        raise Incomplete("until", "Enter a day in the future on which somebody looks again")
    _decided(episode, suggested, choice="hold", reason=reason, by=by)
    return move(episode, State.ON_HOLD, by=by, reason=reason, note=note, next_on=until)


@transaction()
def decline(*, episode_id: int, reason: str, comment: str, by: Viewer, version: int | None = None) -> Episode:
    """Not now and not here, always with a coded reason and a comment; the practice gets a letter."""
    episode, suggested = _open_to_decide(episode_id, version, by)
    if reason not in phrases.DECLINE:
        raise Incomplete("reason", "Choose why it is not accepted")
    if not comment.strip():
        raise Incomplete("comment", "Write what the practice should know or do")
    _decided(episode, suggested, choice="decline", reason=comment, by=by)
    ended = EndReason(phrases.DECLINE[reason][1])
    if episode.organisation_id is None:
        _ring(episode, by)
    letters.write(episode=episode, kind="declined", by=by, reason=reason, comment=comment.strip())
    return move(episode, State.ENDED, by=by, reason=reason, note=comment.strip(), ended_reason=ended)


def _ring(episode: Episode, by: Viewer) -> None:
    """Who came by herself, or from somebody not linked to us, hears of a no from a person."""
    worklist.add_call(
        kind="tell_declined",
        patient_id=episode.patient_id,
        cause_kind="episodes",
        cause_id=episode.id,
        clinic_id=episode.clinic_id,
        organisation_id=None,
        due_at=clocks.end_of_working_day(episode.clinic_id, now()),
        by=by,
    )


def deciding_facts(episode_id: int) -> list[str]:
    """The facts a person confirms when accepting, as the newest suggestion gives them."""
    found = engine.latest(episode_id)
    return deciding(found.answer) if found else []


def change_is_allowed(
    suggested: Decision, *, phase: str | None, band: str | None, reason: str | None, by: Viewer
) -> None:
    """A phase or band other than suggested needs a reason; a lower band or later phase a physiotherapist.

    Raises Incomplete or NotAllowed.
    """
    if phase is None or phase not in phrases.PHASE:
        raise Incomplete("phase", "Choose the phase")
    if band is None or band not in phrases.BAND:
        raise Incomplete("band", "Choose the supervision band")
    if (phase, band) == (suggested.phase, suggested.band):
        return
    lower = Band(band).rank < Band(suggested.band or "low").rank or phase > (suggested.phase or "P3")
    if lower and not may(by.role, Permission.DECIDE_FLAGGED):
        raise NotAllowed("Only a physiotherapist may choose less supervision or a later phase.")
    if not (reason and reason.strip()):
        raise Incomplete("reason", "Say why phase or band differ from the suggestion")


def needs_physiotherapist(answer: dict[str, object]) -> bool:
    """Whether any flag is yes, in review or unknown: then a coordinator does not accept."""
    return bool(answer["flags"])


def _open_to_decide(episode_id: int, version: int | None, by: Viewer) -> tuple[Episode, Decision]:
    if not may(by.role, Permission.DECIDE):
        raise NotAllowed("Only a coordinator or a physiotherapist decides.")
    episode = locked(episode_id, version=version)
    suggested = engine.latest(episode.id)
    if suggested is None:
        raise CannotMove("There is no suggestion yet; run the rules first.")
    return episode, suggested


def _may_accept(suggested: Decision, by: Viewer) -> None:
    answer = suggested.answer
    if answer["outcome"] == Outcome.DO_NOT_ENROL:
        flags = ", ".join(f["id"] for f in answer["flags"] if f["state"] == FlagState.YES)
        raise NotAllowed(f"{flags} is answered yes: it has to be answered anew before anybody can accept.")
    if needs_physiotherapist(answer) and not may(by.role, Permission.DECIDE_FLAGGED):
        raise NotAllowed("A flag is open: only a physiotherapist may accept.")


def _decided(
    episode: Episode,
    suggested: Decision,
    *,
    choice: str,
    reason: str | None,
    by: Viewer,
    seconds_open: int | None = None,
) -> Decision:
    row = Decision(
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        kind="decided",
        protocol=suggested.protocol,
        engine=suggested.engine,
        outcome=suggested.outcome,
        phase=episode.phase,
        band=episode.band,
        case=suggested.case,
        answer=suggested.answer,
        choice=choice,
        reason=reason,
        by_id=by.id,
        seconds_open=seconds_open,
    )
    db.session.add(row)
    audit.record(
        "episode.decided",
        by=by,
        about=episode,
        choice=choice,
        suggested=suggested.outcome,
        band=f"{suggested.band}>{episode.band}",
        phase=f"{suggested.phase}>{episode.phase}",
    )
    return row
