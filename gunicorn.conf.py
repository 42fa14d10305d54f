"""gunicorn's settings: no access log (paths hold secret links), and its error log redacted."""

import os

from praxis.redaction import RedactTokens

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
accesslog = None
loglevel = "warning"


def on_starting(server):
    server.log.error_log.addFilter(RedactTokens())
