"""People with browsers: they read pages, fill in the form, and follow where it leads."""

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
    """The fields of the form that asks for an email address.

    `fields` are (name, value) pairs, as a browser sends them if nobody changes the form.
    """

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
        values = dict(attrs)
        if tag == "form":
            # The form before this one asked for no email, so it was another.
            self.inside = "email" not in self.names
            self.fields = [] if self.inside else self.fields
        if not self.inside:
            return
        name, value = values.get("name"), values.get("value") or ""
        if tag == "option" and self.select:
            if "selected" in values or self.select not in self.names:
                others = [field for field in self.fields if field[0] != self.select]
                self.fields = [*others, (self.select, value)]
        elif tag == "select":
            self.select = name
        elif tag in ("input", "textarea") and name:
            self.add_input(name, value, values)

    def add_input(self, name, value, attributes):
        kind = attributes.get("type", "text")
        if kind in ("submit", "button", "image", "file", "reset"):
            return
        if kind not in ("checkbox", "radio"):
            self.fields.append((name, value))
        # A box is sent where it is ticked, or must be.
        elif "checked" in attributes or "required" in attributes:
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
        """(status, body as str) of the answer to a request, on a connection of its own."""
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
        """Open the form and fill it in; the other fields go back as they came. The status."""
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
        """Follow the redirect that answered the form. The status."""
        target = urlsplit(self.next)
        query = f"?{target.query}" if target.query else ""
        return self.get(target.path + query)


def all_at_once(acts, threads):
    """The results of the functions `acts`, in order, called in so many `threads` at once."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda act: act(), acts))


class Wrong(Exception):
    """The site did not answer as it should, so that the measurement is worth nothing."""


def expect(status, statuses, what):
    """Raise Wrong unless all `statuses` are `status`."""
    others = [other for other in statuses if other != status]
    if others:
        count = f"{len(others)} of {len(statuses)} answers"
        raise Wrong(f"{what}: {count} were not {status} but {sorted(set(others))}")
