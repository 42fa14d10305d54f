"""How the tests start Chromium, the pages that it keeps for them, and what they type."""

import os
from pathlib import Path

from playwright.sync_api import Error

# Debian's Chromium without what only a screen needs: a third less work for the same pages.
CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One process shows all pages, one after another: to start one costs more than most pages.
    "--process-per-site",
    "--renderer-process-limit=1",
    # No page lives long enough to win back what these compilers take.
    "--js-flags=--no-maglev --no-turbofan",
]

# What a page cannot take back: who needs it opens a page of their own.
LASTING = ("add_init_script", "expose_binding", "expose_function", "route")
LASTING_OF_CONTEXT = (*LASTING, "grant_permissions", "set_extra_http_headers", "set_offline")
AS_AT_FIRST = {
    "color_scheme": "light",
    "contrast": "null",
    "forced_colors": "null",
    "media": "null",
    "reduced_motion": "null",
}


def launched(playwright):
    """A Chromium that shows the tests' fonts alone (fonts.conf); to be closed."""
    # Chromium's own sandbox does not run as root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    fonts = {"FONTCONFIG_FILE": str(Path(__file__).with_name("fonts.conf"))}
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=flags, env={**os.environ, **fonts}
    )


class KeptPages:
    """Pages in which tests have opened something, empty again, each in a context of its own.

    To make a context, its page and the process that shows it costs more than most tests.
    """

    MOST = 2

    def __init__(self, chromium, origin):
        self.chromium, self.origin, self.kept = chromium, origin, []

    def take(self, *, javascript, zone):
        """A page as it is in a new context, but for one thing: whoever has it printed or shown as
        printed tells it so after the last navigation.
        """
        page = self.kept.pop() if self.kept else self.new_to_keep()
        # Said to this page and not to its context, which could not be told anew. Chromium forgets
        # the medium for it, not the colours, whenever the page navigates.
        page.chromium = page.context.new_cdp_session(page)
        page.chromium.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
        page.chromium.send("Emulation.setScriptExecutionDisabled", {"value": not javascript})
        return page

    def new_to_keep(self):
        page = self.new()
        for owner, acts in ((page, LASTING), (page.context, LASTING_OF_CONTEXT)):
            for act in acts:
                setattr(owner, act, refuse)
        return page

    def new(self, *, javascript=True, zone=None):
        """A page that nobody has had; its context is to be closed."""
        context = self.chromium.new_context(
            color_scheme="light",
            locale="fr-CA",
            base_url=self.origin,
            java_script_enabled=javascript,
            timezone_id=zone,
        )
        return context.new_page()

    def give_back(self, page):
        """Keep the page for who comes next, if it can be emptied."""
        try:
            self.empty(page)
        except Error:
            page.context.close()
            return
        self.kept.append(page)
        if len(self.kept) > self.MOST:
            self.kept.pop(0).context.close()

    def empty(self, page):
        """Forget whatever a context remembers: cookies, what scripts stored, the cache, the way a
        page is shown.
        """
        for other in page.context.pages:
            if other != page:
                other.close()
        # Not about:blank, for which the process that shows the site's pages would end.
        page.goto("/static/praxis.css")
        page.emulate_media(**AS_AT_FIRST)
        page.chromium.send("Network.clearBrowserCache")
        everything = {"origin": self.origin, "storageTypes": "all"}
        page.chromium.send("Storage.clearDataForOrigin", everything)
        page.chromium.detach()


def refuse(*_args, **_facts):
    raise AssertionError("This outlasts the test: open_page(…, own=True)")


def fill(page, **typed):
    """Type a person's details, or those `typed`, into the form of `page`."""
    person = {"first_name": "Zoé", "last_name": "Tremblay", "email": "zoe@example.org"}
    for name, value in (person | typed).items():
        page.fill(f"[name={name}]", value)
