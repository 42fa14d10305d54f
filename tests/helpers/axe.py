"""What axe-core finds on a page."""

from pathlib import Path

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = [320, 1280]
# The rules about colours: in the second scheme nothing else can differ.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SCHEMES = {"light": {}, "dark": {"runOnly": COLOURS}}
# Off by default, and asked for by WCAG 2.2 AA.
TARGET_SIZE = {"rules": {"target-size": {"enabled": True}}}
RUN_AXE = "only => axe.run(document, {resultTypes: ['violations'], ...only})"


def violations(page, widths=WIDTHS):
    """axe-core's findings on `page` by width and colour scheme, each as "rule: element"."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, only in SCHEMES.items():
            # Buttons take a moment to change from one scheme to the other, but not here.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            rules = page.evaluate(RUN_AXE, only or TARGET_SIZE)["violations"]
            nodes = [(rule["id"], node["html"][:120]) for rule in rules for node in rule["nodes"]]
            if nodes:
                found[width, scheme] = [f"{rule}: {element}" for rule, element in nodes]
    return found
