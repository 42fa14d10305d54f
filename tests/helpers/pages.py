"""Reading the text and the forms of a page."""

from html.parser import HTMLParser

from django.urls import reverse


def page_text(response):
    """What a reader of the page's <main> reads, every run of white space (no-break ones too) as one
    space.
    """
    return " ".join("".join(TextOf(response.content.decode()).parts).split())


class TextOf(HTMLParser):
    """Collects the text inside <main>, a space for each tag; no reader sees a <script>."""

    def __init__(self, html):
        super().__init__()
        self.inside, self.is_script, self.parts = False, False, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.inside = self.inside or tag == "main"
        self.is_script = tag == "script"
        self.parts.append(" ")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "main"
        self.is_script = False
        self.parts.append(" ")

    def handle_data(self, data):
        if self.inside and not self.is_script:
            self.parts.append(data)


def form_of(workshop):
    return reverse("registrations:sign_up", args=[workshop.slug])


class FieldsOf(HTMLParser):
    """What a browser would send of the form `form_id` as it is shown: {name: value}."""

    def __init__(self, html, form_id):
        super().__init__()
        self.form_id, self.inside, self.select, self.text, self.fields = (
            form_id,
            False,
            None,
            None,
            {},
        )
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag == "form":
            self.inside = facts.get("id") == self.form_id
        if not self.inside:
            return
        name, kind = facts.get("name"), facts.get("type")
        if (
            tag == "input"
            and name
            and kind != "submit"
            and (kind not in ("checkbox", "radio") or "checked" in facts)
        ):
            self.fields[name] = facts.get("value", "on" if kind == "checkbox" else "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in facts:
            self.fields[self.select] = facts["value"]
        elif tag == "textarea":
            self.text, self.fields[name] = name, ""

    def handle_endtag(self, tag):
        self.text = None

    def handle_data(self, data):
        if self.text:
            self.fields[self.text] += data.removeprefix("\n")


def shown(response):
    """What the browser sends if the person presses the button of the shown form once more."""
    form = response.context["form"]
    return {
        name: form[name].value() or "" for name in form.fields if form[name].value() is not False
    }
