"""A letter as an accessible PDF: real text in reading order, tagged headings and paragraphs, title, language.

Import it where something is printed: fpdf2 brings numpy into the process where numpy is installed.
The same sheet gives the same bytes. fpdf2 tags pictures only, so the few lines that tag text are here.
"""

from __future__ import annotations

from typing import cast

from fpdf import FPDF, ViewerPreferences
from fpdf.enums import MethodReturnValue

from clinic.referrals.letters_font import BOLD, REGULAR, printable
from clinic.referrals.letters_sheet import ITEM, Printed, Sheet, paragraphs

MARGIN, FOOT = 22.0, 24.0  # millimetres
BODY, SMALL, HEADING, TITLE = 11.0, 9.0, 13.0, 17.0  # points
LEADING = 0.53  # millimetres of line a point of type: 1.5 lines
GAP = 3.2
ANY_LINE = "Five lines for your record"


class _Page(FPDF):
    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self._foot = printable(f"{sheet.sender[0]}, {sheet.reference}")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.add_font("letter", fname=REGULAR)
        self.add_font("letter", style="B", fname=BOLD)
        self.set_title(printable(f"{sheet.title}, {sheet.reference}"))
        self.set_author(printable(sheet.sender[0]))
        self.set_lang("en-GB")
        self.set_creation_date(sheet.written_at)
        self.set_creator("Upright")
        self.set_producer("Upright")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.add_page()

    def footer(self) -> None:
        """Not part of what is read aloud: an artifact."""
        self._out("/Artifact BMC")
        self.set_font("letter", size=SMALL)
        self.set_xy(MARGIN, -FOOT + 6)
        self.cell(0, 5, f"{self._foot}, page {self.page_no()} of {{nb}}")
        self._out("EMC")

    def block(
        self, kind: str, text: str, *, size: float = BODY, bold: bool = False, indent: float = 0.0
    ) -> None:
        """One heading or paragraph; one that goes over a page is one tagged part on each."""
        self.set_font("letter", style="B" if bold else "", size=size)
        height, width = size * LEADING, self.epw - indent
        split = self.multi_cell(
            width, height, printable(text), align="L", dry_run=True, output=MethodReturnValue.LINES
        )
        lines = cast(list[str], split)
        # no line or heading alone at the foot of a page
        least = 3 if kind.startswith("H") else min(2, len(lines))
        while lines:
            room = int((self.h - FOOT - self.y) / height)
            if room < least:
                self.add_page()
                self.set_font("letter", style="B" if bold else "", size=size)
                continue
            self._tagged(kind, lines[:room], height, width, indent)
            lines, least = lines[room:], 1
        self.ln(GAP)

    def _tagged(self, kind: str, lines: list[str], height: float, width: float, indent: float) -> None:
        mcid = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{kind}", mcid=mcid)
        self._out(f"/{kind} <</MCID {mcid}>> BDC")
        for line in lines:
            self.set_x(MARGIN + indent)
            self.cell(width, height, line, new_x="LMARGIN", new_y="NEXT")
        self._out("EMC")


def pdf(sheet: Sheet) -> Printed:
    """Print a sheet; raises FontIsMissing."""
    page = _Page(sheet)
    copy, _, rest = sheet.words.strip().partition("\n\n")
    for n, line in enumerate(sheet.sender):
        page.block("P", line, size=HEADING if n == 0 else BODY, bold=n == 0)
        page.ln(-GAP)
    page.ln(2 * GAP)
    for line in (f"To: {sheet.to[0]}", *sheet.to[1:]):
        page.block("P", line)
        page.ln(-GAP)
    page.ln(2 * GAP)
    page.block("P", sheet.day)
    page.block("H1", sheet.title, size=TITLE, bold=True)
    page.block("H2", ANY_LINE, size=HEADING, bold=True)
    for line in copy.splitlines():
        page.block("P", line)
        page.ln(-GAP * 0.6)
    page.ln(GAP * 1.6)
    if rest:
        page.block("H2", "The letter", size=HEADING, bold=True)
    for kind, text in paragraphs(rest):
        page.block("P", text, indent=4.0 if kind == ITEM else 0.0)
    return Printed(bytes(page.output()), page.pages_count)
