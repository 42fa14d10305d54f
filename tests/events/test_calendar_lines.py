"""How the lines of a calendar are folded, beside icalendar's own way."""

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar.parser.content_line import Contentline

from events.calendar_lines import folded

# Of one to four bytes, and what stands for another character together with the next one.
TEXTS = st.text("aé€😀b,;\\^ ", max_size=400)


@given(TEXTS)
@example("")
@example("a" * 74)
@example("a" * 75)
@example("a" * 73 + "é")
@example("a" * 73 + "\\n" + "a" * 73)
@example("a" * 72 + "^^n")
def test_a_line_is_folded_as_icalendar_folds_it(text):
    assert folded(text) == Contentline(text).to_ical() + b"\r\n"
