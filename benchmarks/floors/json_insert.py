"""The floor of intake: a Flask route that parses the JSON and commits one row with it, plain psycopg."""

from __future__ import annotations

import json

import psycopg
from flask import Flask, request
from flask.typing import ResponseReturnValue
from psycopg.types.json import Jsonb

TABLE = "CREATE TABLE IF NOT EXISTS bench_bodies (id bigserial PRIMARY KEY, body jsonb NOT NULL)"
INSERT = "INSERT INTO bench_bodies (body) VALUES (%s) RETURNING id"


def app_on(url: str) -> tuple[Flask, psycopg.Connection]:
    """The route `POST /`, and the connection it writes to, which the caller closes."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute(TABLE)
    app = Flask(__name__)

    @app.post("/")
    def take() -> ResponseReturnValue:
        document = json.loads(request.get_data())
        row = connection.execute(INSERT, (Jsonb(document),)).fetchone()
        return {"id": row[0] if row else None}

    return app, connection
