"""The table that a run prints."""

from dataclasses import dataclass

HEADINGS = ("what", "measured", "ratio", "target", "")


@dataclass
class Row:
    """One measured `value` in `unit`, and its `ratio` to something that `what` names.

    The target, `at_most` or `at_least`, is that of the ratio where there is one, else that of the
    value. A field that is None is left empty.
    """

    what: str
    value: float | None = None
    unit: str = ""
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def cells(self):
        """The texts of the row, in the order of HEADINGS."""
        return (
            self.what,
            "" if self.value is None else f"{digits(self.value)} {self.unit}",
            "" if self.ratio is None else f"{digits(self.ratio)} x",
            self.target,
            self.verdict,
        )

    @property
    def target(self):
        unit = self.unit if self.ratio is None else "x"
        if self.at_least is not None:
            return f">= {self.at_least:,g} {unit}"
        if self.at_most is not None:
            return f"<= {self.at_most:,g} {unit}"
        return ""

    @property
    def verdict(self):
        judged = self.value if self.ratio is None else self.ratio
        if self.at_least is not None:
            return "ok" if judged >= self.at_least else "under"
        if self.at_most is not None:
            return "ok" if judged <= self.at_most else "over"
        return ""


def digits(number):
    """A number as text, with about three digits: 0.41, 41.2, 1,412."""
    if isinstance(number, int) or abs(number) >= 100:
        return f"{number:,.0f}"
    if abs(number) >= 9.995:
        return f"{number:.1f}"
    return f"{number:.2f}"


def show(rows):
    """Print `rows` in columns: words on the left side of theirs, numbers on the right."""
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for what, *numbers, verdict in lines:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True)]
        print("  ".join([what.ljust(widths[0]), *cells, verdict]).rstrip(), flush=True)
