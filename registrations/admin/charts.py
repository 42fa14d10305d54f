"""A Curve as a picture (SVG) and as the table beside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A rectangle of the picture, in people and in moments: so many people of one community."""

    x: int
    y: int
    width: int
    height: int
    colour: str

    @property
    def end(self):
        return self.x + self.width


@dataclass(frozen=True)
class Chart:
    """A picture `width` moments wide and `height` people high, with a line at `limit_y`.

    `heads` and `rows` are its table: what is drawn, at each moment at which something changes.
    `legend` has (name, colour, how many at the end) of each community, as they lie on one another
    from below.
    """

    width: int
    height: int
    bars: list
    limit_y: int | None
    heads: list
    rows: list
    legend: list


def draw(curve, *, name_of, words_of):
    """The Chart of `curve`. What people read is `name_of` a community, and `words_of` a moment."""
    height = max([*curve.totals, curve.limit or 0, 1])
    return Chart(
        width=len(curve.moments),
        height=height,
        bars=[*bars_of(curve, height)],
        limit_y=None if curve.limit is None else height - curve.limit,
        heads=[name_of(line.name) for line in curve.lines],
        rows=rows_of(curve, words_of),
        legend=[(name_of(line.name), line.colour, line.totals[-1]) for line in curve.lines],
    )


def bars_of(curve, height):
    """The bars of each community, on top of those before it; equal neighbours are one bar."""
    below = [0] * len(curve.moments)
    for line in curve.lines:
        tops = [low + own for low, own in zip(below, line.totals, strict=True)]
        begin = 0
        for x in range(1, len(tops) + 1):
            if x < len(tops) and (below[x], tops[x]) == (below[begin], tops[begin]):
                continue
            own = line.totals[begin]
            if own:
                yield Bar(begin, height - tops[begin], x - begin, own, line.colour)
            begin = x
        below = tops


def rows_of(curve, words_of):
    """(moment, [how many of each community], how many in all) where one differs from before."""
    rows, before = [], None
    for number, moment in enumerate(curve.moments):
        numbers = [line.totals[number] for line in curve.lines]
        is_last = number == len(curve.moments) - 1
        if numbers != before or is_last:
            rows.append((words_of(moment), numbers, sum(numbers)))
        before = numbers
    return rows
