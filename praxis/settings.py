"""Django settings, all from the environment or from the file `.env` beside manage.py.

A variable of the environment wins over the same one in `.env`. README.md lists the variables.
Wrong ones stop the start, each with a sentence that names the remedy.
"""

import time
import zoneinfo

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from praxis import databases, environment
from praxis.environment import BASE_DIR, env, is_loopback, read
from praxis.logs import LOGGING  # noqa: F401 (Django reads it here)

# Without a search path, zoneinfo reads the pinned tzdata package alone. So every machine gives the
# same hour, and a change of law arrives together with the tests that check it.
zoneinfo.reset_tzpath(to=())

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = (BASE_DIR / env.str("DATA_DIR", default="var")).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds names and tokens

PORT = read("PORT", int, default=8000)
# Every absolute link starts with SITE_URL, never with the Host of a request.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
site = environment.split_site_url(SITE_URL)
IS_PUBLIC = not is_loopback(site.hostname or "")
if IS_PUBLIC:
    environment.ask_for_public_settings()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=environment.hosts_of(site))

# Where others reach the site, DEBUG is no reason to start with the key that stands here.
NEEDS_A_KEY = IS_PUBLIC or not DEBUG
SECRET_KEY = env.str(
    "SECRET_KEY", default="" if NEEDS_A_KEY else "debug-only-key-that-no-server-accepts"
)
if NEEDS_A_KEY:
    environment.refuse_weak_secret_key(SECRET_KEY)

# What signs attestations in the place of SECRET_KEY (registrations/domain/attestation_keys.py).
ATTESTATION_KEY = env.str("ATTESTATION_KEY", default="")
environment.refuse_weak_attestation_key(ATTESTATION_KEY)

# The threads of one web process. Most of them wait for a slow client or for the database.
WEB_THREADS = environment.number("WEB_THREADS", default=64, least=1, most=1000)

# The proxies whose X-Forwarded-* headers are believed: nobody's by default, or if it says "none".
# gunicorn.conf.py reads the same list. A peer at a Unix socket has no address: the word `unix`
# names it.
UNIX = "unix"
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
ARE_PROXIES_SAID = bool(TRUSTED_PROXIES)
if TRUSTED_PROXIES == ["none"]:
    TRUSTED_PROXIES = []
environment.refuse_odd_proxies(proxy for proxy in TRUSTED_PROXIES if proxy != UNIX)

INSTALLED_APPS = [
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "praxis.apps.PraxisAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "events",
    "registrations",
]

MIDDLEWARE = [
    "praxis.microcache.AnswerKeptPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "praxis.content_policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "praxis.request_limits.RefuseOddRequests",
    "django.middleware.common.CommonMiddleware",
    "praxis.methods.AnswerOtherMethods",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "praxis.unavailable.AnswerUnavailable",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "events.middleware.LeadOnFromPreviousAddresses",
]

ROOT_URLCONF = "praxis.urls"
WSGI_APPLICATION = "praxis.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORMS_URLFIELD_ASSUME_HTTPS = True  # the default from Django 6 on
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Databases

DATABASES = databases.from_environment(DATA_DIR)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LIMIT_WEB_DATABASE = True  # praxis/database_limits.py, in web processes alone

# Mail

# Seconds for one answer of the mail server. A mail that a killed worker held is free after six
# times as long (queue.LEASE), and is to leave within five minutes.
EMAIL_TIMEOUT = environment.number("EMAIL_TIMEOUT", default=20, least=1, most=30, unit="seconds")
# Seconds for one mail, from the greeting on.
EMAIL_DEADLINE = EMAIL_TIMEOUT * 3
# Connections of one worker to the mail server. Thirty carry over a hundred mails a second to a
# server that takes 100 ms for a mail, and fifty to one that takes so long for each of its four
# answers. More would soon be all that a small server has for everybody.
WORK_CONNECTIONS = environment.number("WORK_CONNECTIONS", default=30, least=1, most=100)
# EMAIL_BACKEND, EMAIL_HOST and what else Django calls so.
globals().update(environment.mail_server(files=DATA_DIR / "mail"))
DEFAULT_FROM_EMAIL = environment.sender(default="Praxis <praxis@localhost.localdomain>")
# The mailbox to which DEFAULT_FROM_EMAIL delivers, where the worker may read it (RFC 5092).
INBOX = environment.inbox()

# What /readyz asks, and from when it counts how long this process has run.
MAIL_STANDS_STILL = "registrations.mail.standstill.why_mail_stands_still"
STARTED = time.monotonic()
# What the desk's first page asks: praxis and events know nothing of registrations.
FIRST_PAGE = "registrations.admin.first_page.context"

# OpenAgenda: the agenda that the worker keeps, where both are set (registrations/domain/).

OPENAGENDA_API = "https://api.openagenda.com/v2"
OPENAGENDA_KEY, OPENAGENDA_AGENDA = environment.agenda()

# Languages and clocks

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
FORMAT_MODULE_PATH = ["praxis.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
# The clock of what the desk shows of no workshop; a workshop's is its first host's.
DESK_ZONE = environment.zone("DESK_ZONE", default="America/Toronto")

# Files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# What browsers look for at the root, whatever a page names: /favicon.ico, /apple-touch-icon.png.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"
# Pages name each file by its hash; to compress the others as well takes as long again.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Pages for a second in the memory of each process; drawings for a day in files, for all processes.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "drawings": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "drawings",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

# Security

# PLAIN_HTTP is for a machine without TLS, where browsers would drop a Secure cookie.
PLAIN_HTTP = environment.plain_http(site)
SECURE_COOKIES = not DEBUG and not PLAIN_HTTP
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# A browser takes a cookie of this prefix from us alone, over TLS, for the whole site (RFC 6265bis).
PREFIX = "__Host-" if SECURE_COOKIES else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{PREFIX}sessionid", f"{PREFIX}csrftoken"
DEVICE_COOKIE_NAME = f"{PREFIX}device"
SESSION_COOKIE_AGE = 12 * 3600  # seconds
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "praxis.unsaved.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if site.scheme == "https" else 0
# The proxy that ends TLS also redirects to it (W008). The other subdomains are not ours, so HSTS
# neither includes nor preloads them (W005, W021). environment.py asks for a long key (W009).
SILENCED_SYSTEM_CHECKS = [f"security.{name}" for name in ("W005", "W008", "W009", "W021")]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],  # Bootstrap's CSS draws its ticks with data: images
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

# Bytes. Django limits the fields of a form; praxis/request_limits.py limits the whole body.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20

# Accounts (praxis/accounts/)

REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=False)
SIGN_IN_LIMITS = "registrations.domain.sign_in_limits"
# The mail with a link to choose a password: its words and its look.
ACCOUNT_LINK_MAIL = "registrations.mail.account_links.words"
# Our own limits count wrong codes: those of django-otp double with each, to days.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds in which a link to choose a password holds
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATION}.NumericPasswordValidator"},
    {"NAME": "praxis.accounts.passwords.NoWordOfTheSite"},
]

environment.stop_if_wrong()
