"""How much an SVG makes a browser draw."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_DRAWN = 10_000  # elements, each counted as often as a reference draws it
LONGEST_CHAIN = 200  # elements and references that lead to each other
MOST_RULES = 200  # of a style sheet, that refer to something or make a layer
LAYER = 100  # elements that cost as much as one that is drawn apart, then laid over the others
APART = re.compile(r"(?<![\w-])(?:opacity|mask|clip-path|mix-blend-mode|isolation)")
LOCAL = re.compile(r"#([\w.:-]+)")
LOCAL_URL = re.compile(r"""url\(\s*(['"]?)#([\w.:-]+)\1\s*\)""", re.IGNORECASE)


def require_little_to_draw(root):
    """Raise ValidationError if `root` draws much, or goes on for ever: a few `use` may double it
    each time.
    """
    by_id, styled = {}, []
    for element in root.iter():
        by_id.setdefault(element.get("id"), element)
        if element.tag == "style":
            styled += rules_that_cost(element.text or "")
    counted = {}

    def count(element, chain):
        if element in counted:
            return counted[element]
        if element in chain or len(chain) > LONGEST_CHAIN:
            raise too_much()
        names, is_apart = cost_of(element, styled)
        drawn = LAYER if is_apart else 1
        for name in names:
            if name in by_id:
                drawn += count(by_id[name], [*chain, element])
        for child in element:
            drawn += count(child, [*chain, element])
        if drawn > MOST_DRAWN:
            raise too_much()
        counted[element] = drawn
        return drawn

    count(root, [])


def too_much():
    return ValidationError(_("The SVG is too intricate for a logo. Simplify it, or take a PNG."))


def rules_that_cost(sheet):
    """(names in the selector, ids referred to, is a layer made) for each rule that does either.

    ValidationError if the selector of such a rule is more than elements, classes and ids, or if a
    comment or a text could hide where a rule ends.
    """
    rules = []
    parts = re.split("[{}]", sheet)
    hides = "/*" in sheet or any(part.count(quote) % 2 for part in parts for quote in "\"'")
    for rule in sheet.split("}"):
        selector, brace, body = rule.partition("{")
        said = body if brace else rule
        ids = [name for _quote, name in LOCAL_URL.findall(said)]
        is_apart = bool(APART.search(said))
        if not ids and not is_apart:
            continue
        # Of a rule within a rule, or after one, it is not told what it is for.
        is_nested = "{" in body or not brace
        if hides or is_nested or re.search(r"[*:\[]", selector) or len(rules) >= MOST_RULES:
            raise too_much()
        rules.append((set(re.findall(r"[.#]?[\w-]+", selector)), ids, is_apart))
    return rules


def cost_of(element, rules):
    """(ids that `element` refers to, is it drawn apart), by its attributes or by `rules`."""
    ids = [name for value in element.attrib.values() for _quote, name in LOCAL_URL.findall(value)]
    if "href" in element.attrib:
        ids.append(LOCAL.fullmatch(element.get("href"))[1])
    is_apart = any(APART.match(name) for name in element.attrib)
    is_apart = is_apart or bool(APART.search(element.get("style", "")))
    classes = element.get("class", "").split()
    named_by = {element.tag, f"#{element.get('id')}", *(f".{name}" for name in classes)}
    for selector, referred, makes_layer in rules:
        if named_by & selector:
            ids += referred
            is_apart = is_apart or makes_layer
    return ids, is_apart
