"""A practice's letters: the list, one letter to read, its PDF and its five lines to keep."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.referrals import letters, letters_reading, letters_sheet, letters_words, queries
from clinic.referrals.models import Letter
from clinic.referrals.paper import Step
from clinic.referrals.views.blueprint import bp
from clinic.referrals.views.downloads import as_download
from clinic.viewer import current


@bp.get("/letters", endpoint="letters")
@requires(Permission.FOLLOW_REFERRALS)
def letters_page() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    earlier, older = letters_reading.earlier(before)
    return render_template(
        "referrals/letters.html",
        new=[] if before else letters_reading.unopened(),
        earlier=earlier,
        older=older,
        before=before,
        title_of=letters_words.title,
        about_whom=letters_reading.about_whom,
    )


@bp.get("/letters/<public_id>")
@requires(Permission.FOLLOW_REFERRALS)
def letter(public_id: str) -> ResponseReturnValue:
    """Opening a letter is reading it: who and when stays with the letter."""
    row = _letter(public_id)
    letters_reading.opened(letter=row, by=current())
    way = letters_reading.way_of(row)
    return render_template(
        "referrals/letter.html",
        letter=row,
        way=way,
        title=letters_words.title(row.kind),
        copy=letters.five_lines(row),
        parts=letters_sheet.paragraphs(row.body.partition("\n\n")[2]),
        readers=letters_reading.readers(row),
    )


@bp.get("/letters/<public_id>/letter.pdf")
@requires(Permission.FOLLOW_REFERRALS)
def letter_pdf(public_id: str) -> ResponseReturnValue:
    row = _letter(public_id)
    letters_reading.opened(letter=row, by=current(), how=Step.DOWNLOADED)
    return pdf_answer(row)


@bp.get("/letters/<public_id>/letter.txt")
@requires(Permission.FOLLOW_REFERRALS)
def letter_text(public_id: str) -> ResponseReturnValue:
    row = _letter(public_id)
    letters_reading.opened(letter=row, by=current(), how=Step.DOWNLOADED)
    return as_download(row.body, name=f"{file_name(row)}.txt", media="text/plain; charset=utf-8")


def pdf_answer(row: Letter) -> ResponseReturnValue:
    """The kept print as a download."""
    return as_download(letters_reading.pdf(row), name=f"{file_name(row)}.pdf", media="application/pdf")


def file_name(row: Letter) -> str:
    """The referral's reference and the kind: nothing about anybody."""
    way = letters_reading.way_of(row)
    return f"{way.about if way else 'letter'}-{row.kind}"


def _letter(public_id: str) -> Letter:
    return queries.letter(public_id) or abort(404)
