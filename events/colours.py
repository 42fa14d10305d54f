"""The communities' colours as hexadecimal RGB, for what no stylesheet reaches: mails, pictures.

static/praxis.css has the same ones for the pages. White text is legible on each.
"""

from events.models import Community

Colour = Community.Colour

HEX = {
    Colour.BLUE: "#1f4e8c",
    Colour.RED: "#a3341f",
    Colour.GREEN: "#1d6b45",
    Colour.VIOLET: "#5b3a8e",
    Colour.OCHRE: "#855309",
    Colour.TEAL: "#0f6570",
    Colour.PLUM: "#8a2a63",
    Colour.OLIVE: "#55600f",
    Colour.SLATE: "#435266",
    Colour.ROSE: "#b0214b",
    Colour.INDIGO: "#35389b",
    Colour.BROWN: "#6b4423",
}
