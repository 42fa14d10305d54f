"""People with browsers: they read pages, fill in the form as it was served, and follow where it leads."""

import http.client
import itertools
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

THINK = 2.1  # seconds between a form and its answer: quicker ones look like robots
PATIENCE = 60  # seconds

numbers = itertools.count(1)


class FormFields(HTMLParser):
    """The fields of the form that asks for an email, with the values a browser would send if nobody touched it."""

    def __init__(self, html):
        super().__init__()
        self.fields, self.inside, self.select = [], None, None
        self.feed(html)
        if "email" not in self.names:
            raise ValueError("the page holds no form that asks for an email")

    @property
    def names(self):
        return {name for name, _value in self.fields}

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "form":
            # The form before this one asked for no email, so it was another.
            self.inside = "email" not in self.names
            self.fields = [] if self.inside else self.fields
        if not self.inside:
            return
        name, value, kind = facts.get("name"), facts.get("value") or "", facts.get("type", "text")
        if (
            tag == "option"
            and self.select
            and ("selected" in facts or self.select not in self.names)
        ):
            self.fields = [field for field in self.fields if field[0] != self.select] + [
                (self.select, value)
            ]
        elif tag == "select":
            self.select = name
        elif (
            name
            and tag in ("input", "textarea")
            and kind not in ("submit", "button", "image", "file", "reset")
        ):
            # A box is sent where it is ticked, or must be.
            if kind not in ("checkbox", "radio"):
                self.fields.append((name, value))
            elif "checked" in facts or "required" in facts:
                self.fields.append((name, value or "on"))

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None


class Visitor:
    """One person behind an address and a browser of their own."""

    def __init__(self, port, paths):
        self.port, self.paths, self.number = port, paths, next(numbers)
        self.email = f"visitor-{self.number}@example.org"
        self.address = f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"
        self.cookies, self.form, self.next = {}, None, None

    def ask(self, method, path, fields=None):
        """(status, body as str) of a request on a connection of its own; 5xx and silence are for the caller to judge."""
        body = urlencode(fields) if fields is not None else None
        headers = {"Connection": "close", "X-Forwarded-For": self.address}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {
                name: morsel.coded_value for name, morsel in SimpleCookie(line).items()
            }
        self.next = response.headers.get("Location")
        return response.status, content

    def get(self, path):
        return self.ask("GET", path)[0]

    def read_page(self):
        return self.get(self.paths["page"])

    def read_form(self):
        """Open the form and fill it in; what was not asked of us goes back as it came."""
        status, html = self.ask("GET", self.paths["form"])
        if status == 200:
            person = {
                "first_name": "Maëlle",
                "last_name": f"Tremblay {self.number}",
                "email": self.email,
            }
            self.form = list((dict(FormFields(html).fields) | person).items())
        return status

    def send_form(self):
        return self.ask("POST", self.paths["form"], self.form)[0]

    def read_thanks(self):
        """Follow the redirect that answered the form."""
        target = urlsplit(self.next)
        return self.get(target.path + (f"?{target.query}" if target.query else ""))


def all_at_once(acts, threads):
    """What each of `acts` returns, in order, `threads` of them at a time."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda act: act(), acts))


class Wrong(Exception):
    """Something answered otherwise than it should; the measurement is worth nothing."""


def expect(status, statuses, what):
    """Raise Wrong unless all `statuses` are `status`."""
    others = [other for other in statuses if other != status]
    if others:
        raise Wrong(
            f"{what}: {len(others)} of {len(statuses)} answers were not {status} but {sorted(set(others))}"
        )
