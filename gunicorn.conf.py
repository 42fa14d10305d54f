"""gunicorn's settings.

There is no access log, since paths hold secret links; the error log is redacted. X-Forwarded
headers count from our own proxies alone.
"""

from ipaddress import ip_network

from praxis.redaction import RedactTokens
from praxis.settings import PORT, TRUSTED_PROXIES, UNIX, WEB_THREADS, env

bind = f"127.0.0.1:{PORT}"
workers = env.int("WEB_CONCURRENCY", default=2)
worker_class = "praxis.web_worker.WebWorker"
threads = WEB_THREADS
# gunicorn takes no word for a peer at a Unix socket, and no network with host bits set.
forwarded_allow_ips = ",".join(
    str(ip_network(proxy, strict=False)) for proxy in TRUSTED_PROXIES if proxy != UNIX
)
accesslog = None
# Link scanners send HEAD, and a warning for each would fill the log.
loglevel = "error"


def on_starting(server):
    server.log.error_log.addFilter(RedactTokens())
