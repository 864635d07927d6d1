#!/bin/sh
# Write the lock files: hashes and no address, for every platform, from the lowest Python we support.
# Arguments are handed to uv, for example: sh tools/lock.sh --upgrade-package flask
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header \
        --python-version 3.11 "$@"
}
compile pyproject.toml --group build -o requirements.lock "$@"
compile pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock "$@"
compile --group assets -o requirements-assets.lock "$@"
npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
