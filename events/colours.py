"""The communities' colours as values, for what is drawn without a style sheet."""

# As --host in static/praxis.css: white text is legible on each.
VALUES = {
    "blue": "#1f4e8c",
    "red": "#a3341f",
    "green": "#1d6b45",
    "violet": "#5b3a8e",
    "ochre": "#855309",
    "teal": "#0f6570",
    "plum": "#8a2a63",
    "olive": "#55600f",
    "slate": "#435266",
    "rose": "#b0214b",
    "indigo": "#35389b",
    "brown": "#6b4423",
}
