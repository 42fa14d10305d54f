"""How the tests start Chromium, and what they type."""

FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One process shows all pages, one after another: to start one costs more than most pages.
    "--process-per-site",
    "--renderer-process-limit=1",
]


def fill(page, **typed):
    """Type a person's details, or those `typed`, into the form of `page`."""
    person = {"first_name": "Zoé", "last_name": "Tremblay", "email": "zoe@example.org"}
    for name, value in (person | typed).items():
        page.fill(f"[name={name}]", value)
