"""Praxis's own settings, with what a test run needs of its own."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("DEBUG", "false")
os.environ["SECRET_KEY"] = "tests-only-0123456789-0123456789-0123456789"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="praxis-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
# The folder of the process that started the others, for what is dear and made once for all of them.
SHARED = os.environ.setdefault("PRAXIS_TESTS_SHARED", os.environ["DATA_DIR"])
os.environ["SITE_URL"] = "https://ateliers.example.org"
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["DEFAULT_FROM_EMAIL"] = "Praxis <praxis@ateliers.example.org>"
os.environ["TRUSTED_PROXIES"] = "none"
os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or "sqlite"

from praxis.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# One mail after another, unless a test says otherwise.
WORK_CONNECTIONS = 1
LIMIT_WEB_DATABASE = False  # a test may import the web server's application
# The live server speaks plain HTTP.
SECURE_COOKIES = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, DEVICE_COOKIE_NAME = "sessionid", "csrftoken", "device"
SECURE_HSTS_SECONDS = 0
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
NOTHING_KEPT = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
CACHES = {
    "default": NOTHING_KEPT,
    "drawings": NOTHING_KEPT,
}  # a test's pages are not the next one's
STATIC_ROOT.mkdir()  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file, so that threads and processes share it as they do in earnest. Nobody waits for the disk:
# a test may end a process, but not the machine.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
