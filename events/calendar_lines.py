"""The lines of a calendar's components (RFC 5545 3.1)."""

FOLDED_AFTER = 74  # bytes


def lines_of(component):
    """The lines of the properties of `component`, each of which it has once: {name: line}."""
    return {name: folded(component.content_line(name, value)) for name, value in component.items()}


def folded(line):
    """`line` as bytes with its line end, folded after 74 at most (RFC 5545 3.1).

    As icalendar folds, but not character by character: none is cut in two, nor is what stands
    escaped (RFC 5545 3.3.11, RFC 6868).
    """
    rest, pieces = line.encode(), []
    while len(rest) > FOLDED_AFTER:
        end = FOLDED_AFTER
        while rest[end] & 0b11000000 == 0b10000000:  # within a character of UTF-8
            end -= 1
        if rest[end - 1] in b"\\^":
            end -= 1
        pieces.append(rest[:end])
        rest = rest[end:]
    return b"\r\n ".join([*pieces, rest]) + b"\r\n"
