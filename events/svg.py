"""An SVG written anew from what is known to be harmless; whatever else it holds is refused or left.

Refused, with a sentence: what could act or fetch (scripts, handlers, links, pictures, animation,
foreign content), and what would keep a reader busy. Left out in silence: what drawing programs note
for themselves. See https://www.w3.org/TR/SVG2/.
"""

import math
import re
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException, ElementTree
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.svg_cost import LOCAL, LOCAL_URL, require_little_to_draw

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
DEEPEST = 50  # elements inside each other


def words(text):
    return frozenset(text.split())


ELEMENTS = words(
    """
    svg g defs symbol use switch style path rect circle ellipse line polyline polygon text tspan
    linearGradient radialGradient stop clipPath mask
    """
)
UNSEEN_ELEMENTS = words("metadata title desc")
TEXT_ELEMENTS = words("text tspan style")
REFERRING_ELEMENTS = words("use linearGradient radialGradient")
ATTRIBUTES = words(
    """
    id class style transform d x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy width height points
    viewBox preserveAspectRatio pathLength offset fill fill-opacity fill-rule stroke
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-opacity stroke-width opacity color display visibility overflow clip-path clip-rule mask
    mask-type clipPathUnits maskUnits maskContentUnits gradientUnits gradientTransform spreadMethod
    stop-color stop-opacity paint-order vector-effect mix-blend-mode isolation shape-rendering
    text-rendering
    color-interpolation font-family font-size font-style font-weight font-variant font-stretch
    text-anchor letter-spacing word-spacing rotate textLength lengthAdjust dominant-baseline
    alignment-baseline baseline-shift
    """
)
# What a value may call; url() is looked at by itself.
FUNCTIONS = words(
    """
    rgb rgba hsl hsla matrix translate translatex translatey scale scalex scaley rotate skewx skewy
    """
)
LENGTH = re.compile(r"\s*([\d.]+(?:e\d+)?)\s*(?:px|pt|pc|mm|cm|in)?\s*", re.IGNORECASE)


def rewritten(data, *, box):
    """(`data` as a harmless SVG in UTF-8, width, height), its size that of a square of `box`.

    Raises ValidationError, with the remedy, if it holds what a logo may not.
    """
    source = parsed(data)
    if name_of(source) != (SVG, "svg"):
        raise ValidationError(_("The file holds no SVG drawing. Export it as SVG once more."))
    left, top, width, height = view_of(source)
    root = copy_of(source)
    require_little_to_draw(root)
    shown_width, shown_height = fitted(width, height, box)
    kept = {name: value for name, value in root.items() if name not in words("x y")}
    root.attrib.clear()
    root.attrib |= kept | {
        "viewBox": f"{left:g} {top:g} {width:g} {height:g}",
        "width": str(shown_width),
        "height": str(shown_height),
        "xmlns": SVG,
    }
    return tostring(root, encoding="unicode").encode(), shown_width, shown_height


def parsed(data):
    """The root of `data`. A DOCTYPE may stand there, as old programs write it; no entity may."""
    try:
        return ElementTree.fromstring(data)
    except DefusedXmlException as error:
        raise ValidationError(
            _("The SVG declares entities. Export it as “plain” or “optimised” SVG."),
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ValidationError(
            _("The SVG cannot be read: it is damaged. Export it once more, or take a PNG.")
        ) from error


def name_of(element):
    """(namespace, local name) of `element`; one without a namespace counts as SVG."""
    namespace, _brace, name = element.tag.rpartition("}")
    return namespace.lstrip("{") or SVG, name


def view_of(root):
    """(left, top, width, height) of what `root` shows, from its viewBox, else from its size."""
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(numbers) != 4:
        lengths = [LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
        numbers = ["0", "0", *(length[1] if length else "" for length in lengths)]
    try:
        view = [float(number) for number in numbers]
    except ValueError:
        view = [math.nan] * 4
    if (
        not all(math.isfinite(number) and abs(number) < 1e6 for number in view)
        or min(view[2:]) <= 0
    ):
        raise ValidationError(
            _("The SVG does not say how large it is (viewBox). Export it once more, or take a PNG.")
        )
    return view


def fitted(width, height, box):
    """`width` and `height`, larger or smaller, so that the longer side is `box`, as integers."""
    scale = box / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def copy_of(element, depth=0):
    """`element` with what is allowed of it, without namespaces; None if it is to be left out."""
    namespace, name = name_of(element)
    if name in UNSEEN_ELEMENTS or namespace not in (SVG, XHTML):
        return None
    if name not in ELEMENTS or depth > DEEPEST:
        sentence = _("The SVG holds something else than a still drawing: <%(name)s>. %(remedy)s")
        raise ValidationError(sentence, params={"name": name[:40], "remedy": REMEDY})
    copy = Element(name, attributes_of(element, name))
    if name in TEXT_ELEMENTS:
        copy.text, copy.tail = element.text, element.tail
    if name == "style":
        require_plain_value(element.text or "")
    copies = [copy_of(child, depth + 1) for child in element]
    copy.extend([child for child in copies if child is not None])
    return copy


REMEDY = _("Export it as “plain” or “optimised” SVG, or take a PNG.")


def attributes_of(element, name):
    """The allowed attributes of `element`, a dictionary. ValidationError if one acts or fetches."""
    allowed = {}
    for key, value in element.attrib.items():
        namespace, _brace, attribute = key.rpartition("}")
        if attribute.lower().startswith("on"):
            sentence = _("The SVG holds a script (%(name)s). %(remedy)s")
            raise ValidationError(sentence, params={"name": attribute[:40], "remedy": REMEDY})
        if attribute == "href":
            if name not in REFERRING_ELEMENTS or not LOCAL.fullmatch(value.strip()):
                raise leads_elsewhere()
            allowed["href"] = value.strip()
        elif not namespace and attribute in ATTRIBUTES:
            require_plain_value(value)
            allowed[attribute] = value
    return allowed


def leads_elsewhere():
    sentence = _("The SVG leads out of itself: it holds a link or another picture. %(remedy)s")
    return ValidationError(sentence, params={"remedy": REMEDY})


def require_plain_value(value):
    """Raise ValidationError if `value`, an attribute or a style sheet, could fetch something.

    No at-rule (@import), no escape that hides a word, no function but FUNCTIONS, and url() leads to
    this drawing alone. https://www.w3.org/TR/css-values-4/#urls
    """
    befores = LOCAL_URL.sub("", value).split("(")[:-1]
    calls = {re.search(r"[\w-]*$", before[-40:].rstrip())[0].lower() for before in befores}
    if "@" in value or "\\" in value or calls - FUNCTIONS:
        raise leads_elsewhere()
