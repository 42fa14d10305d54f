"""gunicorn's settings.

There is no access log, since paths hold secret links; the error log is redacted. X-Forwarded
headers count from our own proxies alone.
"""

from praxis.redaction import RedactTokens
from praxis.settings import PORT, TRUSTED_PROXIES, env

bind = f"127.0.0.1:{PORT}"
workers = env.int("WEB_CONCURRENCY", default=2)
# Threads, so that a few slow connections do not hold up everybody.
worker_class = "gthread"
threads = 4
forwarded_allow_ips = ",".join(TRUSTED_PROXIES)
accesslog = None
# Link scanners send HEAD, and a warning for each would fill the log.
loglevel = "error"


def on_starting(server):
    server.log.error_log.addFilter(RedactTokens())
