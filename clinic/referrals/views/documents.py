"""Documents on the referrer's form, and their download by those who may see the referral."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.referrals import attachments, drafts
from clinic.referrals.attachments_content import LARGEST_WORDS, NotAccepted
from clinic.referrals.models import Draft
from clinic.referrals.views.blueprint import bp
from clinic.referrals.views.downloads import as_download
from clinic.viewer import current


@bp.get("/refer/<int:draft_id>/documents")
@requires(Permission.REFER)
def draft_documents(draft_id: int) -> ResponseReturnValue:
    return _page(_unsent(draft_id), {})


@bp.post("/refer/<int:draft_id>/documents")
@requires(Permission.REFER)
def add_document(draft_id: int) -> ResponseReturnValue:
    """One file; what is wrong with it is said beside the field, and what is kept already stays."""
    draft = _unsent(draft_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(draft, {"file": "Choose a file"}), 422
    try:
        attachments.add(draft=draft, name=file.filename, content=file.read(), by=current())
    except NotAccepted as problem:
        return _page(draft, {"file": str(problem)}), 422
    return redirect(url_for(".draft_documents", draft_id=draft.id))


@bp.post("/refer/<int:draft_id>/documents/<public_id>/remove")
@requires(Permission.REFER)
def remove_document(draft_id: int, public_id: str) -> ResponseReturnValue:
    draft = _unsent(draft_id)
    attachments.remove(draft=draft, public_id=public_id, by=current())
    flash("The document is removed.", "success")
    return redirect(url_for(".draft_documents", draft_id=draft.id))


@bp.get("/referrals/documents/<public_id>")
@requires(Permission.FOLLOW_REFERRALS)
def sent_document(public_id: str) -> ResponseReturnValue:
    return _download(public_id)


@bp.get("/inbox/documents/<public_id>")
@requires(Permission.SEE_PATIENT)
def staff_document(public_id: str) -> ResponseReturnValue:
    return _download(public_id)


def _download(public_id: str) -> ResponseReturnValue:
    """Never shown in the page, whoever asks: a file from outside only ever reaches a disk."""
    row, content = attachments.fetch(public_id=public_id, by=current()) or abort(404)
    ending = row.name.rpartition(".")[2]
    return as_download(content, name=f"document-{row.public_id[:8]}.{ending}", media=attachments.media(row))


def _unsent(draft_id: int) -> Draft:
    draft = drafts.mine(draft_id)
    if draft is None or draft.referral_id is not None:
        abort(404)
    return draft


def _page(draft: Draft, errors: dict[str, str]) -> str:
    return render_template(
        "referrals/refer_documents.html",
        draft=draft,
        documents=attachments.of_draft(draft.id),
        most=attachments.MOST,
        largest=LARGEST_WORDS,
        errors=errors,
    )
