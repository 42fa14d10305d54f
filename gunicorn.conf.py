"""gunicorn's settings: no access log (paths hold secret links), its error log redacted, no stranger's X-Forwarded headers."""

from praxis.redaction import RedactTokens
from praxis.settings import PORT, TRUSTED_PROXIES, env

bind = f"127.0.0.1:{PORT}"
workers = env.int("WEB_CONCURRENCY", default=2)
# Threads, so that a few slow connections do not hold up everybody.
worker_class = "gthread"
threads = 4
forwarded_allow_ips = ",".join(TRUSTED_PROXIES)
accesslog = None
loglevel = "error"  # a warning for each HEAD would fill the log: link scanners send them


def on_starting(server):
    server.log.error_log.addFilter(RedactTokens())
