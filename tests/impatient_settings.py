"""Praxis's own settings, for a worker that waits a fifth of a second for a locked SQLite, not twenty."""

from praxis.settings import *  # noqa: F403

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["OPTIONS"]["timeout"] = 0.2  # noqa: F405
