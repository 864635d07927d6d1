"""Read by every gunicorn started here: refuses what a memory broker cannot do."""

from clinic.config import Config
from clinic.embedded import refuse_many

worker_class = "gthread"
threads = 8
accesslog = None


def on_starting(server):
    refuse_many(Config.load(), server.cfg.workers)
