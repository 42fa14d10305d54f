"""The colours of communities and of the sky as hexadecimal RGB, for mails and pictures.

static/praxis.css has the same ones for the pages. White text is legible on each community's.
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

FADED = "#55596b"  # the ground of hours that no longer count
NIGHT, DUSK, DAY = "#0b1230", "#7f6a4e", "#f3c26b"
# From which quarter of an hour on the strip of a day has which colour; on pages they fade.
SKY = [(0, NIGHT), (21, DUSK), (28, DAY), (72, DUSK), (80, NIGHT)]
