"""The least page that could be a register: signed in, one joined query, everybody's name and one button.

It stands in the same app behind the same guard and the same layout, and is compiled once; no levels, no
gates, no contacts, no needs.
"""

from __future__ import annotations

from functools import cache

from flask import Blueprint, current_app, render_template
from jinja2 import Environment, Template
from sqlalchemy import select

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes.models import Place
from clinic.extensions import db
from clinic.patients.models import Patient

PAGE = """{% extends "layout.html" %}{% block content %}{% set token = csrf_token() %}
<h1>{{ rows[0].Place.session.klass.name }}, {{ rows[0].Place.session.starts_at|moment_words }}</h1>
<ul>{% for place, patient in rows %}
<li>{{ patient.given_name }} {{ patient.family_name }}: {{ place.outcome.value }}
<form method="post" action="/places/{{ place.id }}/tick">
<input type="hidden" name="csrf_token" value="{{ token }}">
<button name="outcome" value="attended">Attended</button></form></li>
{% endfor %}</ul>{% endblock %}"""

bp = Blueprint("floor", __name__)


@bp.get("/floor/<int:session_id>")
@requires(Permission.TAKE_REGISTER)
def page(session_id: int) -> str:
    query = select(Place, Patient).join(Patient, Patient.id == Place.patient_id)
    rows = db.session.execute(query.where(Place.session_id == session_id).order_by(Place.id)).all()
    return render_template(_compiled(current_app.jinja_env), rows=rows)


@cache
def _compiled(environment: Environment) -> Template:
    return environment.from_string(PAGE)
