"""The least that takes a FHIR Bundle in: JSON parsed, each resource validated, as many rows, one commit."""

from __future__ import annotations

import json

import psycopg
from fhir.resources.R4B import get_fhir_model_class
from flask import Flask, request
from flask.typing import ResponseReturnValue
from psycopg.types.json import Jsonb

TABLE = "CREATE TABLE IF NOT EXISTS bench_rows (id bigserial PRIMARY KEY, body jsonb NOT NULL)"
INSERT = "INSERT INTO bench_rows (body) VALUES (%s)"


def app_on(url: str, rows: int) -> tuple[Flask, psycopg.Connection]:
    """The route `POST /`, which writes that many rows, and the connection it writes to; the caller closes."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute(TABLE)
    app = Flask(__name__)

    @app.post("/")
    def take() -> ResponseReturnValue:
        document = json.loads(request.get_data())
        resources = [entry["resource"] for entry in document["entry"]]
        for resource in resources:
            get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        bodies = [(Jsonb(resources[n % len(resources)]),) for n in range(rows)]
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(INSERT, bodies)
        return {"rows": rows}

    return app, connection
