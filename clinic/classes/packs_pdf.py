"""The pack as a file: an AES-256 PDF that any reader opens with the passphrase, and no server is needed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import AccessPermission, EncryptionMethod, MethodReturnValue, XPos, YPos

from clinic.access import queries as access
from clinic.access.models import Clinic
from clinic.classes.models import ClassSession
from clinic.classes.roster import Roster, Row
from clinic.classes.rules import held_back

FONTS = Path(__file__).resolve().parent.parent / "fonts"
FACE = "DejaVu"
BOX = "\N{BALLOT BOX}"
PAPER = (
    f"{BOX} came   {BOX} late   {BOX} came, did not exercise   {BOX} did not come        "
    f"New or worse symptoms? {BOX} no  {BOX} yes        Load ________   {BOX} incident"
)
IF_HURT = (
    "If somebody falls, collapses, has chest pain or new back pain: ring 999 first if in doubt, then "
    "{phone}. They do not exercise again until a physiotherapist has said so. Write below what happened, "
    "what was done and who was told. When the service is back, type the register in: nothing written here "
    "arrives by itself."
)


class _Paper(FPDF):
    """A4 with one line on each page: whose it is, how old, and what to do with it."""

    def __init__(self, line: str) -> None:
        super().__init__(format="A4")
        self.top_line = line
        self.add_font(FACE, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FACE, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_margins(14, 12)
        self.set_auto_page_break(True, 14)

    def header(self) -> None:
        self.say(self.top_line, size=7.5)
        self.ln(2)

    def footer(self) -> None:
        self.set_y(-11)
        self.say(f"Page {self.page_no()}", size=7.5)

    def say(self, text: str, *, size: float = 9, bold: bool = False) -> None:
        self.set_font(FACE, "B" if bold else "", size)
        self.multi_cell(0, size * 0.47, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def height(self, text: str, *, size: float = 9, bold: bool = False) -> float:
        self.set_font(FACE, "B" if bold else "", size)
        found = self.multi_cell(0, size * 0.47, text, dry_run=True, output=MethodReturnValue.HEIGHT)
        assert isinstance(found, float)
        return found


def write(
    clinic: Clinic, rosters: Sequence[Roster], *, made_at: datetime, until: date, opens_with: str
) -> bytes:
    """Every session on a page of its own with its paper register; only `opens_with` opens it.

    AES-256 (PDF 2.0, revision 6). Printing is allowed, and nothing of it stands outside the encryption.
    """
    made = access.local(clinic.id, made_at)
    line = (
        f"{clinic.name}: registers until {_day(until)}, made {_day(made.date())} at {made:%H:%M}. What was "
        "changed after that is not here. Patients' data: keep it locked away, destroy it after "
        f"{_day(until)}."
    )
    paper = _Paper(line)
    paper.set_encryption(
        owner_password=secrets.token_urlsafe(24),
        user_password=opens_with,
        encryption_method=EncryptionMethod.AES_256,
        permissions=AccessPermission.all(),
        encrypt_metadata=True,
    )
    if not rosters:
        paper.add_page()
        paper.say(f"No session until {_day(until)}.", size=12)
    for roster in rosters:
        paper.add_page()
        _session(paper, roster, clinic)
    return bytes(paper.output())


def _session(paper: _Paper, roster: Roster, clinic: Clinic) -> None:
    session = roster.session
    paper.say(f"{session.klass.name}, {_day(session.local_date)}", size=15, bold=True)
    paper.say(f"{_times(session)}, {session.venue.name}, {session.venue.address}.")
    level = f"Phase {session.level_phase.removeprefix('P')}, {session.level_band} supervision"
    staffing = ", ".join(session.staffing) or "nobody entered"
    paper.say(f"{level}. Staff: {staffing}. {len(roster.expected)} expected, {session.capacity} seats.")
    if session.venue.first_aid:
        paper.say(f"First aid: {session.venue.first_aid}")
    paper.ln(2)
    for number, row in enumerate(roster.expected, start=1):
        _person(paper, number, row)
    for words, rows in (("Offered, not answered yet", roster.held), ("Not coming", roster.not_coming)):
        if rows:
            paper.say(f"{words}: {', '.join(row.patient.full_name for row in rows)}.")
    paper.ln(2)
    paper.say(IF_HURT.format(phone=clinic.phone), bold=True)
    paper.ln(22)
    paper.say("Register taken by ______________________________   at ____________")


def _person(paper: _Paper, number: int, row: Row) -> None:
    """One person, never torn over two pages."""
    lines = [(f"{number}. {row.patient.full_name}, born {_day(_born(row))}", True)]
    lines += [(text, False) for text in _facts(row)]
    needed = sum(paper.height(text, bold=bold) for text, bold in lines) + 12
    if paper.will_page_break(needed):
        paper.add_page()
    paper.line(paper.l_margin, paper.get_y(), paper.w - paper.r_margin, paper.get_y())
    paper.ln(1.5)
    for text, bold in lines:
        paper.say(text, bold=bold)
    paper.ln(1)
    paper.say(PAPER, size=8)
    paper.ln(2)


def _facts(row: Row) -> list[str]:
    episode = row.episode
    level = (
        f"Phase {(episode.phase or 'not known').removeprefix('P')}, {episode.band or 'unknown'} supervision."
    )
    first = " First class." if row.first_class else ""
    assessed = "" if row.assessed else " NOT ASSESSED: does not join unless a physiotherapist says why."
    shut = held_back.closed(row.gates)
    return [
        text
        for text in (
            f"Phone {', '.join(row.phones) or 'not known'}. In an emergency: {row.emergency}",
            f"{level}{first}{assessed}",
            f"Needs: {row.needs}" if row.needs else "",
            *(f"Not yet {held_back.GATES[gate]}: {why}" for gate, why in shut.items()),
            f"Shown so far: {', '.join(row.taught)}." if row.taught else "Shown so far: nothing.",
            f"Load last time: {row.usual_load}." if row.usual_load else "",
            row.place.note or "",
        )
        if text
    ]


def _born(row: Row) -> date:
    return date.fromisoformat(row.patient.birth_date)


def _times(session: ClassSession) -> str:
    starts, ends = (access.local(session.clinic_id, at) for at in (session.starts_at, session.ends_at))
    return f"{starts:%H:%M} to {ends:%H:%M}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
