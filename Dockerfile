# One image for the web, the worker, beat and the migrations; compose says which a container is.
FROM python:3.11-slim AS build
WORKDIR /upright
COPY requirements.lock requirements-assets.lock package.json package-lock.json pyproject.toml README.md ./
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements.lock
COPY tools/assets.py tools/
RUN .venv/bin/python tools/assets.py
COPY clinic clinic
COPY migrations migrations
COPY wsgi.py ./
RUN .venv/bin/pip install --no-deps --no-build-isolation --no-index -e .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /upright upright \
 && install -d -o upright -m 0700 /var/lib/upright
WORKDIR /upright
COPY --from=build /upright /upright
ENV PATH=/upright/.venv/bin:$PATH PYTHONUNBUFFERED=1 FLASK_APP=wsgi INSTANCE_DIR=/var/lib/upright
USER upright
EXPOSE 8000
CMD ["gunicorn", "wsgi:app", "--bind=0.0.0.0:8000", "--workers=2", "--threads=8"]
