"""Praxis's settings for a worker that waits 0.2 s, not 20 s, for a locked SQLite."""

from praxis.settings import *  # noqa: F403

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["OPTIONS"]["timeout"] = 0.2  # noqa: F405
