"""What is logged, and where: on stderr, redacted. There is no file and no access log."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "praxis.redaction.RedactTokens"}},
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["redact"], "formatter": "plain"}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "praxis": {"level": "INFO"},
        "gunicorn.http.wsgi": {"level": "ERROR"},  # it warns of each HEAD, which link scanners send
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # It warns of each letter that no font has: those of a name, in their order.
        "weasyprint": {"level": "ERROR"},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
