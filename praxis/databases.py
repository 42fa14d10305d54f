"""The database that DATABASE_URL names, PostgreSQL or a file of SQLite, and how it is spoken to."""

from praxis.environment import env, read

# PostgreSQL's parameters of a connection; DATABASE_URL may say others.
POSTGRESQL = {
    # With server-side binding a failed statement is logged with $1 for each value, so that neither
    # names nor tokens reach the log of PostgreSQL.
    "server_side_binding": True,
    # The server reads and plans a statement once per connection, not each time it is asked: a
    # third of what a sign-up costs it.
    "prepare_threshold": 2,
    # To compile a statement as machine code takes PostgreSQL longer than any page of ours reads.
    "options": "-c jit=off",
    # Seconds until a server that does not answer counts as away; else a page waits two minutes.
    "connect_timeout": 5,
    # The same on an open connection, whose machine or network is gone: milliseconds until what was
    # sent must have arrived, then seconds after which a silent one is asked, how often, how many
    # times. Without them the kernel waits for a quarter of an hour.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 2,
}
SQLITE = {
    "timeout": 20,  # seconds a writer waits for its turn
    "transaction_mode": "IMMEDIATE",
    # What is erased is overwritten in the file, too.
    "init_command": ("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"),
}


def from_environment(folder):
    """settings.DATABASES, as DATABASE_URL says; by default a file of SQLite in `folder` (Path)."""
    default = parsed(f"sqlite:///{folder / 'praxis.sqlite3'}")
    found = default
    # "sqlite" says the default.
    if env.str("DATABASE_URL", default="") != "sqlite":
        found = read("DATABASE_URL", parsed, default=default)
    if found["ENGINE"] == "django.db.backends.sqlite3":
        found["OPTIONS"] = dict(SQLITE)
    else:
        found.setdefault("CONN_MAX_AGE", 60)
        found.setdefault("CONN_HEALTH_CHECKS", True)
        found["OPTIONS"] = POSTGRESQL | found.get("OPTIONS", {})
    return {"default": found}


def parsed(url):
    """The settings of the database at `url`, which is PostgreSQL or a file of SQLite."""
    found = env.db_url_config(url)
    engines = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
    if found.get("ENGINE") not in engines or found["NAME"] == ":memory:":
        raise ValueError("neither PostgreSQL nor a file of SQLite")
    options = found.get("OPTIONS", {})
    if "prepare_threshold" in options:
        said = options["prepare_threshold"]
        options["prepare_threshold"] = None if said == "None" else int(said)
    return found
