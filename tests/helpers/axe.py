"""What axe-core finds on a page."""

from pathlib import Path

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = [320, 1280]
# The rules about colours: in the second scheme nothing else can differ.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SCHEMES = {"light": {}, "dark": {"runOnly": COLOURS}}
# Off by default, and asked for by WCAG 2.2 AA.
TARGET_SIZE = {"rules": {"target-size": {"enabled": True}}}
# No rule that is on and can find a fault looks at what axe-core would fetch beforehand.
PRELOAD = {"preload": False}
RUN_AXE = """only => axe.run(document, {resultTypes: ['violations'], ...only}).then(found =>
    found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.html.slice(0, 120)])))"""


def bring_axe(page):
    """Have axe-core on whatever `page` opens from now on: to send it each time takes long."""
    page.add_init_script(path=AXE)


def violations(page, widths=WIDTHS):
    """axe-core's findings on `page` by width and colour scheme, each as "rule: element"."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found, schemes = {}, list(SCHEMES.items())
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        # The next width begins with the scheme that is on: to change it is to draw all anew.
        for scheme, only in schemes:
            # Buttons take a moment to change from one scheme to the other, but not here.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            nodes = page.evaluate(RUN_AXE, PRELOAD | (only or TARGET_SIZE))
            if nodes:
                found[width, scheme] = [f"{rule}: {element}" for rule, element in nodes]
        schemes.reverse()
    return found
