"""How the tests start Chromium, the pages that it keeps for them, and what they type."""

from playwright.sync_api import Error

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
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); window.name = ''; }"


class KeptPages:
    """Pages in which tests have opened something, empty again, each in a context of its own.

    To make a context, its page and the process that shows it costs more than most tests.
    """

    MOST = 4

    def __init__(self, chromium, origin):
        self.chromium, self.origin, self.kept = chromium, origin, []

    def take(self, facts):
        """A page as it is in a new context with these `facts`."""
        for each in self.kept:
            if each[0] == facts:
                self.kept.remove(each)
                return each[1]
        page = self.new(facts)
        for owner, acts in ((page, LASTING), (page.context, LASTING_OF_CONTEXT)):
            for act in acts:
                setattr(owner, act, refuse)
        return page

    def new(self, facts):
        context = self.chromium.new_context(
            color_scheme="light", locale="fr-CA", base_url=self.origin, **facts
        )
        return context.new_page()

    def give_back(self, facts, page):
        """Keep the page for who comes next, if it can be emptied."""
        try:
            self.empty(page)
        except Error:
            page.context.close()
            return
        self.kept.append((facts, page))
        if len(self.kept) > self.MOST:
            _facts, longest_kept = self.kept.pop(0)
            longest_kept.context.close()

    def empty(self, page):
        """Forget whatever a context remembers: cookies, what scripts stored, the cache, the way a
        page is shown.
        """
        for other in page.context.pages:
            if other != page:
                other.close()
        # Not about:blank, for which the process that shows the site's pages would end.
        page.goto("/static/praxis.css")
        page.evaluate(FORGET)
        page.emulate_media(**AS_AT_FIRST)
        chromium = page.context.new_cdp_session(page)
        chromium.send("Network.clearBrowserCookies")
        chromium.send("Network.clearBrowserCache")
        everything = {"origin": self.origin, "storageTypes": "all"}
        chromium.send("Storage.clearDataForOrigin", everything)
        chromium.detach()


def refuse(*_args, **_facts):
    raise AssertionError("This outlasts the test: open_page(…, own=True)")


def fill(page, **typed):
    """Type a person's details, or those `typed`, into the form of `page`."""
    person = {"first_name": "Zoé", "last_name": "Tremblay", "email": "zoe@example.org"}
    for name, value in (person | typed).items():
        page.fill(f"[name={name}]", value)
