"""The table that a run prints."""

from dataclasses import dataclass

HEADINGS = ("what", "measured", "ratio", "target", "")


@dataclass
class Row:
    """One measured `value` in `unit`, and its `ratio` to something that `what` names.

    A target, `at_most` or `at_least`, is for the ratio where there is one, else for the value. None is nothing to say.
    """

    what: str
    value: float | None = None
    unit: str = ""
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def cells(self):
        limit = self.at_most if self.at_least is None else self.at_least
        sign = "" if limit is None else "<= " if self.at_least is None else ">= "
        return (
            self.what,
            "" if self.value is None else f"{digits(self.value)} {self.unit}",
            "" if self.ratio is None else f"{digits(self.ratio)} x",
            "" if limit is None else f"{sign}{limit:,g} {self.unit if self.ratio is None else 'x'}",
            self.verdict,
        )

    @property
    def verdict(self):
        judged = self.value if self.ratio is None else self.ratio
        if self.at_least is not None:
            return "ok" if judged >= self.at_least else "under"
        if self.at_most is not None:
            return "ok" if judged <= self.at_most else "over"
        return ""


def digits(number):
    """A number with three digits that count: 0.412, 41.2, 1,412."""
    if isinstance(number, int) or abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.2f}" if abs(number) < 9.995 else f"{number:.1f}"


def show(rows):
    """Print `rows` in columns, what and the verdict to the left, numbers to the right."""
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for what, *numbers, verdict in lines:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True)]
        print("  ".join([what.ljust(widths[0]), *cells, verdict]).rstrip(), flush=True)
