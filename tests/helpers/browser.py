"""How the tests start Chromium, and what they type."""

FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def fill(page, **typed):
    """Type a person's details, or those `typed`, into the form of `page`."""
    person = {"first_name": "Zoé", "last_name": "Tremblay", "email": "zoe@example.org"}
    for name, value in (person | typed).items():
        page.fill(f"[name={name}]", value)
