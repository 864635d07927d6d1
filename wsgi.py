"""What gunicorn, Celery and `flask` load."""

from clinic.app import create_app

app = create_app()
celery_app = app.extensions["celery"]
