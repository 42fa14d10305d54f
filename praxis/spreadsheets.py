"""Tables as CSV and as XLSX, in which no cell is a formula."""

import csv
import re
import tempfile
from datetime import datetime

from xlsxwriter import Workbook

# What a spreadsheet may take for the beginning of a formula (ASVS 5.0 V1.2.10), line ends, and the
# wide forms of those signs, which East Asian versions take for the same.
FORMULA_STARTS = frozenset("=+-@\t\0\r\n＝＋－＠")
# A number as people write it: with its spaces it is no number to a program, and without an operator
# there is nothing to compute.
TELEPHONE = re.compile(r"\+\d[\d.()]*[ \u00a0\u202f][\d .()\u00a0\u202f]*")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel does not read UTF-8
MOST_ROWS = 2**20 - 1  # beside the heading, that Excel shows
BLOCK = 2**16  # bytes
WIDTH = 20  # of a column, in characters
DATE = "yyyy-mm-dd hh:mm"


def may_be_formula(value):
    """Might a spreadsheet compute the text `value`? « +33 6 12 34 56 78 » it would not."""
    starts = {value[:1], value.lstrip()[:1]}
    return bool(starts & FORMULA_STARTS) and not TELEPHONE.fullmatch(value)


def csv_pieces(table, *, delimiter):
    """The lists of `table`, the headings first, as CSV (RFC 4180) in UTF-8, in blocks of lines.

    Each value stands in quotes, so that whichever delimiter a program reads parts none. What might
    be a formula begins with an apostrophe.
    """
    writer = csv.writer(Echo(), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    block = BYTE_ORDER_MARK.encode()
    for row in table:
        block += writer.writerow([as_text(value) for value in row]).encode()
        if len(block) >= BLOCK:
            yield block
            block = b""
    yield block


class Echo:
    """The file of a csv.writer that returns what it would write."""

    def write(self, text):
        return text


def as_text(value):
    """What a field of CSV says of `value`: instants are naive and on a clock of the caller's."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    value = str(value)
    return f"'{value}" if may_be_formula(value) else value


def xlsx_file(table, *, title):
    """An open file with `table` as a workbook, deleted once it is closed; read from its beginning.

    The rows are written to disk one by one, never gathered in memory.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    with tempfile.TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": DATE}
        with Workbook(file, options) as book:
            fill(book, book.add_worksheet(title), table)
    file.seek(0)
    return file


def fill(book, sheet, table):
    """Write the lists of `table`, the headings first, to a worksheet."""
    bold = book.add_format({"bold": True})
    # Excel's own apostrophe: the text stays text where somebody edits it or saves it as CSV.
    quoted = book.add_format({"quote_prefix": True})
    number = width = 0
    for number, row in enumerate(table):
        if not number:
            width = len(row)
            sheet.set_column(0, width - 1, WIDTH)
            sheet.freeze_panes(1, 0)
        for column, value in enumerate(row):
            if isinstance(value, str):
                style = quoted if may_be_formula(value) else None
                sheet.write_string(number, column, value, style if number else bold)
            elif value is not None:
                sheet.write(number, column, value)
    sheet.autofilter(0, 0, number, width - 1)


def blocks_of(file):
    """The bytes of `file` in blocks; it is closed with the last of them."""
    with file:
        while block := file.read(BLOCK):
            yield block
